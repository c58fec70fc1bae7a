"""Features written in as few directions as the labelled videos span; an exact change of basis, blind to labels."""

from dataclasses import dataclass

import numpy as np


def root(features: np.ndarray) -> np.ndarray:
    """Square roots of features (with their sign), rows scaled to length 1: float32 [n, d] -> float32 [n, d].

    Pooled activations of a network are bursty: a few large ones drown the rest in every product of
    two videos. Their square roots are better on every set measured but one (see benchmarks).
    """
    rooted = np.sign(features) * np.sqrt(np.abs(features))
    length = np.linalg.norm(rooted, axis=1, keepdims=True)
    return np.asarray(rooted / np.maximum(length, np.finfo(np.float32).tiny), np.float32)


def spreads(values: np.ndarray) -> np.ndarray:
    """The standard deviation of each column, float32 [d]; infinite for one that hardly varies beside the others.

    Numbers of different units (loudness, rhythm, spectra) are given one spread, so that none of them
    counts by its unit; what says nothing comes to 0.
    """
    found = values.std(axis=0, dtype=np.float64)
    varied = found > max(found.max(initial=0.0) * 1e-6, np.finfo(np.float32).tiny)
    return np.where(varied, found, np.inf).astype(np.float32)


@dataclass(frozen=True)
class Basis:
    """mean: float32 [d]; directions: float32 [d, r], orthonormal columns, most varied first; scale: float."""

    mean: np.ndarray
    directions: np.ndarray
    scale: float

    def rows(self, rooted: np.ndarray) -> np.ndarray:
        """Rooted features, float32 [n, d], in this basis: float32 [n, r]."""
        return np.asarray(((rooted - self.mean) @ self.directions) / np.float32(self.scale))


def span(rooted: np.ndarray) -> Basis:
    """The basis in which these rows, centred, are exact, with a mean squared length of 1.

    For 600 videos of 1280 features this halves the width, and covariances cost a quarter. Distances
    and angles stay, so heads that do not depend on the choice of directions learn the same.
    """
    mean = rooted.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = rooted - mean
    count, width = centred.shape
    if count <= width:
        # From the smaller product: rows with rows, then the directions of their combinations.
        values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
        kept = _substantial(values)
        lengths = np.sqrt(np.maximum(values[kept], np.finfo(np.float32).tiny))
        directions = centred.T @ (vectors[:, kept] / lengths).astype(np.float32)
    else:
        values, vectors = np.linalg.eigh((centred.T @ centred).astype(np.float64))
        kept = _substantial(values)
        directions = vectors[:, kept].astype(np.float32)
    scale = float(np.sqrt(max(values[kept].sum(), 0.0) / count)) or 1.0
    return Basis(mean, np.ascontiguousarray(directions), scale)


def _substantial(values: np.ndarray) -> np.ndarray:
    """Indices of eigenvalues that are more than rounding, largest first; one at least."""
    order = np.arange(len(values))[::-1]
    return order[: max(1, int((values > max(values[-1], 0) * 1e-6).sum()))]
