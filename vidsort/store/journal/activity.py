"""Questions about what was moved, of those who follow: other processes, the pace, predictions of renamed folders."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from ..database import Database


@dataclass(frozen=True)
class Shift:
    """A move as it stands: places relative to the library, and whether it is done or undone."""

    kind: str
    source: str
    target: str
    is_done: bool


class Mark(NamedTuple):
    """A moment in the journal: the last id, and the last turn of undo and redo."""

    last_id: int
    turn: int


class Activity:
    """Questions about the moves of one library."""

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library

    def mark(self) -> Mark:
        """Where the journal is now; it is another one after every move that any process does, undoes or redoes."""
        connection = self._database.connection()
        last_id = connection.execute("SELECT max(id) FROM moves").fetchone()[0]
        # A question for each state, so that each is answered from the index however long the journal is.
        question = "SELECT max(turn) FROM moves WHERE library = ? AND state = ?"
        turns = [connection.execute(question, (self._library, state)).fetchone()[0] for state in ("done", "undone")]
        return Mark(last_id or 0, max(turn or 0 for turn in turns))

    def between(self, before: Mark, now: Mark) -> list[Shift]:
        """The moves between two marks as they stand now, oldest first.

        Turns begin anew when something new is done after an undo, so that undo may be missing here.
        """
        # The plus keeps SQLite from reading all moves of the library instead of the few new ones.
        question = (
            "SELECT kind, source, target, state FROM ("
            " SELECT * FROM moves WHERE +library = :library AND id > :id"
            " UNION SELECT * FROM moves WHERE library = :library AND state IN ('done', 'undone') AND turn > :turn"
            ") WHERE state IN ('done', 'undone') ORDER BY id"
        )
        values = {"library": self._library, "id": before.last_id, "turn": min(before.turn, now.turn - 1)}
        rows = self._database.connection().execute(question, values)
        return [Shift(kind, source, target, state == "done") for kind, source, target, state in rows]

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
