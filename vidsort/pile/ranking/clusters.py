"""Where videos lie among each other: a few numbers a video, and groups of those that are close; pure."""

import numpy as np

# Clusters are as good by so many directions as by all, and a fortieth of the work.
DIRECTIONS = 32
PASSES = 10
# Of so many that are drawn the best one becomes the next centre.
TRIED = 4


def coordinates(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """Rows float32 [n, d], centred, in about the directions in which they vary most: float32 [n, at most 32].

    By a random projection and one step of power iteration (Halko, Martinsson and Tropp 2011).
    """
    centred = np.asarray(vectors - vectors.mean(axis=0), np.float32)
    width = min(DIRECTIONS, *centred.shape)
    drawn = np.random.default_rng(seed).standard_normal((centred.shape[1], width), np.float32)
    directions, _ = np.linalg.qr(centred.T @ (centred @ drawn))
    return centred @ directions


def clusters(points: np.ndarray, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """k-means: the cluster of each row of float [n, d], int [n], and the centres, float [at most `count`, d].

    Begun as k-means++ does (Arthur and Vassilvitskii 2007). Every cluster has rows.
    """
    chosen = np.random.default_rng(seed)
    centres = [points[chosen.integers(len(points))]]
    away = np.square(points - centres[0]).sum(axis=1)
    while len(centres) < min(count, len(points)) and away.sum() > 0:
        drawn = np.searchsorted(np.cumsum(away), chosen.random(TRIED) * away.sum(), side="right")
        few = points[drawn.clip(0, len(points) - 1)]
        left = np.minimum(away[:, None], _squared(points, few))
        best = int(left.sum(axis=0).argmin())
        centres.append(few[best])
        away = np.minimum(away, np.square(points - few[best]).sum(axis=1))
    found = np.array(centres)
    for _ in range(PASSES):
        member = nearest(points, found)
        there, member = np.unique(member, return_inverse=True)
        sums = np.zeros((len(there), points.shape[1]))
        np.add.at(sums, member, points)
        found = (sums / np.bincount(member)[:, None]).astype(points.dtype)
    there, member = np.unique(nearest(points, found), return_inverse=True)
    return member, found[there]


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The centre that is closest to each row: int [n]."""
    return np.asarray(_squared(points, centres).argmin(axis=1))


def _squared(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distances, float [n, k]."""
    lengths = np.square(points).sum(axis=1)[:, None] + np.square(centres).sum(axis=1)
    return np.asarray(np.maximum(lengths - 2 * points @ centres.T, 0))
