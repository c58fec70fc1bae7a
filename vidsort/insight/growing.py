"""Heads that learn anew from ever more of the videos, and are asked about those left out."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..learning.classifier import Classifier, Expert, Prepared, prepare
from ..learning.heads import Candidate, logits
from ..learning.rows.parts import Part
from ..learning.rows.sums import Sums
from ..learning.selection import SUMMED_FROM

SHARES = (0.15, 0.25, 0.4, 0.6, 0.8, 1.0)
NEVER = len(SHARES)


class Growing:
    """The heads of a model, learned anew from some of the videos, asked about others."""

    def __init__(
        self, parts: Mapping[str, Part], folders: Sequence[str], labels: np.ndarray, model: Classifier,
        heads: Mapping[str, Candidate], seed: int, ready: Mapping[str, Prepared],
    ) -> None:
        self._labels, self._fusion, self._seed, self._columns = labels, model.fusion, seed, len(folders)
        self._kinds = {
            name: (ready.get(name) or prepare(parts[name]), heads[name], expert.calibration)
            for name, expert in model.experts.items() if not expert.reads
        }
        self._by_name = {
            name: _said_by_name(expert, parts, model.folders, folders, len(labels))
            for name, expert in model.experts.items() if expert.reads
        }

    def by_step(self, drawn_by: np.ndarray, test: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Each step at which two folders are learned from, and which of the tested rows are right by then: bool [m].

        drawn_by: int [n], the step from which on a row is learned from.
        """
        kinds = {
            name: _Steps(prepared, head, self._labels, drawn_by, test, self._seed)
            for name, (prepared, head, _) in self._kinds.items()
        }
        for step in range(len(SHARES)):
            known = self._labels[drawn_by <= step]
            if not len(test) or not len(known) or known.min() == known.max():
                continue
            logs = {name: said[test] for name, said in self._by_name.items()}
            for name, (prepared, _, calibration) in self._kinds.items():
                logs[name] = np.full((len(test), self._columns), -np.inf)
                scores = kinds[name].scores(step, self._columns)
                if scores is not None:
                    logs[name][prepared.part.mask[test]] = calibration.logs(scores)
            answers = self._fusion.scores(logs)
            # What nothing is known of is not right, whichever folder is the first.
            yield step, (answers.argmax(axis=1) == self._labels[test]) & np.isfinite(answers).any(axis=1)


class _Steps:
    """One head, fitted on ever more of the rows; what it needs of many of them is summed once."""

    def __init__(
        self, prepared: Prepared, head: Candidate, labels: np.ndarray, drawn_by: np.ndarray, test: np.ndarray, seed: int
    ) -> None:
        mask = prepared.part.mask
        self._rows, self._head, self._labels, self._seed = prepared.rows, head, labels, seed
        self._drawn_by = np.where(mask, drawn_by, NEVER)
        self._asked = prepared.rows[test[mask[test]]]
        self._sums = None
        if head.fit_sums is not None and len(labels) >= SUMMED_FROM:
            self._sums = Sums(prepared.rows, labels, np.where(self._drawn_by == NEVER, -1, self._drawn_by))

    def scores(self, step: int, columns: int) -> np.ndarray | None:
        """What it says of the tested rows that have this kind: float [m, columns]; None where it learns nothing."""
        learned = self._drawn_by <= step
        known = self._labels[learned]
        if not self._asked.shape[0] or not len(known) or known.min() == known.max():
            return None
        if self._sums is not None and self._head.fit_sums is not None:
            fitted = self._head.fit_sums(self._sums.of(range(step + 1)))
        else:
            fitted = self._head.fit(self._rows[learned], known, self._seed)
        return logits(fitted, self._asked, columns)


def _said_by_name(
    expert: Expert, parts: Mapping[str, Part], known: Sequence[str], folders: Sequence[str], videos: int
) -> np.ndarray:
    """What one that goes by folder names, and learns nothing, says of these folders: logs, float [n, k]."""
    found = np.full((videos, len(folders)), -np.inf)
    if expert.reads in parts:
        logs = expert.logs(parts[expert.reads], len(known))
        for column, folder in enumerate(folders):
            if folder in known:
                found[:, column] = logs[:, list(known).index(folder)]
    return found
