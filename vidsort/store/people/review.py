"""Where the reviewers are: videos put off or given a star, cards on show, and the page's preferences."""

import json
import time
from collections.abc import Mapping, Sequence

from ..database import Database, value_of
from .leases import Leases
from .stars import Stars

# What means something in one library only.
OF_LIBRARY = ("folder_keys",)


class Review:
    """Skips and `stars` of one library, the `leases` of its cards, and the preferences of the page."""

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library
        self.leases = Leases(database, library)
        self.stars = Stars(database, library)

    def skip(self, filename: str) -> None:
        """Put a video off: it comes last in every order, the one put off first before the others."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO skips (library, filename, at) VALUES (?, ?, ?)",
                (self._library, filename, time.time()),
            )

    def unskip(self, filename: str) -> None:
        """Put a video back in its place; one that was not put off is left as it is."""
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM skips WHERE library = ? AND filename = ?", (self._library, filename)
            )

    def skipped(self) -> dict[str, float]:
        """The videos put off and when (seconds since the epoch)."""
        question = "SELECT filename, at FROM skips WHERE library = ?"
        return dict(self._database.connection().execute(question, (self._library,)))

    def preferences(self, account: str | None = None) -> dict[str, object]:
        """All preferences by name, those of this library before those of any; empty where none was ever set.

        An account has what all have until it sets its own.
        """
        connection = self._database.connection()
        rows = connection.execute("SELECT name, value FROM preferences").fetchall()
        rows += connection.execute("SELECT name, value FROM library_preferences WHERE library = ?", (self._library,))
        if account is not None:
            own = "SELECT name, value FROM account_preferences WHERE account = ? AND library IN ('', ?)"
            rows += connection.execute(own, (account, self._library))
        return {name: value_of(value) for name, value in rows}

    def set_preferences(self, preferences: Mapping[str, object], account: str | None = None) -> None:
        """Replace all preferences, or those of an account; what other libraries have of their own stays."""
        rows = [(name, json.dumps(value)) for name, value in preferences.items()]
        if account is not None:
            self._set_own(account, rows)
            return
        with self._database.write() as connection:
            connection.execute("DELETE FROM preferences")
            connection.execute("DELETE FROM library_preferences WHERE library = ?", (self._library,))
            connection.executemany(
                "INSERT INTO preferences (name, value) VALUES (?, ?)", [row for row in rows if row[0] not in OF_LIBRARY]
            )
            connection.executemany(
                "INSERT INTO library_preferences (library, name, value) VALUES (?, ?, ?)",
                [(self._library, *row) for row in rows if row[0] in OF_LIBRARY],
            )

    def _set_own(self, account: str, rows: Sequence[tuple[str, str]]) -> None:
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM account_preferences WHERE account = ? AND library IN ('', ?)", (account, self._library)
            )
            connection.executemany(
                "INSERT INTO account_preferences (account, library, name, value) VALUES (?, ?, ?, ?)",
                [(account, self._library if row[0] in OF_LIBRARY else "", *row) for row in rows],
            )
