"""The head refitted between two key presses, from what is stored of all videos of a library."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..calibration import Calibration
from ..classifier import Classifier, Expert, Prepared, prepare
from ..fusion import Fusion
from ..heads import ShrinkageLDA, TokenFolders
from ..rows.names import NO_NAMES, Names
from ..rows.parts import Part


class LiveHead:
    """The head refitted between two key presses, from what is stored of all videos of a library; for one thread."""

    def __init__(self, parts: Mapping[str, Part], held: Classifier | None, names: Names = NO_NAMES) -> None:
        """parts: by kind, n rows each. held: the model in force, whose choices are kept; None: sensible ones."""
        self._parts = parts
        self._prepared = {name: prepare(part) for name, part in parts.items() if part.mask.any()}
        self._held, self._names = held, names
        count = len(next(iter(parts.values())).X) if parts else 0
        self._folder_of: list[str | None] = [None] * count
        self._folders: tuple[str, ...] = ()

    def learn(self, folder_of: Mapping[int, str | None], folders: Sequence[str]) -> None:
        """Rows whose folder changed since the last call (None: back in the pile), and all folders there are now."""
        for row, folder in folder_of.items():
            self._folder_of[row] = folder
        self._folders = tuple(sorted(folders))

    def shares(self) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
        """Folders (sorted), int [m] rows that are in the pile, float64 [m, k] calibrated probabilities."""
        number_of = {name: number for number, name in enumerate(self._folders)}
        labels = np.array([-1 if folder is None else number_of.get(folder, -1) for folder in self._folder_of], int)
        pile = np.array([row for row, folder in enumerate(self._folder_of) if folder is None], int)
        experts = {name: self._expert(one, labels, self._known(name)) for name, one in self._prepared.items()}
        found = {name: expert for name, expert in experts.items() if expert is not None}
        if not found:
            return self._folders, pile, np.full((len(pile), len(self._folders)), 1 / max(len(self._folders), 1))
        held = self._held.fusion if self._held is not None else None
        weights = {name: held.weights.get(name, 0.0) if held else 1 / len(found) for name in found}
        skills = {name: held.skills.get(name, 0.0) if held else 1.0 for name in found}
        classifier = Classifier(self._folders, found, Fusion(weights, skills))
        shares = classifier.predict_proba({name: part.at(pile) for name, part in self._parts.items()})
        return self._folders, pile, shares

    def _known(self, name: str) -> Calibration:
        known = self._held is not None and name in self._held.experts
        return self._held.experts[name].calibration if self._held is not None and known else Calibration(8.0)

    def _expert(self, one: Prepared, labels: np.ndarray, calibration: Calibration) -> Expert | None:
        rows = np.flatnonzero((labels >= 0) & one.part.mask)
        if len(np.unique(labels[rows])) < 2:
            return None
        head = TokenFolders() if one.part.rows == "text" else ShrinkageLDA()
        fitted = head.fit(one.rows[rows], labels[rows])
        preparation, whole = one.whole(fitted)
        return Expert(preparation, whole, calibration, fitted.classes_)
