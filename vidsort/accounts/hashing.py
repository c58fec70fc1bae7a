"""Passwords and tokens as they are kept: so that who reads the file cannot sign in with what stands there.

A password that a person can remember can be guessed, so each guess is made dear: argon2id, by which one costs some
tens of milliseconds and 64 MiB (RFC 9106, the second of its choices). A token is 256 random bits, which nobody
guesses however cheap a guess is, and it is looked at with every request: SHA-256 is right for it.
"""

import functools
import hashlib
import secrets
import unicodedata

from ..errors import InvalidNameError

SHORTEST = 8
LONGEST_BYTES = 1024
# By which a token is known as one where it turns up, in a log or a repository.
TOKEN_PREFIX = "vidsort_"  # noqa: S105 (what all tokens begin with)
TOKEN_BYTES = 32


def load_hashing() -> None:
    """Import what passwords are looked at by: threads that do so at the same time may lock each other out, for good."""
    import argon2  # noqa: F401


def hash_password(password: str) -> str:
    """What is kept of a password; raises InvalidNameError for one that is too short or too long."""
    if len(password) < SHORTEST:
        raise InvalidNameError(f"This password is too short: take one of {SHORTEST} characters or more.")
    if len(_as_typed(password)) > LONGEST_BYTES:
        raise InvalidNameError(f"This password is too long: take one of at most {LONGEST_BYTES} bytes.")
    import argon2

    return argon2.PasswordHasher().hash(_as_typed(password))


def is_password_of(kept: str | None, given: str) -> bool:
    """Whether this is the password; without anything kept (there is no such account) the answer takes as long."""
    import argon2

    try:
        return argon2.PasswordHasher().verify(kept or _of_nobody(), _as_typed(given)) and kept is not None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def new_token() -> str:
    """A token that was never given before."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: bytes) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token).hexdigest()


@functools.cache
def _of_nobody() -> str:
    return hash_password(secrets.token_urlsafe(TOKEN_BYTES))


def _as_typed(password: str) -> bytes:
    # Keyboards write an accent as one character or as two.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
