"""A clean and quick stop: answers that would stay open for ever end when the server is told to stop.

Uvicorn waits for every open answer, and a review page keeps some open (events, a paused video), so
Ctrl+C would wait for the browser. From the first SIGINT or SIGTERM on, each answer whose body is
still being sent after a moment is ended; a request that is still being worked on is waited for.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_S = 0.3


@dataclass
class _Answer:
    has_begun: bool = False
    has_size: bool = False
    is_complete: bool = False
    is_ended: bool = False


class Stopping:
    """Knows the answers under way and ends them when the server stops."""

    def __init__(self) -> None:
        self._answers: dict[asyncio.Task[Any], _Answer] = {}

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for SIGINT and SIGTERM, beside whoever did before, while the block runs in an event loop.

        Only the main thread can; elsewhere (a test client) nothing is listened to.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._end_all, loop)
            handler = before[signal.Signals(number)]
            if callable(handler):
                handler(number, frame)

        for number in before:
            signal.signal(number, stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def watching(self, answer: _Answer) -> Iterator[None]:
        """Count this task's answer as under way while the block runs."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("An answer is made in a task of an event loop.")
        self._answers[task] = answer
        try:
            yield
        except asyncio.CancelledError:
            if not answer.is_ended:
                raise
            task.uncancel()
        finally:
            del self._answers[task]

    def _end_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """End what has begun, again and again: an answer may begin after the signal."""
        for task, answer in self._answers.items():
            if answer.has_begun and not answer.is_complete and not answer.is_ended:
                answer.is_ended = True
                loop.call_later(GRACE_S, task.cancel)
        loop.call_later(GRACE_S, self._end_all, loop)


class EndStreams:
    """Middleware that puts every answer under the eyes of `Stopping`."""

    def __init__(self, app: ASGIApp, stopping: Stopping) -> None:
        self.app = app
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request; at a stop, end its body early."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.has_size = any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
                answer.has_begun = True
            elif message["type"] == "http.response.body":
                answer.is_complete = not message.get("more_body", False)
            await send(message)

        with self._stopping.watching(answer):
            await self.app(scope, receive, watched)
        # A body of a promised size cannot end early; the server closes its connection instead.
        if answer.is_ended and not answer.is_complete and not answer.has_size:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
