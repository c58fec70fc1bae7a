"""Questions about what was moved, of those who follow: other processes, the pace, predictions of renamed folders."""

from collections.abc import Collection

from ...records import Move
from ..database import Database
from .journal import last_change
from .rows import MOVE_COLUMNS, move_of


class Activity:
    """Questions about the moves of one library."""

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library

    def mark(self) -> int:
        """Where the journal is now; it is higher after every move that any process does, undoes or redoes."""
        return last_change(self._database.connection(), self._library)

    def last_at(self) -> float | None:
        """When the last move was asked for, in seconds since the epoch; None before the first."""
        question = "SELECT max(at) FROM moves WHERE library = ?"
        at: float | None = self._database.connection().execute(question, (self._library,)).fetchone()[0]
        return at

    def tally(self) -> dict[tuple[str, str], int]:
        """How many moves took place, by kind and by whether they stand (done) or were taken back (undone)."""
        question = (
            "SELECT kind, state, count(*) FROM moves WHERE library = ? AND state IN ('done', 'undone')"
            " GROUP BY kind, state"
        )
        rows = self._database.connection().execute(question, (self._library,))
        return {(kind, state): count for kind, state, count in rows}

    def between(self, before: int, now: int) -> list[Move]:
        """The moves that were done, undone or done again between two marks, as they stand now, in that order.

        What has changed again since `now` is told between that and a later mark.
        """
        where = "library = ? AND change > ? AND change <= ? ORDER BY change"
        rows = self._database.connection().execute(
            f"SELECT {MOVE_COLUMNS} FROM moves WHERE {where}", (self._library, before, now)  # noqa: S608
        )
        return [move_of(row) for row in rows]

    def heirs(self, folders: Collection[str]) -> dict[str, str]:
        """Which of these folders took the place of one that is no longer there, by renaming or merging.

        A name that a folder had until its renaming was undone is one that is no longer there, too.
        """
        renamed = (
            "SELECT source, target FROM ("
            " SELECT id, source, target FROM moves WHERE library = :library AND state = 'done' AND kind = 'rename'"
            # A merge has a move for each video; one of them is enough.
            " UNION ALL SELECT min(id), substr(source, 1, instr(source, '/') - 1),"
            " substr(target, 1, instr(target, '/') - 1)"
            " FROM moves WHERE library = :library AND state = 'done' AND kind = 'merge' GROUP BY batch"
            ") ORDER BY id"
        )
        undone = (
            "SELECT source, target FROM moves WHERE library = :library AND state = 'undone' AND kind = 'rename'"
            " ORDER BY id"
        )
        connection, library = self._database.connection(), {"library": self._library}
        heirs: dict[str, str] = {}
        for source, target in connection.execute(renamed, library):
            heirs = {old: target if heir == source else heir for old, heir in heirs.items()} | {source: target}
        for source, target in connection.execute(undone, library):
            heirs.setdefault(target, heirs.get(source, source))
        return {old: heir for old, heir in heirs.items() if old not in folders and heir in folders}

    def sorted_since(self, at: float) -> list[tuple[str, str, float]]:
        """(filename, folder, when) of each video that a person sorted since then and nobody took back, oldest first."""
        question = (
            "SELECT source, target, at FROM moves"
            " WHERE library = ? AND state = 'done' AND kind = 'sort' AND at > ?"
            " AND batch NOT IN (SELECT batch FROM autofiled) ORDER BY at"
        )
        rows = self._database.connection().execute(question, (self._library, at))
        return [(source, target.rpartition("/")[0], when) for source, target, when in rows]


def has_history(database: Database, library: str) -> bool:
    """Whether anything was ever moved in the library of this name."""
    question = "SELECT 1 FROM moves WHERE library = ? LIMIT 1"
    return database.connection().execute(question, (library,)).fetchone() is not None
