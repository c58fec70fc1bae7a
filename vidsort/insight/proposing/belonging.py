"""Whether a video belongs to any of the folders there are: a share of the sorted ones that fit theirs worse."""

from dataclasses import dataclass

import numpy as np

from ...learning.rows.basis import root
from .closeness import of_length_1

# So many sorted videos are compared with, in this many directions; shrinkage of what varies within folders.
MOST_KNOWN = 3000
MOST_DIRECTIONS = 300
SHRUNK = 0.3
# Scores of folders are so much too sure of themselves.
SOFT = 0.3
NEIGHBOURS = 5
FOLDS = 5
# Of fewer sorted videos, or of one folder, nobody can tell what fits it how well.
FEWEST_KNOWN, FEWEST_FOLDERS = 20, 2


@dataclass(frozen=True)
class Belonging:
    """What sorted videos tell of how well videos fit their folders.

    mean: float32 [d]. known: float32 [n, d], centred, of length 1. energies, distances: float64 [n], sorted, as the
    sorted videos have them while they are left out. together: the two joined, of each of these, sorted.
    """

    is_rooted: bool
    mean: np.ndarray
    known: np.ndarray
    head: "_Head"
    energies: np.ndarray
    distances: np.ndarray
    together: np.ndarray

    @classmethod
    def of(cls, stored: np.ndarray, folders: np.ndarray, is_rooted: bool = True) -> "Belonging | None":
        """From what is seen in sorted videos, float32 [n, d], and the folder of each; None for too few of them.

        Videos are left out by turns, so that each is told how well it fits by others. Deterministic.
        """
        step = max(1, -(-len(stored) // MOST_KNOWN))
        order = np.argsort(folders, kind="stable")[::step]
        values, folders = _values(stored[order], is_rooted), folders[order]
        _, y, sizes = np.unique(folders, return_inverse=True, return_counts=True)
        # What is alone in its folder has nothing to be compared with while it is left out.
        kept = sizes[y] >= 2
        if (sizes >= 2).sum() < FEWEST_FOLDERS or kept.sum() < FEWEST_KNOWN:
            return None
        values, y = values[kept], np.unique(y[kept], return_inverse=True)[1]
        mean = values.mean(axis=0)
        centred = values - mean
        # In the order of folders, so that each fold has its share of each.
        turn = np.arange(len(y)) % FOLDS
        energies, distances = np.empty(len(y)), np.empty(len(y))
        for fold in range(FOLDS):
            out, others = turn == fold, turn != fold
            head = _Head.of(centred[others], y[others])
            energies[out] = head.energies(centred[out])
            distances[out] = _distances(of_length_1(centred[out]), of_length_1(centred[others]))
        together = _share_above(energies, np.sort(energies)) + _share_above(distances, np.sort(distances))
        return cls(is_rooted, mean, of_length_1(centred), _Head.of(centred, y), np.sort(energies), np.sort(distances),
                   np.sort(together))

    def fits(self, stored: np.ndarray) -> np.ndarray:
        """How well videos fit a folder, float64 [n] from 0 to 1.

        Calibrated on the sorted ones: of videos that belong to one of the folders, a share of x has x or less.
        """
        centred = _values(stored, self.is_rooted) - self.mean
        energies = self.head.energies(centred)
        distances = _distances(of_length_1(centred), self.known)
        joined = _share_above(energies, self.energies) + _share_above(distances, self.distances)
        return np.searchsorted(self.together, joined, side="right") / len(self.together)


@dataclass(frozen=True)
class _Head:
    """Scores of folders, linear in a centred row: weights float64 [d, k], bias [k]."""

    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, y: np.ndarray) -> "_Head":
        """Discriminant analysis with one shrunken covariance, in the most varied directions."""
        directions = _directions(rows)
        values = np.asarray(rows @ directions, np.float64)
        members = np.zeros((len(y), int(y.max()) + 1))
        members[np.arange(len(y)), y] = 1
        counts = members.sum(axis=0)
        means = members.T @ values / counts[:, None].clip(1)
        within = values - means[y]
        covariance = within.T @ within / len(y)
        width = len(covariance)
        even = np.trace(covariance) / width
        covariance = (1 - SHRUNK) * covariance + (SHRUNK * even + np.finfo(float).tiny) * np.eye(width)
        weights = np.linalg.solve(covariance, means.T)
        shares = np.where(counts > 0, np.log(counts.clip(1) / len(y)), -np.inf)
        return cls(directions @ weights, shares - 0.5 * (means * weights.T).sum(axis=1))

    def energies(self, rows: np.ndarray) -> np.ndarray:
        """How undecided the folders are about each: minus the log of the first one's share, softened."""
        scores = SOFT * (rows @ self.weights + self.bias)
        scores -= scores.max(axis=1, keepdims=True)
        return np.log(np.exp(scores).sum(axis=1)) / SOFT


def _directions(rows: np.ndarray) -> np.ndarray:
    """Orthonormal, most varied first: float32 [d, r]."""
    if len(rows) <= rows.shape[1]:
        values, vectors = np.linalg.eigh((rows @ rows.T).astype(np.float64))
        kept = _most(values)
        lengths = np.sqrt(values[kept])
        return np.asarray(rows.T @ (vectors[:, kept] / lengths), np.float32)
    values, vectors = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    return np.asarray(vectors[:, _most(values)], np.float32)


def _most(values: np.ndarray) -> np.ndarray:
    order = np.argsort(-values)[:MOST_DIRECTIONS]
    return order[values[order] > max(float(values.max()), 0.0) * 1e-6]


def _distances(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
    """How far each row is from the known ones nearest to it: minus the mean cosine of five."""
    count = min(NEIGHBOURS, len(known))
    cosines = rows @ known.T
    return -np.partition(cosines, len(known) - count, axis=1)[:, len(known) - count :].mean(axis=1, dtype=np.float64)


def _share_above(values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Of each value the share of the sorted reference that is above it."""
    return 1 - np.searchsorted(reference, values, side="right") / len(reference)


def _values(stored: np.ndarray, is_rooted: bool) -> np.ndarray:
    return root(stored) if is_rooted else np.asarray(stored, np.float32)
