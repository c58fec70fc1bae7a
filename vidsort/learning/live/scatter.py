"""Discriminants whose sums are kept, so that a row more or fewer costs as much at any size."""

from collections.abc import Mapping

import numpy as np


class KeptLDA:
    """What `heads.ShrinkageLDA` finds, from sums that rows are added to and taken from."""

    def __init__(self, rows: np.ndarray, mask: np.ndarray) -> None:
        """rows: float32 [n, d], of all videos; mask: bool [n], those that have any."""
        self._rows, self._mask = rows, mask
        width = rows.shape[1]
        self._products = np.zeros((width, width))
        self._lengths = np.einsum("nd,nd->n", rows, rows).astype(np.float64)
        self._members: dict[str, set[int]] = {}
        self._sums: dict[str, np.ndarray] = {}
        # Of each folder the sum of the fourth powers of the distances to its mean; without those that have changed.
        self._fourth: dict[str, float] = {}

    def move(self, changed: Mapping[int, tuple[str | None, str | None]]) -> None:
        """By row where it was and where it is, None for the pile."""
        there = {row: places for row, places in changed.items() if self._mask[row]}
        for sign, place in ((-1, 0), (1, 1)):
            # A folder that has another name keeps its products.
            moved = [
                row for row, places in there.items()
                if places[place] is not None and (places[0] is None or places[1] is None)
            ]
            if moved:
                rows = self._rows[moved]
                self._products += sign * (rows.T @ rows)
        for row, (before, after) in there.items():
            if before is not None:
                self._members[before].discard(row)
                self._sums[before] -= self._rows[row]
                self._fourth.pop(before, None)
                if not self._members[before]:
                    del self._members[before], self._sums[before]
            if after is not None:
                self._members.setdefault(after, set()).add(row)
                self._sums.setdefault(after, np.zeros(self._rows.shape[1]))
                self._sums[after] += self._rows[row]
                self._fourth.pop(after, None)

    def scores(self, asked: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """The folders that have videos, sorted, and what speaks for each: float32 [m, k] of these rows, int [m]."""
        folders = tuple(sorted(self._members))
        counts = np.array([len(self._members[name]) for name in folders], float)
        means = np.array([self._sums[name] for name in folders]) / counts[:, None]
        coef = self._directions(folders, means, counts)
        intercept = -0.5 * np.einsum("kd,kd->k", means, coef)
        weights = np.ascontiguousarray(coef.T, np.float32)
        # To pick rows out costs as much as to multiply them.
        few = len(asked) < len(self._rows) / 4
        found = self._rows[asked] @ weights if few else (self._rows @ weights)[asked]
        return folders, found + intercept.astype(np.float32)

    def _directions(self, folders: tuple[str, ...], means: np.ndarray, counts: np.ndarray) -> np.ndarray:
        total, width = counts.sum(), means.shape[1]
        covariance = (self._products - (means * counts[:, None]).T @ means) / total
        variance = np.trace(covariance) / width
        if variance <= np.finfo(np.float32).eps:
            return means
        share = self._shrinkage(folders, means, covariance, total)
        covariance *= (1 - share) / variance
        covariance.flat[:: width + 1] += share + np.finfo(np.float32).eps
        return np.linalg.solve(covariance.astype(np.float32), means.T.astype(np.float32)).T.astype(np.float64)

    def _shrinkage(self, folders: tuple[str, ...], means: np.ndarray, covariance: np.ndarray, total: float) -> float:
        """Ledoit and Wolf's (2004), as `sklearn.covariance.ledoit_wolf_shrinkage` has it for centred rows."""
        width = len(covariance)
        for name, mean in zip(folders, means, strict=True):
            if name not in self._fourth:
                members = sorted(self._members[name])
                near = self._rows[members] @ mean.astype(np.float32)
                self._fourth[name] = float(np.square(self._lengths[members] - 2 * near + mean @ mean).sum())
        squares = float(np.square(covariance).sum())
        mean_variance = np.trace(covariance) / width
        beta = (sum(self._fourth[name] for name in folders) / total - squares) / (width * total)
        delta = (squares - width * mean_variance**2) / width
        return float(min(max(beta, 0.0), delta) / delta) if delta > 0 else 0.0
