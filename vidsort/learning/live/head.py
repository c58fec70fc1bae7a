"""The head refitted between two key presses, from what is stored of all videos of a library."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..calibration import Calibration
from ..classifier import Classifier, prepare
from ..fusion import Fusion
from ..heads import TokenFolders, logits
from ..rows.names import NO_NAMES, Names
from ..rows.parts import Part
from .scatter import KeptLDA

# How sure a kind is whose temperature no model has found yet.
UNTESTED = Calibration(8.0)


class LiveHead:
    """The head refitted between two key presses, from what is stored of all videos of a library; for one thread."""

    def __init__(self, parts: Mapping[str, Part], held: Classifier | None, names: Names = NO_NAMES) -> None:
        """parts: by kind, n rows each. held: the model in force, whose choices are kept; None: sensible ones."""
        self._held, self._names = held, names
        self._masks = {name: part.mask for name, part in parts.items() if part.mask.any()}
        self._rows: dict[str, Any] = {name: prepare(parts[name]).rows for name in self._masks}
        self._kept = {
            name: KeptLDA(self._rows[name], mask) for name, mask in self._masks.items() if parts[name].rows != "text"
        }
        count = len(next(iter(parts.values())).X) if parts else 0
        self._folder_of: list[str | None] = [None] * count
        self._folders: tuple[str, ...] = ()

    def learn(self, folder_of: Mapping[int, str | None], folders: Sequence[str]) -> None:
        """Rows whose folder changed since the last call (None: back in the pile), and all folders there are now."""
        changed = {row: folder for row, folder in folder_of.items() if folder != self._folder_of[row]}
        for kept in self._kept.values():
            kept.move({row: (self._folder_of[row], folder) for row, folder in changed.items()})
        for row, folder in changed.items():
            self._folder_of[row] = folder
        self._folders = tuple(sorted(folders))

    def shares(self) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
        """Folders (sorted), int [m] rows that are in the pile, float64 [m, k] calibrated probabilities."""
        number_of = {name: number for number, name in enumerate(self._folders)}
        labels = np.array([-1 if name is None else number_of.get(name, -1) for name in self._folder_of], int)
        pile = np.array([row for row, name in enumerate(self._folder_of) if name is None], int)
        logs = {name: found for name in self._masks if (found := self._logs(name, labels, pile)) is not None}
        if not logs:
            return self._folders, pile, np.full((len(pile), len(self._folders)), 1 / max(len(self._folders), 1))
        return self._folders, pile, self._fusion(list(logs)).apply(logs)

    def _fusion(self, names: Sequence[str]) -> Fusion:
        even = dict.fromkeys(names, 1 / len(names))
        if self._held is None:
            return Fusion(even, even)
        held = self._held.fusion
        weights, skills = ({name: of.get(name, 0.0) for name in names} for of in (held.weights, held.skills))
        return Fusion(weights, skills) if any(weights.values()) or any(skills.values()) else Fusion(even, even)

    def _logs(self, name: str, labels: np.ndarray, pile: np.ndarray) -> np.ndarray | None:
        """Calibrated logs of the pile by one kind, float64 [m, k]; None where it has not seen two folders."""
        mask, found = self._masks[name], np.full((len(pile), len(self._folders)), -np.inf)
        learned = np.flatnonzero((labels >= 0) & mask)
        if len(np.unique(labels[learned])) < 2:
            return None
        there = np.flatnonzero(mask[pile])
        if name in self._kept:
            folders, scores = self._kept[name].scores(pile[there])
            columns = np.array([self._folders.index(folder) for folder in folders], int)
        else:
            rows = self._rows[name]
            fitted = TokenFolders().fit(rows[learned], labels[learned])
            columns = fitted.classes_
            scores = logits(fitted, rows[pile[there]], len(self._folders))[:, columns]
        held = None if self._held is None else self._held.experts.get(name)
        found[np.ix_(there, columns)] = (UNTESTED if held is None else held.calibration).logs(scores)
        return found
