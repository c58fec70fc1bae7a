"""Which predictions are in force, and which were before: published whole, and rolled back byte for byte."""

import contextlib
import hashlib
import itertools
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from ..errors import ArtifactError, NotFoundError
from ..records import Prediction, Record
from .evidence import model_of_predictions, origin_of_predictions
from .files import (
    MOST_JSON_BYTES,
    VERSION_ID,
    as_json,
    created_now,
    first_fault,
    new_version_id,
    read_file,
    version_ids,
    write_version,
    write_whole,
)

HISTORY_LIMIT = 100
COLUMNS_FILE = "columns.npz"
# Between two entries of a file that has one a line, as no text in JSON holds a line end; and so much is read at once.
BETWEEN, BLOCK_BYTES = b"},\n{", 2_000_000
LOCK_TIMEOUT_S = 30
log = logging.getLogger(__name__)


class Publication(Record):
    """A model and its predictions that were in force; `model_id` is None for a file of another program."""

    model_id: str | None
    predictions_id: str = Field(pattern=f"^{VERSION_ID.pattern}$")
    at: str


class Current(Publication):
    """What is in force now; `history` holds what was before, oldest first."""

    history: tuple[Publication, ...] = ()


def predictions_path(artifacts_dir: Path) -> Path:
    """The file that servers read."""
    return artifacts_dir / "predictions.json"


def current(artifacts_dir: Path) -> Current | None:
    """What is in force, None before the first predictions; raises ArtifactError where current.json is damaged."""
    path = artifacts_dir / "current.json"
    try:
        return Current.model_validate_json(read_file(path))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ArtifactError(f"{path} is damaged: remove it, then run `vidsort retrain`.") from error


def predictions_of_models(artifacts_dir: Path) -> dict[str, str]:
    """The id of the newest stored predictions of each model that has made any; damaged ones do not count."""
    folder = artifacts_dir / "predictions"
    newest: dict[str, str] = {}
    for predictions_id in version_ids(folder):
        try:
            model_id = model_of_predictions(folder / predictions_id)
        except ArtifactError as error:
            log.warning("%s", error)
            continue
        if model_id is not None:
            newest[model_id] = predictions_id
    return newest


def read_predictions(path: Path) -> list[Prediction]:
    """The entries of a predictions file in the documented form, whoever wrote it; more keys are ignored.

    Raises ArtifactError where the file is missing, damaged or of another form.
    """
    return list(itertools.chain.from_iterable(blocks_of_predictions(path)))


def blocks_of_predictions(path: Path) -> Iterator[list[Prediction]]:
    """The same some thousands at a time: of a million at once the entries would take gigabytes."""
    yield from blocks_in(bytes_of_predictions(path), path)


def bytes_of_predictions(path: Path) -> bytes:
    """What is in a predictions file; raises ArtifactError."""
    try:
        return read_file(path, MOST_JSON_BYTES)
    except FileNotFoundError as error:
        raise ArtifactError(f"{path} is not there: run `vidsort retrain` to make it.") from error


def columns_of(artifacts_dir: Path, data: bytes) -> bytes | None:
    """The columns that were stored with predictions in force, where `data` is just these; None where there are none."""
    try:
        now = current(artifacts_dir)
        if now is None:
            return None
        folder = artifacts_dir / "predictions" / now.predictions_id
        columns = read_file(folder / COLUMNS_FILE)
        return columns if origin_of_predictions(folder).get("digest") == _digest([data]) else None
    except (ArtifactError, OSError):
        return None


def blocks_in(data: bytes, path: Path) -> Iterator[list[Prediction]]:
    """The entries in the bytes of a file, as many at a time as lines tell them apart; raises ArtifactError."""
    text, entries = data.removeprefix(b"\xef\xbb\xbf"), TypeAdapter(list[Prediction])
    try:
        count, start = 0, 0
        while (end := text.find(BETWEEN, start + BLOCK_BYTES)) >= 0:
            try:
                # A list is begun and ended where the file goes on.
                block = entries.validate_json(b"[" * bool(start) + text[start : end + 1] + b"]", strict=True)
            except ValidationError:
                break  # it is no entry a line: all at once, which also tells where a fault is
            yield block
            count, start = count + len(block), end + len(BETWEEN) - 1
        if count and end < 0:
            with contextlib.suppress(ValidationError):
                yield entries.validate_json(b"[" + text[start:], strict=True)
                return
        yield entries.validate_json(text, strict=True)[count:]
    except ValidationError as error:
        raise ArtifactError(
            f"{path} is not in the documented form ({first_fault(error)}): run `vidsort retrain` to make it anew."
        ) from error


def _require_entries(data: bytes, path: Path) -> None:
    """Raise ArtifactError for what a server could not read."""
    for _ in blocks_in(data, path):
        continue


def write_predictions(
    artifacts_dir: Path, predictions_id: str, data: bytes | Iterable[bytes], manifest: dict[str, Any],
    *, is_in_form: bool = False, columns: bytes | None = None,
) -> None:
    """Store one version of predictions, not yet in force: the bytes of predictions.json and where they come from.

    is_in_form: they are in the documented form; then nobody looks again unless they were changed since. columns: what
    they say in a form that is read quickly, where they are very many.
    """
    pieces = [data] if isinstance(data, bytes) else list(data)
    told = {"predictions_id": predictions_id} | manifest | ({"digest": _digest(pieces)} if is_in_form else {})
    files: dict[str, bytes | list[bytes]] = {"predictions.json": pieces, "manifest.json": as_json(told)}
    if columns is not None:
        files[COLUMNS_FILE] = columns
    write_version(artifacts_dir / "predictions" / predictions_id, files)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=32)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _stored_bytes(artifacts_dir: Path, predictions_id: str) -> bytes:
    path = artifacts_dir / "predictions" / predictions_id / "predictions.json"
    try:
        return read_file(path)
    except FileNotFoundError as error:
        raise ArtifactError(f"{path} is gone: run `vidsort predict` to make predictions anew.") from error


def publish(artifacts_dir: Path, predictions_id: str) -> Current:
    """Put stored predictions in force: predictions.json gets their bytes, current.json names them; returns that.

    A predictions.json of another program that would be lost is kept as a version first, so that
    `rollback` brings it back. Raises ArtifactError and then nothing has changed.
    """
    with publishing(artifacts_dir):
        before = current(artifacts_dir)
        if before is not None and before.predictions_id == predictions_id:
            return _put_in_force(artifacts_dir, predictions_id, before.history)
        return _put_in_force(artifacts_dir, predictions_id, _history(artifacts_dir, before))


def _history(artifacts_dir: Path, before: Current | None) -> tuple[Publication, ...]:
    """What came before the next publication, a file that another program put in our place included."""
    history: tuple[Publication, ...] = ()
    ours = None
    if before is not None:
        history = before.history
        try:
            ours = _stored_bytes(artifacts_dir, before.predictions_id)
            history = (*history, Publication(**before.model_dump(exclude={"history"})))
        except ArtifactError as error:
            log.warning("There is no way back to the predictions before: %s", error)
    in_force = predictions_path(artifacts_dir)
    if in_force.is_file() and (data := read_file(in_force)) != ours:
        kept = Publication(model_id=None, predictions_id=new_version_id(), at=created_now())
        write_predictions(artifacts_dir, kept.predictions_id, data, {"model_id": None, "created": kept.at})
        try:
            _require_entries(data, in_force)
            history = (*history, kept)
        except ArtifactError as error:
            log.warning("It is kept as %s and never put in force again: %s", kept.predictions_id, error)
    return history[-HISTORY_LIMIT:]


def rollback(artifacts_dir: Path) -> Current:
    """Put the publication before the current one back in force, byte for byte; raises NotFoundError."""
    with publishing(artifacts_dir):
        now = current(artifacts_dir)
        if now is None or not now.history:
            raise NotFoundError("There are no earlier predictions to go back to.")
        return _put_in_force(artifacts_dir, now.history[-1].predictions_id, now.history[:-1])


def shorten_history(artifacts_dir: Path, most: int) -> None:
    """Let a rollback go back to the last `most` publications only; raises ArtifactError."""
    with publishing(artifacts_dir):
        now = current(artifacts_dir)
        if now is not None and len(now.history) > most:
            shorter = now.model_copy(update={"history": now.history[len(now.history) - most :]})
            write_whole(artifacts_dir / "current.json", as_json(shorter))


@contextlib.contextmanager
def publishing(artifacts_dir: Path) -> Iterator[None]:
    """One publication at a time, across processes."""
    import filelock

    artifacts_dir.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(artifacts_dir / "current.lock", timeout=LOCK_TIMEOUT_S):
            yield
    except filelock.Timeout as error:
        raise ArtifactError("Another vidsort is publishing predictions and does not end: try again.") from error


def _put_in_force(artifacts_dir: Path, predictions_id: str, history: tuple[Publication, ...]) -> Current:
    folder = artifacts_dir / "predictions" / predictions_id
    data, told = _stored_bytes(artifacts_dir, predictions_id), origin_of_predictions(folder)
    # Nothing that a server could not read is ever put where servers read; to look at a million takes twelve seconds.
    if told.get("digest") != _digest([data]):
        _require_entries(data, folder / "predictions.json")
    now = Current(model_id=told["model_id"], predictions_id=predictions_id, at=created_now(), history=history)
    write_whole(predictions_path(artifacts_dir), data)
    write_whole(artifacts_dir / "current.json", as_json(now))
    return now
