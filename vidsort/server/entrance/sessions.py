"""Sessions of the page: signed tokens that every server process accepts, each by the key of whose it is."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

SESSION_S = 7 * 24 * 3600
# RFC 7914 for interactive logins: about 50 ms and 16 MiB, once when the server starts.
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


class Session(NamedTuple):
    """Whose session it is, None for that of the one password, and when it expires, in seconds since the epoch."""

    name: str | None
    expires_at: int


class Sessions:
    """Tokens `expiry.nonce.name.signature`; another key, or none, ends every session of that name."""

    def __init__(self, key_of: Callable[[str | None], bytes | None], clock: Callable[[], float] = time.time) -> None:
        """`key_of` gives the key of an account, or for None of the one password, and None where there is none."""
        self._key_of = key_of
        self._clock = clock

    def issue(self, name: str | None) -> str:
        """A token that is valid for SESSION_S seconds; raises ValueError for a name without a key."""
        key = self._key_of(name)
        if key is None:
            raise ValueError(f"{name} has no key")
        claim = f"{int(self._clock()) + SESSION_S}.{secrets.token_urlsafe(12)}.{_written(name)}"
        return f"{claim}.{_signature(key, claim)}"

    def read(self, token: str) -> Session | None:
        """What a token of ours says that has not expired; None for any other."""
        claim, _, signature = token.rpartition(".")
        parts = claim.split(".")
        name = _name_in(parts[-1])
        key = self._key_of(name) if len(parts) == 3 and name != "" else None
        if key is None or not hmac.compare_digest(signature.encode(), _signature(key, claim).encode()):
            return None
        expires_at = int(parts[0])
        return Session(name, expires_at) if expires_at > self._clock() else None


def key_of_password(password: str) -> bytes:
    """The key that comes from the one password, so that all processes agree on it and a new one ends all sessions."""
    return hashlib.scrypt(password.encode(), salt=b"vidsort session", **SCRYPT)


def key_of_account(kept: str, key: bytes) -> bytes:
    """The key of an account, from what is kept of its password and the key of the database.

    Whoever has seen one of the two alone can make no session of it.
    """
    return hmac.new(key, kept.encode(), hashlib.sha256).digest()


def _signature(key: bytes, claim: str) -> str:
    return hmac.new(key, claim.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _written(name: str | None) -> str:
    return "" if name is None else base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")


def _name_in(text: str) -> str | None:
    """The name that is written so, None for that of the one password; empty where it is none."""
    if not text:
        return None
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"==").decode()
    except ValueError:
        return ""
