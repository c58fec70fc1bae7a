"""What the database holds that nothing needs any more: counted, taken out, and its room given back.

Never touched here: the journal, jobs, and what people said.
"""

import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .database import Database
from .features import CHUNK

# So many rows go at once: whoever wants to write meanwhile waits for a fraction of a second.
ROWS_AT_ONCE = 500
SHRINK_TRIES, SHRINK_PAUSE_S = 50, 0.1
SIZE = "coalesce(length(vector), 0) + coalesce(length(signature), 0) + coalesce(length(document), 0)"
# What features are of beside the contents of videos: the words that go with one, in whatever library.
WORDS = "SELECT source FROM captions WHERE source IS NOT NULL UNION SELECT source FROM searched"


class Sum(NamedTuple):
    """How many rows, and about how many bytes they take."""

    rows: int = 0
    bytes: int = 0

    def plus(self, other: "Sum") -> "Sum":
        """Both together."""
        return Sum(self.rows + other.rows, self.bytes + other.bytes)


class Content(NamedTuple):
    """Which content lay at a path, as the file system has it, when it was read."""

    path: bytes
    size_bytes: int
    mtime_ns: int
    content: bytes


def sums_by_modality(database: Database) -> dict[str, Sum]:
    """The rows of features by the way in which they were made."""
    question = f"SELECT modality, count(*), total({SIZE}) FROM features GROUP BY modality"  # noqa: S608 (our own text)
    return {modality: Sum(rows, int(size)) for modality, rows, size in database.connection().execute(question)}


def contents_under(database: Database, data_dir: bytes) -> list[Content]:
    """All that was ever read in a library, by path."""
    question = "SELECT path, size_bytes, mtime_ns, content_hash FROM contents WHERE path >= ? AND path < ?"
    rows = database.connection().execute(question, (data_dir + b"/", data_dir + b"0"))
    return [Content(*row) for row in rows]


def contents_but(database: Database, paths: Collection[bytes]) -> set[bytes]:
    """The hashes of all contents that lay at other paths than these."""
    return _contents_but(database.connection(), paths)


def sum_of_dead(database: Database, gone: Collection[Content], dropped: Collection[str]) -> Sum:
    """The rows of features that nobody's videos or words are behind, once these paths are forgotten.

    Without those of the modalities that are dropped anyway.
    """
    connection = database.connection()
    dead = _dead(connection, gone, dropped)
    found = Sum()
    for part in _parts(list(dead)):
        marks = ", ".join("?" * len(part))
        question = f"SELECT modality, count(*), total({SIZE}) FROM features WHERE source IN ({marks}) GROUP BY modality"  # noqa: S608 (our own text)
        for modality, rows, size in connection.execute(question, part):
            if modality not in dropped:
                found = found.plus(Sum(rows, int(size)))
    return found


def drop_modalities(database: Database, modalities: Collection[str]) -> None:
    """Take out all that was made in these ways."""
    for modality in modalities:
        question = "SELECT id FROM features WHERE modality = ?"
        ids = database.connection().execute(question, (modality,)).fetchall()
        for start in range(0, len(ids), ROWS_AT_ONCE):
            with database.write() as connection:
                connection.executemany("DELETE FROM features WHERE id = ?", ids[start : start + ROWS_AT_ONCE])
        with database.write() as connection:
            connection.execute("DELETE FROM lines_everywhere WHERE modality = ?", (modality,))


def forget_contents(database: Database, library: str, mark: int, gone: Collection[Content]) -> bool:
    """Forget what lay at these paths, as it was then, unless anything was moved in the library since `mark`.

    Whether it was done. Every move is journaled before it is made, and nothing can be journaled while this writes: what
    was gone when the library was listed after `mark` is gone now, whoever else is at work.
    """
    with database.write() as connection:
        if mark_of_moves(connection, library) != mark:
            return False
        connection.executemany(
            "DELETE FROM contents WHERE path = ? AND size_bytes = ? AND mtime_ns = ? AND content_hash = ?", gone
        )
    return True


def mark_of_moves(connection: sqlite3.Connection, library: str) -> int:
    """Another number after any move in a library was meant, made or settled; -1 while one is under way."""
    question = (
        "SELECT count(*) FILTER (WHERE pending IS NOT NULL), max(id) + coalesce(max(change), 0)"
        " FROM moves WHERE library = ?"
    )
    pending, mark = connection.execute(question, (library,)).fetchone()
    return -1 if pending else mark or 0


def drop_dead(database: Database) -> None:
    """Take out the features, and what containers say, of what is no video's content and no video's words any more."""
    dead = sorted(_dead(database.connection(), (), ()))
    for start in range(0, len(dead), ROWS_AT_ONCE):
        with database.write() as connection:
            # What was dead may have come back since.
            alive = _alive(connection, ())
            for part in _parts([source for source in dead[start : start + ROWS_AT_ONCE] if source not in alive]):
                connection.execute(f"DELETE FROM features WHERE source IN ({', '.join('?' * len(part))})", part)  # noqa: S608 (our own text)
    with database.write() as connection:
        connection.execute("DELETE FROM media WHERE content_hash NOT IN (SELECT content_hash FROM contents)")


def free_bytes(database: Database) -> int:
    """What the file holds that nothing is in."""
    connection = database.connection()
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size"))
    return int(pages) * int(size)


def size_on_disk(path: Path) -> int:
    """The bytes of the database with what is written beside it; 0 where there is none."""
    sides = (path.with_name(path.name + side) for side in ("", "-wal"))
    return sum(side.stat().st_size for side in sides if side.exists())


def write_anew(database: Database) -> None:
    """Write the database anew without what is free in it; raises sqlite3.Error, and then all is as it was.

    Whoever reads goes on; whoever writes waits for it. `shrink` gives the room to the disk.
    """
    database.connection().execute("VACUUM")


def shrink(database: Database) -> bool:
    """Move what is written beside the database into it, and let it end there; whether nobody was in the way."""
    connection = database.connection()
    for _ in range(SHRINK_TRIES):
        (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return True
        # Each commit of somebody else moves a part of a large one, and SQLite waits for none of these.
        time.sleep(SHRINK_PAUSE_S)
    return False


def _alive(connection: sqlite3.Connection, gone: Collection[bytes]) -> set[bytes]:
    """The sources of features that something is behind, once these paths are forgotten."""
    return {source for (source,) in connection.execute(WORDS)} | _contents_but(connection, gone)


def _dead(connection: sqlite3.Connection, gone: Collection[Content], dropped: Collection[str]) -> set[bytes]:
    """The sources of features that nothing is behind."""
    alive = _alive(connection, {row.path for row in gone})
    known = connection.execute("SELECT source, modality FROM features")
    return {source for source, modality in known if source not in alive and modality not in dropped}


def _contents_but(connection: sqlite3.Connection, paths: Collection[bytes]) -> set[bytes]:
    rows = connection.execute("SELECT path, content_hash FROM contents")
    return {content for path, content in rows if path not in paths}


def _parts(values: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
