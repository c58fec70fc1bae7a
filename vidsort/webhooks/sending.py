"""The messages that wait for one address, sent one after the other by a thread of its own."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..steps import counted
from .message import client, send

if TYPE_CHECKING:
    import httpx

    from ..settings import Webhook

log = logging.getLogger(__name__)

# How long is waited after each time that a message was not taken; after the last one it is given up.
PAUSES_S = (1.0, 5.0, 30.0, 120.0)
# Enough for a receiver that is away for a while; each holds 500 moves at the most.
MOST_WAITING = 1000
STOP_S = 2.0
Outcome = Literal["sent", "failed", "dropped"]


class Waiting(NamedTuple):
    """A message that is to be sent."""

    event: str
    id: str
    body: bytes


class Sending:
    """Sends what it is given to one address, in that order, and says what could not be; safe to use from any thread."""

    def __init__(
        self, webhook: "Webhook", count: Callable[[Outcome], object] = lambda _: None,
        pauses_s: Sequence[float] = PAUSES_S, most_waiting: int = MOST_WAITING,
    ) -> None:
        """`count` is told what came of each message."""
        self._webhook, self._count, self._pauses_s = webhook, count, pauses_s
        self._waiting: queue.Queue[Waiting | None] = queue.Queue(most_waiting + 1)
        self._most = most_waiting
        self._dropped = 0
        self._stopping, self._given_up = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_sending, name="webhook", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def put(self, message: Waiting) -> None:
        """Let it be sent when it is its turn; where too many wait it is dropped, which is said. Never waits."""
        if self._waiting.qsize() >= self._most:
            if not self._dropped:
                log.warning(
                    "%s messages wait for %s: what happens until it takes them is not sent there.",
                    self._most, self._webhook.receiver,
                )
            self._dropped += 1
            self._count("dropped")
            return
        if self._dropped:
            log.warning("%s not sent to %s.", _were(self._dropped), self._webhook.receiver)
            self._dropped = 0
        self._waiting.put_nowait(message)

    def stop(self) -> None:
        """Send what waits, each once and for two seconds at the most, and say how many were left."""
        self._stopping.set()
        self._waiting.put(None)
        self._thread.join(STOP_S)
        self._given_up.set()
        left = self._dropped + sum(message is not None for message in list(self._waiting.queue))
        if left:
            log.warning("The server stops: %s not sent to %s.", _were(left), self._webhook.receiver)

    def _keep_sending(self) -> None:
        with client() as by:
            while (message := self._waiting.get()) is not None and not self._given_up.is_set():
                try:
                    self._send(by, message)
                except Exception:
                    # Without this thread nothing would be sent there any more.
                    log.exception("A message to %s could not be sent.", self._webhook.receiver)

    def _send(self, by: "httpx.Client", message: Waiting) -> None:
        tries, why = 0, ""
        for pause_s in (*self._pauses_s, None):
            tries += 1
            reason = send(by, self._webhook, message.id, message.body)
            if reason is None:
                self._count("sent")
                return
            why = reason
            # A server that stops waits for nobody.
            if pause_s is None or self._stopping.wait(pause_s):
                break
        self._count("failed")
        log.warning(
            "The event %s (%s) was not taken by %s in %s, and is not sent again: %s.",
            message.event, message.id, self._webhook.receiver, counted(tries, "try", "tries"), why,
        )


def _were(count: int) -> str:
    return "1 message was" if count == 1 else f"{count} messages were"
