"""The pile of unsorted videos page by page, in the order that a person chose, with what is told of each."""

import collections
import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..library.live import LiveLibrary
from ..library.names import check_folder_name
from ..store import Database
from ..store.people.decisions import Held
from ..store.people.review import Review
from .arrangement import UNRANKED, Arrangement, Ranking
from .cursors import page, page_with_blind
from .entries import entry, facts_of
from .filing.drawn import NO_CARDS, Cards, Drawn
from .listing import MOST_HELD, Listing, streamed
from .order import ORDERS, Key, Order
from .predictions import Predictions

log = logging.getLogger(__name__)

# Arrangements that are kept; each is a list of a key a video.
MOST_ARRANGED = 4
# An order that looks at the whole of a larger pile is made anew beside the requests; these have the one before till
# then.
MOST_AT_ONCE = 1000

# By an order's name, for the predictions in force; for a later page (False) the ranking that the first one had.
RankingOf = Callable[[str, Predictions, bool], Ranking]
# An order, a folder to which it is held, and whether it is the queue's, in which what was put off comes last.
_Wanted = tuple[str, str | None, bool]


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
        self._arranged: collections.OrderedDict[_Wanted, Arrangement] = collections.OrderedDict()
        # Makes one arrangement after the other; ends with this object.
        self._beside, self._making = ThreadPoolExecutor(1, "arranging"), set[_Wanted]()
        self._lock = threading.Lock()

    def listing(self, predictions: Predictions) -> bytes | Iterator[bytes]:
        """The JSON of all videos with their predictions, sorted by filename; of very many piece by piece."""
        if self._live.count_unsorted() > MOST_HELD:
            self._listing = None
            return streamed(self._live.snapshot().unsorted, predictions)
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
        with self._keys(predictions, (order, folder, False), {}, is_first=cursor is None) as keys:
            shown = page(keys, limit, cursor)
        return {
            "videos": [entry(name, predictions.by_video.get(name)) for name in shown.filenames],
            "total": self._live.count_unsorted(),
            "next_cursor": shown.next_cursor,
        }

    def queue(
        self, predictions: Predictions, limit: int, cursor: str | None, order: str, blind_share: float = 0.0,
        elsewhere: Set[str] = frozenset(),
    ) -> dict[str, object]:
        """A page as the review page needs it; videos put off come last. Raises InvalidNameError.

        `blind_share` of the pile are blind cards: drawn at random, and dealt among the others. What is `elsewhere` is
        left out.
        """
        skipped = self._review.skipped()
        cards = self._cards(predictions, blind_share, skipped)
        if elsewhere:
            cards = cards.without(elsewhere)
        with self._keys(predictions, (order, None, True), skipped, is_first=cursor is None) as keys:
            shown = page_with_blind(keys, limit, cursor, cards, elsewhere)
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

    def blind_among(
        self, predictions: Predictions, filenames: Iterable[str], blind_share: float
    ) -> dict[str, Held | None]:
        """Those of these that show no guess now, with what was said of each that was held back."""
        if not self._drawn:
            return {}
        return self._drawn.among(filenames, blind_share, predictions.by_video, self._review.skipped())

    def _cards(self, predictions: Predictions, blind_share: float, skipped: Mapping[str, float]) -> Cards:
        return self._drawn.cards(blind_share, predictions.by_video, skipped) if self._drawn else NO_CARDS

    @contextlib.contextmanager
    def _keys(
        self, predictions: Predictions, wanted: _Wanted, skipped: Mapping[str, float], *, is_first: bool
    ) -> Iterator[Sequence[Key]]:
        """The keys of the pile in an order, as they stay while the block runs; for a later page ranked as before.

        Not a copy: that of a million would take longer than all else.
        """
        order, folder = ORDERS[wanted[0]], wanted[1]
        ranking = self._ranking(order, predictions, wanted, is_first=is_first)
        with self._lock:
            arranged = self._arranged.get(wanted)
            needs_them = order.needs == "prediction" or folder is not None
            if (
                arranged is None or (arranged.ranking is not ranking and not _is_large(arranged))
                or (needs_them and not arranged.guess(predictions, self._live.unsorted_among))
            ):
                arranged = Arrangement(self._live.data_dir, order, folder, predictions, ranking)
                self._arranged[wanted] = arranged
            self._arranged.move_to_end(wanted)
            if len(self._arranged) > MOST_ARRANGED:
                self._arranged.popitem(last=False)
            arranged.version, changed = self._live.unsorted_since(arranged.version)
            arranged.follow(changed, skipped)
            yield arranged.keys

    def _ranking(self, order: Order, predictions: Predictions, wanted: _Wanted, *, is_first: bool) -> Ranking:
        """How the pile is to be ranked; of a large one as it is already, while it is seen to that it is ranked anew."""
        if order.needs != "rank":
            return UNRANKED
        with self._lock:
            arranged = self._arranged.get(wanted)
            if arranged is not None and _is_large(arranged):
                if is_first and wanted not in self._making:
                    self._making.add(wanted)
                    self._beside.submit(self._rank_anew, wanted, predictions)
                return arranged.ranking
        return self._ranking_of(order.name, predictions, is_first)

    def _rank_anew(self, wanted: _Wanted, predictions: Predictions) -> None:
        """Make an arrangement beside the requests, and put it in place of the one that there is."""
        try:
            order = ORDERS[wanted[0]]
            ranking = self._ranking_of(order.name, predictions, True)
            with self._lock:
                before = self._arranged.get(wanted)
            if before is None or before.ranking is ranking:
                return
            made = Arrangement(self._live.data_dir, order, None, predictions, ranking)
            made.version, names = self._live.unsorted_since(None)
            made.follow(names, before.skipped)
            with self._lock:
                if wanted in self._arranged:
                    self._arranged[wanted] = made
        except Exception:
            # The order stays as it was; the next page that is asked for tries again.
            log.exception("The pile could not be ranked anew in the order %s.", wanted[0])
        finally:
            self._making.discard(wanted)

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


def _is_large(arranged: Arrangement) -> bool:
    return arranged.folder is None and len(arranged.keys) > MOST_AT_ONCE
