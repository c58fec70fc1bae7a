"""Models and predictions on disk: written whole or not at all, never overwritten, one small file names the current.

    artifacts/models/<model_id>/            model.skops, manifest.json, metrics.json, out_of_fold.json
    artifacts/predictions/<predictions_id>/ predictions.json, manifest.json
    artifacts/predictions.json              the bytes of the predictions in force: what servers read
    artifacts/current.json                  which model and predictions these are, and which came before
    artifacts/features/current.json         which features the newest extraction made

Every id begins with its time, so that ids sort by age.
"""

import contextlib
import datetime
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .durable import as_json, read_json, write_version, write_whole
from .errors import ArtifactError, NotFoundError
from .records import Prediction, Record

VERSION_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}", re.ASCII)
HISTORY_LIMIT = 100
LOCK_TIMEOUT_S = 30


class Publication(Record):
    """A model and its predictions that were in force; `model_id` is None for a file of another program."""

    model_id: str | None
    predictions_id: str
    at: str


class Current(Publication):
    """What is in force now; `history` holds what was before, oldest first."""

    history: tuple[Publication, ...] = ()


def new_version_id() -> str:
    """A fresh id for a model or for predictions: UTC time, then six random hex digits."""
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def created_now() -> str:
    """The time in UTC, ISO 8601 with seconds, as manifests carry it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def version_ids(folder: Path) -> list[str]:
    """The ids of the complete versions in a folder, oldest first; empty where it does not exist."""
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if VERSION_ID.fullmatch(entry.name) and entry.is_dir())


def model_dir(artifacts_dir: Path, model_id: str) -> Path:
    """The folder of one model; raises NotFoundError, also for an id that is no id."""
    folder = artifacts_dir / "models" / model_id
    if not VERSION_ID.fullmatch(model_id) or not folder.is_dir():
        raise NotFoundError(f"There is no model {model_id[:80]!r}: `vidsort models list` shows those there are.")
    return folder


def predictions_path(artifacts_dir: Path) -> Path:
    """The file that servers read."""
    return artifacts_dir / "predictions.json"


def read_predictions(path: Path) -> list[Prediction]:
    """The entries of a predictions file in the documented form, whoever wrote it; more keys are ignored.

    Raises ArtifactError where the file is missing, damaged or of another form.
    """
    try:
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read ({error.strerror}): run `vidsort retrain` to make it.") from error
    try:
        return TypeAdapter(list[Prediction]).validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise ArtifactError(
            f"{path} is not in the documented form (at {place}: {first['msg']}): run `vidsort retrain` to make it anew."
        ) from error


def current(artifacts_dir: Path) -> Current | None:
    """What is in force, None before the first predictions; raises ArtifactError where current.json is damaged."""
    path = artifacts_dir / "current.json"
    try:
        return Current.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise ArtifactError(f"{path} is damaged: remove it, then run `vidsort retrain`.") from error


def current_feature_set(artifacts_dir: Path) -> tuple[str, dict[str, Any]]:
    """The id of the features that the newest extraction made, and its config; raises ArtifactError."""
    path = artifacts_dir / "features" / "current.json"
    if not path.is_file():
        raise ArtifactError("No features have been made yet: run `vidsort extract-features` first.")
    found = read_json(path)
    try:
        return str(found["feature_set"]), dict(found["config"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path} is damaged: run `vidsort extract-features` to make it anew.") from error


def stored_predictions(artifacts_dir: Path, model_id: str) -> str | None:
    """The id of the newest predictions that a model made, None where it has made none."""
    folder = artifacts_dir / "predictions"
    for predictions_id in reversed(version_ids(folder)):
        if read_json(folder / predictions_id / "manifest.json").get("model_id") == model_id:
            return predictions_id
    return None


def write_predictions(artifacts_dir: Path, predictions_id: str, data: bytes, manifest: dict[str, Any]) -> None:
    """Store one version of predictions, not yet in force: the bytes of predictions.json and where they come from."""
    files = {"predictions.json": data, "manifest.json": as_json({"predictions_id": predictions_id} | manifest)}
    write_version(artifacts_dir / "predictions" / predictions_id, files)


def _stored_bytes(artifacts_dir: Path, predictions_id: str) -> bytes:
    path = artifacts_dir / "predictions" / predictions_id / "predictions.json"
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path} is gone: run `vidsort predict` to make predictions anew.") from error


def publish(artifacts_dir: Path, predictions_id: str) -> Current:
    """Put stored predictions in force: predictions.json gets their bytes, current.json names them; returns that.

    A predictions.json of another program that would be lost is kept as a version first, so that
    `rollback` brings it back. Raises ArtifactError and then nothing has changed.
    """
    with _published(artifacts_dir):
        before = current(artifacts_dir)
        is_same = before is not None and before.predictions_id == predictions_id
        history = before.history if is_same else _history(artifacts_dir, before)
        return _put_in_force(artifacts_dir, predictions_id, history)


def _history(artifacts_dir: Path, before: Current | None) -> tuple[Publication, ...]:
    """What came before the next publication, a file that another program put in our place included."""
    history: tuple[Publication, ...] = ()
    ours = None
    if before is not None:
        history = (*before.history, Publication(**before.model_dump(exclude={"history"})))
        ours = _stored_bytes(artifacts_dir, before.predictions_id)
    in_force = predictions_path(artifacts_dir)
    if in_force.is_file() and (data := in_force.read_bytes()) != ours:
        kept = Publication(model_id=None, predictions_id=new_version_id(), at=created_now())
        write_predictions(artifacts_dir, kept.predictions_id, data, {"model_id": None, "created": kept.at})
        history = (*history, kept)
    return history[-HISTORY_LIMIT:]


def rollback(artifacts_dir: Path) -> Current:
    """Put the publication before the current one back in force, byte for byte; raises NotFoundError."""
    with _published(artifacts_dir):
        now = current(artifacts_dir)
        if now is None or not now.history:
            raise NotFoundError("There are no earlier predictions to go back to.")
        return _put_in_force(artifacts_dir, now.history[-1].predictions_id, now.history[:-1])


def promote(artifacts_dir: Path, model_id: str) -> Current:
    """Put a model's stored predictions in force at once; raises NotFoundError, or ArtifactError where it has none."""
    model_dir(artifacts_dir, model_id)
    predictions_id = stored_predictions(artifacts_dir, model_id)
    if predictions_id is None:
        raise ArtifactError(
            f"Model {model_id} has made no predictions yet: run `vidsort predict --model-id {model_id}` first."
        )
    return publish(artifacts_dir, predictions_id)


@contextlib.contextmanager
def _published(artifacts_dir: Path) -> Iterator[None]:
    """One publication at a time, across processes."""
    import filelock

    artifacts_dir.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(artifacts_dir / "current.lock", timeout=LOCK_TIMEOUT_S):
            yield
    except filelock.Timeout as error:
        raise ArtifactError("Another vidsort is publishing predictions and does not end: try again.") from error


def _put_in_force(artifacts_dir: Path, predictions_id: str, history: tuple[Publication, ...]) -> Current:
    data = _stored_bytes(artifacts_dir, predictions_id)
    model_id = read_json(artifacts_dir / "predictions" / predictions_id / "manifest.json").get("model_id")
    now = Current(model_id=model_id, predictions_id=predictions_id, at=created_now(), history=history)
    write_whole(predictions_path(artifacts_dir), data)
    write_whole(artifacts_dir / "current.json", as_json(now))
    return now


class ModelVersion(Record):
    """One trained model as lists show it; scores are of grouped cross-validation, intervals are 95 %.

    `held_back` tells why it was not promoted on its own; `report` is the executed notebook beside it.
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
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    macro_f1: float
    calibration_error: float
    log_loss: float
    predictions_id: str | None
    report: Path | None


def list_models(artifacts_dir: Path) -> list[ModelVersion]:
    """All models, newest first; raises ArtifactError where one is damaged."""
    now = current(artifacts_dir)
    in_force = now.model_id if now else None
    ids = version_ids(artifacts_dir / "models")
    return [_version(artifacts_dir, model_id, in_force) for model_id in reversed(ids)]


def _version(artifacts_dir: Path, model_id: str, in_force: str | None) -> ModelVersion:
    folder = model_dir(artifacts_dir, model_id)
    manifest, metrics = read_json(folder / "manifest.json"), read_json(folder / "metrics.json")
    report = next((folder / name for name in ("report.html", "report.ipynb") if (folder / name).is_file()), None)
    try:
        return ModelVersion(
            model_id=model_id, is_current=model_id == in_force, report=report,
            predictions_id=stored_predictions(artifacts_dir, model_id),
            held_back=not manifest["promotion"]["promote"], verdict=manifest["promotion"]["verdict"],
            created=manifest["created"], head=manifest["head"], feature_set=manifest["feature_set"],
            videos=manifest["videos"], folders=len(manifest["folders"]),
            accuracy=metrics["accuracy"]["value"], accuracy_low=metrics["accuracy"]["low"],
            accuracy_high=metrics["accuracy"]["high"], macro_f1=metrics["macro_f1"]["value"],
            calibration_error=metrics["calibration_error"]["value"], log_loss=metrics["log_loss"]["value"],
        )
    except (KeyError, TypeError, ValidationError) as error:
        raise ArtifactError(f"{folder} is damaged ({error!r}): remove it.") from error


def show_model(artifacts_dir: Path, model_id: str) -> dict[str, Any]:
    """Everything that is known of one model: {"version", "manifest", "metrics"}; raises NotFoundError."""
    folder = model_dir(artifacts_dir, model_id)
    now = current(artifacts_dir)
    return {
        "version": _version(artifacts_dir, model_id, now.model_id if now else None).model_dump(mode="json"),
        "manifest": read_json(folder / "manifest.json"),
        "metrics": read_json(folder / "metrics.json"),
    }
