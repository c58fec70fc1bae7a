"""Videos wherever they lie, as records: an entry of the list, and the folder."""

from collections.abc import Iterable, Iterator

from ..library import Snapshot
from .entries import entry
from .predictions import Predictions


def records(filenames: Iterable[str], snapshot: Snapshot, predictions: Predictions) -> Iterator[dict[str, object]]:
    """The videos of these names in their order, one of several folders once for each; what is nowhere is left out.

    `folder` is None in the pile; a sorted video has no prediction, whatever was said of it before.
    """
    for filename in filenames:
        for folder in snapshot.places_of(filename):
            prediction = predictions.by_video.get(filename) if folder is None else None
            yield entry(filename, prediction) | {"folder": folder}
