"""Wrong passwords slowed down, by who sends them and by whose they should be."""

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

FIRST_DELAY_S = 0.25
LONGEST_DELAY_S = 5.0
LONGEST_QUEUE_S = 30.0
FORGET_S = 300.0
# Tries from many addresses at once: each of so many in the last minutes makes every try wait a little longer, and those
# at the same account some more.
CROWD_DELAY_S = 0.02
ACCOUNT_DELAY_S = 0.05
LONGEST_CROWD_DELAY_S = 2.0
REMEMBERED_CLIENTS = 4096
REMEMBERED_TRIES = 1000


class TooManyTriesError(Exception):
    """So many tries of one client are waiting that this one is not even looked at."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"Too many wrong passwords from here: try again in {wait_s:.0f} seconds.")
        self.wait_s = wait_s


@dataclass
class _Client:
    """Tries since the last right one, by account; the next one may be looked at when the clock says `free_at_s`."""

    tries: dict[str, int] = field(default_factory=dict)
    free_at_s: float = 0.0


class Throttle:
    """Each wrong try makes the next one of the same address wait twice as long.

    The right password is let in after the same wait and ends it for its account: tries at another one count on, so
    that nobody gets more guesses by signing in between. Other addresses are not held up by more than
    LONGEST_CROWD_DELAY_S, so that nobody can lock an owner out.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._clients: dict[str, _Client] = {}
        self._crowd: list[tuple[float, str]] = []

    async def wait(self, address: str, account: str = "") -> None:
        """Wait as long as this address has earned; raises TooManyTriesError. `right` or `wrong` has to follow."""
        wait_s = self._reserve(_network(address), account)
        if wait_s > 0:
            await self._sleep(wait_s)

    def right(self, address: str, account: str = "") -> None:
        """The try was right."""
        name = _network(address)
        client = self._clients.get(name)
        if client is not None:
            client.tries.pop(account, None)
            if not client.tries:
                del self._clients[name]

    def wrong(self, account: str = "") -> None:
        """The try was wrong."""
        self._crowd.append((self._clock(), account))

    def _reserve(self, name: str, account: str) -> float:
        """Take the next turn and return the seconds until it; a try counts as wrong until it proves right."""
        now_s = self._clock()
        client = self._clients.get(name)
        if client is None or now_s - client.free_at_s > FORGET_S:
            client = self._remember(name)
        wait_s = max(0.0, client.free_at_s - now_s)
        if wait_s > LONGEST_QUEUE_S:
            raise TooManyTriesError(wait_s)
        before, at_account = sum(client.tries.values()), client.tries.get(account, 0)
        client.free_at_s = now_s + wait_s + min(FIRST_DELAY_S * 2 ** min(before, 16), LONGEST_DELAY_S)
        client.tries[account] = at_account + 1
        self._crowd = [(at_s, whose) for at_s, whose in self._crowd if now_s - at_s < FORGET_S][-REMEMBERED_TRIES:]
        strangers = len(self._crowd) - before
        strangers_there = sum(whose == account for _, whose in self._crowd) - at_account
        crowd_s = max(strangers * CROWD_DELAY_S, strangers_there * ACCOUNT_DELAY_S)
        return max(wait_s, min(crowd_s, LONGEST_CROWD_DELAY_S))

    def _remember(self, name: str) -> _Client:
        self._clients.pop(name, None)
        if len(self._clients) >= REMEMBERED_CLIENTS:
            self._clients.pop(next(iter(self._clients)))
        client = self._clients[name] = _Client()
        return client


def _network(address: str) -> str:
    """The address, or of IPv6 its /64: one customer is given a whole one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
