"""A copy of the database as it is at one moment, while others read and write it."""

import contextlib
import sqlite3
from pathlib import Path

from ..errors import ArtifactError
from .database import Database, explained, migrations


def copy_database(database: Database, target: Path) -> None:
    """Write a copy into one new file, nothing beside it; raises ArtifactError, also where the copy is not sound.

    SQLite's online backup in one step reads as of one moment: who writes meanwhile neither waits nor is in it.
    """
    try:
        with contextlib.closing(sqlite3.connect(target)) as copy:
            database.connection().backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (fault,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise explained(target, error) from error
    if fault != "ok":
        raise ArtifactError(
            f"The copy of {database.path} is damaged ({fault}): run `vidsort doctor`, which says what is wrong."
        )


def newest_schema() -> int:
    """The number of the schema that this vidsort writes."""
    return migrations()[-1][0]


def counts(path: Path) -> tuple[int, int, int]:
    """Of a database that nobody works with: its schema, its moves and its rows of features; raises ArtifactError."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            questions = ("PRAGMA user_version", "SELECT count(*) FROM moves", "SELECT count(*) FROM features")
            schema, moves, features = (connection.execute(question).fetchone()[0] for question in questions)
    except sqlite3.Error as error:
        raise explained(path, error) from error
    return schema, moves, features
