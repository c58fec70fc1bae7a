"""Requests that may wait long do so outside the threads, so that those which only read are never behind them.

The server's threads are a few dozen and shared by all routes: so many sorts that wait for one long copy,
or posters that wait to be made, would have the lists wait, too.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, fail_after, to_thread
from anyio.lowlevel import RunVar

from ..library.moves.files.alone import PATIENCE_S, busy

P = ParamSpec("P")
T = TypeVar("T")


class Turns:
    """Gives routes of one kind a few threads of their own; others of that kind wait without one, in order."""

    def __init__(self, name: str, threads: int, patience_s: float | None = None) -> None:
        """`patience_s` is how long one waits for its turn before it is answered that others are under way."""
        self._threads = threads
        self._patience_s = patience_s
        # Of each event loop its own, as an application may be used in several.
        self._limiters: RunVar[CapacityLimiter] = RunVar(f"vidsort.{name}")

    def __call__(self, route: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        """The route, to be answered when it is its turn."""

        @functools.wraps(route)
        async def answered(*values: P.args, **named: P.kwargs) -> T:
            limiter, turn = self._limiter(), object()
            try:
                with fail_after(self._patience_s):
                    await limiter.acquire_on_behalf_of(turn)
            except TimeoutError as error:
                raise busy() from error
            try:
                work = functools.partial(route, *values, **named)
                return await to_thread.run_sync(work, limiter=CapacityLimiter(1))
            finally:
                limiter.release_on_behalf_of(turn)

        return answered

    def _limiter(self) -> CapacityLimiter:
        limiter = self._limiters.get(None)
        if limiter is None:
            limiter = CapacityLimiter(self._threads)
            self._limiters.set(limiter)
        return limiter


# One thread, since one process and thread at a time may move anything; who waits for another process is in it.
moving = Turns("moving", 1, PATIENCE_S)
# More than pictures are made at once, so that one that is kept already need not wait for those.
picturing = Turns("picturing", 8)
# One at a time, as all who ask wait for the same groups, and those take a second of a processor.
proposing = Turns("proposing", 1)
# What is calculated over the whole pile, without moving anything.
looking = Turns("looking", 1)
