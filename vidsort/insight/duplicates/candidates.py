"""Which pairs of videos are worth comparing: the nearest few of each by what the network sees."""

import numpy as np

# So many of the nearest of each video are compared, as far as they are at all alike. A video with black bars has its
# original behind other edits of the same clip, where there are many: six were too few for one in five of them.
NEAREST = 10
LEAST_COSINE = 0.5
# So many rows are multiplied at once: 5000 others take 20 MB.
AT_ONCE = 1000


def candidates(features: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Pairs of rows, int [p, 2], the lower first, each once: the nearest of each row in `asked`.

    features: float32 [n, d], rows of length 1; a row of zeros is near nothing. asked: int [m].
    """
    count = min(NEAREST, len(features) - 1)
    if count < 1 or not len(asked):
        return np.zeros((0, 2), np.int64)
    found = []
    for at in range(0, len(asked), AT_ONCE):
        rows = asked[at : at + AT_ONCE]
        cosine = features[rows] @ features.T
        cosine[np.arange(len(rows)), rows] = -1
        nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(cosine, nearest, axis=1) >= LEAST_COSINE
        found.append(np.column_stack([np.repeat(rows, count), nearest.ravel()])[near.ravel()])
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
