"""The named steps of a move that touch the disk, so that tests can strike right before and after each of them."""

import contextlib
from collections.abc import Callable, Iterator

# Called with "before" or "after", the name of the step, and the places it works on; what it raises, the step raises.
Strike = Callable[..., object]
_strike: Strike | None = None


@contextlib.contextmanager
def step(name: str, *places: object) -> Iterator[None]:
    """One step; nothing but what stands in it happens, unless something is struck with."""
    if _strike is not None:
        _strike("before", name, *places)
    yield
    if _strike is not None:
        _strike("after", name, *places)


@contextlib.contextmanager
def struck_by(strike: Strike) -> Iterator[None]:
    """Let every step of this process be struck by this, within the block."""
    global _strike
    before, _strike = _strike, strike
    try:
        yield
    finally:
        _strike = before
