"""What there is in a library and what is predicted of it, as tables of pandas."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import library
from ..api.workspace import Workspace
from ..library.moves import Outcome
from ..records import Prediction
from ..settings import Settings

if TYPE_CHECKING:
    import pandas as pd

VIDEOS = ("filename", "folder", "size_bytes", "modified", "path")
FOUND = ("filename", "folder", "predicted_folder", "confidence")
MOVED = ("filename", "folder", "is_moved", "reason")


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
