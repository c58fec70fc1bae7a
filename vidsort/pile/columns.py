"""Predictions of very many videos in columns: as objects a million take gigabytes, so each is made when it is asked."""

import copy
import io
import itertools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..records import FolderScore, Prediction
from .entries import Guess

# What is in a file of them: numbers, and names as bytes of JSON.
ARRAYS = ("names", "folders", "firsts", "sure", "columns", "shares", "starts")


class Pack(NamedTuple):
    """Some entries: filenames, the number of the predicted folder, how surely, how many scores, and these in a row."""

    names: Sequence[str]
    firsts: np.ndarray
    sure: np.ndarray
    counts: np.ndarray
    columns: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(cls, names: Sequence[str], ranked: Sequence[Sequence[tuple[int, float]]]) -> "Pack":
        """ranked: for each name the numbers and shares of its folders, best first, at least one."""
        return cls(
            names, np.array([row[0][0] for row in ranked], np.int32), np.array([row[0][1] for row in ranked], float),
            np.array([len(row) for row in ranked], np.int64),
            np.array([number for row in ranked for number, _ in row], np.int32),
            np.array([share for row in ranked for _, share in row], float),
        )


class Columns(Mapping[str, Prediction]):
    """Entries by filename; of several of one name the last one holds.

    folders: all that any entry names.
    """

    def __init__(self, blocks: Iterable[Sequence[Prediction]]) -> None:
        """`blocks`: the entries some thousands at a time, so that never all are there as objects."""
        numbers: dict[str, int] = {}
        packs = []
        for block in blocks:
            scores = [score for entry in block for score in entry.top_predictions]
            packs.append(Pack(
                [entry.video for entry in block],
                _numbered((entry.predicted_folder for entry in block), numbers),
                np.array([entry.confidence for entry in block], float),
                np.array([len(entry.top_predictions) for entry in block], np.int64),
                _numbered((score.folder for score in scores), numbers),
                np.array([score.confidence for score in scores], float),
            ))
        self._fill(tuple(numbers), packs)

    @classmethod
    def of_packs(cls, folders: Sequence[str], packs: Sequence["Pack"]) -> "Columns":
        """The same of entries that were never objects; `folders`: by number, also those that no entry names."""
        named = np.unique(np.concatenate([pack.columns for pack in packs]))
        made = cls.__new__(cls)
        made._fill(tuple(folders[number] for number in named), [
            pack._replace(firsts=np.searchsorted(named, pack.firsts), columns=np.searchsorted(named, pack.columns))
            for pack in packs
        ])
        return made

    def _fill(self, folders: tuple[str, ...], packs: Sequence["Pack"]) -> None:
        self.folders = folders
        names = itertools.chain.from_iterable(pack.names for pack in packs)
        self._row_of = {name: row for row, name in enumerate(names)}
        # The folder of each row, how surely; and its scores, which lie one behind the other from `_starts` on.
        self._firsts = np.concatenate([pack.firsts for pack in packs]).astype(np.int32)
        self._sure = np.concatenate([pack.sure for pack in packs])
        self._columns = np.concatenate([pack.columns for pack in packs]).astype(np.int32)
        self._shares = np.concatenate([pack.shares for pack in packs])
        self._starts = np.r_[0, np.cumsum(np.concatenate([pack.counts for pack in packs]))]

    def as_bytes(self) -> bytes:
        """All of it as a file, where no two entries have one name."""
        written = io.BytesIO()
        names, folders = (np.frombuffer(json.dumps(list(each)).encode(), np.uint8) for each in (self, self.folders))
        arrays = (names, folders, self._firsts, self._sure, self._columns, self._shares, self._starts)
        np.savez(written, **dict(zip(ARRAYS, arrays, strict=True)))
        return written.getvalue()

    @classmethod
    def of_bytes(cls, data: bytes) -> "Columns":
        """What `as_bytes` gave; raises ValueError for anything else."""
        made = cls.__new__(cls)
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in ARRAYS}
        except Exception as error:  # numpy and zipfile raise a dozen kinds for bytes that are none of theirs
            raise ValueError(f"no columns: {error!r:.200}") from error
        names, folders = (json.loads(found[name].tobytes()) for name in ("names", "folders"))
        made.folders, made._row_of = tuple(folders), dict(zip(names, range(len(names)), strict=True))
        made._firsts, made._sure, made._columns, made._shares, made._starts = (found[name] for name in ARRAYS[2:])
        rows, scores = len(names), len(made._columns)
        lengths = (len(made._row_of), len(made._firsts), len(made._sure), len(made._starts) - 1, len(made._shares))
        numbers = np.concatenate([made._firsts, made._columns, [0]])
        if lengths != (rows, rows, rows, rows, scores) or not (
            numbers.min() >= 0 and numbers.max() < max(1, len(folders)) and made._starts[0] == 0
            and made._starts[-1] == scores and (np.diff(made._starts) >= 0).all()
        ):
            raise ValueError("columns that do not fit together")
        return made

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
