"""The labelled videos that are most like others: what explains a prediction."""

import numpy as np

from .basis import root


def nearest(known: np.ndarray, asked: np.ndarray, count: int) -> list[list[tuple[int, float]]]:
    """For each asked row the `count` most similar known rows, most similar first: (row, likeness).

    known: float32 [n, d]; asked: float32 [m, d], features as stored. The likeness is the cosine of
    the features as models see them, 1 for the same.
    """
    if not len(known) or not len(asked):
        return [[] for _ in range(len(asked))]
    likeness = root(asked) @ root(known).T
    order = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
    return [[(int(row), float(likeness[place, row])) for row in rows] for place, rows in enumerate(order)]
