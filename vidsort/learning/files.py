"""A classifier's file: numbers and text, of which nothing is ever run, and of a head of others only what is trusted."""

import io
import json
import warnings
import zipfile
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from ..errors import ArtifactError
from .calibration import Calibration
from .classifier import Classifier, Expert
from .fusion import Fusion
from .heads import arrays_of, head_of
from .offered.trust import small_enough
from .rows.dense import Numbers
from .rows.parts import Part
from .rows.text import Vocabulary

MODEL_FILE = "model.npz"
# What earlier versions wrote: dense layers as numbers, and every head by skops. They are read, never written.
OLD_LAYERS, OLD_SKOPS = "layers.npz", "model.skops"
MODEL_FILES = (MODEL_FILE, OLD_LAYERS, OLD_SKOPS)
# Before there were kinds of evidence every model knew this one, and its arrays had no prefix.
FIRST_KIND = "frames"
# Everything else in a skops file is numpy, or scikit-learn as skops knows it; nothing else is ever loaded.
TRUSTED = ["vidsort.learning.heads.ShrinkageLDA"]
MOVED = {b'"vidsort.heads"': b'"vidsort.learning.heads"'}


def model_files(classifier: Classifier) -> dict[str, bytes]:
    """The file of a classifier: named arrays of numbers, which numpy reads without running anything."""
    kinds = {
        name: {
            "rows": _rows(expert), "weight": classifier.fusion.weights[name], "skill": classifier.fusion.skills[name],
        } | ({"reads": expert.reads} if expert.reads else {})
        for name, expert in classifier.experts.items()
    }
    arrays: dict[str, Any] = {"folders": _text(list(classifier.folders)), "kinds": _text(kinds)}
    for name, expert in classifier.experts.items():
        of_expert = (
            expert.preparation.to_arrays() | expert.calibration.to_arrays() | arrays_of(expert.head)
            | {"columns": expert.columns}
        )
        arrays |= {f"{name}.{array}": values for array, values in of_expert.items()}
    written = io.BytesIO()
    np.savez(written, **arrays)
    return {MODEL_FILE: written.getvalue()}


def classifier_of(files: Mapping[str, bytes], model_id: str, trusted: Collection[str] = ()) -> Classifier:
    """The classifier that a model's files hold, by their names; old forms too.

    Runs no code from a file; `trusted` are the types that a head of others may hold. Raises ArtifactError where there
    is none, or one that no training gives, and for a type that is not trusted.
    """
    try:
        if MODEL_FILE in files:
            return _checked(_from_arrays(files[MODEL_FILE], trusted))
        if OLD_LAYERS in files:
            return _checked(_from_old_layers(files[OLD_LAYERS]))
        return _checked(_from_skops(files[OLD_SKOPS]))
    except ArtifactError:
        raise
    except Exception as error:  # numpy, zipfile and skops raise a dozen kinds for bytes that are none of theirs
        raise ArtifactError(f"The model {model_id} cannot be read ({error!r:.200}): run `vidsort retrain`.") from error


def _rows(expert: Expert) -> str:
    if isinstance(expert.preparation, Vocabulary):
        return "text"
    return "rooted" if expert.preparation.is_rooted else "scaled"


def _text(value: object) -> np.ndarray:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def _value(array: np.ndarray) -> Any:
    return json.loads(array.tobytes())


def _checked(found: Classifier) -> Classifier:
    """The same; raises ValueError for numbers that are none, and for shapes that do not fit."""
    if not found.folders or not all(isinstance(name, str) for name in found.folders):
        raise ValueError("it holds no folders")
    if len(set(found.folders)) < len(found.folders):
        raise ValueError("it holds a folder twice")
    for values in (found.fusion.weights, found.fusion.skills):
        if set(values) != set(found.experts) or not all(0 <= value < np.inf for value in values.values()):
            raise ValueError("its weights are none")
    nothing = {}
    for name, expert in found.experts.items():
        _check_expert(expert, len(found.folders))
        is_text = isinstance(expert.preparation, Vocabulary)
        empty = np.array([""], object) if is_text else np.zeros((1, expert.preparation.width), np.float32)
        nothing[expert.reads or name] = Part.whole(empty)
    if not nothing or found.predict_proba(nothing).shape != (1, len(found.folders)):
        raise ValueError("its parts do not fit one another")
    return found


def _check_expert(expert: Expert, folders: int) -> None:
    numbers = [np.array([expert.calibration.inverse_temperature], float)]
    for layer in expert.layers or []:
        numbers += layer
    finite = all(values.dtype.kind == "f" and np.isfinite(values).all() for values in numbers)
    if not finite or not expert.preparation.is_sound:
        raise ValueError("it holds numbers that are none")
    columns = expert.columns
    if columns.dtype.kind not in "iu" or columns.ndim != 1 or not set(columns.tolist()) <= set(range(folders)):
        raise ValueError("it knows folders that it does not hold")
    if len(set(columns.tolist())) < len(columns) or not len(columns):
        raise ValueError("it knows a folder twice, or none")
    if expert.layers is None and expert.head.classes_.tolist() != columns.tolist():
        raise ValueError("it has learned folders that it does not hold")


def _from_arrays(data: bytes, trusted: Collection[str]) -> Classifier:
    with np.load(small_enough(data), allow_pickle=False) as arrays:
        folders = tuple(_value(arrays["folders"]))
        if "kinds" not in arrays:
            return _of_one_kind(folders, arrays, float(arrays["scale"]), Calibration.from_arrays(arrays))
        kinds = _value(arrays["kinds"])
        experts = {}
        for name, kind in kinds.items():
            prefix = f"{name}."
            own = {
                array.removeprefix(prefix): arrays[array] for array in arrays.files if array.startswith(prefix)
            }
            experts[name] = Expert(_preparation(kind["rows"], own), head_of(own, trusted), Calibration.from_arrays(own),
                                   own["columns"], str(kind.get("reads", "")))
    weights, skills = ({name: float(kind[key]) for name, kind in kinds.items()} for key in ("weight", "skill"))
    named = tuple(name for name, expert in experts.items() if expert.reads)
    return Classifier(folders, experts, Fusion(weights, skills, named))


def _preparation(rows: str, arrays: Mapping[str, np.ndarray]) -> Numbers | Vocabulary:
    if rows == "text":
        return Vocabulary.from_arrays(arrays)
    if rows not in ("rooted", "scaled"):
        raise ValueError("it prepares its features in a way that is not known")
    return Numbers.from_arrays(arrays, is_rooted=rows == "rooted")


def _of_one_kind(
    folders: tuple[str, ...], arrays: Mapping[str, np.ndarray], scale: float, calibration: Calibration
) -> Classifier:
    """What was written before there were kinds of evidence: a head for frames, which has seen every folder."""
    head = head_of(arrays)
    columns = np.arange(len(folders)) if isinstance(head, list) else head.classes_
    expert = Expert(Numbers(True, arrays["mean"], np.array(scale, np.float32)), head, calibration, columns)
    return Classifier(folders, {FIRST_KIND: expert}, Fusion({FIRST_KIND: 1.0}, {FIRST_KIND: 0.0}))


def _from_old_layers(data: bytes) -> Classifier:
    with np.load(small_enough(data), allow_pickle=False) as arrays:
        scale, inverse_temperature = arrays["numbers"].tolist()
        return _of_one_kind(tuple(_value(arrays["folders"])), arrays, scale, Calibration(inverse_temperature))


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
    arrays = arrays_of(found["head"]) | {"mean": found["mean"]}
    return _of_one_kind(tuple(found["folders"]), arrays, found["scale"], Calibration(found["inverse_temperature"]))


def _with_todays_names(data: bytes) -> bytes:
    """The same skops file with the names that types of ours have now: modules have moved since it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(small_enough(data)) as before, zipfile.ZipFile(written, "w") as after:
        for entry in before.infolist():
            part = before.read(entry)
            if entry.filename == "schema.json":
                for old, new in MOVED.items():
                    part = part.replace(old, new)
            after.writestr(entry, part)
    return written.getvalue()
