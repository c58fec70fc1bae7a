"""Near-duplicates: which videos show the same thing, so that they are never on both sides of a split."""

from collections.abc import Hashable, Sequence

import numpy as np

# A signature is a 64-bit difference hash of one sampled frame. The same frame in another resolution
# or bit rate differs by 0 to 8 bits; different frames by 15 and more.
ALIKE_BITS = 8
# So many of the frames of the video that has fewer must have a counterpart in the other: a copy with
# its key frames elsewhere is sampled at other moments, so that not all of them have one.
ALIKE_FRAMES = 0.5
# And the features as a whole must agree. Measured on the shared sets with copies at 480 lines and
# CRF 34: 13 of 14 found; among 916 other videos only pairs of one source, and two pairs of
# animations that differ by the angle of an arm.
ALIKE_COSINE = 0.92
# Signatures that agree in one of these four parts are compared; up to 3 differing bits are never missed.
PARTS = 4
# Within a part, each is compared with the next few only: copies follow one another in order, and
# a pattern that thousands share (a black corner) costs no more than that.
NEXT = 4
PAIRS_AT_ONCE = 50_000


def near_duplicates(
    features: np.ndarray, signatures: np.ndarray, contents: Sequence[Hashable] | None = None
) -> np.ndarray:
    """A group number for each video, int [n], from 0 on in order of first appearance.

    features: float32 [n, d], rows of length 1; signatures: uint64 [n, k], 0 where there is no frame
    or a blank one; contents: what names the bytes of each, equal contents are one group. A group is
    closed: what is alike to one of it belongs to it.
    """
    count = len(features)
    parent = np.arange(count)

    def first_of(row: int) -> int:
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row

    def join(one: int, other: int) -> None:
        low, high = sorted((first_of(one), first_of(other)))
        parent[high] = low

    seen: dict[Hashable, int] = {}
    for row, content in enumerate(contents or ()):
        join(row, seen.setdefault(content, row))
    pairs = _candidates(signatures)
    for at in range(0, len(pairs), PAIRS_AT_ONCE):
        for one, other in _alike(pairs[at : at + PAIRS_AT_ONCE], features, signatures):
            join(int(one), int(other))
    return np.unique([first_of(row) for row in range(count)], return_inverse=True)[1] if count else parent


def _alike(pairs: np.ndarray, features: np.ndarray, signatures: np.ndarray) -> np.ndarray:
    """Those of the pairs, int [p, 2], that pass all three tests."""
    first, second = signatures[pairs[:, 0]], signatures[pairs[:, 1]]
    frames = np.minimum((first != 0).sum(axis=1), (second != 0).sum(axis=1))
    bits = np.bitwise_count(first[:, :, None] ^ second[:, None, :])
    both = (first != 0)[:, :, None] & (second != 0)[:, None, :]
    near = both & (bits <= ALIKE_BITS)
    # Each side's frames with a counterpart: one blank-ish frame may not stand for all of the other's.
    matched = np.minimum(near.any(axis=2).sum(axis=1), near.any(axis=1).sum(axis=1))
    pairs = pairs[matched >= np.ceil(ALIKE_FRAMES * frames)]
    cosine = np.einsum("pd,pd->p", features[pairs[:, 0]], features[pairs[:, 1]])
    return pairs[cosine >= ALIKE_COSINE]


def _candidates(signatures: np.ndarray) -> np.ndarray:
    """Pairs of rows worth comparing, int [p, 2], each once: they share a part of a signature."""
    rows, places = np.nonzero(signatures)
    values = signatures[rows, places]
    width = 64 // PARTS
    found = []
    for part in range(PARTS):
        shared = (values >> np.uint64(part * width)) & np.uint64((1 << width) - 1)
        order = np.lexsort((rows, values, shared))
        ordered, keys = rows[order], shared[order]
        for step in range(1, NEXT + 1):
            same = (keys[:-step] == keys[step:]) & (ordered[:-step] != ordered[step:])
            found.append(np.column_stack([ordered[:-step][same], ordered[step:][same]]))
    pairs = np.sort(np.concatenate(found), axis=1)
    return np.unique(pairs, axis=0)
