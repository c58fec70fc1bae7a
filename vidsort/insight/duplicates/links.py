"""Pairs of videos that are one, each with how surely; those that were compared before are not compared again."""

import functools
import math
import time
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np

from .candidates import candidates
from .verifying import Described, likeness

# Raised whenever the same prints give other links.
REVISION = 3
# Of 33 clips with their edits among 680 others no edit was below .89 and no other pair above .83.
LEAST_LIKELY = 0.87

# So many are compared before it is looked whether there is time for more, and so many are kept described: 100 MB.
AT_ONCE, MOST_DESCRIBED = 50, 2000

class Prints(NamedTuple):
    """What is kept of a video to be compared: uint8 [k, side, side], and when each is shown, float [k], ascending."""

    images: np.ndarray
    times_s: np.ndarray


# Two contents, the lower first, and how surely they are one video, from LEAST_LIKELY to 1.
Links = Mapping[tuple[bytes, bytes], float]


def linked(
    contents: Sequence[bytes], features: np.ndarray, prints: Mapping[bytes, Prints], *, links: Links,
    known: Set[bytes], heard: np.ndarray | None = None, within_s: float = math.inf,
) -> tuple[dict[tuple[bytes, bytes], float], set[bytes]]:
    """The links among these contents, and those of them that were compared by now: all, unless the time was too short.

    features: float32 [n, d], rows of length 1, of each content, which is in there once; prints: of those that have
    any. links: those found before among `known`, which are only compared with what is new. heard: as features, of their
    sound. within_s: about so long, but for the first few, which are always compared; the rest is for the next time.
    """
    there = set(contents)
    found = {pair: likely for pair, likely in links.items() if there.issuperset(pair)}
    asked = np.array([row for row, content in enumerate(contents) if content not in known], np.int64)

    @functools.lru_cache(MOST_DESCRIBED)
    def described(row: int) -> Described | None:
        own = prints.get(contents[row])
        return None if own is None else Described(*own)

    until_s, compared = time.monotonic() + within_s, there.intersection(known)
    for at in range(0, len(asked), AT_ONCE):
        some = asked[at : at + AT_ONCE]
        for first, second in candidates(features, some, heard).tolist():
            one, other = described(first), described(second)
            if one is None or other is None:
                continue
            likely = likeness(one, other)
            if likely >= LEAST_LIKELY:
                low, high = sorted((contents[first], contents[second]))
                found[low, high] = likely
        compared.update(contents[row] for row in some.tolist())
        if time.monotonic() > until_s:
            break
    return found, compared
