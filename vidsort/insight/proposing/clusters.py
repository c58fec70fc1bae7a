"""Many small groups of rows that are closely alike, as many as the rows have; what is like nothing stays loose."""

import itertools
from collections.abc import Sequence

import numpy as np

from .closeness import of_length_1

# The mean cosine of the pairs of a group, and of those between its two halves: each of two that have nothing in common
# may be so tight that all pairs are, too. Of rows with nothing in common it is 0; what is cut here is .85 pure on pacs,
# with seven tenths of it in groups (docs/decisions/groups-that-are-no-folder-yet.md).
TIGHT, TOGETHER = 0.38, 0.35
# A member is at least so much as like the others as they are to one another.
MEMBER = 0.9
LEAST = 4
# Of more rows groups are made of so many, and all others go to the nearest: all pairs of these are 36 MB.
MOST_PAIRED = 3000
AT_ONCE = 8192


def groups_of(rows: np.ndarray, tight: float = TIGHT, least: int = LEAST) -> list[np.ndarray]:
    """Groups of rows of length 1, float32 [n, r]: int arrays of row numbers, the most typical first; the largest first.

    The same rows give the same groups. Where there are more rows than are compared in pairs, each of the others joins
    the group that it is most like, as far as it is as like it as its members are.
    """
    usable = np.flatnonzero(np.abs(rows).sum(axis=1) > 0)
    step = max(1, -(-len(usable) // MOST_PAIRED))
    sample = usable[::step]
    found = [sample[group] for group in _tight(rows[sample], tight, max(2, least if step == 1 else least // 2))]
    if step > 1 and found:
        found = _joined(rows, usable, found, tight)
    found = [_typical_first(rows, group) for group in found if len(group) >= least]
    return sorted(found, key=lambda group: (-len(group), int(group[0])))


def _tight(rows: np.ndarray, tight: float, least: int) -> list[np.ndarray]:
    """The largest branches of a tree by Ward's method that are tight enough, without members that hardly belong."""
    from scipy.cluster.hierarchy import linkage

    count = len(rows)
    if count < least:
        return []
    joins = linkage(rows.astype(np.float64), "ward")[:, :2].astype(int)
    sums = np.zeros((2 * count - 1, rows.shape[1]))
    sums[:count] = rows
    sizes = np.ones(2 * count - 1)
    for at, (one, other) in enumerate(joins, start=count):
        sums[at], sizes[at] = sums[one] + sums[other], sizes[one] + sizes[other]
    # Of rows of length 1 the square of the sum is their number and the cosines of all pairs, twice.
    cosines = ((sums**2).sum(axis=1) - sizes) / np.maximum(sizes * (sizes - 1), 1)
    left, right = joins.T
    between = np.ones(2 * count - 1)
    between[count:] = (sums[left] * sums[right]).sum(axis=1) / (sizes[left] * sizes[right])
    groups, pending = [], [2 * count - 2]
    while pending:
        branch = pending.pop()
        if branch < count or sizes[branch] < least:
            continue
        if cosines[branch] < tight or between[branch] < TOGETHER:
            pending.extend(joins[branch - count])
            continue
        members = _leaves(joins, branch, count)
        likeness = (rows[members] @ sums[branch] - 1) / (len(members) - 1)
        kept = members[likeness >= MEMBER * tight]
        if len(kept) >= least:
            groups.append(kept)
    return groups


def _leaves(joins: np.ndarray, branch: int, count: int) -> np.ndarray:
    found, pending = [], [branch]
    while pending:
        one = pending.pop()
        if one < count:
            found.append(one)
        else:
            pending.extend(joins[one - count])
    return np.sort(np.array(found))


def _joined(rows: np.ndarray, usable: np.ndarray, groups: Sequence[np.ndarray], tight: float) -> list[np.ndarray]:
    """All usable rows with the group that each is most like, where it is as like it as a member is."""
    means = np.array([rows[group].mean(axis=0) for group in groups])
    nearest = np.full(len(rows), -1)
    for at in range(0, len(usable), AT_ONCE):
        some = usable[at : at + AT_ONCE]
        cosines = rows[some] @ means.T
        best = cosines.argmax(axis=1)
        nearest[some] = np.where(cosines[np.arange(len(some)), best] >= MEMBER * tight, best, -1)
    order = np.argsort(nearest, kind="stable")
    ends = np.searchsorted(nearest[order], np.arange(len(groups) + 1))
    return [order[start:end] for start, end in itertools.pairwise(ends)]


def _typical_first(rows: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The members from the one that is most like all others to the one that is least."""
    middle = of_length_1(rows[group].mean(axis=0, keepdims=True))[0]
    return group[np.argsort(-(rows[group] @ middle), kind="stable")]
