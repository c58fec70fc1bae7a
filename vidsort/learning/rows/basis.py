"""Features written in as few directions as the labelled videos span; an exact change of basis, blind to labels."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .sums import blocks


class Rows(Protocol):
    """Rows that may be made as they are asked for, some at a time, as an array gives them: float32 [n, d]."""

    def __len__(self) -> int: ...

    def __getitem__(self, some: slice, /) -> np.ndarray: ...


def root(features: np.ndarray) -> np.ndarray:
    """Square roots of features (with their sign), rows scaled to length 1: float32 [n, d] -> float32 [n, d].

    Pooled activations of a network are bursty: a few large ones drown the rest in every product of
    two videos. Their square roots are better on every set measured but one (see benchmarks).
    """
    rooted = np.sqrt(np.abs(features))
    np.copysign(rooted, features, out=rooted)
    rooted /= np.maximum(np.linalg.norm(rooted, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.asarray(rooted, np.float32)


def means(values: Rows) -> np.ndarray:
    """The mean of each column, float64 [d]."""
    return np.asarray(sum(values[some].sum(axis=0, dtype=np.float64) for some in blocks(len(values))) / len(values))


def spreads(values: Rows) -> np.ndarray:
    """The standard deviation of each column, float32 [d]; infinite for one that hardly varies beside the others.

    Numbers of different units (loudness, rhythm, spectra) are given one spread, so that none of them
    counts by its unit; what says nothing comes to 0.
    """
    mean = means(values)
    found = np.sqrt(sum(np.square(values[some] - mean).sum(axis=0) for some in blocks(len(values))) / len(values))
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


def span(rooted: Rows) -> Basis:
    """The basis in which these rows, centred, are exact, with a mean squared length of 1.

    For 600 videos of 1280 features this halves the width, and covariances cost a quarter. Distances
    and angles stay, so heads that do not depend on the choice of directions learn the same.
    """
    mean = means(rooted).astype(np.float32)
    count, width = len(rooted), len(mean)
    if count <= width:
        centred = rooted[:] - mean
        # From the smaller product: rows with rows, then the directions of their combinations.
        values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
        kept = _substantial(values)
        lengths = np.sqrt(np.maximum(values[kept], np.finfo(np.float32).tiny))
        directions = centred.T @ (vectors[:, kept] / lengths).astype(np.float32)
    else:
        products = np.zeros((width, width))
        for some in blocks(count):
            centred = rooted[some] - mean
            products += centred.T @ centred
        values, vectors = np.linalg.eigh(products)
        kept = _substantial(values)
        directions = vectors[:, kept].astype(np.float32)
    scale = float(np.sqrt(max(values[kept].sum(), 0.0) / count)) or 1.0
    return Basis(mean, np.ascontiguousarray(directions), scale)


def _substantial(values: np.ndarray) -> np.ndarray:
    """Indices of eigenvalues that are more than rounding, largest first; one at least."""
    order = np.arange(len(values))[::-1]
    return order[: max(1, int((values > max(values[-1], 0) * 1e-6).sum()))]
