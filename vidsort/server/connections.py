"""Connections that cost nothing to hold open, kept from holding the server: the silent ones, and too many."""

import asyncio
import logging
import time
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

# For the head of a request, and for each further piece of its body.
SILENCE_S = 20.0
TOLD_AGAIN_S = 300.0
# asyncio's words where it can accept no connection; it says so once for each place in the queue of those that wait.
FULL = "socket.accept() out of system resource"


class TimedConnection(H11Protocol):
    """Uvicorn's connection, closed where a request that has begun, or was never begun, does not come.

    What is to be sent to a browser is waited for as ever: a video that is paused is no silence.
    """

    silence_s = SILENCE_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._since = self.loop.time()
        # Nothing has come, or the head of a request in part.
        self._lacks_a_head = True
        self._look = self.loop.call_later(self.silence_s, self._close_if_silent)

    def data_received(self, data: bytes) -> None:
        """Take what has come; only pieces of a body give more time, so that a head cannot come letter by letter."""
        if not self._lacks_a_head:
            self._since = self.loop.time()
        super().data_received(data)
        self._lacks_a_head = self.conn.their_state is h11.IDLE

    def connection_lost(self, exc: Exception | None) -> None:
        """End the waiting."""
        self._look.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        if self.transport.get_protocol() is not self:
            return  # it became a WebSocket
        is_waiting = self._lacks_a_head or self.conn.their_state is h11.SEND_BODY
        left_s = self._since + self.silence_s - self.loop.time() if is_waiting else self.silence_s
        if left_s <= 0:
            self.transport.close()
        else:
            self._look = self.loop.call_later(left_s, self._close_if_silent)


class TellFullOnce:
    """An event loop's exception handler that tells of a full table of descriptors once, not thousands of times."""

    def __init__(self) -> None:
        self._told_at = -TOLD_AGAIN_S

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log it, all else as asyncio does."""
        if context.get("message") != FULL:
            loop.default_exception_handler(context)
        elif time.monotonic() - self._told_at >= TOLD_AGAIN_S:
            self._told_at = time.monotonic()
            log.error(
                "No more connections are taken for now (%s): close pages that are not used, or raise the limit "
                "of open files (ulimit -n).", context.get("exception"),
            )
