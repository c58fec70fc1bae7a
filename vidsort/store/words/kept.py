"""What is known of the words of videos: files of words that were read, documents, and whose they are."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import ArtifactError
from ...records import Video
from ..database import Database, value_of
from ..features import CHUNK
from .index import SEARCH, can_search, ensure_index, expression, forget, has_index, index


class Sidecar(NamedTuple):
    """A file of words as it was when it was read: what it said (a document, None for no words), or why it cannot be."""

    size_bytes: int
    mtime_ns: int
    document: str | None = None
    error: str | None = None


class Caption(NamedTuple):
    """The words of one video: the hash of the document and the forms it was found in, or why they cannot be read."""

    filename: str
    source: bytes | None
    forms: str = ""
    error: str | None = None


@dataclass(frozen=True)
class Captions:
    """Of videos: the sources of their documents, and why the words of others cannot be read."""

    sources: Mapping[Video, bytes] = field(default_factory=dict)
    errors: Mapping[Video, str] = field(default_factory=dict)


class WordStore:
    """The questions about the words of one library that are asked of the database."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._library = os.fsencode(data_dir)

    def sidecars(self) -> dict[bytes, Sidecar]:
        """The files of words that were read, by path."""
        return self._known("SELECT path, size_bytes, mtime_ns, document, error FROM sidecars", Sidecar)

    def replace(
        self, sidecars: Mapping[bytes, Sidecar], captions: Mapping[bytes, Caption], documents: Mapping[bytes, str]
    ) -> None:
        """Make these all that is known of the library; only what is otherwise than before is written.

        sidecars, captions: by path. documents: by source.
        """
        read_before, before = self.sidecars(), self._captions()
        gone = before.keys() - captions.keys()
        changed = {path: caption for path, caption in captions.items() if before.get(path) != caption}
        left = dict.fromkeys(before[path].source for path in (*gone, *changed) if path in before)
        with self._database.write() as connection:
            unread = [(path,) for path in read_before.keys() - sidecars.keys()]
            connection.executemany("DELETE FROM sidecars WHERE path = ?", unread)
            connection.executemany(
                "INSERT OR REPLACE INTO sidecars (path, library, size_bytes, mtime_ns, document, error)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(path, self._library, *row) for path, row in sidecars.items() if read_before.get(path) != row],
            )
            connection.executemany("DELETE FROM captions WHERE path = ?", [(path,) for path in gone])
            connection.executemany(
                "INSERT OR REPLACE INTO captions (path, library, filename, source, forms, error)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(path, self._library, *caption) for path, caption in changed.items()],
            )
            new = dict.fromkeys(caption.source for caption in changed.values())
            if not (new or left):
                return
            is_indexed = ensure_index(connection)
            for source in new:
                if source is not None:
                    _add(connection, source, documents[source], is_indexed=is_indexed)
            for source in left:
                _drop_unused(connection, source, is_indexed=is_indexed)

    def counts(self) -> dict[str, int]:
        """How many videos have words, by the forms that these were found in."""
        question = "SELECT forms, count(*) FROM captions WHERE library = ? AND source IS NOT NULL GROUP BY forms"
        return dict(self._database.connection().execute(question, (self._library,)))

    def sources(self) -> dict[str, bytes]:
        """The hash of the document of each video that has words, by its name."""
        question = "SELECT filename, source FROM captions WHERE library = ? AND source IS NOT NULL"
        return dict(self._database.connection().execute(question, (self._library,)))

    def broken(self) -> dict[Path, str]:
        """The files of words that cannot be read, and why."""
        question = "SELECT path, error FROM sidecars WHERE library = ? AND error IS NOT NULL ORDER BY path"
        rows = self._database.connection().execute(question, (self._library,))
        return {Path(os.fsdecode(path)): error for path, error in rows}

    def documents(self, filenames: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The documents of videos of these names, of those that have words."""
        question = (
            "SELECT captions.filename, documents.document FROM captions JOIN documents USING (source)"
            " WHERE captions.library = ? AND captions.filename IN ({})"
        )
        rows = _chunked(self._database.connection(), question, list(filenames), self._library)
        return {filename: value_of(document) for filename, document in rows}

    def search(self, query: str, limit: int) -> list[str]:
        """The filenames of videos that have all words of the query, or words that begin so; the best first.

        Raises ArtifactError where this Python's SQLite cannot search texts.
        """
        wanted = expression(query)
        connection = self._database.connection()
        if not can_search(connection):
            raise ArtifactError(
                "Words cannot be searched because the SQLite of this Python was built without FTS5: run vidsort on a "
                "Python that has it, like those of python.org and conda."
            )
        if not wanted or not has_index(connection):
            return []
        rows = connection.execute(SEARCH, (wanted, self._library, limit))
        return [filename for (filename,) in rows]

    def _captions(self) -> dict[bytes, Caption]:
        return self._known("SELECT path, filename, source, forms, error FROM captions", Caption)

    def _known(self, question: str, row_type: Any) -> dict[bytes, Any]:
        rows = self._database.connection().execute(f"{question} WHERE library = ?", (self._library,))
        return {path: row_type(*row) for path, *row in rows}


def captions_of(database: Database, videos: Iterable[Video]) -> Captions:
    """What words are known of videos, by their path, else, as after a move, by their name in their library."""
    connection = database.connection()
    by_path = {os.fsencode(video.path): video for video in videos}
    rows = _chunked(connection, "SELECT path, source, error FROM captions WHERE path IN ({})", list(by_path))
    found = {by_path[path]: row for path, *row in rows}
    moved: dict[bytes, dict[str, Video]] = {}
    for video in by_path.values():
        if video not in found:
            data_dir = video.path.parent if video.folder is None else video.path.parent.parent
            moved.setdefault(os.fsencode(data_dir), {})[video.filename] = video
    question = "SELECT filename, source, error FROM captions WHERE library = ? AND filename IN ({})"
    for library, by_name in moved.items():
        found |= {by_name[name]: row for name, *row in _chunked(connection, question, list(by_name), library)}
    return Captions(
        {video: source for video, (source, _) in found.items() if source is not None},
        {video: error for video, (_, error) in found.items() if error is not None},
    )


def documents_of(database: Database, sources: Iterable[bytes]) -> dict[bytes, str]:
    """The documents of these sources, as JSON texts."""
    question = "SELECT source, document FROM documents WHERE source IN ({})"
    return dict(_chunked(database.connection(), question, list(dict.fromkeys(sources))))


def _add(connection: sqlite3.Connection, source: bytes, document: str, *, is_indexed: bool) -> None:
    sql = "INSERT OR IGNORE INTO documents (source, document) VALUES (?, ?)"
    added = connection.execute(sql, (source, document))
    if added.rowcount and added.lastrowid is not None and is_indexed:
        index(connection, added.lastrowid, document)


def _drop_unused(connection: sqlite3.Connection, source: bytes | None, *, is_indexed: bool) -> None:
    """Forget a document that is no video's any more, in whatever library."""
    if connection.execute("SELECT 1 FROM captions WHERE source = ?", (source,)).fetchone():
        return
    row = connection.execute("SELECT id FROM documents WHERE source = ?", (source,)).fetchone()
    if row is None:
        return
    connection.execute("DELETE FROM documents WHERE id = ?", row)
    if is_indexed:
        forget(connection, row[0])


def _chunked(
    connection: sqlite3.Connection, question: str, values: Sequence[object], *first: object
) -> Iterator[tuple[Any, ...]]:
    """The rows of a question whose `{}` stands for any number of values."""
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        yield from connection.execute(question.format(", ".join("?" * len(chunk))), (*first, *chunk))
