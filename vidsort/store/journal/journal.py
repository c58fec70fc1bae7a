"""The journal of moves: what was meant, what came of it, and what undo and redo take next.

A row is written before the disk is touched (`intend`, `turn`: it is *pending*) and again after
(`settle`). A row that is still pending when nobody moves anything was left by a kill.
"""

import dataclasses
import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from ...records import Action, Move
from ..database import Database
from .author import ACCOUNT, AUTHOR
from .rows import MOVE_COLUMNS, OF_MOVE, Direction, Entry, Fate, Intent, Sidecar, move_of

# What is written down beside a batch, with its id, so that a kill leaves both or neither.
Noting = Callable[[sqlite3.Connection, str], object]
NONE: Mapping[int, Sequence[Sidecar]] = MappingProxyType({})
_COLUMNS = f"{MOVE_COLUMNS}, size_bytes, mode, pending"


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(move_of(row[:OF_MOVE]), *row[OF_MOVE:])


def _add_sidecars(connection: sqlite3.Connection, move_id: int, sidecars: Sequence[Sidecar]) -> None:
    """Those that are journaled already stay as they were when they were moved."""
    connection.executemany(
        "INSERT OR IGNORE INTO moved_sidecars (move, name, size_bytes, mtime_ns) VALUES (?, ?, ?, ?)",
        [(move_id, sidecar.name, sidecar.size_bytes, sidecar.mtime_ns) for sidecar in sidecars],
    )


def last_change(connection: sqlite3.Connection, library: str) -> int:
    """The number of the last change of any move in a library; 0 before the first."""
    (number,) = connection.execute("SELECT max(change) FROM moves WHERE library = ?", (library,)).fetchone()
    return number or 0


class Journal:
    """The moves of one library; callers see to it that only one at a time changes the disk."""

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library

    def intend(self, changes: Sequence[Intent], noting: Noting | None = None) -> list[Entry]:
        """Write down new changes as one batch, pending forth; a new action ends what redo offers.

        `noting` writes what else is to be remembered of the batch, in the same transaction.
        """
        batch, at = uuid.uuid4().hex, time.time()
        with self._database.write() as connection:
            connection.execute(
                "UPDATE moves SET turn = NULL WHERE library = ? AND state = 'undone' AND turn IS NOT NULL",
                (self._library,),
            )
            if noting is not None:
                noting(connection, batch)
            return [self._insert(connection, change, batch, at) for change in changes]

    def _insert(self, connection: sqlite3.Connection, change: Intent, batch: str, at: float) -> Entry:
        what = (batch, change.kind, change.source, change.target)
        who = (AUTHOR.get(), ACCOUNT.get())
        row = (*what, "intended", at, *who, change.size_bytes, change.mode, "forth")
        cursor = connection.execute(
            "INSERT INTO moves (batch, kind, source, target, state, at, author, account, size_bytes, mode, pending,"
            " library, pending_author, pending_account) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, self._library, *who),
        )
        entry = dataclasses.replace(_entry((cursor.lastrowid, *row)), sidecars=change.sidecars)
        _add_sidecars(connection, entry.move.id, entry.sidecars)
        return entry

    def turn(self, entries: Sequence[Entry], direction: Direction) -> list[Entry]:
        """Mark these, and what goes along with them, as pending in this direction, before the disk is changed."""
        ids = [(direction, AUTHOR.get(), ACCOUNT.get(), entry.move.id) for entry in entries]
        with self._database.write() as connection:
            turned = "UPDATE moves SET pending = ?, pending_author = ?, pending_account = ? WHERE id = ?"
            connection.executemany(turned, ids)
            for entry in entries:
                _add_sidecars(connection, entry.move.id, entry.sidecars)
        return [dataclasses.replace(entry, direction=direction) for entry in entries]

    def settle(
        self, entries: Sequence[Entry], fates: Mapping[int, Fate], arrived: Mapping[int, Sequence[Sidecar]] = NONE
    ) -> list[Move]:
        """Write down what came of pending entries, by the id of the move; the moves as they are now.

        `arrived`: what has come along with each video, as it is now. Where a power cut takes this, the row is pending
        again, and is settled by what is on the disk, as after a kill.
        """
        with self._database.write(is_found_again=True) as connection:
            turn, last = self._next_turn(connection), last_change(connection, self._library)
            for change, entry in enumerate(entries, last + 1):
                self._settle(connection, entry, fates[entry.move.id], (turn, change), arrived.get(entry.move.id, ()))
            settled = (self._one(connection, entry.move.id) for entry in entries)
            return [entry.move for entry in settled if entry is not None]

    def _settle(
        self, connection: sqlite3.Connection, entry: Entry, fate: Fate, numbers: tuple[int, int],
        arrived: Sequence[Sidecar],
    ) -> None:
        move_id, is_back = entry.move.id, entry.direction == "back"
        if fate is Fate.REACHED:
            state = "undone" if is_back else "done"
            change = "state = ?, turn = ?, change = ?, author = pending_author, account = pending_account"
            is_there = self._update(connection, entry, change, state, *numbers)
            if not is_there:
                move_id = self._write_anew(connection, entry, state, numbers)
        elif entry.move.state == "intended":
            is_there = self._update(connection, entry, "state = 'reverted'")
        elif fate is Fate.DROPPED:
            is_there = self._update(connection, entry, "turn = NULL")
        else:
            is_there = self._update(connection, entry, "turn = turn")
        # What went along is remembered for undo alone.
        if entry.sidecars and (fate is Fate.REACHED or not is_back):
            if is_there:
                connection.execute("DELETE FROM moved_sidecars WHERE move = ?", (move_id,))
            if fate is Fate.REACHED and not is_back:
                _add_sidecars(connection, move_id, arrived)

    def _update(self, connection: sqlite3.Connection, entry: Entry, change: str, *values: object) -> bool:
        """Whether the row is there: another database, put in place of this one meanwhile, has other rows by its id."""
        # `change` is one of the texts above, never anything from outside.
        sql = (
            "UPDATE moves SET pending = NULL, pending_author = NULL, pending_account = NULL,"  # noqa: S608
            f" {change} WHERE id = ? AND batch = ?"
        )
        return connection.execute(sql, (*values, entry.move.id, entry.move.batch)).rowcount > 0

    def _write_anew(
        self, connection: sqlite3.Connection, entry: Entry, state: str, numbers: tuple[int, int]
    ) -> int:
        """The id that the move has now."""
        move, facts = entry.move, (entry.size_bytes, entry.mode, *numbers, self._library)
        cursor = connection.execute(
            "INSERT INTO moves (batch, kind, source, target, state, at, author, account, size_bytes, mode, turn,"
            " change, library) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (move.batch, move.kind, move.source, move.target, state, move.at, AUTHOR.get(), ACCOUNT.get(), *facts),
        )
        return cursor.lastrowid or 0

    def _next_turn(self, connection: sqlite3.Connection) -> int:
        # A question for each state, so that each is answered from the index however long the journal is.
        sql = "SELECT max(turn) FROM moves WHERE library = ? AND state = ?"
        turns = [connection.execute(sql, (self._library, state)).fetchone()[0] for state in ("done", "undone")]
        return 1 + max(turn or 0 for turn in turns)

    def _one(self, connection: sqlite3.Connection, move_id: int) -> Entry | None:
        found = self._select(connection, "id = ?", move_id)
        return found[0] if found else None

    def _select(self, connection: sqlite3.Connection, condition: str, *values: object) -> list[Entry]:
        # `condition` is one of the texts in this class, never anything from outside.
        sql = f"SELECT {_COLUMNS} FROM moves WHERE library = ? AND {condition}"  # noqa: S608
        return [_entry(row) for row in connection.execute(sql, (self._library, *values))]

    def pending(self) -> list[Entry]:
        """What is being changed at this moment, or was when a process was killed, with sidecars; oldest first."""
        return self.with_sidecars(self._select(self._database.connection(), "pending IS NOT NULL ORDER BY id"))

    def with_sidecars(self, entries: Sequence[Entry]) -> list[Entry]:
        """These entries with what goes, or went, along with their videos."""
        sql = "SELECT name, size_bytes, mtime_ns FROM moved_sidecars WHERE move = ? ORDER BY name"
        connection = self._database.connection()
        found = [connection.execute(sql, (entry.move.id,)).fetchall() for entry in entries]
        return [
            dataclasses.replace(entry, sidecars=tuple(Sidecar(*row) for row in rows))
            for entry, rows in zip(entries, found, strict=True)
        ]

    def latest(self, state: Literal["done", "undone"], account: str | None = None) -> list[Entry]:
        """What undo ("done") or redo ("undone") takes next, in the order it was done; empty when there is nothing.

        `account`: of what stands so by this account.
        """
        of_account, values = ("", ()) if account is None else (" AND account = ?", (account,))
        last = f"SELECT max(turn) FROM moves WHERE library = ? AND state = ?{of_account}"  # noqa: S608
        return self._select(
            self._database.connection(), f"state = ?{of_account} AND turn = ({last}) ORDER BY id",
            state, *values, self._library, state, *values,
        )

    def last_done(self, turns: int) -> list[list[Entry]]:
        """What undo takes back in each of so many turns, in that order."""
        connection = self._database.connection()
        last = "SELECT DISTINCT turn FROM moves WHERE library = ? AND state = 'done' ORDER BY turn DESC LIMIT ?"
        found = [turn for (turn,) in connection.execute(last, (self._library, turns)) if turn is not None]
        return [self._select(connection, "state = 'done' AND turn = ? ORDER BY id DESC", turn) for turn in found]

    def find(self, move_id: int) -> Entry | None:
        """The move with this id, if it is one of this library."""
        return self._one(self._database.connection(), move_id)

    def done_after(self, move_id: int) -> list[Entry]:
        """All that was done, or done again, after this move."""
        turn = "coalesce((SELECT turn FROM moves WHERE id = ?), 0)"
        return self._select(self._database.connection(), f"state = 'done' AND turn > {turn}", move_id)

    def batch(self, batch: str) -> list[Entry]:
        """All moves of a batch, in the order they were done."""
        return self._select(self._database.connection(), "batch = ? ORDER BY id", batch)

    def actions(self, limit: int, among: int) -> list[Action]:
        """The last actions that took place, newest first, of those that the last `among` moves belong to."""
        sql = (
            f"WITH last AS (SELECT {_COLUMNS} FROM moves NOT INDEXED"  # noqa: S608 (no text from outside)
            " WHERE library = ? AND state IN ('done', 'undone') ORDER BY id DESC LIMIT ?)"
            # SQLite takes the other columns from the row that min() chose.
            f" SELECT {_COLUMNS}, min(id), count(*) FROM last GROUP BY batch, state ORDER BY min(id) DESC LIMIT ?"
        )
        rows = self._database.connection().execute(sql, (self._library, among, limit))
        return [Action(move=_entry(row[:-2]).move, count=row[-1]) for row in rows]

    def history(self, limit: int) -> list[Move]:
        """The last moves that took place, undone ones too, newest first."""
        # NOT INDEXED: read from the newest on and stop at the limit, instead of sorting all rows of a state.
        sql = (
            f"SELECT {_COLUMNS} FROM moves NOT INDEXED"  # noqa: S608 (no text from outside)
            " WHERE library = ? AND state IN ('done', 'undone') ORDER BY id DESC LIMIT ?"
        )
        rows = self._database.connection().execute(sql, (self._library, limit))
        return [_entry(row).move for row in rows]
