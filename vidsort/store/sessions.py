"""Sessions of the page, for all server processes on one database: which a logout has ended, what they are signed by."""

import hashlib
import secrets
import time

from .database import Database


class EndedSessions:
    """Digests of tokens that are no longer let in, kept until the tokens would have expired anyway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def end(self, token: str, expires_at: float) -> None:
        """Let this token in no more; `expires_at` in seconds since the epoch. Raises ArtifactError."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM ended_sessions WHERE expires_at < ?", (time.time(),))
            connection.execute("INSERT OR REPLACE INTO ended_sessions VALUES (?, ?)", (_digest(token), expires_at))

    def has(self, token: str) -> bool:
        """Whether this token was ended, by any process; raises ArtifactError."""
        question = "SELECT 1 FROM ended_sessions WHERE digest = ?"
        return self._database.connection().execute(question, (_digest(token),)).fetchone() is not None


def session_key(database: Database) -> bytes:
    """Random bytes of this database, made once; raises ArtifactError."""
    question = "SELECT key FROM session_key"
    found = database.connection().execute(question).fetchone()
    if found is None:
        with database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO session_key VALUES (1, ?)", (secrets.token_bytes(32),))
            found = connection.execute(question).fetchone()
    key: bytes = found[0]
    return key


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
