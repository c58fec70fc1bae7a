"""What is exported, as rows: where videos lie, what is predicted, what evidence says, what was moved."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..features.stored import LibraryFeatures
from ..library import Snapshot, is_learned
from ..records import Move, Prediction


class Table(NamedTuple):
    """Rows by the names of their columns; a value is a text, a number, true or false, a list of such, or None."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]


def labels_table(snapshot: Snapshot, not_learned: Sequence[str]) -> Table:
    """A row a sorted video, by folder and filename; `learned`: whether its folder is learned from."""
    return Table(("filename", "folder", "learned"), [
        {"filename": filename, "folder": folder, "learned": is_learned(folder, not_learned)}
        for folder in sorted(snapshot.folders) for filename in snapshot.folders[folder]
    ])


def predictions_table(unsorted: Iterable[str], predicted: Mapping[str, Prediction]) -> Table:
    """A row an unsorted video that has a prediction, by filename; `top_predictions` as in predictions.json."""
    said = (predicted.get(filename) for filename in unsorted)
    return Table(("filename", "predicted_folder", "confidence", "top_predictions"), [
        {"filename": one.video, **one.model_dump(mode="json", exclude={"video"})} for one in said if one is not None
    ])


def features_table(found: LibraryFeatures) -> Table:
    """A row a video and kind of evidence that it has: its vector as numbers, or its document as a text."""
    rows = []
    for kind, part in found.parts.items():
        is_text = part.rows == "text"
        for video, has, value in zip(found.videos, part.mask, part.X, strict=True):
            if has:
                rows.append({
                    "filename": video.filename, "folder": video.folder, "kind": kind, "modality": part.modality,
                    "vector": None if is_text else value.tolist(), "document": str(value) if is_text else None,
                })
    return Table(("filename", "folder", "kind", "modality", "vector", "document"), rows)


def history_table(moves: Iterable[Move]) -> Table:
    """A row a move, the oldest first."""
    return Table(tuple(Move.model_fields), [move.model_dump(mode="json") for move in moves])
