"""Two versions of predictions side by side: what would go elsewhere, and what is surer or less sure."""

from collections.abc import Sequence
from pathlib import Path

from .artifacts import read_predictions
from .publication import current
from .records import Prediction, Record


class Change(Record):
    """One video's prediction before and now."""

    video: str
    folder_before: str
    folder: str
    confidence_before: float
    confidence: float


def stored(artifacts_dir: Path, predictions_id: str) -> list[Prediction]:
    """The entries of one version of predictions; raises ArtifactError."""
    return read_predictions(artifacts_dir / "predictions" / predictions_id / "predictions.json")


def previous_predictions(artifacts_dir: Path, predictions_id: str) -> str | None:
    """The id of what was in force before these predictions, None where they were the first."""
    now = current(artifacts_dir)
    ids = [one.predictions_id for one in (*now.history, now)] if now else []
    place = ids.index(predictions_id) if predictions_id in ids else 0
    return ids[place - 1] if place else None


def changes(before: Sequence[Prediction], after: Sequence[Prediction]) -> list[Change]:
    """Every video in both, those that would go elsewhere first, then by how much their confidence shifted."""
    was = {entry.video: entry for entry in before}
    found = [
        Change(
            video=entry.video,
            folder_before=was[entry.video].predicted_folder,
            folder=entry.predicted_folder,
            confidence_before=was[entry.video].confidence,
            confidence=entry.confidence,
        )
        for entry in after
        if entry.video in was
    ]
    return sorted(
        found,
        key=lambda one: (one.folder_before == one.folder, -abs(one.confidence - one.confidence_before), one.video),
    )
