"""Trained models on disk: which there are, what is known of them, and which one predicts."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import ArtifactError, NotFoundError
from ..records import Prediction, Record
from .files import VERSION_ID, read_file, read_json, version_ids
from .publication import Current, current, predictions_of_models, publish

log = logging.getLogger(__name__)


def model_ids(artifacts_dir: Path) -> list[str]:
    """The ids of all models, oldest first."""
    return version_ids(artifacts_dir / "models")


def model_dir(artifacts_dir: Path, model_id: str) -> Path:
    """The folder of one model; raises NotFoundError, also for an id that is no id."""
    folder = artifacts_dir / "models" / model_id
    if not VERSION_ID.fullmatch(model_id) or not folder.is_dir():
        raise NotFoundError(f"There is no model {model_id[:80]!r}: `vidsort models list` shows those there are.")
    return folder


def model_in_force(artifacts_dir: Path) -> str:
    """The id of the model that predicts, else of the newest one; raises NotFoundError where there is none."""
    now, ids = current(artifacts_dir), model_ids(artifacts_dir)
    if now is not None and now.model_id in ids:
        return now.model_id
    if not ids:
        raise NotFoundError("There is no model yet: run `vidsort retrain` to train one.")
    return ids[-1]


def manifest_entry(artifacts_dir: Path, model_id: str, name: str) -> Any:
    """One entry of a model's manifest; raises NotFoundError for no model, ArtifactError for no entry."""
    manifest = read_json(model_dir(artifacts_dir, model_id) / "manifest.json")
    if name not in manifest:
        raise ArtifactError(f"The manifest of the model {model_id} has no {name}: remove that model, or train anew.")
    return manifest[name]


def files_of_model(artifacts_dir: Path, model_id: str, names: Iterable[str]) -> dict[str, bytes]:
    """Those of these files that a model has, by name; raises NotFoundError for no model, and ArtifactError."""
    folder = model_dir(artifacts_dir, model_id)
    return {name: read_file(folder / name) for name in names if os.path.lexists(folder / name)}


def read_predictions(path: Path) -> list[Prediction]:
    """The entries of a predictions file in the documented form, whoever wrote it; more keys are ignored.

    Raises ArtifactError where the file is missing, damaged or of another form.
    """
    try:
        data = read_file(path).removeprefix(b"\xef\xbb\xbf")
    except FileNotFoundError as error:
        raise ArtifactError(f"{path} is not there: run `vidsort retrain` to make it.") from error
    try:
        return TypeAdapter(list[Prediction]).validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise ArtifactError(
            f"{path} is not in the documented form (at {place}: {first['msg']}): run `vidsort retrain` to make it anew."
        ) from error


def promote(artifacts_dir: Path, model_id: str) -> Current:
    """Put a model's stored predictions in force at once; raises NotFoundError, or ArtifactError where it has none."""
    model_dir(artifacts_dir, model_id)
    predictions_id = predictions_of_models(artifacts_dir).get(model_id)
    if predictions_id is None:
        raise ArtifactError(
            f"Model {model_id} has made no predictions yet: run `vidsort predict --model-id {model_id}` first."
        )
    return publish(artifacts_dir, predictions_id)


class ModelVersion(Record):
    """One trained model as lists show it; scores are of grouped cross-validation, intervals are 95 %.

    Scores are None where no video could be tested; `note` says what the accuracy is not of.

    `held_back` tells why it was not promoted on its own.
    """

    model_id: str
    created: str
    is_current: bool
    held_back: bool
    verdict: str
    head: str
    feature_set: str
    videos: int
    folders: int
    accuracy: float | None
    accuracy_low: float | None
    accuracy_high: float | None
    note: str | None
    macro_f1: float | None
    calibration_error: float | None
    log_loss: float | None
    predictions_id: str | None


def list_models(artifacts_dir: Path) -> list[ModelVersion]:
    """All models, newest first; one that is damaged is left out with a logged warning."""
    now, predictions = current(artifacts_dir), predictions_of_models(artifacts_dir)
    found = []
    for model_id in reversed(model_ids(artifacts_dir)):
        try:
            found.append(_version(artifacts_dir, model_id, now, predictions))
        except ArtifactError as error:
            log.warning("%s", error)
    return found


def _version(
    artifacts_dir: Path, model_id: str, now: Current | None, predictions: dict[str, str]
) -> ModelVersion:
    folder = model_dir(artifacts_dir, model_id)
    manifest, metrics = read_json(folder / "manifest.json"), read_json(folder / "metrics.json")
    try:
        return ModelVersion(
            model_id=model_id, is_current=now is not None and model_id == now.model_id,
            predictions_id=predictions.get(model_id),
            held_back=not manifest["promotion"]["promote"], verdict=manifest["promotion"]["verdict"],
            created=manifest["created"], head=manifest["head"], feature_set=manifest["feature_set"],
            videos=manifest["videos"], folders=len(manifest["folders"]),
            accuracy=_measured(metrics["accuracy"]), accuracy_low=_measured(metrics["accuracy"], "low"),
            accuracy_high=_measured(metrics["accuracy"], "high"), note=metrics.get("note"),
            macro_f1=_measured(metrics["macro_f1"]), calibration_error=_measured(metrics["calibration_error"]),
            log_loss=_measured(metrics["log_loss"]),
        )
    except (KeyError, TypeError, ValidationError) as error:
        raise ArtifactError(f"{folder} is damaged ({error!r}): remove it.") from error


def _measured(score: dict[str, Any], of: str = "value") -> float | None:
    """A number of a score; None where nothing was counted, for which older versions wrote 0."""
    return score[of] if score["count"] else None


def show_model(artifacts_dir: Path, model_id: str) -> dict[str, Any]:
    """Everything that is known of one model: {"version", "manifest", "metrics"}; raises NotFoundError."""
    folder = model_dir(artifacts_dir, model_id)
    version = _version(artifacts_dir, model_id, current(artifacts_dir), predictions_of_models(artifacts_dir))
    return {
        "version": version.model_dump(mode="json"),
        "manifest": read_json(folder / "manifest.json"),
        "metrics": read_json(folder / "metrics.json"),
    }
