"""Sums over rows by folder, which discriminants learn from: whatever is left out, no row is copied for it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

# So many rows are taken at once: 5 MB of 1280 numbers, which stay in a processor's cache.
AT_ONCE = 1024
# What is left of a difference of two sums, as a share of the first, is rounding.
ROUNDING = 1e-6


def blocks(count: int) -> Iterator[slice]:
    """So many rows, some at a time."""
    for start in range(0, count, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, count))


def ledoit_wolf(fourths: float, squares: float, variance: float, count: float, width: float) -> float:
    """Ledoit and Wolf's share (2004), as scikit-learn's `ledoit_wolf_shrinkage` has it for centred rows.

    fourths: the sum of the fourth powers of the lengths of `count` rows; squares: that of the squares in their
    covariance; variance: the mean of its diagonal of `width`.
    """
    if width == 1:
        return 0.0
    beta = (fourths / count - squares) / (width * count)
    delta = squares / width - variance**2
    return 0.0 if min(beta, delta) <= 0 else float(min(beta, delta) / delta)


class Sums:
    """Rows in *cells* (the folds of a cross-validation, say), of which any can be learned from together.

    rows: float [n, d]; labels: int [n]; cell_of: int [n], from 0 on, -1 for a row that is in none. Each cell is summed
    once, when it is asked for first. Rows are taken from the mean of their folder in all cells, so that hardly
    anything is lost to rounding where folders lie far apart.
    """

    def __init__(self, rows: np.ndarray, labels: np.ndarray, cell_of: np.ndarray) -> None:
        from scipy.sparse import csr_array

        self.rows, self.members = rows, [np.flatnonzero(cell_of == cell) for cell in range(int(cell_of.max()) + 1)]
        there = np.flatnonzero(cell_of >= 0)
        self.classes, member = np.unique(labels[there], return_inverse=True)
        self.member = np.zeros(len(rows), int)
        self.member[there] = member
        shape = len(self.members), len(self.classes)
        places = cell_of[there] * shape[1] + member
        self.counts = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
        chosen = csr_array((np.ones(len(there), rows.dtype), (places, there)), (shape[0] * shape[1], len(rows)))
        self.totals = np.asarray(chosen @ rows).reshape(*shape, rows.shape[1])
        self.means = _means(self.totals, self.counts)
        self.lengths = np.zeros(len(rows))
        self._products: dict[int, np.ndarray] = {}

    def of(self, cells: Collection[int]) -> "Known":
        """What these cells hold together; the last ones may have no row."""
        chosen = sorted(cell for cell in cells if cell < len(self.members))
        counts = self.counts[chosen].sum(axis=0)
        return Known(self, chosen, np.flatnonzero(counts), counts, _means(self.totals[chosen], self.counts[chosen]))

    def products(self, cell: int) -> np.ndarray:
        """The sum of the outer products of a cell's rows less their folders' means, float [d, d]; sets `lengths`."""
        if cell not in self._products:
            width = self.rows.shape[1]
            found = np.zeros((width, width), self.rows.dtype)
            for some in blocks(len(self.members[cell])):
                members = self.members[cell][some]
                apart = self.rows[members] - self.means[self.member[members]]
                self.lengths[members] = np.einsum("nd,nd->n", apart, apart)
                found += apart.T @ apart
            self._products[cell] = found
        return self._products[cell]


@dataclass(frozen=True)
class Known:
    """The rows of some cells. present: int [m], which folders they are of; counts: int [k]; means: float [k, d]."""

    sums: Sums
    cells: list[int]
    present: np.ndarray
    counts: np.ndarray
    all_means: np.ndarray

    @property
    def classes(self) -> np.ndarray:
        """The labels of the folders they are of: int [m]."""
        return np.asarray(self.sums.classes[self.present])

    @property
    def means(self) -> np.ndarray:
        """The mean row of each of these: float [m, d]."""
        return np.asarray(self.all_means[self.present])

    @property
    def count(self) -> int:
        """How many rows these are."""
        return int(self.counts.sum())

    def products(self) -> np.ndarray:
        """The sum of the outer products of rows less their folder's mean, float [d, d]; zeros for mere rounding."""
        found = self.sums.products(self.cells[0]).copy()
        for cell in self.cells[1:]:
            found += self.sums.products(cell)
        gaps = self._gaps()
        if gaps is not None:
            whole = np.trace(found)
            gaps *= np.sqrt(self.counts)[:, None].astype(gaps.dtype)
            found -= gaps.T @ gaps
            if np.trace(found) <= ROUNDING * whole:
                found[:] = 0
        return found

    def fourths(self) -> float:
        """The sum of the fourth powers of the distances of rows to the mean of their folder; after `products`."""
        gaps = self._gaps()
        if gaps is None:
            return float(sum(np.square(self.sums.lengths[self.sums.members[cell]]).sum() for cell in self.cells))
        moved = np.einsum("kd,kd->k", gaps, gaps) + 2 * np.einsum("kd,kd->k", gaps, self.sums.means)
        found = 0.0
        for cell in self.cells:
            for some in blocks(len(self.sums.members[cell])):
                members = self.sums.members[cell][some]
                folder = self.sums.member[members]
                along = np.einsum("nd,nd->n", self.sums.rows[members], gaps[folder])
                found += float(np.square(self.sums.lengths[members] + moved[folder] - 2 * along).sum())
        return found

    def _gaps(self) -> Any:
        """How far the means of folders are from those in all cells, float [k, d]; None where these are all cells."""
        if len(self.cells) == len(self.sums.members):
            return None
        gaps = self.all_means - self.sums.means
        gaps[self.counts == 0] = 0
        return gaps


def _means(totals: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Of the sums of cells, float [c, k, d], with their counts, int [c, k], the means of folders: float [k, d]."""
    return np.asarray(totals.sum(axis=0) / np.maximum(counts.sum(axis=0), 1)[:, None].astype(totals.dtype))
