"""The blind cards of a pile: those held back by filing without a person first, then those that were drawn."""

import bisect
import threading
from collections.abc import Container, Iterable, Mapping

from ...library.live import LiveLibrary
from ...store.people.decisions import Decisions, Held
from .blind import HELD_EVERY, first_turn, lot

FEWEST_DRAWN = 5


class Drawn:
    """Which cards of one library show no guess; safe to use from many threads."""

    def __init__(self, live: LiveLibrary, decisions: Decisions) -> None:
        self._live, self._decisions = live, decisions
        self._lock = threading.Lock()
        self._seed: str | None = None
        # The lots of the pile that are below the share, sorted, with that share and the version of the library.
        self._lots: list[tuple[float, str]] = []
        self._known: tuple[float, int] | None = None

    def seed(self) -> str:
        """What lots are drawn by."""
        if self._seed is None:
            self._seed = self._decisions.seed()
        return self._seed

    def cards(self, share: float, predicted: Container[str], skipped: Container[str]) -> "Cards":
        """The blind cards now: of the videos that have a prediction and were not put off this share, and what is held.

        A pile in which fewer than five are to be expected has none but those that are held back: few tell nothing.
        """
        if not share:
            return NO_CARDS
        held = self._decisions.held()
        waiting = [name for name in self._live.unsorted_among(held) if name not in skipped]
        is_small = share * self._live.count_unsorted() < FEWEST_DRAWN
        drawn = [] if is_small else [
            each for each in self._below(share) if each[1] in predicted and each[1] not in skipped
            and each[1] not in held
        ]
        # Those held back come first: their lots are below all others.
        lots = sorted((lot(self.seed(), name) - 1, name) for name in waiting) + drawn
        if not lots:
            return NO_CARDS
        every = max(1, round(1 / share))
        if waiting:
            every = min(every, HELD_EVERY)
        return Cards(tuple(lots), held, first_turn(self._decisions.since_blind(), every), every)

    def among(
        self, filenames: Iterable[str], share: float, predicted: Container[str], skipped: Container[str]
    ) -> dict[str, Held | None]:
        """Those of these that are blind cards, with what was said of each as it was held back; costs no look at all."""
        if not share:
            return {}
        held, seed = self._decisions.held(), self.seed()
        is_small = share * self._live.count_unsorted() < FEWEST_DRAWN
        return {
            name: held.get(name) for name in self._live.unsorted_among(filenames)
            if name not in skipped
            and (name in held or (not is_small and lot(seed, name) < share and name in predicted))
        }

    def _below(self, share: float) -> list[tuple[float, str]]:
        seed = self.seed()
        with self._lock:
            before = self._known[1] if self._known is not None and self._known[0] == share else None
            version, changed = self._live.unsorted_since(before)
            if isinstance(changed, Mapping):
                for name, is_here in changed.items():
                    self._put((lot(seed, name), name), is_here=is_here, share=share)
            else:
                self._lots = sorted(each for each in ((lot(seed, name), name) for name in changed) if each[0] < share)
            self._known = share, version
            return list(self._lots)

    def _put(self, each: tuple[float, str], *, is_here: bool, share: float) -> None:
        at = bisect.bisect_left(self._lots, each)
        is_known = self._lots[at : at + 1] == [each]
        if is_here and not is_known and each[0] < share:
            self._lots.insert(at, each)
        elif is_known and not is_here:
            del self._lots[at]


class Cards:
    """Blind cards with their lots, in the order in which they come; `turn` cards come before the first of them."""

    def __init__(self, lots: tuple[tuple[float, str], ...], held: Mapping[str, Held], turn: int, every: int) -> None:
        self.lots, self.held, self.turn, self.every = lots, held, turn, every
        self.names = frozenset(name for _, name in lots)

    def without(self, names: Container[str]) -> "Cards":
        """The same but for these."""
        return Cards(tuple(each for each in self.lots if each[1] not in names), self.held, self.turn, self.every)


NO_CARDS = Cards((), {}, 0, 1)
