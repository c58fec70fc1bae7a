"""What there is in a library and what is predicted of it, as tables of pandas."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .. import artifacts, library
from ..api.workspace import Workspace
from ..library.moves import Outcome
from ..records import Prediction
from ..settings import Settings

if TYPE_CHECKING:
    import pandas as pd

VIDEOS = ("filename", "folder", "size_bytes", "modified", "path")
FOUND = ("filename", "folder", "predicted_folder", "confidence")
MOVED = ("filename", "folder", "is_moved", "reason")


class Folders(Protocol):
    """Folders by filename: a dict, or a pandas Series whose index are the filenames."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """(filename, folder)."""


def videos_frame(settings: Settings) -> "pd.DataFrame":
    """A row a video, as the disk has it now; raises NotFoundError without a library."""
    import pandas as pd

    found = library.videos(settings.data_dir, settings.video_names)
    frame = pd.DataFrame(
        [(video.filename, video.folder, video.size_bytes, video.mtime_ns, video.path) for video in found],
        columns=VIDEOS,
    )
    frame["modified"] = pd.to_datetime(frame["modified"], unit="ns", utc=True)
    return frame


def predictions_frame(here: Workspace) -> "pd.DataFrame":
    """A row an unsorted video of which there is a guess, the surest first."""
    import pandas as pd

    said = here.predicted().by_video
    known = [said[name] for name in here.library.snapshot().unsorted if name in said]
    known.sort(key=lambda entry: -entry.confidence)
    frame = pd.DataFrame(
        [(entry.video, entry.predicted_folder, entry.confidence, _shares(entry)) for entry in known],
        columns=("filename", "folder", "confidence", "shares"),
    )
    return frame.astype({"confidence": float})


def _shares(entry: Prediction) -> dict[str, float]:
    return {score.folder: score.confidence for score in entry.top_predictions}


def compared_frame(home: Path, first: str | None, second: str) -> "pd.DataFrame":
    """Two models side by side; first: by default the one in force, or where that is the second the one before it."""
    from ..insight.comparison import compare

    if first is None:
        before = [one for one in artifacts.model_ids(home) if one < second]
        in_force = artifacts.model_in_force(home)
        first = before[-1] if in_force == second and before else in_force
    return compare(home, first, second)


def found_frame(records: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
    """The records of videos, in their order."""
    import pandas as pd

    return pd.DataFrame([[record[name] for name in FOUND] for record in records], columns=FOUND)


def outcomes_frame(outcomes: Iterable[Outcome]) -> "pd.DataFrame":
    """What came of each wish of a batch: whether it was moved, else why not."""
    import pandas as pd

    return pd.DataFrame(
        [
            (one.wish.filename, one.wish.folder, one.error is None, None if one.error is None else str(one.error))
            for one in outcomes
        ],
        columns=MOVED,
    )
