"""All that people said and did in one library, as rows that outlive its database: taken out, and brought back."""

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from ...errors import ArtifactError, ConflictError, SettingsError
from ...records import Move
from ..database import Database, value_of
from ..rescue import TABLES

# Raised when a row means something else than before.
FORM = 1
HEAD = "said with vidsort"
# Of a move that is under way, and what followers count: neither means anything in another database.
_PASSING = {"moves": ("pending", "pending_author", "pending_account", "change")}
_TOOK_PLACE = "library = :library AND state IN ('done', 'undone')"
_MOVES = f"{_TOOK_PLACE} AND pending IS NULL"
_OF_MOVES = f"move IN (SELECT id FROM moves WHERE {_MOVES}) ORDER BY move"  # noqa: S608 (texts of our own)
_WHERE = {
    "moves": f"{_MOVES} ORDER BY id",
    "moved_sidecars": f"{_OF_MOVES}, name",
    "decisions": f"library = :library AND {_OF_MOVES}",
    "preferences": ":library <> ''",
    "account_preferences": "library IN ('', :library)",
}
_PREFERENCES = ("preferences", "library_preferences", "account_preferences")
# The library that rows are of, where they tell apart those of one and those of all.
_HERE = "this"
_OF_MOVE = ("batch", "kind", "source", "target", "at")


class BroughtBack(NamedTuple):
    """How many rows were added, and how many were there already, by the kind of row."""

    added: dict[str, int]
    known: dict[str, int]


def said_in(database: Database, library: str) -> Iterator[dict[str, Any]]:
    """The rows as of one moment, each with its `kind`; the first says what they are."""
    yield {"kind": HEAD, "form": FORM}
    with database.read() as connection:
        # Read whole: who takes rows one by one may write between two of them.
        found = {table: _rows(connection, table, library) for table in TABLES}
    for table, rows in found.items():
        for said in rows:
            if table == "account_preferences":
                said["library"] = _HERE if said["library"] else ""
            else:
                said.pop("library", None)
            yield {"kind": table, **said}


def bring_back(database: Database, library: str, rows: Iterable[Mapping[str, Any]]) -> BroughtBack:
    """Add these rows to what is said in a library; what is there already stays, so that twice is as once.

    Raises SettingsError for rows that are none of `said_in`, and ConflictError where something was moved in the library
    that these rows do not know: a history has one order. Nothing is added then.
    """
    by_table = _by_table(rows)
    added: Counter[str] = Counter()
    with database.write() as connection:
        rows_of = {table: _as_columns(connection, table, found) for table, found in by_table.items()}
        ids = _add_moves(connection, library, rows_of["moves"], added)
        for table in TABLES[1:]:
            has_library = "library" in _columns(connection, table)
            for values in rows_of[table]:
                if "move" in values:
                    if values["move"] not in ids:
                        raise _misfit(f"a row of {table} is of no move in it")
                    values["move"] = ids[values["move"]]
                if has_library:
                    values["library"] = library if values.get("library") != "" else ""
                if table == "moved_sidecars":
                    _check_place(values.get("name"), 1)
                if table == "blind_seeds":
                    # All cards are drawn by it, and another one may have been made since.
                    other = "DELETE FROM blind_seeds WHERE library = ? AND seed <> ?"
                    connection.execute(other, (library, values.get("seed")))
                added[table] += _insert(connection, table, values)
    return BroughtBack(
        {table: added[table] for table in TABLES if added[table]},
        {table: rest for table in TABLES if (rest := len(by_table[table]) - added[table])},
    )


def _rows(connection: sqlite3.Connection, table: str, library: str) -> list[dict[str, Any]]:
    columns = list(_columns(connection, table))
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {_WHERE.get(table, 'library = :library')}"  # noqa: S608
    rows = connection.execute(sql, {"library": library})
    return [{_key(name): value for name, value in zip(columns, row, strict=True)} for row in rows]


def _by_table(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    first = True
    for row in rows:
        values = dict(row)
        kind = values.pop("kind", None)
        if first:
            if kind != HEAD or values.get("form") != FORM:
                raise _misfit("its first line does not say so, or it is of a newer vidsort")
            first = False
        elif not isinstance(kind, str) or kind not in found:
            raise _misfit(f"there is a row of the kind {str(kind)[:40]!r}")
        else:
            found[kind].append(values)
    if first:
        raise _misfit("it is empty")
    return found


def _add_moves(
    connection: sqlite3.Connection, library: str, rows: list[dict[str, Any]], added: "Counter[str]"
) -> dict[int, int]:
    """The ids that moves have here, by those that they had."""
    sql = f"SELECT id, pending, {', '.join(_OF_MOVE)} FROM moves WHERE {_TOOK_PLACE}"  # noqa: S608 (names of our own)
    rows_there = connection.execute(sql, {"library": library}).fetchall()
    there = {tuple(what): move for move, _, *what in rows_there}
    # One that is being turned is in no export, and may be in an older one.
    settled = {tuple(what) for _, pending, *what in rows_there if pending is None}
    for row in rows:
        _check_move(row)
    given = {row["id"]: tuple(row[name] for name in _OF_MOVE) for row in rows}
    if there:
        if settled - set(given.values()) or set(given.values()) - set(there):
            raise ConflictError(
                "Other videos were moved in this library than this file knows, and a history has one order: bring it "
                "back before anything is moved."
            )
        return {move: there[what] for move, what in given.items()}
    ids = {}
    for row in rows:
        values = {name: value for name, value in row.items() if name != "id"} | {"library": library}
        added["moves"] += _insert(connection, "moves", values)
        ids[row["id"]] = connection.execute("SELECT last_insert_rowid()").fetchone()[0]
    return ids


def _check_move(row: Mapping[str, Any]) -> None:
    """Raise SettingsError for a move that vidsort never writes down: undo would carry it out, wherever it leads."""
    try:
        move = Move(**{name: row[name] for name in ("id", *_OF_MOVE, "state")})
    except (KeyError, ValidationError) as error:
        raise _misfit("a move in it is none") from error
    if move.state not in ("done", "undone") or not (move.source or move.target):
        raise _misfit(f"move {move.id} is not one that took place")
    for place in filter(None, (move.source, move.target)):
        _check_place(place, 2)


def _check_place(place: object, depth: int) -> None:
    """Raise SettingsError for what is not so deep in a library at most."""
    parts = str(place).split("/")
    if len(parts) > depth or not {"", ".", ".."}.isdisjoint(parts) or "\0" in str(place):
        raise _misfit(f"{str(place)[:60]!r} is no place in a library")


def _insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    """How many rows that added; one that is there already is left as it is."""
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    # Names of the table itself. Not OR IGNORE, which is silent where something is missing, too.
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    try:
        return connection.execute(sql, tuple(values.values())).rowcount
    except sqlite3.IntegrityError as error:
        raise _misfit(f"a row of {table} lacks something") from error


def _as_columns(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows by the names that the columns of the table have; no other name gets into a statement.

    Raises SettingsError for a value that its column is not for: SQLite would take it, and who reads it would not.
    """
    columns = _columns(connection, table)
    known = {_key(name): name for name in columns}
    unknown = {name for row in rows for name in row}.difference(known)
    if unknown:
        raise _misfit(f"a row of {table} has {min(unknown)[:40]!r}")
    found = [{known[name]: value for name, value in row.items()} for row in rows]
    for row in found:
        for name, value in row.items():
            is_json = table in _PREFERENCES and name == "value"
            if not (_fits(value, columns[name]) and (not is_json or _is_json(value))):
                raise _misfit(f"the {_key(name)} of a row of {table} is {ascii(value)[:40]}")
    return found


def _fits(value: object, declared: str) -> bool:
    """Whether a column that is declared so is for this value; None, where it may not be, is told by SQLite."""
    if declared == "TEXT" and isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return declared != "TEXT" and -(1 << 63) <= value < 1 << 63
    return value is None or (declared == "REAL" and isinstance(value, float) and math.isfinite(value))


def _is_json(value: str) -> bool:
    try:
        value_of(value)
    except ArtifactError:
        return False
    return True


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """The columns that travel, each with the type that it is declared with."""
    rows = connection.execute(f"PRAGMA table_info({table})")
    return {row[1]: row[2] for row in rows if row[1] not in _PASSING.get(table, ())}


def _key(column: str) -> str:
    """What a column is called in a row, where `kind` is said of the row itself."""
    return "what" if column == "kind" else column


def _misfit(why: str) -> SettingsError:
    return SettingsError(f"This is no export of what people said ({why}): `vidsort export said` writes one.")
