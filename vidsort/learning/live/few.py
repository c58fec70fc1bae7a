"""Folders of few videos get their share: what they score is put on the scale of those that are known well."""

import numpy as np

# With so many videos a folder's own scale counts as much as that of the others. Chosen on pictures of one thing in four
# styles (pacs of the shared sets): 4 to 16 leave a new folder behind, and no limit at all costs those that are known.
HALF_KNOWN = 40.0
# Of fewer unsorted videos a folder the spread over them says less.
FEW_A_FOLDER = 5.0


def levelled(scores: np.ndarray, counts: np.ndarray, inverse_temperature: float) -> np.ndarray:
    """Scores of folders over the pile, float64 [m, k], by the videos that each folder has, int [k].

    A discriminant takes half the length of a folder's mean off its score; of few videos that length is mostly noise, so
    that a new folder is never offered. Its column is given the mean and the spread that the others have, and a little
    of what its share of the videos lets expect; the more videos it has, the less of that.
    """
    if len(scores) < 2 or scores.shape[1] < 2:
        return scores
    means, spreads = scores.mean(axis=0), scores.std(axis=0)
    own = np.square(counts) / (np.square(counts) + HALF_KNOWN**2)
    usual_mean = np.average(means, weights=own)
    usual_spread = np.sqrt(np.average(np.square(spreads), weights=own))
    # Smoothed by the mean: that a folder has one video yet says little of how many will be its.
    shares = 0.5 * np.log(counts + counts.mean()) / inverse_temperature
    level = usual_mean + usual_spread * (scores - means) / np.where(spreads > 0, spreads, 1) + shares - shares.mean()
    doubt = (1 - own) * min(1.0, len(scores) / (FEW_A_FOLDER * len(counts)))
    return np.asarray(scores + doubt * (level - scores))
