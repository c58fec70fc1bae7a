"""What is stored of the videos in folders, kept as few numbers, and how unlike the rest of its folder each is."""

import collections
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..artifacts import current_feature_set
from ..errors import ArtifactError
from ..features.modalities import KINDS
from ..insight.proposing.closeness import SEEN
from ..records import FeatureSet
from ..store import Database
from ..store.features import FeatureStore
from ..store.whole import contents_ever_under
from .unlike import MOST_ASKED, Directions, distances

# Folders of which that is kept: half a kilobyte a video.
MOST_KEPT = 4
# So many videos are read at once: 1280 numbers each take 25 MB.
AT_ONCE = 5000


@dataclass
class _Looked:
    """What is known of one folder: the row of each video that has one, in these directions, and what was made of them.

    state: what names and database were when nothing more could be known.
    """

    feature_set: str
    directions: Directions | None = None
    row: dict[str, int] = field(default_factory=dict)
    rows: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    state: object = None
    distance_of: Mapping[str, float] = field(default_factory=dict)


class Looks:
    """How unlike the rest of their folders the videos of one library are; safe to use from many threads.

    By what extraction stored of them: no video is opened, and each is read of the database once. A video of which
    nothing is stored has no distance.
    """

    def __init__(self, data_dir: Path, database: Database, artifacts_dir: Path) -> None:
        self._data_dir, self._database, self._artifacts_dir = data_dir, database, artifacts_dir
        self._kept: collections.OrderedDict[str, _Looked] = collections.OrderedDict()
        self._lock = threading.Lock()

    def distances(self, folder: str, names: Sequence[str]) -> Mapping[str, float]:
        """The distance of each video of a folder, all of which are named, from those of it that are nearest."""
        try:
            feature_set = current_feature_set(self._artifacts_dir)
        except ArtifactError:
            return {}  # nothing was extracted yet
        kind = _kind(feature_set)
        if kind is None:
            return {}
        with self._lock:
            looked = self._kept.pop(folder, None)
            came = [name for name in names if looked is None or name not in looked.row]
            # Where most is new, the library may differ in other directions by now.
            if looked is None or looked.feature_set != feature_set.id or len(came) > len(looked.row):
                looked, came = _Looked(feature_set.id), list(names)
            # Before anything is read: what is stored meanwhile is looked for by the next question.
            state = (names, self._database.written())
            if looked.state != state:
                if came:
                    self._read(looked, kind, feature_set.modalities[kind], folder, came)
                looked.distance_of, looked.state = _distances(looked, names), state
            self._kept[folder] = looked
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return looked.distance_of

    def _read(self, looked: _Looked, kind: str, modality: str, folder: str, names: Sequence[str]) -> None:
        store = FeatureStore(self._database)
        is_rooted = KINDS[kind].rows == "rooted"
        if looked.directions is None:
            anywhere = contents_ever_under(self._database, self._data_dir)
            sample = store.vectors(modality, anywhere[:: max(1, -(-len(anywhere) // MOST_ASKED))])[1]
            if not len(sample):
                return
            looked.directions = Directions.of(sample, is_rooted=is_rooted)
        contents = store.contents_in(self._data_dir, folder, _facts(self._data_dir / folder, names))
        known, found = list(contents), [looked.rows] if looked.row else []
        for start in range(0, len(known), AT_ONCE):
            some = known[start : start + AT_ONCE]
            sources, vectors = store.vectors(modality, [contents[name] for name in some])
            if sources:
                at = {source: row for row, source in enumerate(sources)}
                there = [name for name in some if contents[name] in at]
                found.append(looked.directions.rows(vectors)[[at[contents[name]] for name in there]])
                looked.row |= {name: len(looked.row) + number for number, name in enumerate(there)}
        if found:
            looked.rows = np.concatenate(found)


def _kind(feature_set: FeatureSet) -> str | None:
    """The kind of evidence to go by: what is seen, where that is looked at, else the first that has vectors."""
    numbers = [name for name in feature_set.modalities if name in KINDS and KINDS[name].rows != "text"]
    return next((name for name in numbers if name in SEEN), numbers[0] if numbers else None)


def _facts(folder: Path, names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Size and time (ns) of each of these that is there; without a path for each, which takes longer than the look."""
    found = {}
    for name in names:
        try:
            facts = os.stat(f"{folder}/{name}")  # noqa: PTH116
        except OSError:
            continue  # it has just gone
        found[name] = (facts.st_size, facts.st_mtime_ns)
    return found


def _distances(looked: _Looked, names: Sequence[str]) -> dict[str, float]:
    known = [name for name in names if name in looked.row]
    if not known:
        return {}
    return dict(zip(known, distances(looked.rows[[looked.row[name] for name in known]]).tolist(), strict=True))
