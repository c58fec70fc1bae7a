"""A very large library in a few numbers a video, by which those are found that may be most like one of them.

All kinds of evidence of numbers side by side, each by the root of what it weighs, along the directions in which videos
differ most: 128 bytes a video in place of 1.7 kB. What is found so is then compared whole.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..learning.rows.parts import Part
from .why import Likeness

DIRECTIONS = 128
# A kind that weighs nothing is looked at a little all the same: for those videos that have nothing else.
LEAST_WEIGHT = 0.05


class Sketch:
    """Videos in few numbers; for one thread at a time while videos are added."""

    def __init__(self, sample: Likeness, parts: Mapping[str, Part]) -> None:
        """sample: some videos of all over the library, of which these are the parts; others are centred as they are."""
        self.sample = sample
        largest = max(sample.weights.values(), default=0.0) or 1.0
        self._roots = {
            name: float(np.sqrt(max(weight, LEAST_WEIGHT * largest))) for name, weight in sample.weights.items()
        }
        rows = self._rows(parts)
        # Ascending, so that the last ones tell most.
        self._directions = np.ascontiguousarray(np.linalg.eigh(rows.T @ rows)[1][:, -DIRECTIONS:], np.float32)
        self._names: list[str] = []
        self._blocks: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, names: Sequence[str], parts: Mapping[str, Part]) -> None:
        """Take in these videos, a row of each part."""
        rows = self._rows(parts) @ self._directions
        step = np.maximum(np.abs(rows).max(axis=1, initial=0), np.finfo(np.float32).tiny) / np.iinfo(np.int8).max
        self._names += names
        self._blocks.append((np.rint(rows / step[:, None]).astype(np.int8), step.astype(np.float32)))

    def candidates(self, asked: Mapping[str, Part], count: int) -> list[str]:
        """The names of videos that may be most like the one of `asked`, at most so many, in no order."""
        weights = self.sample.weights_of(asked)
        by = {name: float(weights[name][0]) / root for name, root in self._roots.items()}
        wanted = self._side_by_side(asked, by)[0] @ self._directions
        if not self._blocks:
            return []
        alike = np.concatenate([rows.astype(np.float32) @ wanted * step for rows, step in self._blocks])
        best = np.argpartition(-alike, count)[:count] if count < len(alike) else np.arange(len(alike))
        return [self._names[row] for row in best]

    def _rows(self, parts: Mapping[str, Part]) -> np.ndarray:
        return self._side_by_side(parts, self._roots)

    def _side_by_side(self, parts: Mapping[str, Part], by: Mapping[str, float]) -> np.ndarray:
        units = self.sample.units(parts)
        # Of a model that goes by words alone there is no column, and any videos are candidates.
        nothing = np.zeros((len(next(iter(parts.values())).X), 0), np.float32)
        return np.concatenate([nothing, *(units[name] * np.float32(by[name]) for name in self._roots)], axis=1)
