"""Which pairs of videos are worth comparing: the nearest few of each by what the network sees, and by what is heard.

What is heard only says which pairs are looked at: one song lies under many videos, and one video under many songs.
"""

import numpy as np

# So many of the nearest of each video are compared, as far as they are at all alike. A video with black bars has its
# original behind other edits of the same clip, where there are many: six were too few for one in five of them.
NEAREST = 10
LEAST_COSINE = 0.5
# And so many by their sound, which stays as it is where a picture is cut, framed or covered.
NEAREST_HEARD = 3
LEAST_HEARD_COSINE = 0.9
# So many rows are multiplied at once: 5000 others take 20 MB.
AT_ONCE = 1000
SMALLEST_SPREAD = 1e-6


def candidates(features: np.ndarray, asked: np.ndarray, heard: np.ndarray | None = None) -> np.ndarray:
    """Pairs of rows, int [p, 2], the lower first, each once: the nearest of each row in `asked`.

    features: float32 [n, d], rows of length 1; a row of zeros is near nothing. asked: int [m]. heard: float32 [n, e],
    the same of their sound, where there is any.
    """
    found = _nearest(features, asked, NEAREST, LEAST_COSINE)
    if heard is not None:
        found = np.concatenate([found, _nearest(heard, asked, NEAREST_HEARD, LEAST_HEARD_COSINE)])
    return np.unique(np.sort(found, axis=1), axis=0)


def evened(numbers: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Numbers of other scales as rows of length 1: float32 [n, d], there bool [n] -> float32 [n, d], else zeros."""
    found = np.zeros(numbers.shape, np.float32)
    if there.any():
        known = numbers[there]
        centred = (known - known.mean(axis=0)) / np.maximum(known.std(axis=0), SMALLEST_SPREAD)
        found[there] = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), SMALLEST_SPREAD)
    return found


def _nearest(features: np.ndarray, asked: np.ndarray, most: int, least_cosine: float) -> np.ndarray:
    count = min(most, len(features) - 1)
    if count < 1 or not len(asked):
        return np.zeros((0, 2), np.int64)
    found = []
    for at in range(0, len(asked), AT_ONCE):
        rows = asked[at : at + AT_ONCE]
        cosine = features[rows] @ features.T
        cosine[np.arange(len(rows)), rows] = -1
        nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(cosine, nearest, axis=1) >= least_cosine
        found.append(np.column_stack([np.repeat(rows, count), nearest.ravel()])[near.ravel()])
    return np.concatenate(found)
