"""The places of all videos of the pile in the orders for which it is looked at as a whole."""

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from ...artifacts import current_feature_set
from ...errors import ArtifactError
from ...features.modalities import KINDS
from ...learning.rows.basis import root, spreads
from ...library import Snapshot, is_learned
from ...library.live import LiveLibrary
from ...records import Video
from ...store import Database
from ...store.features import FeatureStore
from ..arrangement import Ranking
from ..predictions import Predictions, no_collection
from .clusters import clusters, coordinates
from .turns import alike, doubtful, is_begun, typical

# To read more features would take longer than a person waits for the first page.
MOST_READ = 3000
# So many clusters a folder, and at least so many: the number of folders that there will be is not known.
CLUSTERS_A_FOLDER, LEAST_CLUSTERS = 3, 12
# From like to like: a cluster for so many videos, and at most so many clusters.
VIDEOS_A_CLUSTER, MOST_CLUSTERS = 8, 300
# So large a share of the pile may come without being looked at, beside a few.
FEW_NEW, SHARE_NEW = 20, 0.05
# A ranking is good for so many times as long as it took to make, so that large piles cost no key press.
PAUSE = 20

T = TypeVar("T")
# A folder, None for the root, and a filename.
_Place = tuple[str | None, str]


@dataclass(frozen=True)
class _Seen:
    """The videos that were looked at, wherever they lay; row: by filename, of points float32 [n, d]."""

    names: frozenset[str]
    feature_set: str
    row: Mapping[str, int]
    points: np.ndarray


@dataclass(frozen=True)
class _Made:
    """A ranking, what it was made of, and until when it is good enough whatever has changed."""

    state: object
    ranking: Ranking
    good_until_s: float


class Ranks:
    """Ranks of the pile of one library, made anew where the first page is asked for and something has changed.

    Goes by features as far as they are stored (of a large pile: of every so-th video), and by guesses; where there
    is neither, videos have no ranks, and come by name. Safe to use from many threads.
    """

    def __init__(
        self, live: LiveLibrary, database: Database, artifacts_dir: Path, not_learned: Collection[str] = ()
    ) -> None:
        """not_learned: folders in which videos teach nothing."""
        self._live, self._database, self._artifacts_dir = live, database, artifacts_dir
        self._not_learned = not_learned
        self._lock = threading.Lock()
        self._seen: _Seen | None = None
        self._made: dict[str, _Made] = {}

    def __call__(self, order: str, predictions: Predictions, is_first: bool) -> Ranking:
        """The ranks in this order; for a later page those that the first one had."""
        with self._lock:
            made = self._made.get(order)
            now = (predictions.version, self._live.version)
            started = time.monotonic()
            if made is not None and (made.state == now or not is_first or started < made.good_until_s):
                return made.ranking
            with no_collection():
                found = self._alike(predictions) if order == "alike" else self._telling(predictions)
            ended = time.monotonic()
            self._made[order] = made = _Made(now, Ranking(found), ended + PAUSE * (ended - started))
            return made.ranking

    def _telling(self, predictions: Predictions) -> dict[str, float]:
        snapshot = self._live.snapshot()
        names, counts = snapshot.unsorted, [len(inside) for _, inside in self._learned(snapshot)]
        seen = self._look(snapshot)
        member, centres = _grouped(seen, max(LEAST_CLUSTERS, CLUSTERS_A_FOLDER * len(counts)))
        known = [name for name in names if name in seen.row]
        if known and not (is_begun(counts) and any(name in predictions.by_video for name in names)):
            rows = np.array([seen.row[name] for name in known])
            here = set(known)
            sorted_ones = np.array([row for name, row in seen.row.items() if name not in here], int)
            labelled = np.bincount(member[sorted_ones], minlength=len(centres))
            found = typical(seen.points[rows], member[rows], centres, labelled)
            return dict(zip(known, found.tolist(), strict=True))
        return _doubtful(names, predictions, {name: int(member[seen.row[name]]) for name in known})

    def _alike(self, predictions: Predictions) -> dict[str, float]:
        snapshot = self._live.snapshot()
        seen = self._look(snapshot)
        known = [name for name in snapshot.unsorted if name in seen.row]
        if not known:
            return _between(snapshot.unsorted, predictions)
        points = seen.points[[seen.row[name] for name in known]]
        member, centres = clusters(points, min(MOST_CLUSTERS, -(-len(known) // VIDEOS_A_CLUSTER)))
        found = dict(zip(known, alike(points, member, centres).tolist(), strict=True))
        others = _between([name for name in snapshot.unsorted if name not in found], predictions)
        return found | {name: len(found) + rank for name, rank in others.items()}

    def _learned(self, snapshot: Snapshot) -> Iterator[tuple[str, Sequence[str]]]:
        """What is learned from: folders, and the names in each."""
        return ((name, inside) for name, inside in snapshot.folders.items() if is_learned(name, self._not_learned))

    def _look(self, snapshot: Snapshot) -> _Seen:
        """What is stored of the videos; looked at anew where many came, or other features are in force."""
        try:
            feature_set = current_feature_set(self._artifacts_dir)
        except ArtifactError:
            return _Seen(frozenset(), "", {}, np.zeros((0, 1), np.float32))  # nothing was extracted yet
        names, seen = frozenset(snapshot.unsorted), self._seen
        if seen is not None and seen.feature_set == feature_set.id and (
            len(names - seen.names) <= FEW_NEW + SHARE_NEW * len(names)
        ):
            return seen
        numbers = [
            name for name in feature_set.modalities if name in KINDS and KINDS[name].rows != "text"
        ]
        row, points = self._read(snapshot, numbers[0], feature_set.modalities[numbers[0]]) if numbers else (
            {}, np.zeros((0, 1), np.float32)
        )
        # Where nothing has features yet they are asked for again.
        self._seen = seen = _Seen(names if row else frozenset(), feature_set.id, row, points)
        return seen

    def _read(self, snapshot: Snapshot, kind: str, modality: str) -> tuple[dict[str, int], np.ndarray]:
        """The row of each video that was looked at, and where it lies: float32 [n, d]."""
        places: list[_Place] = [(None, name) for name in _every(snapshot.unsorted, MOST_READ)]
        lying: list[_Place] = [(folder, name) for folder, names in self._learned(snapshot) for name in names]
        places += _every(lying, MOST_READ - min(MOST_READ // 2, len(places)))
        videos = _videos(self._live.data_dir, places)
        store = FeatureStore(self._database)
        contents = store.remembered_contents(videos)
        features = store.load(modality, contents.values())
        known = {video.filename: features.index[of] for video, of in contents.items() if of in features.index}
        if not known:
            return {}, np.zeros((0, 1), np.float32)
        vectors = features.vectors[list(known.values())]
        points = coordinates(root(vectors) if KINDS[kind].rows == "rooted" else vectors / spreads(vectors))
        return dict(zip(known, range(len(known)), strict=True)), points


def _grouped(seen: _Seen, count: int) -> tuple[np.ndarray, np.ndarray]:
    if not len(seen.points):
        return np.zeros(0, int), np.zeros((0, 1))
    return clusters(seen.points, count)


def _doubtful(names: Sequence[str], predictions: Predictions, cluster_of: Mapping[str, int]) -> dict[str, float]:
    """Ranks by how doubtful guesses are; videos of one cluster, or between the same two folders, take turns."""
    guessed = [(name, guess) for name, guess in zip(names, predictions.guesses_of(names), strict=True) if guess]
    kinds: dict[object, int] = {}
    number_of: dict[tuple[str, ...], int] = {}
    kind = np.zeros(len(guessed), int)
    for at, (name, guess) in enumerate(guessed):
        if name in cluster_of:
            kind[at] = kinds.setdefault(cluster_of[name], len(kinds))
            continue
        if guess.two not in number_of:
            # Between two folders it is the same whichever comes first.
            number_of[guess.two] = kinds.setdefault(frozenset(guess.two), len(kinds))
        kind[at] = number_of[guess.two]
    margins = np.array([guess.margin for _, guess in guessed], float)
    return dict(zip([name for name, _ in guessed], doubtful(margins, kind).tolist(), strict=True))


def _between(names: Sequence[str], predictions: Predictions) -> dict[str, float]:
    """Ranks from like to like by guesses alone: who is between the same folders is alike."""
    guessed = [
        (guess.two, -guess.confidence, name)
        for name, guess in zip(names, predictions.guesses_of(names), strict=True) if guess
    ]
    return {name: float(rank) for rank, (_, _, name) in enumerate(sorted(guessed))}


def _every(values: Sequence[T], most: int) -> list[T]:
    """At most so many of these, evenly spread."""
    return list(values[:: max(1, -(-len(values) // most))]) if most > 0 else []


def _videos(data_dir: Path, places: Sequence[tuple[str | None, str]]) -> list[Video]:
    found = []
    for folder, name in places:
        directory = data_dir if folder is None else data_dir / folder
        try:
            facts = (directory / name).stat()
        except OSError:
            continue  # it has just gone
        found.append(Video(
            filename=name, folder=folder, directory=directory, size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns
        ))
    return found
