"""Links to sets: which contents are one video, without a long chain of weak links."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set

import numpy as np

from .links import Links

# Below this a link joins one video to its most likely set, never two sets, and nothing else is joined by way of it.
SURE = 0.92


def sets_of(links: Links) -> list[list[bytes]]:
    """Sets of two or more contents, each sorted, in order of their first."""
    parent: dict[bytes, bytes] = {}

    def first_of(content: bytes) -> bytes:
        while parent.setdefault(content, content) != content:
            content = parent[content]
        return content

    ordered = sorted(links.items(), key=lambda link: (-link[1], link[0]))
    for (one, other), likely in ordered:
        if likely >= SURE:
            low, high = sorted((first_of(one), first_of(other)))
            parent[high] = low
    sure = set(parent)
    for (one, other), likely in ordered:
        if likely >= SURE or (one in parent and other in parent):
            continue
        new, old = (one, other) if one not in parent else (other, one)
        # What was joined by a weak link brings nobody else in; two of them are a set of their own.
        if old in sure or old not in parent:
            parent[new] = first_of(old)
    members: dict[bytes, list[bytes]] = {}
    for content in sorted(parent):
        members.setdefault(first_of(content), []).append(content)
    return sorted(members.values())


def without(links: Links, dismissed: Set[str]) -> dict[tuple[bytes, bytes], float]:
    """The links of which no person said that they are none."""
    return {pair: likely for pair, likely in links.items() if subject(*pair) not in dismissed}


def subject(one: bytes, other: bytes) -> str:
    """What is remembered of two contents that are no duplicates."""
    return "/".join(sorted((one.hex(), other.hex())))


def subjects(contents: Sequence[bytes]) -> list[str]:
    """All pairs of a set; of one content, which lies in several files, it with itself."""
    if len(contents) == 1:
        return [subject(contents[0], contents[0])]
    return [subject(one, other) for place, one in enumerate(contents) for other in contents[place + 1 :]]


def set_id(contents: Iterable[bytes]) -> str:
    """Sixteen hex digits that stand for these contents: another member makes another set."""
    return hashlib.blake2b(b"".join(sorted(contents)), digest_size=8).hexdigest()


def joined(groups: np.ndarray, contents: Sequence[str], sets: Iterable[Sequence[bytes]]) -> np.ndarray:
    """Groups, int [n], of which those that share a set are one; contents: of each row, in hex digits."""
    set_of: Mapping[str, int] = {one.hex(): number for number, members in enumerate(sets) for one in members}
    parent = {int(group): int(group) for group in groups}

    def first_of(group: int) -> int:
        while parent[group] != group:
            group = parent[group]
        return group

    seen: dict[int, int] = {}
    for group, content in zip(groups.tolist(), contents, strict=True):
        if content in set_of:
            low, high = sorted((first_of(seen.setdefault(set_of[content], group)), first_of(group)))
            parent[high] = low
    # Numbered in order of appearance, as before.
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(first_of(group), len(numbers)) for group in groups.tolist()], groups.dtype)
