"""The pile in one order, kept sorted: what is moved, put off or guessed anew takes its new place in it."""

import bisect
import gc
import itertools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .order import Key, Order
from .predictions import MANY, Guess, Predictions, no_collection

# More than these are taken out and put in all at once, which costs about as much however many they are.
FEW = 100


@dataclass(frozen=True, eq=False)
class Ranking:
    """The rank of each video in an order that looks at the whole pile; those that came since have none."""

    rank_of: Mapping[str, float] = field(default_factory=dict)


UNRANKED = Ranking()


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
        self._data_dir, self._order, self.folder = data_dir, order, folder
        self.skipped: Mapping[str, float] = {}
        # When each video was changed last, where the order needs it: a key has to be the same when it is taken out.
        self._modified_s: dict[str, float] = {}

    def follow(self, changed: Mapping[str, bool] | Sequence[str], skipped: Mapping[str, float]) -> None:
        """Take in the names that came (True) and take out those that left (False), or begin anew with all these names.

        `skipped`: the videos that were put off, which come last, and when.
        """
        if isinstance(changed, Mapping):
            self._take([*changed])
            self._insert([name for name, is_here in changed.items() if is_here])
            taken = self._take([*{name for name, _ in skipped.items() ^ self.skipped.items()}])
            self.skipped = skipped
            self._insert(taken)
        else:
            self.skipped = skipped
            with no_collection():
                self.keys = _sorted(self._keys(changed))
                if len(self.keys) > MANY:
                    # They stay for long: they are not looked through for garbage time and again.
                    gc.freeze()

    def guess(self, predictions: Predictions, unsorted_among: Callable[[Sequence[str]], Iterable[str]]) -> bool:
        """Take these predictions in; False where nobody can tell which are others than before.

        Of a folder, others may be shown by them: those of these names that `unsorted_among` gives.
        """
        changed = predictions.changed_since(self.predictions)
        if changed is None:
            return False
        taken = self._take(changed)
        self.predictions = predictions
        self._insert(taken if self.folder is None else list(unsorted_among(changed)))
        return True

    def _insert(self, names: Sequence[str]) -> None:
        """Put these in, which are not there, as far as they are shown."""
        keys = self._keys(names)
        if len(keys) > FEW:
            with no_collection():
                # Two sorted lists one behind the other are sorted at a comparison a key.
                self.keys = sorted(self.keys + _sorted(keys))
        else:
            for key in keys:
                bisect.insort(self.keys, key)

    def _take(self, names: Sequence[str]) -> list[str]:
        """Take these out; gives those that were there."""
        if len(names) > FEW:
            gone = set(names)
            taken = [str(key[-1]) for key in self.keys if key[-1] in gone]
            self.keys = [key for key in self.keys if key[-1] not in gone]
        else:
            taken = []
            for key in self._keys(names):
                at = bisect.bisect_left(self.keys, key)
                if self.keys[at : at + 1] == [key]:
                    del self.keys[at]
                    taken.append(str(key[-1]))
        for name in names:
            self._modified_s.pop(name, None)
        return taken

    def _keys(self, names: Sequence[str]) -> list[Key]:
        """The keys of those of these that are shown, which takes a few microseconds each."""
        guesses: Iterable[Guess | None] = itertools.repeat(None)
        if self._order.needs == "prediction" or self.folder is not None:
            guesses = self.predictions.guesses_of(names)
        numbers: Iterable[float] = itertools.repeat(0.0)
        if self._order.needs == "time":
            numbers = map(self._look, names)
        elif self._order.needs == "rank":
            rank_of = self.ranking.rank_of
            numbers = (rank_of.get(name, -1.0) for name in names)
        put_off, key = self.skipped.get, self._order.key
        found: Iterable[tuple[str, Guess | None, float]] = zip(names, guesses, numbers, strict=False)
        if self.folder is not None:
            found = (each for each in found if each[1] is not None and each[1].predicted_folder == self.folder)
        return [(put_off(name, 0.0), *key(guess, number), name) for name, guess, number in found]

    def _look(self, name: str) -> float:
        if name not in self._modified_s:
            try:
                self._modified_s[name] = (self._data_dir / name).stat().st_mtime
            except OSError:
                self._modified_s[name] = 0.0  # it has just gone
        return self._modified_s[name]


def _sorted(keys: list[Key]) -> list[Key]:
    """These in order, by one part after the other from the last one on: numbers alone are compared much faster."""
    for at in reversed(range(len(keys[0]) if keys else 0)):
        keys.sort(key=operator.itemgetter(at))
    return keys
