"""The predictions in force: those of predictions.json, and over them what was learned since."""

import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..pile.entries import entry_text
from ..pile.predictions import Guess, LivePredictions, Predictions, digest_of, followed, following, suggesting
from ..records import FolderScore, Prediction
from .guesses import NOBODY, Guesses, guesses_path, read_guesses

# Shares are told in so many steps from 0 to 1, each with its text.
STEPS = 10_000
T = TypeVar("T")
_TEXTS = tuple(json.dumps(step / STEPS) for step in range(STEPS + 1))


class Entries(Mapping[str, Prediction]):
    """Entries by filename, each made when it is asked for; those of `base` where the live head says nothing."""

    def __init__(
        self, row_of: Mapping[str, int], guesses: Guesses, base: Mapping[str, Prediction], heirs: Mapping[str, str]
    ) -> None:
        self._row_of, self._guesses, self._base = row_of, guesses, base
        self._heirs = {name: heir for name, heir in heirs.items() if name in guesses.folders}

    def __getitem__(self, name: str) -> Prediction:
        row = self._row(name)
        # None is kept: a hundred thousand objects that stay would be looked through for garbage again and again.
        return self._base[name] if row is None else self._entry(name, row)

    def __contains__(self, name: object) -> bool:
        return self._row(name) is not None or name in self._base

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._row_of if self._row(name) is not None)
        yield from (name for name in self._base if self._row(name) is None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def guesses_of(self, names: Sequence[str]) -> list[Guess | None]:
        """What orders need to know of each, without making entries."""
        rows, there = self._rows(names)
        top, sure = self._guesses.top[rows, :2], self._steps[rows, :2] / STEPS
        folders = self._guesses.folders
        pairs = list(zip(*top.T.tolist(), strict=True))
        two = {pair: tuple(folders[column] for column in pair if column != NOBODY) for pair in {*pairs}}
        said = list(map(
            Guess, [folders[first] for first, _ in pairs], sure[:, 0].tolist(), [two[pair] for pair in pairs],
            (sure[:, 0] - sure[:, 1]).tolist(),
        ))
        return self._filled(names, there, said, lambda name: Guess.of(self[name]) if name in self._base else None)

    def texts(self, names: Sequence[str]) -> list[str]:
        """The entries as JSON text without making them first."""
        rows, there = self._rows(names)
        folders = self._names
        said = []
        tops, steps = self._guesses.top[rows].tolist(), self._steps[rows].tolist()
        for at, columns, shares in zip(there, tops, steps, strict=True):
            scores = [
                f'{{"folder": {folders[column]}, "confidence": {_TEXTS[step]}}}'
                for column, step in zip(columns, shares, strict=True) if column != NOBODY
            ]
            said.append(
                f'{{"filename": {encode_basestring_ascii(names[at])}, "predicted_folder": {folders[columns[0]]}, '
                f'"confidence": {_TEXTS[shares[0]]}, "top_predictions": [{", ".join(scores)}]}}'
            )
        return self._filled(names, there, said, lambda name: entry_text(name, self._base.get(name)))

    @property
    def are_as_written(self) -> bool:
        """Whether folders have the names that the live head knows them by."""
        return not self._heirs

    def _row(self, name: object) -> int | None:
        row = self._row_of.get(name)  # type: ignore[call-overload]
        return None if row is None or self._guesses.top.item(row, 0) == NOBODY else row

    def _rows(self, names: Sequence[str]) -> tuple[np.ndarray, list[int]]:
        """The rows, int [m], of those of these names of which the live head says something, and which those are."""
        row_of = self._row_of
        rows = np.fromiter((row_of.get(name, -1) for name in names), np.intp, len(names))
        there = np.flatnonzero(rows >= 0)
        there = there[self._guesses.top[rows[there], 0] != NOBODY]
        return rows[there], there.tolist()

    @staticmethod
    def _filled(
        names: Sequence[str], there: Sequence[int], said: Sequence[T], of_others: Callable[[str], T]
    ) -> list[T]:
        """What is said of names, with that of others in between."""
        if len(said) == len(names):
            return list(said)
        known = dict(zip(there, said, strict=True))
        return [known[at] if at in known else of_others(name) for at, name in enumerate(names)]

    # Arrays as they are: as lists each refit would make a hundred thousand objects, while all others wait.
    @cached_property
    def _steps(self) -> np.ndarray:
        return np.rint(self._guesses.shares * STEPS).astype(np.int16)

    @cached_property
    def _names(self) -> list[str]:
        return [json.dumps(folder) for folder in self._guesses.folders]

    def _entry(self, name: str, row: int) -> Prediction:
        columns, steps = self._guesses.top[row].tolist(), self._steps[row].tolist()
        scores = tuple(
            FolderScore(folder=self._guesses.folders[column], confidence=step / STEPS)
            for column, step in zip(columns, steps, strict=True) if column != NOBODY
        )
        first = scores[0]
        found = Prediction(
            video=name, predicted_folder=first.folder, confidence=first.confidence, top_predictions=scores
        )
        return followed(found, self._heirs) if self._heirs else found


@dataclass(frozen=True)
class Learned(Predictions):
    """Predictions of the live head over those of predictions.json, which hold where it says nothing."""

    entries: Entries | None = None
    guesses: Guesses | None = None
    base: Predictions = field(default_factory=Predictions)
    heirs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def over(
        cls, version: str, base: Predictions, row_of: Mapping[str, int], guesses: Guesses, heirs: Mapping[str, str]
    ) -> "Learned":
        """Guesses over `base`, whose folders have the names that they have now already."""
        entries = Entries(row_of, guesses, base.by_video, heirs)
        return cls(version, entries, entries, guesses, base, heirs)

    def guesses_of(self, names: Sequence[str]) -> list[Guess | None]:
        """What orders need to know of each of these videos."""
        if self.entries is None or not self.entries.are_as_written:
            return super().guesses_of(names)
        return self.entries.guesses_of(names)

    def texts(self, names: Sequence[str]) -> list[str]:
        """The entries of these videos in the list as JSON text."""
        if self.entries is None or not self.entries.are_as_written:
            return super().texts(names)
        return self.entries.texts(names)

    def changed_since(self, before: Predictions) -> Sequence[str] | None:
        """The names whose prediction may be another than in `before`, which may be the newer of the two."""
        if before is self:
            return ()
        if not isinstance(before, Learned) or before.base is not self.base or before.heirs != self.heirs:
            return None
        old, new = before.guesses, self.guesses
        if old is None or new is None or old.token != new.token:
            return None
        if old.sequence > new.sequence:
            old, new = new, old
        return [new.names[row] for row in np.flatnonzero(new.changed > old.sequence).tolist()]


class Serving:
    """Which predictions of a library are in force now, the same in every process; safe to use from many threads."""

    def __init__(self, base: LivePredictions, artifacts_dir: Path, not_learned: Collection[str] = ()) -> None:
        """not_learned: the folders that are never suggested, whatever predictions.json says."""
        self._base, self._not_learned = base, not_learned
        self._path = guesses_path(artifacts_dir)
        # Whether what is learned is served; not before it is known whose it is.
        self.is_on = False
        self._stamp: tuple[int, int, int] | None = None
        self._guesses: Guesses | None = None
        self._row_of: tuple[str, dict[str, int]] = ("", {})
        self._followed: tuple[Predictions, Mapping[str, str], Predictions] | None = None
        self._made: tuple[Predictions, Guesses, Predictions] | None = None
        self._lock = threading.Lock()

    @property
    def base_version(self) -> str:
        """The version of predictions.json now; what stands behind a plus is of videos that it does not name."""
        return self._base.current().version.partition("+")[0]

    def learned(self) -> Guesses | None:
        """What the live head says, None where predictions.json is served as it is; costs two looks at files."""
        if not self.is_on:
            return None
        base = self.base_version
        with self._lock:
            self._look()
            return self._guesses if self._guesses is not None and self._guesses.base == base else None

    def current(self, heirs: Mapping[str, str]) -> Predictions:
        """The predictions in force, with the names that folders have now."""
        known, guesses = self._base.current(), self.learned()
        with self._lock:
            if self._followed is None or self._followed[0] is not known or self._followed[1] != heirs:
                found = suggesting(following(known, heirs), self._not_learned)
                self._followed, self._made = (known, dict(heirs), found), None
            base = self._followed[2]
            if guesses is None:
                return base
            if self._made is None or self._made[0] is not base or self._made[1] is not guesses:
                self._made = (base, guesses, self._over(base, guesses, self._followed[1]))
            return self._made[2]

    def _over(self, base: Predictions, guesses: Guesses, heirs: Mapping[str, str]) -> Predictions:
        if self._row_of[0] != guesses.token:
            self._row_of = guesses.token, {name: row for row, name in enumerate(guesses.names) if name}
        # `base` has another version where folders of it have been renamed; so has this where folders of it have.
        renamed = sorted((name, heirs[name]) for name in heirs.keys() & set(guesses.folders))
        version = f"{base.version}+{guesses.token}.{guesses.sequence}{digest_of(renamed) if renamed else ''}"
        return Learned.over(version, base, self._row_of[1], guesses, heirs)

    def _look(self) -> None:
        try:
            facts = self._path.stat()
        except OSError:
            # Its process has ended: what it said holds until predictions.json is another, or somebody says more.
            self._stamp = None
            return
        stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if stamp != self._stamp:
            self._stamp = stamp
            self._guesses = read_guesses(self._path, self._guesses) or self._guesses
