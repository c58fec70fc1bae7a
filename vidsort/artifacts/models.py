"""Trained models on disk: which there are, what is known of them, and which one predicts."""

import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ArtifactError, NotFoundError
from ..library.names import is_folder_name
from ..records import Record
from .evidence import read_manifest, read_metrics
from .files import VERSION_ID, read_file, version_ids
from .publication import Current, current, predictions_of_models, publish

if TYPE_CHECKING:
    from ..learning.classifier import Classifier

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


def may_take_over(artifacts_dir: Path, model_id: str) -> bool:
    """What the verdict on a model was; raises NotFoundError for no model, ArtifactError for a damaged manifest."""
    return bool(read_manifest(model_dir(artifacts_dir, model_id))["promotion"]["promote"])


def read_model(artifacts_dir: Path, model_id: str, trusted: Collection[str] = ()) -> "Classifier":
    """A stored model, ready to predict; trusted: the types that a head of others may hold (`Settings.trusted_types`).

    Raises NotFoundError, and ArtifactError for one that cannot be read, or that would sort out of the library.
    """
    from ..learning.files import MODEL_FILES, classifier_of

    folder = model_dir(artifacts_dir, model_id)
    files = {name: read_file(folder / name) for name in MODEL_FILES if os.path.lexists(folder / name)}
    found = classifier_of(files, model_id, trusted)
    strange = [name for name in found.folders if not is_folder_name(name)]
    if strange:
        raise ArtifactError(f"The model {model_id} names a folder {strange[0]!r:.80}, which is none: train anew.")
    return found


def promote(artifacts_dir: Path, model_id: str, trusted: Collection[str] = ()) -> Current:
    """Put a model's stored predictions in force at once; trusted: as for `read_model`.

    Raises NotFoundError, and ArtifactError where it has none, or is itself none that could make the next ones.
    """
    read_model(artifacts_dir, model_id, trusted)
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
    manifest, metrics = read_manifest(folder), read_metrics(folder)
    accuracy = metrics["accuracy"]
    return ModelVersion(
        model_id=model_id, is_current=now is not None and model_id == now.model_id,
        predictions_id=predictions.get(model_id),
        held_back=not manifest["promotion"]["promote"], verdict=manifest["promotion"]["verdict"],
        created=manifest["created"], head=manifest["head"], feature_set=manifest["feature_set"],
        videos=manifest["videos"], folders=len(manifest["folders"]),
        accuracy=accuracy["value"], accuracy_low=accuracy["low"], accuracy_high=accuracy["high"], note=metrics["note"],
        macro_f1=metrics["macro_f1"]["value"], calibration_error=metrics["calibration_error"]["value"],
        log_loss=metrics["log_loss"]["value"],
    )


def show_model(artifacts_dir: Path, model_id: str) -> dict[str, Any]:
    """Everything that is known of one model: {"version", "manifest", "metrics"}; raises NotFoundError."""
    folder = model_dir(artifacts_dir, model_id)
    version = _version(artifacts_dir, model_id, current(artifacts_dir), predictions_of_models(artifacts_dir))
    return {
        "version": version.model_dump(mode="json"),
        "manifest": read_manifest(folder),
        "metrics": read_metrics(folder),
    }
