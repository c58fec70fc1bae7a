"""Discriminants that are kept up to date: a label more or less costs one sum, whatever the size of the library."""

from collections.abc import Mapping

import numpy as np

from ..rows.sums import ledoit_wolf

# So many rows are summed at once, so that the larger sums in between stay small.
AT_ONCE = 4096
# Without any shrinkage, directions in which no two videos of a folder differ would leave nothing to divide by.
LEAST_SHARE = 1e-3


class Discriminants:
    """The same as `ShrinkageLDA` fitted on the labelled ones of these rows; `is_centroid`: as with a shrinkage of 1.

    rows: float32 [n, d], of all videos. What is kept are the sum of outer products over labelled rows, float64
    [d, d], and the sum of rows of each folder: what lies within folders is their difference.
    """

    def __init__(self, rows: np.ndarray, *, is_centroid: bool = False) -> None:
        self._rows, self._is_centroid = rows, is_centroid
        width = rows.shape[1]
        self._products = np.zeros((0, 0) if is_centroid else (width, width))
        self._sums: dict[str, np.ndarray] = {}
        self._members: dict[str, set[int]] = {}
        # By folder the sum of the fourth powers of distances to its mean, until a row comes or goes.
        self._fourths: dict[str, float] = {}

    def move(self, changes: Mapping[int, tuple[str | None, str | None]]) -> None:
        """Rows that went from one folder to another; None is no folder."""
        for folder in {folder for change in changes.values() for folder in change if folder is not None}:
            came = [row for row, (before, now) in changes.items() if now == folder != before]
            left = [row for row, (before, now) in changes.items() if before == folder != now]
            members = (self._members.get(folder, set()) - set(left)).union(came)
            total = self._sums.pop(folder, 0.0) + self._sum(came) - self._sum(left)
            self._fourths.pop(folder, None)
            self._members.pop(folder, None)
            if members:
                self._members[folder], self._sums[folder] = members, total
        if not self._is_centroid:
            self._add([row for row, (before, _) in changes.items() if before is None], 1)
            self._add([row for row, (_, now) in changes.items() if now is None], -1)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each folder has, sorted by its name; one without any is none."""
        return {folder: len(self._members[folder]) for folder in sorted(self._members)}

    def fit(self) -> tuple[np.ndarray, np.ndarray]:
        """Weights, float32 [d, k], and biases, float32 [k], of the folders in `counts`, which has one at least."""
        counts = np.array(list(self.counts.values()), float)
        means = np.array([self._sums[folder] for folder in self.counts]) / counts[:, None]
        weights = (means if self._is_centroid else self._directions(means, counts)).astype(np.float32)
        biases = -0.5 * np.einsum("kd,kd->k", means, weights)
        return np.ascontiguousarray(weights.T), biases.astype(np.float32)

    def _directions(self, means: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """As `ShrinkageLDA` has them, in as many directions as the labelled rows can span."""
        from scipy.linalg import cho_factor, cho_solve

        count = counts.sum()
        covariance = (self._products - means.T @ (counts[:, None] * means)) / count
        width = max(1.0, min(count - 1, self._rows.shape[1]))
        variance = np.trace(covariance) / width
        if count <= len(counts) or variance <= np.finfo(np.float32).eps:
            # One video a folder: nothing is known of how videos of a folder differ, and what is left is rounding.
            return means
        fourths = sum(self._fourth(folder) for folder in self._members)
        share = max(LEAST_SHARE, ledoit_wolf(fourths, float(np.square(covariance).sum()), variance, count, width))
        covariance *= (1 - share) / variance
        covariance.flat[:: len(covariance) + 1] += share + np.finfo(np.float32).eps
        factor = cho_factor(covariance.astype(np.float32), lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(cho_solve(factor, means.T.astype(np.float32), check_finite=False).T)

    def _fourth(self, folder: str) -> float:
        if folder not in self._fourths:
            members = np.fromiter(sorted(self._members[folder]), int)
            mean = (self._sums[folder] / len(members)).astype(np.float32)
            self._fourths[folder] = sum(
                float(np.square(np.square(self._rows[some] - mean).sum(axis=1, dtype=np.float64)).sum())
                for some in _blocks(members)
            )
        return self._fourths[folder]

    def _sum(self, members: list[int]) -> np.ndarray:
        return np.asarray(self._rows[members].sum(axis=0, dtype=np.float64))

    def _add(self, members: list[int], sign: int) -> None:
        for some in _blocks(np.array(sorted(members), int)):
            rows = self._rows[some]
            self._products += sign * (rows.T @ rows)


def _blocks(members: np.ndarray) -> list[np.ndarray]:
    return [members[start : start + AT_ONCE] for start in range(0, len(members), AT_ONCE)]
