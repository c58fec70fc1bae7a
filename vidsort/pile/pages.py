"""The pile of unsorted videos page by page, in the order that a person chose, with what is told of each."""

import bisect
import collections
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InvalidNameError
from ..library.live import LiveLibrary
from ..library.names import check_folder_name
from ..store import Database
from ..store.review import Review
from .cursors import cursor_of, key_of
from .entries import entry, facts_of
from .filing.blind import NONE_YET, deal
from .filing.drawn import NO_CARDS, Cards, Drawn
from .listing import Listing
from .order import ORDERS, Key, Order
from .predictions import Predictions

# Arrangements that are kept; each is a list of a key a video.
MOST_ARRANGED = 4
# Where more keys are others than before, sorting all anew is quicker than taking each from its place to another.
MOST_CHANGED = 2000


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


def page_with_blind(keys: Sequence[Key], limit: int, cursor: str | None, cards: Cards) -> Page:
    """The same with blind cards among them; the cursor begins with the lot of the last blind one, as a text."""
    said, is_marked, place = (cursor or "").partition(",")
    after = _lot_of(said) if is_marked and said.startswith("=") else None
    place = place if after is not None else cursor or ""
    if after is None and not cards.lots:
        return page(keys, limit, cursor)
    start = bisect.bisect_right(keys, key_of(place, keys[0] if keys else None)) if place else 0
    coming = [each for each in cards.lots if each[0] > (NONE_YET if after is None else after)]
    names, gone, last, has_more = deal(keys, start, coming, cards.turn, cards.every, limit, cards.names)
    if not has_more:
        return Page(names, None)
    # Before the first card of all is a place, too.
    there = keys[gone - 1] if gone else (*keys[0][:-1], "")
    return Page(names, cursor_of((str(max(last, NONE_YET if after is None else after)), *there)))


def _lot_of(said: str) -> float:
    try:
        return float(said[1:])
    except ValueError as error:
        raise InvalidNameError("This is no cursor: take the next_cursor of an answer, or begin without one.") from error


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

    def guess(self, predictions: Predictions, unsorted_among: Callable[[Collection[str]], Sequence[str]]) -> bool:
        """Take these predictions in, of which few are others than before; False where too many are.

        Of a folder, others may be shown by them: those of these names that `unsorted_among` gives.
        """
        changed = predictions.changed_since(self.predictions)
        if changed is None or len(changed) > MOST_CHANGED:
            return False
        taken = [name for name in changed if self._take(name)]
        self.predictions = predictions
        for name in taken if self._folder is None else unsorted_among(changed):
            self._insert(name)
        return True

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
        self, live: LiveLibrary, review: Review, database: Database, artifacts_dir: Path, drawn: Drawn | None = None,
        ranking_of: RankingOf = lambda _order, _predictions, _is_first: UNRANKED,
    ) -> None:
        """Without `drawn` there are no blind cards, and without `ranking_of` orders that need one are by filename."""
        self._live, self._review, self._drawn, self._ranking_of = live, review, drawn, ranking_of
        self._database, self._artifacts_dir = database, artifacts_dir
        self._listing: Listing | None = None
        self._listed: int | None = None
        self._arranged: collections.OrderedDict[tuple[str, str | None, bool], Arrangement] = collections.OrderedDict()
        self._lock = threading.Lock()

    def listing(self, predictions: Predictions) -> bytes:
        """The JSON of all videos with their predictions, sorted by filename."""
        with self._lock:
            listing = self._listing
            if listing is not None and not listing.follow(predictions):
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
        shown = page(self._keys(predictions, (order, folder, False), {}, is_first=cursor is None), limit, cursor)
        return {
            "videos": [entry(name, predictions.by_video.get(name)) for name in shown.filenames],
            "total": self._live.count_unsorted(),
            "next_cursor": shown.next_cursor,
        }

    def queue(
        self, predictions: Predictions, limit: int, cursor: str | None, order: str, blind_share: float = 0.0
    ) -> dict[str, object]:
        """A page as the review page needs it; videos put off come last. Raises InvalidNameError.

        `blind_share` of the pile are blind cards: drawn at random, and dealt among the others.
        """
        skipped = self._review.skipped()
        cards = self._cards(predictions, blind_share, skipped)
        keys = self._keys(predictions, (order, None, True), skipped, is_first=cursor is None)
        shown = page_with_blind(keys, limit, cursor, cards)
        return self._shown(predictions, shown.filenames, skipped, cards) | {"next_cursor": shown.next_cursor}

    def entries(
        self, predictions: Predictions, filenames: Sequence[str], blind_share: float = 0.0
    ) -> dict[str, object]:
        """The same of these videos, as far as they are unsorted."""
        skipped = self._review.skipped()
        cards = self._cards(predictions, blind_share, skipped)
        return self._shown(predictions, self._live.unsorted_among(filenames), skipped, cards)

    def blind(self, predictions: Predictions, blind_share: float) -> Cards:
        """The cards that show no guess now."""
        return self._cards(predictions, blind_share, self._review.skipped())

    def _cards(self, predictions: Predictions, blind_share: float, skipped: Mapping[str, float]) -> Cards:
        return self._drawn.cards(blind_share, predictions.by_video, skipped) if self._drawn else NO_CARDS

    def _keys(
        self, predictions: Predictions, wanted: tuple[str, str | None, bool], skipped: Mapping[str, float],
        *, is_first: bool,
    ) -> Sequence[Key]:
        """The keys of the pile in an order, as they are now; for a later page ranked as the first one was."""
        order, folder = ORDERS[wanted[0]], wanted[1]
        ranking = self._ranking_of(order.name, predictions, is_first) if order.needs == "rank" else UNRANKED
        with self._lock:
            arranged = self._arranged.get(wanted)
            needs_them = order.needs == "prediction" or folder is not None
            if (
                arranged is None or arranged.ranking is not ranking
                or (needs_them and not arranged.guess(predictions, self._live.unsorted_among))
            ):
                arranged = Arrangement(self._live.data_dir, order, folder, predictions, ranking)
                self._arranged[wanted] = arranged
            self._arranged.move_to_end(wanted)
            if len(self._arranged) > MOST_ARRANGED:
                self._arranged.popitem(last=False)
            arranged.version, changed = self._live.unsorted_since(arranged.version)
            arranged.follow(changed, skipped)
            return list(arranged.keys)

    def _shown(
        self, predictions: Predictions, filenames: Sequence[str], skipped: Mapping[str, float], cards: Cards
    ) -> dict[str, object]:
        facts = facts_of(self._database, self._artifacts_dir, self._live.data_dir, filenames)
        return {
            "videos": [
                entry(name, predictions.by_video.get(name)) | facts.get(name, {})
                | {"skipped": name in skipped, "blind": name in cards.names}
                for name in filenames
            ],
            "total": self._live.count_unsorted(),
            "skipped": len(self._live.unsorted_among(skipped)),
            "predictions": predictions.version,
        }
