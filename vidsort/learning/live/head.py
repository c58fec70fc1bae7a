"""The head refitted between two key presses, from what is stored of all videos of a library."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np

from ...errors import NotEnoughLabelsError
from ..calibration import Calibration
from ..classifier import Classifier, Expert, prepare
from ..fitting import fit_classifier, heads_of
from ..fusion import Fusion
from ..offered import OwnHead, TrainConfig, fit_own
from ..rows.dense import Numbers
from ..rows.names import NO_NAMES, Names
from ..rows.parts import Part
from .discriminants import Discriminants
from .few import levelled
from .tokens import Documents

# Heads that follow a label at once; any other is fitted from nothing.
QUICK = ("lda", "centroid")
# Without a model, what training would choose is looked for anew whenever there are so many times the labels.
MORE = 1.5
MOST_PICKED = 4


class LiveHead:
    """What the choices of the model in force say with the labels of now; for one thread.

    Of each kind of evidence that the model has learned, its preparation, its kind of head and its temperature are
    kept, and what the kinds weigh together; without a model those that a quick training would choose.
    """

    def __init__(
        self, parts: Mapping[str, Part], held: Classifier | None, names: Names = NO_NAMES, winner: str = QUICK[0]
    ) -> None:
        """parts: by kind of evidence, n rows each, of sorted and unsorted videos alike; no label is known yet.

        held: the model in force; winner: what its head of pictures is called. names: what folders are called.
        """
        self._parts, self._held, self._names, self._winner = parts, held, names, winner
        self._is_held = held is not None
        count = len(next(iter(parts.values())).X) if parts else 0
        self._folder_of: list[str | None] = [None] * count
        self._folders: tuple[str, ...] = ()
        # How many labels there were when choices were made here.
        self._chosen_of = 0
        self._documents = {
            name: Documents(part.X.tolist()) for name, part in parts.items() if part.rows == "text" and part.mask.any()
        }
        self._rows: dict[str, np.ndarray] = {}
        self._quick: dict[str, Discriminants] = {}
        # What the names of folders say of all videos, by kind: float64 [n, those that have a name].
        self._said: dict[str, np.ndarray] = {}
        self._prepare()

    def learn(
        self, folder_of: Mapping[int, str | None], folders: Sequence[str], names: Names | None = None
    ) -> None:
        """Take in rows whose folder has changed (None: back in the pile), all folders of now, what they are called."""
        changes = {row: (self._folder_of[row], now) for row, now in folder_of.items() if self._folder_of[row] != now}
        for row, (_, now) in changes.items():
            self._folder_of[row] = now
        self._folders = tuple(sorted(folders))
        if names is not None and names is not self._names:
            self._names, self._said = names, {}
        self._move(changes)
        if not self._is_held:
            self._choose()

    def shares(self) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
        """Folders (sorted), int [m] rows that are in the pile, float64 [m, k] calibrated probabilities.

        Of a video of which nothing is known every folder is as likely.
        """
        number_of: dict[str | None, int] = {folder: number for number, folder in enumerate(self._folders)}
        labels = np.array([number_of.get(folder, -1) for folder in self._folder_of], int)
        pile = np.array([row for row, folder in enumerate(self._folder_of) if folder is None], int)
        logs = {}
        for name in self._held.experts if self._held is not None else self._names.kinds:
            found = self._named(name, pile) if name in self._names.kinds else self._learned(name, labels, pile)
            if found is not None:
                logs[name] = found
        if not logs:
            return self._folders, pile, np.full((len(pile), len(self._folders)), 1 / max(1, len(self._folders)))
        return self._folders, pile, self._fusion(tuple(logs)).apply(logs)

    def _prepare(self) -> None:
        """Rows as the held model takes them, with what is labelled by now."""
        self._rows, self._quick, self._said = {}, {}, {}
        for name, part in self._parts.items():
            preparation = self._held.experts[name].preparation if self._held and name in self._held.experts else None
            is_raced = part.rows == "rooted"
            if not isinstance(preparation, Numbers) or preparation.width != part.X.shape[1]:
                continue
            if not is_raced or self._winner in QUICK:
                self._rows[name] = preparation.rows(part.X)
                self._quick[name] = Discriminants(
                    self._rows[name], is_centroid=is_raced and self._winner == "centroid"
                )
        self._move({row: (None, folder) for row, folder in enumerate(self._folder_of) if folder is not None})

    def _move(self, changes: Mapping[int, tuple[str | None, str | None]]) -> None:
        for name, quick in self._quick.items():
            mask = self._parts[name].mask
            quick.move({row: change for row, change in changes.items() if mask[row]})

    def _choose(self) -> None:
        labelled = np.array([row for row, folder in enumerate(self._folder_of) if folder is not None], int)
        labels = [str(self._folder_of[row]) for row in labelled]
        if len(set(labels)) < 2 or len(labelled) < MORE * self._chosen_of:
            return
        self._chosen_of = len(labelled)
        parts = {name: part.at(labelled) for name, part in self._parts.items()}
        config = TrainConfig(heads=(QUICK[0],), repeats=1)
        try:
            self._held = fit_classifier(parts, labels, np.arange(len(labelled)), config, names=self._names)
        except NotEnoughLabelsError:
            return  # no kind of evidence is there in videos of two folders
        self._prepare()

    def _learned(self, name: str, labels: np.ndarray, pile: np.ndarray) -> np.ndarray | None:
        """Logs of the pile by one kind of evidence, float64 [m, k]; None where it knows of fewer than two folders.

        labels: int [n], the folder of each row, -1 for none.
        """
        expert, part = self._held.experts[name] if self._held else None, self._parts.get(name)
        if expert is None or part is None:
            return None
        labelled = np.flatnonzero((labels >= 0) & part.mask)
        labels = labels[labelled]
        columns, counts = np.unique(labels, return_counts=True)
        if len(columns) < 2:
            return None
        there = pile[part.mask[pile]]
        if name in self._quick:
            weights, biases = self._quick[name].fit()
            rows = self._rows[name]
            # To pick rows out costs as much as to multiply them.
            products = rows[there] @ weights if MOST_PICKED * len(there) < len(rows) else (rows @ weights)[there]
            scores = levelled(products + biases, counts)
        elif name in self._documents:
            scores = self._documents[name].scores(labelled, labels)[there]
        else:
            return self._fitted(name, labelled, labels, expert.calibration).logs(part.at(pile), len(self._folders))
        found = np.full((len(pile), len(self._folders)), -np.inf)
        found[np.ix_(part.mask[pile], columns)] = expert.calibration.logs(scores)
        return found

    def _fitted(self, name: str, labelled: np.ndarray, labels: np.ndarray, calibration: Calibration) -> Expert:
        """An expert with a head that has no quick way, as training fits it."""
        config, part = TrainConfig(), self._parts[name].at(labelled)
        prepared = prepare(part)
        held = self._held.experts[name].head if self._held else None
        # A head of others is not known by its name here, where it may have been handed over; the model has one.
        fit = (
            functools.partial(fit_own, self._winner, held.estimator) if isinstance(held, OwnHead)
            else heads_of({name: part}, self._winner, config)[name].fit
        )
        fitted = fit(prepared.rows, labels, config.seed)
        return Expert(*prepared.whole(fitted), calibration, np.asarray(fitted.classes_))

    def _named(self, name: str, pile: np.ndarray) -> np.ndarray | None:
        """What the names of folders say of the pile, float64 [m, k]; -inf for folders whose name is not known."""
        named = self._names.kinds[name]
        if named.reads not in self._parts:
            return None
        if name not in self._said:
            held = self._held.experts.get(name) if self._held is not None else None
            expert = Expert.of_names(named, held.calibration if held is not None else None)
            self._said[name] = expert.logs(self._parts[named.reads], len(self._names.folders))
        found = np.full((len(pile), len(self._folders)), -np.inf)
        for place, folder in enumerate(self._folders):
            if folder in self._names.folders:
                found[:, place] = self._said[name][pile, self._names.folders.index(folder)]
        return found

    def _fusion(self, there: tuple[str, ...]) -> Fusion:
        """What these kinds weigh."""
        if self._held is None:
            even = dict.fromkeys(there, 1 / len(there))
            return Fusion(even, even, there)
        held = self._held.fusion
        weights = {name: held.weights[name] for name in there}
        named = tuple(name for name in held.named if name in there)
        return Fusion(weights, {name: held.skills[name] for name in there}, named)
