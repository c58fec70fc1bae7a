"""What the model in force says of videos that came after predictions.json was written: one small file beside it.

It completes one writing of predictions.json, and says nothing beside another: after a retrain, a promotion or a
rollback it is as if it were not there.
"""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from ..errors import ArtifactError
from ..records import Prediction, Record
from .files import MOST_JSON_BYTES, as_json, first_fault, read_file, write_whole

Stamp = tuple[int, int, int]


class LookedAt(Record):
    """Predictions of videos that are not in predictions.json; `completes` is the version of that file."""

    completes: str
    predictions: tuple[Prediction, ...]


def looked_at_path(artifacts_dir: Path) -> Path:
    """The file, beside predictions.json."""
    return artifacts_dir / "looked_at.json"


def stamp_of(path: Path) -> Stamp | None:
    """What another writing of a file is told by; None where it is not there."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def version_of(stamp: Stamp | None) -> str:
    """The same as a text, which is the same in all processes; empty for no file."""
    return "-".join(f"{part:x}" for part in stamp or ())


def read_looked_at(artifacts_dir: Path) -> LookedAt | None:
    """What is on record, None where nothing is; raises ArtifactError where the file is damaged."""
    path = looked_at_path(artifacts_dir)
    try:
        return LookedAt.model_validate_json(read_file(path, MOST_JSON_BYTES))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        why = first_fault(error)
        raise ArtifactError(f"{path} is damaged ({why}): remove it, or run `vidsort retrain`.") from error


def add_looked_at(artifacts_dir: Path, completes: str, predictions: Iterable[Prediction]) -> None:
    """Add predictions to those on record that complete the same predictions.json, and drop any others."""
    try:
        before = read_looked_at(artifacts_dir)
    except ArtifactError:
        before = None
    kept = {entry.video: entry for entry in before.predictions} if before and before.completes == completes else {}
    kept |= {entry.video: entry for entry in predictions}
    found = LookedAt(completes=completes, predictions=tuple(kept.values()))
    write_whole(looked_at_path(artifacts_dir), as_json(found))
