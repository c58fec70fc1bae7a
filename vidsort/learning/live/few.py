"""Folders of few videos get their share: what they score is put on the scale of those that are known well."""

import numpy as np

# A folder's own scale counts half with so many videos, and nearly all with twice as many, where a full retrain, which
# knows no other, has to agree. Of what the others have each tells by how many videos it has. Chosen on pictures of one
# thing in four styles (pacs of the shared sets): with less a new folder is left
# behind, with more a retrain says otherwise.
KNOWN = 16.0
HALF_TOLD = 40.0
# Of fewer unsorted videos a folder the spread over them says less.
FEW_A_FOLDER = 5.0


def levelled(scores: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Scores of folders over the pile, float64 [m, k], by the videos that each folder has, int [k].

    A discriminant takes half the length of a folder's mean off its score; of few videos that length is mostly noise, so
    that a new folder is never offered. Its column is given the mean and the spread that the others have; the more
    videos it has, the less of that.
    """
    if len(scores) < 2 or scores.shape[1] < 2:
        return scores
    means, spreads = scores.mean(axis=0), scores.std(axis=0)
    told = np.square(counts) / (np.square(counts) + HALF_TOLD**2)
    usual_mean = np.average(means, weights=told)
    usual_spread = np.sqrt(np.average(np.square(spreads), weights=told))
    level = usual_mean + usual_spread * (scores - means) / np.where(spreads > 0, spreads, 1)
    doubt = min(1.0, len(scores) / (FEW_A_FOLDER * len(counts))) / (1 + (counts / KNOWN) ** 4)
    return np.asarray(scores + doubt * (level - scores))
