"""A trained classifier: features in, calibrated probabilities of folders out; and its file, which is numbers only."""

import io
import json
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import ArtifactError
from .basis import root
from .calibration import Calibration
from .heads import Layers, arrays_of, forward, head_of, layers_of, logits

MODEL_FILE = "model.npz"
# What earlier versions wrote: dense layers as numbers, and every head by skops. They are read, never written.
OLD_LAYERS, OLD_SKOPS = "layers.npz", "model.skops"
MODEL_FILES = (MODEL_FILE, OLD_LAYERS, OLD_SKOPS)
# Everything else in a skops file is numpy, or scikit-learn as skops knows it; nothing else is ever loaded.
TRUSTED = ["vidsort.learning.heads.ShrinkageLDA"]
MOVED = {b'"vidsort.heads"': b'"vidsort.learning.heads"'}
ROWS_AT_ONCE = 8192
# Arrays are not packed at all, and skops packs nothing either; a bomb comes to a thousand.
MOST_INFLATED = 20


@dataclass(frozen=True)
class Classifier:
    """Probabilities of folders from the features of videos.

    folders: names, sorted; the columns of every answer. mean: float32 [d] and scale: what rooted
    features are centred and divided by. calibration: from the head's scores to probabilities. head: a
    fitted estimator on such rows, or the dense layers that one comes to.
    """

    folders: tuple[str, ...]
    mean: np.ndarray
    scale: float
    calibration: Calibration
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
        # Also false for what is no number; -inf says that a folder is impossible.
        if not (scores < np.inf).all():
            raise ArtifactError("The model finds no probabilities for these features: run `vidsort retrain`.")
        return self.calibration.apply(scores)

    @cached_property
    def _layers(self) -> Layers | None:
        return self.head if isinstance(self.head, list) else layers_of(self.head)


def model_files(classifier: Classifier) -> dict[str, bytes]:
    """The file of a classifier: named arrays of numbers, which numpy reads without running anything."""
    arrays: dict[str, Any] = {
        "mean": classifier.mean, "scale": np.array(classifier.scale),
        "folders": np.frombuffer(json.dumps(list(classifier.folders)).encode(), np.uint8),
    } | classifier.calibration.to_arrays() | arrays_of(classifier.head)
    written = io.BytesIO()
    np.savez(written, **arrays)
    return {MODEL_FILE: written.getvalue()}


def classifier_of(files: Mapping[str, bytes], model_id: str) -> Classifier:
    """The classifier that a model's files hold, by their names; old forms too.

    Runs no code from a file. Raises ArtifactError where there is none, or one that no training gives.
    """
    try:
        if MODEL_FILE in files:
            return _checked(_from_arrays(files[MODEL_FILE]))
        if OLD_LAYERS in files:
            return _checked(_from_old_layers(files[OLD_LAYERS]))
        return _checked(_from_skops(files[OLD_SKOPS]))
    except ArtifactError:
        raise
    except Exception as error:  # numpy, zipfile and skops raise a dozen kinds for bytes that are none of theirs
        raise ArtifactError(f"The model {model_id} cannot be read ({error!r:.200}): run `vidsort retrain`.") from error


def _checked(found: Classifier) -> Classifier:
    """The same; raises ValueError for numbers that are none, and for shapes that do not fit."""
    numbers = [found.mean, np.array([found.scale, found.calibration.inverse_temperature], float)]
    for layer in found._layers or []:
        numbers += layer
    if not all(values.dtype.kind == "f" and np.isfinite(values).all() for values in numbers) or not found.scale > 0:
        raise ValueError("it holds numbers that are none")
    if not found.folders or not all(isinstance(name, str) for name in found.folders):
        raise ValueError("it holds no folders")
    if len(set(found.folders)) < len(found.folders):
        raise ValueError("it holds a folder twice")
    if not isinstance(found.head, list) and not set(found.head.classes_.tolist()) <= set(range(len(found.folders))):
        raise ValueError("it has learned folders that it does not hold")
    if found.predict_proba(np.zeros((1, len(found.mean)), np.float32)).shape != (1, len(found.folders)):
        raise ValueError("its parts do not fit one another")
    return found


def _from_arrays(data: bytes) -> Classifier:
    with np.load(_small_enough(data), allow_pickle=False) as arrays:
        return Classifier(
            _folders(arrays), arrays["mean"], float(arrays["scale"]), Calibration.from_arrays(arrays), head_of(arrays)
        )


def _from_old_layers(data: bytes) -> Classifier:
    with np.load(_small_enough(data), allow_pickle=False) as arrays:
        scale, inverse_temperature = arrays["numbers"].tolist()
        return Classifier(_folders(arrays), arrays["mean"], scale, Calibration(inverse_temperature), head_of(arrays))


def _small_enough(data: bytes) -> io.BytesIO:
    """An archive to read from; raises ValueError where far more comes out of it than went in."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_INFLATED * len(data):
            raise ValueError("it is packed as no model is")
    return io.BytesIO(data)


def _folders(arrays: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    names: Sequence[str] = json.loads(arrays["folders"].tobytes())
    return tuple(names)


def _from_skops(data: bytes) -> Classifier:
    import skops.io
    from sklearn.exceptions import InconsistentVersionWarning
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        with warnings.catch_warnings():
            # Only numbers are taken from it, and they mean the same in every version.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            found = skops.io.loads(_with_todays_names(data), trusted=TRUSTED)
    except UntrustedTypesFoundException as error:
        raise ArtifactError(
            f"{OLD_SKOPS} holds what no model of vidsort holds and was not loaded ({error})."
        ) from error
    head = head_of(arrays_of(found["head"]))
    calibration = Calibration(found["inverse_temperature"])
    return Classifier(tuple(found["folders"]), found["mean"], found["scale"], calibration, head)


def _with_todays_names(data: bytes) -> bytes:
    """The same skops file with the names that types of ours have now: modules have moved since it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(_small_enough(data)) as before, zipfile.ZipFile(written, "w") as after:
        for entry in before.infolist():
            part = before.read(entry)
            if entry.filename == "schema.json":
                for old, new in MOVED.items():
                    part = part.replace(old, new)
            after.writestr(entry, part)
    return written.getvalue()
