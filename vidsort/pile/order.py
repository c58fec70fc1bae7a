"""The pile of unsorted videos in the order that a person reviews it, page by page."""

import base64
import bisect
import contextlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..artifacts import current_feature_set
from ..errors import ArtifactError, InvalidNameError
from ..features.contents import Contents
from ..features.stored import errors_of
from ..records import Prediction, Video
from ..store import Database
from ..store.features import FeatureStore

# Videos without a prediction come last where the order is one of confidence.
_UNKNOWN = 2.0
Key = tuple[float | str, ...]


@dataclass(frozen=True)
class Page:
    """Some filenames of the pile in order; `next_cursor` names the place behind them, None at the end."""

    filenames: list[str]
    next_cursor: str | None


def arrange(
    filenames: Collection[str],
    predictions: Mapping[str, Prediction],
    order: str,
    *,
    skipped: Mapping[str, float] | None = None,
    modified_s: Mapping[str, float] | None = None,
) -> list[Key]:
    """The sort keys of these videos, sorted; each ends in the filename.

    `order` is one of the contract's; videos in `skipped` (when they were put off) come last.
    """
    key = _KEYS[order]
    later, times = skipped or {}, modified_s or {}
    return sorted(
        (later.get(name, 0.0), *key(predictions.get(name), times.get(name, 0.0)), name) for name in filenames
    )


def predicted_in(folder: str, filenames: Collection[str], predictions: Mapping[str, Prediction]) -> list[str]:
    """Those videos that are predicted to be in this folder."""
    return [name for name in filenames if name in predictions and predictions[name].predicted_folder == folder]


def _confident(prediction: Prediction | None, _: float) -> Key:
    return (-prediction.confidence if prediction else _UNKNOWN,)


def _unsure(prediction: Prediction | None, _: float) -> Key:
    return (prediction.confidence if prediction else _UNKNOWN,)


def _by_folder(prediction: Prediction | None, _: float) -> Key:
    if prediction is None:
        return (1.0, "", 0.0)
    return (0.0, prediction.predicted_folder, -prediction.confidence)


_KEYS: dict[str, Callable[[Prediction | None, float], Key]] = {
    "confident": _confident,
    "unsure": _unsure,
    "filename": lambda _, __: (),
    "newest": lambda _, modified_s: (-modified_s,),
    "folder": _by_folder,
}


def page(keys: Sequence[Key], limit: int, cursor: str | None = None) -> Page:
    """The next `limit` videos after the cursor; raises InvalidNameError for a cursor that is none of ours.

    A cursor is a place in the order, so a video that has left the pile since takes nobody's turn.
    """
    start = bisect.bisect_right(keys, _key_of(cursor, keys[0])) if cursor and keys else 0
    shown = keys[start : start + limit]
    more = start + limit < len(keys)
    return Page([str(key[-1]) for key in shown], _cursor_of(shown[-1]) if more and shown else None)


def _cursor_of(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _key_of(cursor: str, like: Key) -> Key:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or _kinds(key) != _kinds(like):
        raise InvalidNameError("This cursor is not of this order: begin again without one.")
    return tuple(key)


def _kinds(key: Sequence[object]) -> list[type]:
    return [float if isinstance(part, int) else type(part) for part in key]


class ModificationTimes:
    """When each file in the root was changed last, looked up once: videos do not change, they come and go."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._known_s: dict[str, float] = {}

    def of(self, filenames: Collection[str]) -> dict[str, float]:
        """Seconds since the epoch by filename; files that have gone are left out."""
        for name in filenames:
            if name not in self._known_s:
                with contextlib.suppress(OSError):
                    self._known_s[name] = (self._data_dir / name).stat().st_mtime
        return {name: self._known_s[name] for name in filenames if name in self._known_s}


def facts_of(
    database: Database, artifacts_dir: Path, data_dir: Path, filenames: Sequence[str]
) -> dict[str, dict[str, object]]:
    """What extraction found of these unsorted videos: the keys of MediaFacts, and `reason` where one cannot be used.

    A video that was not looked at yet, or has changed since, is left out.
    """
    videos = []
    for name in filenames:
        path = data_dir / name
        try:
            facts = path.stat()
        except OSError:
            continue
        videos.append(
            Video(filename=name, folder=None, path=path, size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns)
        )
    store = FeatureStore(database)
    contents = store.remembered_contents(videos)
    found = store.facts(contents.values())
    try:
        reasons = errors_of(store, Contents(contents), current_feature_set(artifacts_dir))
    except ArtifactError:
        reasons = {}  # nothing was extracted yet
    return {
        video.filename: found.get(content, {}) | ({"reason": reasons[video]} if video in reasons else {})
        for video, content in contents.items()
        if content in found or video in reasons
    }
