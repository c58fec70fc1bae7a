"""Sorted names that are never changed: a list with one more or fewer shares all but a thousand with the one before.

So a view of a million names costs nothing to hand out, and what differs between two of them is found by looking at what
they do not share.
"""

import bisect
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import overload

# So many names lie together; twice as many are parted.
BLOCK = 1000
# So many names of two lists are compared at once, so that other threads run in between.
PIECE = 2000

_first = operator.itemgetter(0)


class InOrder(Sequence[str]):
    """Sorted names, in blocks of which none is empty; equal to any sequence of the same names."""

    __slots__ = ("_count", "_starts", "blocks")

    def __init__(self, names: Iterable[str] = ()) -> None:
        """`names`: sorted, each once."""
        rest = iter(names)
        blocks = tuple(iter(lambda: tuple(itertools.islice(rest, BLOCK)), ()))
        self._set(blocks, sum(map(len, blocks)))

    def _set(self, blocks: tuple[tuple[str, ...], ...], count: int) -> None:
        self.blocks, self._count = blocks, count
        # Where each block begins, made where a name is asked for by its number.
        self._starts: list[int] | None = None

    def put(self, name: str, *, shall_be_there: bool) -> "InOrder":
        """The same with this name, or without it; the object itself where that makes no difference."""
        if not self.blocks:
            return InOrder([name]) if shall_be_there else self
        at = self._block_of(name)
        block = self.blocks[at]
        index = bisect.bisect_left(block, name)
        if (index < len(block) and block[index] == name) == shall_be_there:
            return self
        if shall_be_there:
            block = (*block[:index], name, *block[index:])
            blocks: tuple[tuple[str, ...], ...] = (
                (block,) if len(block) <= 2 * BLOCK else (block[:BLOCK], block[BLOCK:])
            )
        else:
            block = block[:index] + block[index + 1 :]
            blocks = (block,) if block else ()
        made = InOrder()
        made._set(
            self.blocks[:at] + blocks + self.blocks[at + 1 :], self._count + (1 if shall_be_there else -1)
        )
        return made

    def _block_of(self, name: str) -> int:
        """The block in which a name is, or would be; there is one."""
        return max(0, bisect.bisect_right(self.blocks, name, key=_first) - 1)

    def __contains__(self, name: object) -> bool:
        if not self.blocks or not isinstance(name, str):
            return False
        return _is_in(self.blocks[self._block_of(name)], name)

    def __iter__(self) -> Iterator[str]:
        return itertools.chain.from_iterable(self.blocks)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self._sliced(*at.indices(self._count)))
        wanted = operator.index(at) + (self._count if at < 0 else 0)
        if not 0 <= wanted < self._count:
            raise IndexError(f"There is no name {at} among {self._count}.")
        number = self._number(wanted)
        return self.blocks[number][wanted - self._begins()[number]]

    def _sliced(self, start: int, stop: int, step: int) -> Iterable[str]:
        if step != 1 or start >= stop:
            return map(self.__getitem__, range(start, stop, step))
        first = self._number(start)
        begins = self._begins()[first]
        rest = itertools.chain.from_iterable(self.blocks[first : self._number(stop - 1) + 1])
        return itertools.islice(rest, start - begins, stop - begins)

    def _number(self, at: int) -> int:
        return bisect.bisect_right(self._begins(), at) - 1

    def _begins(self) -> list[int]:
        if self._starts is None:
            self._starts = list(itertools.accumulate(map(len, self.blocks[:-1]), initial=0))
        return self._starts

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(other) == self._count and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({tuple(self)!r})"


def is_among(names: Sequence[str], name: str) -> bool:
    """Whether a name is in a sorted list."""
    return name in names if isinstance(names, InOrder) else _is_in(names, name)


def _is_in(names: Sequence[str], name: str) -> bool:
    index = bisect.bisect_left(names, name)
    return index < len(names) and names[index] == name


def of_stem(names: Sequence[str], stem: str) -> Sequence[str]:
    """Those of a sorted list that are the stem and a dot, and what comes then."""
    # The slash is the character that follows the dot.
    return names[bisect.bisect_left(names, f"{stem}.") : bisect.bisect_left(names, f"{stem}/")]


def differing(then: Sequence[str], now: Sequence[str]) -> tuple[set[str], set[str]]:
    """What is in one of two sorted lists alone; only what lies between their like ends is compared one by one.

    What two lists share as a whole is not looked at; the ends are compared in pieces, so that other threads run, too.
    """
    if isinstance(then, InOrder) and isinstance(now, InOrder):
        of_both = set(map(id, then.blocks)) & set(map(id, now.blocks))
        then, now = _without(then, of_both), _without(now, of_both)
    low = _alike(then, now, min(len(then), len(now)), lambda names, at: names[at : at + PIECE])
    left = min(len(then), len(now)) - low
    tail = _alike(then, now, left, lambda names, at: names[max(0, len(names) - at - PIECE) : len(names) - at][::-1])
    before, after = set(then[low : len(then) - tail]), set(now[low : len(now) - tail])
    return before - after, after - before


def _without(names: InOrder, blocks: Set[int]) -> Sequence[str]:
    """The names that are in none of these blocks."""
    return tuple(itertools.chain.from_iterable(block for block in names.blocks if id(block) not in blocks))


def _alike(
    then: Sequence[str], now: Sequence[str], most: int, piece: Callable[[Sequence[str], int], Sequence[str]]
) -> int:
    """How many names, at most so many, two lists have in common from the end on that `piece` begins at."""
    alike = 0
    while alike < most:
        count = min(PIECE, most - alike)
        before, after = piece(then, alike)[:count], piece(now, alike)[:count]
        if before != after:
            return alike + next(at for at, both in enumerate(zip(before, after, strict=True)) if both[0] != both[1])
        alike += count
    return most
