"""What can be saved of a damaged database: what people did and said. Features can be made again."""

import contextlib
import logging
import sqlite3
import time
from pathlib import Path

from ..errors import ArtifactError
from .database import DATABASE_NAME, open_database, shared_dir

# What cannot be made again; everything else in the database can.
TABLES = (
    "moves", "moved_sidecars", "skips", "preferences", "library_preferences", "account_preferences", "autofiled",
    "held_back", "decisions", "blind_seeds", "dismissed", "stars",
)
SIDES = ("", "-wal", "-shm")
log = logging.getLogger(__name__)


def is_damaged(artifacts_dir: Path) -> bool:
    """Whether SQLite calls the database corrupt; False where there is none."""
    path = shared_dir(artifacts_dir) / DATABASE_NAME
    if not path.is_file():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError as error:
        return (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def rescue(artifacts_dir: Path) -> tuple[Path, int]:
    """Put a new database in place of a damaged one, with every row of what people did that can still be read.

    The damaged one is kept beside it. Gives its path and the number of rows that were saved. No server
    may be running. Raises ArtifactError.
    """
    path = shared_dir(artifacts_dir) / DATABASE_NAME
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        for side in SIDES:
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + side).rename(aside.with_name(aside.name + side))
    except OSError as error:
        raise ArtifactError(f"{path} cannot be put aside ({error.strerror}): check its permissions.") from error
    with contextlib.closing(open_database(artifacts_dir)) as database:
        return aside, sum(_copy(aside, table, database.connection()) for table in TABLES)


def _copy(damaged: Path, table: str, into: sqlite3.Connection) -> int:
    """Copy the rows of a table that can be read, from both of its ends towards the damage."""
    known = [row[1] for row in into.execute(f"PRAGMA table_info({table})")]
    saved: dict[tuple[object, ...], None] = {}
    for order in ("ASC", "DESC"):
        try:
            with contextlib.closing(sqlite3.connect(damaged)) as source:
                there = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
                columns = [name for name in known if name in there]
                if not columns:
                    return 0
                sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1 {order}"  # noqa: S608 (names of our own)
                for row in source.execute(sql):
                    saved[row] = None
        except sqlite3.DatabaseError as error:
            log.warning("Not all of %s could be read: %s", table, error)
    if saved:
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 (names of our own)
        into.executemany(sql, list(saved))
    return len(saved)
