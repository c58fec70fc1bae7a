"""Which browser shows which cards, so that two reviewers of one pile are not shown the same; each ends by itself."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from ..database import Database

# So long a card that one browser shows is offered to no other.
LEASE_S = 60.0


class Taken(NamedTuple):
    """What came of the wish to show cards: those that are on show here now, and those that are elsewhere."""

    here: list[str]
    elsewhere: list[str]


class Leases:
    """The cards of one library that are on show; safe to use from many threads and processes."""

    def __init__(self, database: Database, library: str) -> None:
        self._database, self._library = database, library

    def elsewhere(self, browser: str) -> frozenset[str]:
        """The filenames of cards that other browsers show now."""
        rows = self._database.connection().execute(
            "SELECT filename FROM leases WHERE library = ? AND browser <> ? AND until > ?",
            (self._library, browser, time.time()),
        )
        return frozenset(filename for (filename,) in rows)

    def holds_any(self, browser: str) -> bool:
        """Whether this browser shows any card for a while yet, so that it says by itself which come next."""
        question = "SELECT 1 FROM leases WHERE library = ? AND browser = ? AND until > ? LIMIT 1"
        found = self._database.connection().execute(question, (self._library, browser, time.time() + LEASE_S / 2))
        return found.fetchone() is not None

    def take(self, browser: str, filenames: Sequence[str], most: int | None = None) -> Taken:
        """Show these cards in this browser, where no other does, for the next minute: the first `most`, or all.

        `elsewhere` is of those that were tried. Of two browsers that ask at the same time one has a card.
        """
        now, taken = time.time(), Taken([], [])
        with self._database.write() as connection:
            connection.execute("DELETE FROM leases WHERE library = ? AND until <= ?", (self._library, now))
            held = dict(connection.execute(
                "SELECT filename, browser FROM leases WHERE library = ?", (self._library,)
            ).fetchall())
            for filename in filenames:
                if len(taken.here) == most:
                    break
                (taken.here if held.get(filename, browser) == browser else taken.elsewhere).append(filename)
            connection.executemany(
                "INSERT OR REPLACE INTO leases (library, filename, browser, until) VALUES (?, ?, ?, ?)",
                [(self._library, filename, browser, now + LEASE_S) for filename in taken.here],
            )
        return taken
