"""Videos with a star: those that a person wants to find again, wherever they are filed."""

import time

from ..database import Database


class Stars:
    """The stars of one library, by filename, so that a video keeps its star when it is moved."""

    def __init__(self, database: Database, library: str) -> None:
        self._database, self._library = database, library

    def give(self, filename: str) -> None:
        """Give a video a star; one that has it keeps its time."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO stars (library, filename, at) VALUES (?, ?, ?)",
                (self._library, filename, time.time()),
            )

    def take(self, filename: str) -> None:
        """Take the star away; a video without one is left as it is."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM stars WHERE library = ? AND filename = ?", (self._library, filename))

    def filenames(self) -> list[str]:
        """Those that have a star, the last that got one first."""
        question = "SELECT filename FROM stars WHERE library = ? ORDER BY at DESC, filename"
        return [filename for (filename,) in self._database.connection().execute(question, (self._library,))]
