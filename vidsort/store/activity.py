"""What the journal of moves tells others than undo: what other processes did, and how fast a person sorts."""

from dataclasses import dataclass

from .database import Database


@dataclass(frozen=True)
class Change:
    """A move as it stands: places relative to the library, and whether it is done or undone."""

    kind: str
    source: str
    target: str
    is_done: bool


class Activity:
    """Questions about the moves of one library."""

    def __init__(self, database: Database, library: str) -> None:
        self._database = database
        self._library = library

    def last_turn(self) -> int:
        """A number that grows with every move that any process does, undoes or does again."""
        # A question for each state, so that each is answered from the index however long the journal is.
        question = "SELECT max(turn) FROM moves WHERE library = ? AND state = ?"
        connection = self._database.connection()
        turns = [connection.execute(question, (self._library, state)).fetchone()[0] for state in ("done", "undone")]
        return max(turn or 0 for turn in turns)

    def since(self, turn: int) -> list[Change]:
        """The moves that were done or undone after this turn, oldest first."""
        question = (
            "SELECT kind, source, target, state FROM moves"
            " WHERE library = ? AND state IN ('done', 'undone') AND turn > ? ORDER BY turn, id"
        )
        rows = self._database.connection().execute(question, (self._library, turn))
        return [Change(kind, source, target, state == "done") for kind, source, target, state in rows]

    def sorted_since(self, at: float) -> list[tuple[str, str, float]]:
        """(filename, folder, when) of each video sorted since then and not taken back, oldest first."""
        question = (
            "SELECT source, target, at FROM moves"
            " WHERE library = ? AND state = 'done' AND kind = 'sort' AND at > ? ORDER BY at"
        )
        rows = self._database.connection().execute(question, (self._library, at))
        return [(source, target.rpartition("/")[0], when) for source, target, when in rows]
