"""Predictions of very many videos in columns: as objects a million take gigabytes, so each is made when it is asked."""

import copy
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from ..records import FolderScore, Prediction
from .entries import Guess


class Columns(Mapping[str, Prediction]):
    """Entries by filename; of several of one name the last one holds.

    folders: all that any entry names.
    """

    def __init__(self, blocks: Iterable[Sequence[Prediction]]) -> None:
        """`blocks`: the entries some thousands at a time, so that never all are there as objects."""
        self._row_of: dict[str, int] = {}
        numbers: dict[str, int] = {}
        firsts, sure, counts, columns, shares = [], [], [], [], []
        row = 0
        for block in blocks:
            self._row_of.update(zip((entry.video for entry in block), range(row, row + len(block)), strict=True))
            row += len(block)
            scores = [score for entry in block for score in entry.top_predictions]
            firsts.append(_numbered((entry.predicted_folder for entry in block), numbers))
            columns.append(_numbered((score.folder for score in scores), numbers))
            sure.append(np.array([entry.confidence for entry in block], float))
            shares.append(np.array([score.confidence for score in scores], float))
            counts.append(np.array([len(entry.top_predictions) for entry in block], np.int64))
        self.folders = tuple(numbers)
        # The folder of each row, how surely; and its scores, which lie one behind the other from `_starts` on.
        self._firsts, self._sure = np.concatenate(firsts), np.concatenate(sure)
        self._columns, self._shares = np.concatenate(columns), np.concatenate(shares)
        self._starts = np.r_[0, np.cumsum(np.concatenate(counts))]

    def __getitem__(self, name: str) -> Prediction:
        row = self._row_of[name]
        scores = slice(int(self._starts[row]), int(self._starts[row + 1]))
        return Prediction(
            video=name, predicted_folder=self.folders[self._firsts[row]], confidence=float(self._sure[row]),
            top_predictions=tuple(
                FolderScore(folder=self.folders[column], confidence=share)
                for column, share in zip(self._columns[scores].tolist(), self._shares[scores].tolist(), strict=True)
            ),
        )

    def __contains__(self, name: object) -> bool:
        return name in self._row_of

    def __iter__(self) -> Iterator[str]:
        return iter(self._row_of)

    def __len__(self) -> int:
        return len(self._row_of)

    def guesses_of(self, names: Sequence[str]) -> list[Guess | None]:
        """What orders need to know of each, without making entries."""
        if not self._row_of:
            return [None] * len(names)
        rows = np.fromiter((self._row_of.get(name, -1) for name in names), np.int64, len(names))
        starts, counts = self._starts[rows], self._starts[rows + 1] - self._starts[rows]
        # Where an entry has fewer scores than two, what is taken here is of another and not told.
        most = max(len(self._columns) - 1, 0)
        first, second = (np.minimum(starts + place, most) for place in (0, 1))
        empty = not len(self._columns)
        ahead = np.zeros(len(rows)) if empty else self._shares[first] - self._shares[second]
        folders = self.folders
        told = zip(
            rows.tolist(), self._firsts[rows].tolist(), self._sure[rows].tolist(), counts.tolist(),
            (rows if empty else self._columns[first]).tolist(), (rows if empty else self._columns[second]).tolist(),
            ahead.tolist(), strict=True,
        )
        return [
            None if row < 0 else Guess(
                folders[own], sure, tuple(folders[column] for column in (one, other)[:count]),
                margin if count > 1 else sure,
            )
            for row, own, sure, count, one, other, margin in told
        ]

    def naming(self, folders: Collection[str]) -> list[str]:
        """The videos of which the entry names any of these."""
        wanted = np.isin(np.arange(len(self.folders)), [at for at, one in enumerate(self.folders) if one in folders])
        named = wanted[self._firsts]
        of_scores = np.repeat(np.arange(len(self._firsts)), np.diff(self._starts))
        named[of_scores[wanted[self._columns]]] = True
        return [name for name, row in self._row_of.items() if named[row]]

    def renamed(self, heirs: Mapping[str, str]) -> "Columns | None":
        """The same with other names of folders; None where two would be one, for then scores add up."""
        names = tuple(heirs.get(name, name) for name in self.folders)
        if len(set(names)) < len(names):
            return None
        made = copy.copy(self)
        made.folders = names
        return made


class Overlaid(Mapping[str, Prediction]):
    """Entries of which some are others than in `base`, or, where they are None, not there."""

    def __init__(self, base: Columns, changed: Mapping[str, Prediction | None]) -> None:
        self._base, self._changed = base, changed
        named = (folders_of(entry) for entry in changed.values() if entry is not None)
        self.folders = {*base.folders, *itertools.chain.from_iterable(named)}

    def __getitem__(self, name: str) -> Prediction:
        found = self._changed[name] if name in self._changed else self._base[name]
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return self._changed[name] is not None if name in self._changed else name in self._base  # type: ignore[index]

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._base if name not in self._changed)
        yield from (name for name, entry in self._changed.items() if entry is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def guesses_of(self, names: Sequence[str]) -> list[Guess | None]:
        """What orders need to know of each."""
        found = self._base.guesses_of(names)
        for at, name in enumerate(names):
            if name in self._changed:
                entry = self._changed[name]
                found[at] = None if entry is None else Guess.of(entry)
        return found

    def naming(self, folders: Collection[str]) -> list[str]:
        """The videos of which the entry names any of these."""
        others = [
            name for name, entry in self._changed.items()
            if entry is not None and not folders_of(entry).isdisjoint(folders)
        ]
        return [name for name in self._base.naming(folders) if name not in self._changed] + others

    def over(self, changed: Mapping[str, Prediction | None]) -> "Overlaid":
        """The same with these entries over it."""
        return Overlaid(self._base, {**self._changed, **changed})


def folders_of(entry: Prediction) -> set[str]:
    """All folders that an entry names."""
    return {entry.predicted_folder, *(score.folder for score in entry.top_predictions)}


def laid_over(
    entries: Mapping[str, Prediction], changed: Mapping[str, Prediction | None]
) -> Mapping[str, Prediction]:
    """The same with these entries in place of theirs, None: without them."""
    if isinstance(entries, Overlaid):
        return entries.over(changed)
    if isinstance(entries, Columns):
        return Overlaid(entries, changed)
    return {name: entry for name, entry in {**entries, **changed}.items() if entry is not None}


def _numbered(names: Iterable[str], numbers: dict[str, int]) -> np.ndarray:
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int32)
