"""Which labelled videos deserve a second look, and which of them explain a prediction."""

import numpy as np

from ..learning.basis import root
from ..records import Record


class Neighbour(Record):
    """A labelled video that is like another one: cosine similarity, 1 for the same."""

    row: int
    similarity: float


def nearest_labelled(features: np.ndarray, labelled: np.ndarray, count: int = 5) -> list[list[Neighbour]]:
    """For each video the labelled ones that are most like it, best first.

    features: float32 [n, d] and labelled: float32 [m, d], as stored. Similarity is the cosine of
    rooted features centred on the labelled ones, which is close to what the heads see.
    """
    if not len(labelled) or not len(features):
        return [[] for _ in range(len(features))]
    known = root(labelled)
    mean = known.mean(axis=0)
    similarity = _unit(root(features) - mean) @ _unit(known - mean).T
    best = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    return [
        [Neighbour(row=int(row), similarity=float(similarity[video, row])) for row in rows]
        for video, rows in enumerate(best)
    ]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
