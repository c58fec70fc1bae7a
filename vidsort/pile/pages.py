"""The pile of unsorted videos page by page, in the order that a person chose, with what is told of each."""

import bisect
import collections
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..library.live import LiveLibrary
from ..library.names import check_folder_name
from ..store import Database
from ..store.review import Review
from .cursors import cursor_of, key_of
from .entries import entry, facts_of
from .listing import Listing
from .order import ORDERS, Key, Order
from .predictions import Predictions

# Arrangements that are kept; each is a list of a key a video.
MOST_ARRANGED = 4


@dataclass(frozen=True)
class Page:
    """Some filenames of the pile in order; `next_cursor` names the place behind them, None at the end."""

    filenames: list[str]
    next_cursor: str | None


@dataclass(frozen=True, eq=False)
class Ranking:
    """The rank of each video in an order that looks at the whole pile; those that came since have none."""

    rank_of: Mapping[str, float] = field(default_factory=dict)


# By an order's name, for the predictions in force; for a later page (False) the ranking that the first one had.
RankingOf = Callable[[str, Predictions, bool], Ranking]
UNRANKED = Ranking()


def page(keys: Sequence[Key], limit: int, cursor: str | None = None) -> Page:
    """The next `limit` videos after the cursor; raises as `key_of` does.

    A cursor is a place in the order, so a video that has left the pile since takes nobody's turn.
    """
    start = 0 if cursor is None else bisect.bisect_right(keys, key_of(cursor, keys[0] if keys else None))
    shown = keys[start : start + limit]
    more = start + limit < len(keys)
    return Page([str(key[-1]) for key in shown], cursor_of(shown[-1]) if more and shown else None)


class Arrangement:
    """The keys of the pile in one order, sorted; a move takes one out or puts one in, and nothing is sorted again.

    Of a `folder`, only the videos that are predicted to be in it.
    """

    def __init__(
        self, data_dir: Path, order: Order, folder: str | None, predictions: Predictions, ranking: Ranking = UNRANKED
    ) -> None:
        self.predictions, self.ranking = predictions, ranking
        self.keys: list[Key] = []
        # Which version of the library in memory it shows, None before the first.
        self.version: int | None = None
        self._data_dir, self._order, self._folder = data_dir, order, folder
        self._skipped: Mapping[str, float] = {}
        # When each video was changed last, where the order needs it: a key has to be the same when it is taken out.
        self._modified_s: dict[str, float] = {}

    def follow(self, changed: Mapping[str, bool] | Sequence[str], skipped: Mapping[str, float]) -> None:
        """Take in the names that came (True) and take out those that left (False), or begin anew with all these names.

        `skipped`: the videos that were put off, which come last, and when.
        """
        if isinstance(changed, Mapping):
            for name, is_here in changed.items():
                if is_here:
                    self._insert(name)
                else:
                    self._take(name)
            others = {name for name, _ in skipped.items() ^ self._skipped.items()}
            taken = [name for name in others if self._take(name)]
            self._skipped = skipped
            for name in taken:
                self._insert(name)
        else:
            self._skipped = skipped
            self.keys = sorted(self._key(name) for name in changed if self._is_shown(name))

    def _insert(self, name: str) -> None:
        if self._is_shown(name):
            key = self._key(name)
            at = bisect.bisect_left(self.keys, key)
            if self.keys[at : at + 1] != [key]:
                self.keys.insert(at, key)

    def _take(self, name: str) -> bool:
        """Whether it was there."""
        key = self._key(name)
        self._modified_s.pop(name, None)
        at = bisect.bisect_left(self.keys, key)
        was_there = self.keys[at : at + 1] == [key]
        if was_there:
            del self.keys[at]
        return was_there

    def _is_shown(self, name: str) -> bool:
        if self._folder is None:
            return True
        prediction = self.predictions.by_video.get(name)
        return prediction is not None and prediction.predicted_folder == self._folder

    def _key(self, name: str) -> Key:
        number = 0.0
        if self._order.needs == "time":
            number = self._look(name)
        elif self._order.needs == "rank":
            number = self.ranking.rank_of.get(name, -1.0)
        prediction = self.predictions.by_video.get(name)
        return (self._skipped.get(name, 0.0), *self._order.key(prediction, number), name)

    def _look(self, name: str) -> float:
        if name not in self._modified_s:
            try:
                self._modified_s[name] = (self._data_dir / name).stat().st_mtime
            except OSError:
                self._modified_s[name] = 0.0  # it has just gone
        return self._modified_s[name]


class Pile:
    """The unsorted videos of one library; safe to use from many threads."""

    def __init__(
        self, live: LiveLibrary, review: Review, database: Database, artifacts_dir: Path,
        ranking_of: RankingOf = lambda _order, _predictions, _is_first: UNRANKED,
    ) -> None:
        self._live, self._review, self._ranking_of = live, review, ranking_of
        self._database, self._artifacts_dir = database, artifacts_dir
        self._listing: Listing | None = None
        self._listed: int | None = None
        self._arranged: collections.OrderedDict[tuple[str, str | None, bool], Arrangement] = collections.OrderedDict()
        self._lock = threading.Lock()

    def listing(self, predictions: Predictions) -> bytes:
        """The JSON of all videos with their predictions, sorted by filename."""
        with self._lock:
            listing = self._listing
            if listing is not None and listing.predictions is not predictions:
                listing = None
            self._listed, changed = self._live.unsorted_since(self._listed if listing is not None else None)
            if listing is not None and isinstance(changed, Mapping):
                for name, is_here in changed.items():
                    listing.put(name, is_here)
            else:
                listing = Listing(list(changed), predictions)
            self._listing = listing
            return listing.text()

    def videos(
        self, predictions: Predictions, limit: int, cursor: str | None, order: str, folder: str | None
    ) -> dict[str, object]:
        """A page of the same list; `folder` keeps those that are predicted to be in it. Raises InvalidNameError."""
        if folder is not None:
            check_folder_name(folder)
        shown = self._page(predictions, limit, cursor, (order, folder, False), {})
        return {
            "videos": [entry(name, predictions.by_video.get(name)) for name in shown.filenames],
            "total": self._live.count_unsorted(),
            "next_cursor": shown.next_cursor,
        }

    def queue(self, predictions: Predictions, limit: int, cursor: str | None, order: str) -> dict[str, object]:
        """A page as the review page needs it; videos put off come last. Raises InvalidNameError."""
        skipped = self._review.skipped()
        shown = self._page(predictions, limit, cursor, (order, None, True), skipped)
        return self._shown(predictions, shown.filenames, skipped) | {"next_cursor": shown.next_cursor}

    def entries(self, predictions: Predictions, filenames: Sequence[str]) -> dict[str, object]:
        """The same of these videos, as far as they are unsorted."""
        return self._shown(predictions, self._live.unsorted_among(filenames), self._review.skipped())

    def _page(
        self, predictions: Predictions, limit: int, cursor: str | None, wanted: tuple[str, str | None, bool],
        skipped: Mapping[str, float],
    ) -> Page:
        order, folder = ORDERS[wanted[0]], wanted[1]
        ranking = self._ranking_of(order.name, predictions, cursor is None) if order.needs == "rank" else UNRANKED
        with self._lock:
            arranged = self._arranged.get(wanted)
            needs_them = order.needs == "prediction" or folder is not None
            if (
                arranged is None or arranged.ranking is not ranking
                or (needs_them and arranged.predictions is not predictions)
            ):
                arranged = Arrangement(self._live.data_dir, order, folder, predictions, ranking)
                self._arranged[wanted] = arranged
            self._arranged.move_to_end(wanted)
            if len(self._arranged) > MOST_ARRANGED:
                self._arranged.popitem(last=False)
            arranged.version, changed = self._live.unsorted_since(arranged.version)
            arranged.follow(changed, skipped)
            return page(arranged.keys, limit, cursor)

    def _shown(
        self, predictions: Predictions, filenames: Sequence[str], skipped: Mapping[str, float]
    ) -> dict[str, object]:
        facts = facts_of(self._database, self._artifacts_dir, self._live.data_dir, filenames)
        return {
            "videos": [
                entry(name, predictions.by_video.get(name)) | facts.get(name, {}) | {"skipped": name in skipped}
                for name in filenames
            ],
            "total": self._live.count_unsorted(),
            "skipped": len(self._live.unsorted_among(skipped)),
            "predictions": predictions.version,
        }
