"""The SQLite file: WAL, one connection a thread, numbered migrations."""

import contextlib
import json
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import ArtifactError

DATABASE_NAME = "vidsort.db"
# In the artifacts folder: a place each for the models and predictions of every library but the first.
LIBRARIES = "libraries"
LIBRARY_ID = re.compile("[0-9a-f]{12}", re.ASCII)
# So long closing waits for transactions of other threads: a request that is cut off at the end of a server, say.
CLOSING_WAITS_S = 5
BUSY_TIMEOUT_S = 30
# An intent that was journaled must survive a power cut, not only a kill.
SYNCHRONOUS = "FULL"
log = logging.getLogger(__name__)


class Database:
    """Connections to one SQLite file, safe to share between threads and after a fork.

    Every connection is in autocommit; `write` opens a transaction that holds the write lock from
    its first statement on, so that what it reads is still true when it writes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Which file it was when it was opened last, by any thread.
        self._file: tuple[int, int] | None = None
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._watching: sqlite3.Connection | None = None
        self._watched: tuple[object, ...] | None = None
        self._watch_lock = threading.Lock()
        # Transactions that are open, in any thread.
        self._writing, self._wrote = 0, threading.Condition()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, a new one where another file has come to the database's name.

        Raises ArtifactError where the file is no database, or was taken away since it was opened: what
        would be written then would be lost without a word.
        """
        local, identity = self._local, self._identity()
        # Also of a thread that has opened nothing yet: it would make an empty file in place of the one that has gone.
        if self._file is not None and identity is None:
            raise ArtifactError(
                f"{self.path} is no longer there, though vidsort works with it: put it back, or start vidsort anew "
                "(the history of moves is in it)."
            )
        if getattr(local, "pid", None) != os.getpid() or identity != local.identity:
            is_another = self._file not in (None, identity)
            self._open()
            if is_another:
                log.warning("Another file has come to %s: it is opened anew.", self.path)
                _migrate(self)
        connection: sqlite3.Connection = local.connection
        return connection

    def _identity(self) -> tuple[int, int] | None:
        """Which file has the name now; None for none."""
        try:
            facts = self.path.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _open(self) -> None:
        local = self._local
        local.connection, local.pid = self._connect(), os.getpid()
        local.identity = self._file = self._identity()

    def _connect(self) -> sqlite3.Connection:
        try:
            with contextlib.ExitStack() as unless_it_opens:
                connection = sqlite3.connect(
                    self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
                )
                # Windows puts no file aside that is open, and a damaged one is put aside next.
                unless_it_opens.callback(connection.close)
                connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
                connection.execute("PRAGMA journal_mode=WAL")
                unless_it_opens.pop_all()
        except sqlite3.Error as error:
            raise explained(self.path, error) from error
        with self._lock:
            self._opened.append(connection)
        return connection

    def written(self) -> tuple[object, ...]:
        """Another value after anything was written, by whatever thread or process; raises as `connection` does."""
        self.connection()
        opened = (os.getpid(), self._identity())
        with self._watch_lock:
            # SQLite tells it to a connection of the others only: this one never writes.
            if self._watching is None or self._watched != opened:
                self._watching, self._watched = self._connect(), opened
            (version,) = self._watching.execute("PRAGMA data_version").fetchone()
        return *opened, version

    @contextlib.contextmanager
    def write(self, *, is_found_again: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction that commits at the end and rolls back on any error.

        is_found_again: what a power cut takes of it is found out again afterwards, so that nobody waits for the disk;
        the next transaction of another kind makes it last, too. Raises ArtifactError where it cannot be written (a full
        disk, one that is read-only).
        """
        try:
            with self._counted(), contextlib.ExitStack() as afterwards:
                connection = self.connection()
                if is_found_again:
                    connection.execute("PRAGMA synchronous=NORMAL")
                    afterwards.callback(connection.execute, f"PRAGMA synchronous={SYNCHRONOUS}")
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    # SQLite has rolled back by itself after some errors, and a failed COMMIT has not.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise explained(self.path, error) from error

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A transaction in which every question is answered as of one moment; who writes meanwhile does not wait."""
        with self._counted():
            connection = self.connection()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """One more transaction while the block runs."""
        with self._wrote:
            self._writing += 1
        try:
            yield
        finally:
            with self._wrote:
                self._writing -= 1
                self._wrote.notify_all()

    def close(self) -> None:
        """Close the connections of all threads, once their transactions are over; a later use opens new ones."""
        with self._wrote:
            # A connection that is closed under a statement takes the whole process with it.
            self._wrote.wait_for(lambda: self._writing == 0, CLOSING_WAITS_S)
        with self._lock:
            opened, self._opened = self._opened, []
        for connection in opened:
            connection.close()
        self._local, self._watching = threading.local(), None


def explained(path: Path, error: sqlite3.Error) -> ArtifactError:
    """What an error of SQLite means for a person; only what it calls corrupt is damaged, and nothing is thrown away."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        what = f"is damaged ({error}): run `vidsort doctor --rescue`, which keeps it and saves the history of moves."
    elif code == sqlite3.SQLITE_FULL:
        what = f"has no room ({error}): free some on its disk, then try again."
    elif code == sqlite3.SQLITE_IOERR:
        what = f"cannot be read or written ({error}): see that its disk is there and has room, then try again."
    elif code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        what = f"is held by another program ({error}): try again in a moment."
    else:
        what = f"cannot be written or opened ({error}): check the permissions of it and of its folder."
    return ArtifactError(f"{path} {what}")


def value_of(text: str) -> Any:
    """What stands in a column of JSON; raises ArtifactError where somebody else has written into it."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise _written_by_others(text) from error


def checked_document(text: str) -> str:
    """A document of words as it stands in a column, once it is sure that it is one; raises as `value_of`."""
    said = value_of(text)
    if not isinstance(said, dict):
        raise _written_by_others(text)
    for value in said.values():
        if not all(isinstance(part, str) for part in (value if isinstance(value, list) else [value])):
            raise _written_by_others(text)
    return text


def _written_by_others(text: object) -> ArtifactError:
    return ArtifactError(
        f"{DATABASE_NAME} holds {str(text)[:20]!r} where vidsort writes JSON: run `vidsort doctor --rescue`, which "
        "keeps it and saves the history of moves."
    )


def shared_dir(artifacts_dir: Path) -> Path:
    """What all libraries share: the artifacts folder itself, also where the place of one library in it is given."""
    is_of_one = artifacts_dir.parent.name == LIBRARIES and LIBRARY_ID.fullmatch(artifacts_dir.name)
    return artifacts_dir.parent.parent if is_of_one else artifacts_dir


def open_database(artifacts_dir: Path) -> Database:
    """The project's database in this folder, made or brought up to date; raises ArtifactError."""
    artifacts_dir = shared_dir(artifacts_dir)
    try:
        artifacts_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArtifactError(f"{artifacts_dir} cannot be made ({error}): choose another artifacts_dir.") from error
    with contextlib.ExitStack() as unless_it_opens:
        database = unless_it_opens.enter_context(contextlib.closing(Database(artifacts_dir / DATABASE_NAME)))
        _migrate(database)
        unless_it_opens.pop_all()
    return database


def migrations() -> list[tuple[int, str]]:
    """The numbered migrations, in order: (number, SQL)."""
    folder = resources.files(__package__) / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(int(file.name.split("_")[0]), file.read_text(encoding="utf-8")) for file in files]


def _migrate(database: Database) -> None:
    known = migrations()
    latest = known[-1][0]
    if _version(database, database.connection()) == latest:
        return
    with database.write() as connection:
        version = _version(database, connection)
        if version > latest:
            raise ArtifactError(
                f"{database.path} was made by a newer vidsort (its schema is {version}, this one knows "
                f"{latest}): update vidsort, or choose another artifacts_dir."
            )
        for number, sql in known:
            if number > version:
                for statement in _statements(sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")


def _statements(sql: str) -> list[str]:
    """Single statements: `executescript` would commit the transaction around the migrations."""
    statements, pending = [], ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements


def _version(database: Database, connection: sqlite3.Connection) -> int:
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise explained(database.path, error) from error
