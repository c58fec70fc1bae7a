"""What a person has looked at and found right, so that it is not asked about again."""

import time
from collections.abc import Iterable
from typing import Literal

from ..database import Database

# A video that lies in the right folder; two contents that are no duplicates of one another.
Kind = Literal["misfiled", "duplicates"]


class Dismissed:
    """What was dismissed in one library, by kind. A subject is a text: what it names is up to the kind."""

    def __init__(self, database: Database, library: str) -> None:
        self._database, self._library = database, library

    def note(self, kind: Kind, subjects: Iterable[str]) -> None:
        """Remember that these are right; what is remembered already keeps its time."""
        now = time.time()
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO dismissed (library, kind, subject, at) VALUES (?, ?, ?, ?)",
                [(self._library, kind, subject, now) for subject in subjects],
            )

    def subjects(self, kind: Kind) -> set[str]:
        """All of this kind that were found right."""
        rows = self._database.connection().execute(
            "SELECT subject FROM dismissed WHERE library = ? AND kind = ?", (self._library, kind)
        )
        return {subject for (subject,) in rows}
