"""A package of somebody else, as it is found by its entry points: a head and a kind of evidence."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from sklearn.base import BaseEstimator, ClassifierMixin

from vidsort.features.encoders.evidence import Evidence, EvidenceConfig
from vidsort.media.reading.frames import FramesWanted


class NearestMean(ClassifierMixin, BaseEstimator):
    """As probable as the mean of a folder is near."""

    def __init__(self, sharpness: float = 8.0) -> None:
        self.sharpness = sharpness

    def fit(self, rows, labels):
        self.classes_ = np.unique(labels)
        self.means_ = np.stack([rows[labels == one].mean(axis=0) for one in self.classes_])
        return self

    def predict_proba(self, rows):
        scores = np.exp(-self.sharpness * np.linalg.norm(rows[:, None] - self.means_, axis=2))
        return scores / scores.sum(axis=1, keepdims=True)


class GlowConfig(EvidenceConfig):
    revision: ClassVar[int] = 1

    glow_frames: int = Field(4, ge=1, description="pictures of which the colours are averaged")


class Glow:
    """How bright each colour is, and how much that varies."""

    config = GlowConfig
    rows = "scaled"

    def __init__(self, config: GlowConfig) -> None:
        self.wanted = FramesWanted(config.glow_frames, 96)

    def encode(self, given) -> Evidence:
        if given is None:
            return Evidence(None)
        pictures = np.stack([image.reshape(-1, 3).mean(axis=0) for image in given.images]) / 255
        return Evidence(np.concatenate([pictures.mean(axis=0), pictures.std(axis=0)]))
