"""A trained classifier: features in, calibrated probabilities of folders out; and its files."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArtifactError
from .basis import root
from .calibration import softmax
from .heads import forward, layers_of, logits

# Everything else in a model file is numpy, or scikit-learn as skops knows it; nothing else is ever loaded.
TRUSTED = ["vidsort.learning.heads.ShrinkageLDA"]
ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class Classifier:
    """Probabilities of folders from the features of videos.

    folders: names, sorted; the columns of every answer. mean: float32 [d] and scale: what rooted
    features are centred and divided by. inverse_temperature: what logits are multiplied by. head: a
    fitted estimator on such rows, or the dense layers that one comes to.
    """

    folders: tuple[str, ...]
    mean: np.ndarray
    scale: float
    inverse_temperature: float
    head: Any

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, float64 [n, folders], of features float32 [n, d] as they are stored."""
        if features.shape[1:] != self.mean.shape and len(features):
            raise ArtifactError(
                f"The model knows features of length {len(self.mean)}, these have {features.shape[1]}: "
                "run `vidsort retrain`, so that both are of one kind."
            )
        parts = [self._some(features[at : at + ROWS_AT_ONCE]) for at in range(0, len(features), ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.folders)))

    def _some(self, features: np.ndarray) -> np.ndarray:
        rows = (root(features) - self.mean) / np.float32(self.scale)
        layers = self._layers
        scores = logits(self.head, rows, len(self.folders)) if layers is None else forward(layers, rows)
        return softmax(scores * self.inverse_temperature)

    @cached_property
    def _layers(self) -> list[tuple[np.ndarray, np.ndarray]] | None:
        return self.head if isinstance(self.head, list) else layers_of(self.head)


def model_files(classifier: Classifier) -> dict[str, bytes]:
    """The files of a classifier: `model.skops`, and `layers.npz` where its head comes to dense layers.

    Both hold the same model. Reading the second needs numpy only; importing scikit-learn and skops
    to read the first takes longer than all predictions of most libraries.
    """
    import skops.io

    fields = {
        "folders": list(classifier.folders), "mean": classifier.mean, "scale": classifier.scale,
        "inverse_temperature": classifier.inverse_temperature,
    }
    files = {"model.skops": skops.io.dumps(fields | {"head": classifier.head})}
    layers = layers_of(classifier.head)
    if layers is not None:
        arrays = {f"{name}{number}": value for number, layer in enumerate(layers)
                  for name, value in zip(("weights", "biases"), layer, strict=True)}
        written = io.BytesIO()
        np.savez(
            written, mean=classifier.mean, numbers=np.array([classifier.scale, classifier.inverse_temperature]),
            folders=np.frombuffer(json.dumps(fields["folders"]).encode(), np.uint8), **arrays,
        )
        files["layers.npz"] = written.getvalue()
    return files


def load_classifier(folder: Path) -> Classifier:
    """The classifier in a model's folder; runs no code from the file. Raises ArtifactError."""
    try:
        if (folder / "layers.npz").is_file():
            return _from_layers(folder / "layers.npz")
        return _from_skops(folder / "model.skops")
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ArtifactError(f"The model in {folder} cannot be read ({error}): train anew.") from error


def _from_layers(path: Path) -> Classifier:
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
        scale, inverse_temperature = arrays["numbers"].tolist()
        count = sum(name.startswith("weights") for name in arrays)
        layers = [(arrays[f"weights{number}"], arrays[f"biases{number}"]) for number in range(count)]
        folders: Sequence[str] = json.loads(arrays["folders"].tobytes())
        return Classifier(tuple(folders), arrays["mean"], scale, inverse_temperature, layers)


def _from_skops(path: Path) -> Classifier:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        found = skops.io.load(path, trusted=TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ArtifactError(f"{path} holds what no model of vidsort holds and was not loaded ({error}).") from error
    return Classifier(
        tuple(found["folders"]), found["mean"], found["scale"], found["inverse_temperature"], found["head"]
    )
