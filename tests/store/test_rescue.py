"""What people did outlives a damaged database."""

import contextlib
import sqlite3
import sys

import pytest
from windows_rules import on_windows

from vidsort.errors import ArtifactError
from vidsort.store import open_database
from vidsort.store.database import DATABASE_NAME, explained
from vidsort.store.journal import Fate, Intent, Journal, Sidecar
from vidsort.store.people.review import Review
from vidsort.store.rescue import is_damaged, rescue

__all__ = ["on_windows"]
MOVES = 500


def fill(folder):
    """A database with moves and a preference, all of it in the one file."""
    with contextlib.closing(open_database(folder)) as database:
        journal = Journal(database, "/library")
        along = (Sidecar("1.json", 1, 1),)
        entries = journal.intend([Intent("sort", f"{n}.mp4", f"food/{n}.mp4", 1, sidecars=along) for n in range(MOVES)])
        ids = [entry.move.id for entry in entries]
        journal.settle(entries, dict.fromkeys(ids, Fate.REACHED), dict.fromkeys(ids, along))
        Review(database, "/library").set_preferences({"sound": True})
        database.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / DATABASE_NAME


def spoil(path, table):
    """Write nonsense over the first page of a table."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        page, = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        size, = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_the_history_is_saved_where_something_else_is_damaged(tmp_path):
    path = fill(tmp_path)
    assert not is_damaged(tmp_path)
    spoil(path, "features")
    assert is_damaged(tmp_path)
    aside, saved = rescue(tmp_path)
    assert aside.is_file()
    assert saved == 2 * MOVES + 1
    with contextlib.closing(open_database(tmp_path)) as database:
        journal = Journal(database, "/library")
        assert len(journal.history(MOVES * 2)) == MOVES
        assert all(len(entry.sidecars) == 1 for entry in journal.with_sidecars(journal.latest("done")))
        assert [entry.move.target for entry in Journal(database, "/library").latest("done")][:1] == ["food/0.mp4"]
        assert Review(database, "/library").preferences() == {"sound": True}
    assert not is_damaged(tmp_path)


def test_a_file_that_is_no_database_is_kept_aside_and_a_new_one_begins(tmp_path):
    (tmp_path / DATABASE_NAME).write_bytes(b"no database " * 100)
    with pytest.raises(ArtifactError, match="doctor --rescue"):
        open_database(tmp_path)
    assert is_damaged(tmp_path)
    aside, saved = rescue(tmp_path)
    assert (aside.read_bytes(), saved) == (b"no database " * 100, 0)
    open_database(tmp_path).close()


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is read from /proc")
def test_a_damaged_one_is_let_go_of_so_that_windows_can_put_it_aside(tmp_path, on_windows):
    (tmp_path / DATABASE_NAME).write_bytes(b"no database " * 100)
    with pytest.raises(ArtifactError) as kept:
        open_database(tmp_path)
    assert rescue(tmp_path)[1] == 0
    # Whoever holds the error holds its traceback, too, and all that was open in it.
    assert "doctor --rescue" in str(kept.value)


def test_where_there_is_no_database_nothing_is_damaged(tmp_path):
    assert not is_damaged(tmp_path)


@pytest.mark.parametrize(("code", "words"), [
    (sqlite3.SQLITE_FULL, "free some"), (sqlite3.SQLITE_IOERR, "its disk is there"),
    (sqlite3.SQLITE_CORRUPT, "doctor --rescue"), (sqlite3.SQLITE_READONLY, "permissions"),
    (sqlite3.SQLITE_BUSY, "try again"),
])
def test_only_what_is_corrupt_is_called_damaged_and_nothing_is_to_be_thrown_away(tmp_path, code, words):
    error = sqlite3.OperationalError("why")
    error.sqlite_errorcode = code
    text = str(explained(tmp_path / DATABASE_NAME, error))
    assert words in text
    assert ("damaged" in text) == (code == sqlite3.SQLITE_CORRUPT)
    assert "move it away" not in text
