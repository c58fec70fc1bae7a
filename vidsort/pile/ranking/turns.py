"""In which order videos are asked about so that answers teach most, or so that like comes after like; pure.

Each gives a rank for every video, int [n] from 0: the first one is asked about first. Ties go by row.
"""

from collections.abc import Collection

import numpy as np

# Labels of each folder up to which what is typical teaches more than what is doubtful; of so large a share of folders,
# as one that nothing belongs in would never have them; and so many a folder in all are enough whatever they lie in.
FIRST_LABELS, MOST_FOLDERS, ENOUGH_IN_ALL = 2, 0.9, 6
# Of so many that are about as doubtful, kinds take turns.
WINDOW, LEAST_WINDOW, WINDOWS = 200, 10, 10


def is_begun(counts: Collection[int]) -> bool:
    """Whether folders with so many videos each have the first labels, so that doubts mean something."""
    folders = len(counts)
    first = sum(min(count, FIRST_LABELS) for count in counts)
    return folders > 1 and (
        first >= MOST_FOLDERS * FIRST_LABELS * folders or sum(counts) >= ENOUGH_IN_ALL * folders
    )


def typical(points: np.ndarray, member: np.ndarray, centres: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """What is typical of a cluster first, each cluster in its turn, those with no or few labels before all others.

    points: float [n, d]; member: int [n], the cluster of each; centres: float [k, d]; labelled: int [k], videos
    of each cluster that have a folder.
    """
    sizes = np.bincount(member, minlength=len(centres))
    place = _occurrences(member, np.square(points - centres[member]).sum(axis=1))
    return _ranks(np.arange(len(member)), -sizes[member], place + labelled[member])


def doubtful(margins: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """The smallest margins first; among about as small ones, kinds take turns, so that no answer is asked for twice.

    margins: float [n], how far the first guess is ahead of the second. kinds: int [n], from 0, equal where videos
    are alike: of one cluster, or between the same two folders.
    """
    count = len(margins)
    window = int(np.clip(count // WINDOWS, LEAST_WINDOW, WINDOW))
    among = _ranks(np.arange(count), margins) // window
    # Windows one after the other, in each the first of every kind before the second of any.
    both = among * (kinds.max(initial=0) + 1) + kinds
    return _ranks(np.arange(count), margins, _occurrences(both, margins), among)


def alike(points: np.ndarray, member: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """From like to like: from each cluster to the nearest that is left, and through each on the way to the next.

    Begins with the largest cluster. points: float [n, d]; member: int [n]; centres: float [k, d].
    """
    chain = _chain(centres, int(np.bincount(member, minlength=len(centres)).argmax()))
    turn = np.argsort(chain)
    before = centres[chain[np.maximum(turn - 1, 0)]]
    after = centres[chain[np.minimum(turn + 1, len(chain) - 1)]]
    along = np.einsum("nd,nd->n", points - centres[member], (after - before)[member])
    return _ranks(np.arange(len(member)), along, turn[member])


def _chain(centres: np.ndarray, first: int) -> np.ndarray:
    """The centres one after the other, each time the nearest of those that are left: int [k]."""
    left, found = np.full(len(centres), True), [first]
    left[first] = False
    while left.any():
        away = np.where(left, np.square(centres - centres[found[-1]]).sum(axis=1), np.inf)
        found.append(int(away.argmin()))
        left[found[-1]] = False
    return np.array(found)


def _occurrences(kinds: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How many of the same kind have a smaller value (or the same, and are before it): int [n]."""
    order = np.lexsort((np.arange(len(kinds)), values, kinds))
    starts = np.r_[True, kinds[order][1:] != kinds[order][:-1]]
    found = np.empty(len(kinds), int)
    found[order] = np.arange(len(kinds)) - np.maximum.accumulate(np.where(starts, np.arange(len(kinds)), 0))
    return found


def _ranks(*keys: np.ndarray) -> np.ndarray:
    """The rank of each row by these keys, the last one counting most: int [n]."""
    order = np.lexsort(keys)
    found = np.empty(len(order), int)
    found[order] = np.arange(len(order))
    return found
