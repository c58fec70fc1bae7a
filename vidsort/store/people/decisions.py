"""What people decided beside what was predicted, with and without seeing it; and what was filed without them."""

import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..database import Database

# So many of the newest blind answers count: what a model said years ago says little of this one.
NEWEST = 500
# A decision counts while its move stands: undo takes it back, redo brings it again.
_STANDING = "decisions JOIN moves ON moves.id = decisions.move AND moves.state = 'done' WHERE decisions.library = ?"


@dataclass(frozen=True)
class Decided:
    """One decision: where the video went, and what was predicted with which confidence.

    `held` is the folder that it would have been filed in without a person, with what was promised of that; None where
    it was not held back.
    """

    folder: str
    predicted: str
    confidence: float
    is_blind: bool
    held: str | None = None
    at_most_wrong: float | None = None


@dataclass(frozen=True)
class Held:
    """A card that was held back: the folder that it would have been filed in, with what was promised of its batch."""

    folder: str
    at_most_wrong: float


class Decisions:
    """The decisions on one library."""

    def __init__(self, database: Database, library: str) -> None:
        self._database, self._library = database, library

    def seed(self) -> str:
        """What blind cards of this library are drawn by; made once."""
        question = "SELECT seed FROM blind_seeds WHERE library = ?"
        found = self._database.connection().execute(question, (self._library,)).fetchone()
        if found is None:
            with self._database.write() as connection:
                row = (self._library, secrets.token_hex(8))
                connection.execute("INSERT OR IGNORE INTO blind_seeds (library, seed) VALUES (?, ?)", row)
                found = connection.execute(question, (self._library,)).fetchone()
        return str(found[0])

    def note(self, decided: Mapping[int, Decided]) -> None:
        """Remember decisions, each by the id of its move."""
        if not decided:
            return
        rows = [
            (move, self._library, each.folder, each.predicted, each.confidence, each.is_blind, each.held,
             each.at_most_wrong)
            for move, each in decided.items()
        ]
        with self._database.write() as connection:
            connection.executemany("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def since_blind(self) -> int:
        """How many decisions stand that came after the last one on a blind card."""
        connection, library = self._database.connection(), (self._library,)
        last = connection.execute(
            f"SELECT max(move) FROM {_STANDING} AND is_blind = 1", library  # noqa: S608 (a text of our own)
        ).fetchone()[0]
        question = f"SELECT count(*) FROM {_STANDING} AND is_blind = 0 AND move > ?"  # noqa: S608
        return int(connection.execute(question, (self._library, last or 0)).fetchone()[0])

    def blind(self) -> list[Decided]:
        """The newest decisions on cards that showed no guess, newest first."""
        columns = "folder, predicted, confidence, is_blind, held, at_most_wrong"
        question = f"SELECT {columns} FROM {_STANDING} AND is_blind = 1 ORDER BY move DESC LIMIT ?"  # noqa: S608
        rows = self._database.connection().execute(question, (self._library, NEWEST))
        return [Decided(folder, predicted, sure, bool(blind), *rest) for folder, predicted, sure, blind, *rest in rows]

    def agreement(self) -> dict[bool, tuple[int, int]]:
        """Without (True) and with seeing the guess: how often it was the folder that was chosen, and of how many."""
        rows = self._database.connection().execute(
            f"SELECT is_blind, sum(folder = predicted), count(*) FROM {_STANDING} GROUP BY is_blind",  # noqa: S608
            (self._library,),
        )
        found = {bool(is_blind): (int(agreed), int(count)) for is_blind, agreed, count in rows}
        return {is_blind: found.get(is_blind, (0, 0)) for is_blind in (True, False)}

    def filed_alone_as(
        self, at_most_wrong: float, held: Sequence[tuple[str, str]]
    ) -> Callable[[sqlite3.Connection, str], None]:
        """What notes that a batch is filed without a person, and (filename, folder) of what is held back of it.

        It writes with the intent of the batch: noted after the moves, a kill in between would leave them as what a
        person has said. Where every move is refused it says nothing, for only what was done counts.
        """

        def note(connection: sqlite3.Connection, batch: str) -> None:
            connection.execute(
                "INSERT INTO autofiled (batch, library, at_most_wrong, at) VALUES (?, ?, ?, ?)",
                (batch, self._library, at_most_wrong, time.time()),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO held_back (library, filename, batch, folder) VALUES (?, ?, ?, ?)",
                [(self._library, filename, batch, folder) for filename, folder in held],
            )

        return note

    def held(self) -> dict[str, Held]:
        """What is held back of batches of which anything stands, by filename, also where it was decided on since."""
        rows = self._database.connection().execute(
            "SELECT filename, folder, at_most_wrong FROM held_back JOIN autofiled USING (batch)"
            " WHERE held_back.library = ?"
            " AND EXISTS (SELECT 1 FROM moves WHERE moves.batch = held_back.batch AND state = 'done')",
            (self._library,),
        )
        return {filename: Held(folder, promised) for filename, folder, promised in rows}

    def filed_alone(self) -> set[str]:
        """The filenames of videos that were filed without a person and not taken back."""
        rows = self._database.connection().execute(
            "SELECT source FROM autofiled JOIN moves USING (batch) WHERE autofiled.library = ? AND state = 'done'",
            (self._library,),
        )
        return {source for (source,) in rows}
