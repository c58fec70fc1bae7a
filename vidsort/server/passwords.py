"""The one password: sessions that every worker accepts, and wrong tries slowed down."""

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

SESSION_S = 7 * 24 * 3600
# RFC 7914 for interactive logins: about 50 ms and 16 MiB, once when the server starts.
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
FIRST_DELAY_S = 0.25
LONGEST_DELAY_S = 5.0
LONGEST_QUEUE_S = 30.0
FORGET_S = 300.0
# Tries from many addresses at once: each of so many in the last minutes makes every try wait a little longer.
CROWD_DELAY_S = 0.02
LONGEST_CROWD_DELAY_S = 2.0
REMEMBERED_CLIENTS = 4096


class Sessions:
    """Signed tokens `expiry.nonce.signature`; the key comes from the password, so all workers agree on them.

    A new password ends every session.
    """

    def __init__(self, password: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.scrypt(password.encode(), salt=b"vidsort session", **SCRYPT)
        self._clock = clock

    def issue(self) -> str:
        """A token that is valid for SESSION_S seconds."""
        claim = f"{int(self._clock()) + SESSION_S}.{secrets.token_urlsafe(12)}"
        return f"{claim}.{self._signature(claim)}"

    def is_valid(self, token: str) -> bool:
        """Whether this is a token of ours that has not expired."""
        claim, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(claim).encode()):
            return False
        return self.expires_at(token) > self._clock()

    @staticmethod
    def expires_at(token: str) -> int:
        """When a token of ours expires, in seconds since the epoch."""
        return int(token.partition(".")[0])

    def _signature(self, claim: str) -> str:
        return hmac.new(self._key, claim.encode(), hashlib.sha256).hexdigest()


class TooManyTriesError(Exception):
    """So many tries of one client are waiting that this one is not even looked at."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"Too many wrong passwords from here: try again in {wait_s:.0f} seconds.")
        self.wait_s = wait_s


@dataclass
class _Client:
    """Tries since the last right one; the next one may be looked at when the clock says `free_at_s`."""

    tries: int = 0
    free_at_s: float = 0.0


class PasswordCheck:
    """Compares in constant time; each wrong try makes the next one of the same address wait twice as long.

    The right password is let in after the same wait and ends it, and other addresses are not held
    up by more than LONGEST_CROWD_DELAY_S, so that nobody can lock the owner out.
    """

    def __init__(
        self,
        password: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._digest = _digest(password.encode())
        self._clock = clock
        self._sleep = sleep
        self._clients: dict[str, _Client] = {}
        self._crowd: list[float] = []

    async def is_right(self, given: bytes, address: str) -> bool:
        """Whether this is the password, after the wait that this address has earned; raises TooManyTriesError."""
        name = _network(address)
        wait_s = self._reserve(name)
        if wait_s > 0:
            await self._sleep(wait_s)
        if hmac.compare_digest(_digest(given), self._digest):
            self._clients.pop(name, None)
            return True
        self._crowd.append(self._clock())
        return False

    def _reserve(self, name: str) -> float:
        """Take the next turn and return the seconds until it; a try counts as wrong until it proves right."""
        now_s = self._clock()
        client = self._clients.get(name)
        if client is None or now_s - client.free_at_s > FORGET_S:
            client = self._remember(name)
        wait_s = max(0.0, client.free_at_s - now_s)
        if wait_s > LONGEST_QUEUE_S:
            raise TooManyTriesError(wait_s)
        client.free_at_s = now_s + wait_s + min(FIRST_DELAY_S * 2**min(client.tries, 16), LONGEST_DELAY_S)
        client.tries += 1
        self._crowd = [at_s for at_s in self._crowd if now_s - at_s < FORGET_S][-1000:]
        strangers = max(0, len(self._crowd) - client.tries)
        return max(wait_s, min(strangers * CROWD_DELAY_S, LONGEST_CROWD_DELAY_S))

    def _remember(self, name: str) -> _Client:
        self._clients.pop(name, None)
        if len(self._clients) >= REMEMBERED_CLIENTS:
            self._clients.pop(next(iter(self._clients)))
        client = self._clients[name] = _Client()
        return client


def _digest(text: bytes) -> bytes:
    # Digests are of one length, so that comparing does not tell the password's.
    return hashlib.sha256(text).digest()


def _network(address: str) -> str:
    """The address, or of IPv6 its /64: one customer is given a whole one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
