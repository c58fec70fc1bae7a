"""What is known of the words of videos: files of words that were read, documents, and whose they are."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import ArtifactError
from ...records import Video
from ..database import Database, checked_document, value_of
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


class Searched(NamedTuple):
    """By which document a video is searched: its hash."""

    filename: str
    source: bytes


@dataclass(frozen=True)
class Captions:
    """Of videos: the sources of their documents, and why the words of others cannot be read.

    whole: the sources of those documents that also hold what is said and shown in videos.
    """

    sources: Mapping[Video, bytes] = field(default_factory=dict)
    errors: Mapping[Video, str] = field(default_factory=dict)
    whole: Mapping[Video, bytes] = field(default_factory=dict)


class WordStore:
    """The questions about the words of one library that are asked of the database."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._library = os.fsencode(data_dir)

    def sidecars(self) -> dict[bytes, Sidecar]:
        """The files of words that were read, by path; a row that somebody else has written into is none."""
        rows = self._known("SELECT path, size_bytes, mtime_ns, document, error FROM sidecars", Sidecar)
        return {path: row for path, row in rows.items() if row.document is None or _is_object(row.document)}

    def replace(
        self, sidecars: Mapping[bytes, Sidecar], captions: Mapping[bytes, Caption], documents: Mapping[bytes, str],
        searched: Mapping[bytes, Searched] | None = None,
    ) -> None:
        """Make these all that is known of the library; only what is otherwise than before is written.

        sidecars, captions: by path. documents: by source. searched: by path, where it is not by the captions alone.
        """
        read_before, before, searched_before = self.sidecars(), self._captions(), self._searched()
        gone, changed, left = _differences(before, captions)
        searched = {
            path: Searched(caption.filename, caption.source)
            for path, caption in captions.items() if caption.source is not None
        } | dict(searched or {})
        not_searched, searched_anew, left_too = _differences(searched_before, searched)
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
            connection.executemany("DELETE FROM searched WHERE path = ?", [(path,) for path in not_searched])
            connection.executemany(
                "INSERT OR REPLACE INTO searched (path, library, filename, source) VALUES (?, ?, ?, ?)",
                [(path, self._library, *row) for path, row in searched_anew.items()],
            )
            new = dict.fromkeys(row.source for row in (*changed.values(), *searched_anew.values()))
            if not (new or left or left_too):
                return
            is_indexed = ensure_index(connection)
            for source in new:
                if source is not None:
                    _add(connection, source, documents[source], is_indexed=is_indexed)
            for source in left | left_too:
                _drop_unused(connection, source, is_indexed=is_indexed)

    def counts(self) -> dict[str, int]:
        """How many videos have words, by the forms that these were found in."""
        question = "SELECT forms, count(*) FROM captions WHERE library = ? AND source IS NOT NULL GROUP BY forms"
        return dict(self._database.connection().execute(question, (self._library,)))

    def sources(self) -> dict[str, bytes]:
        """The hash of the document that each video is searched by, by its name."""
        question = "SELECT filename, source FROM searched WHERE library = ?"
        return dict(self._database.connection().execute(question, (self._library,)))

    def broken(self) -> dict[Path, str]:
        """The files of words that cannot be read, and why."""
        question = "SELECT path, error FROM sidecars WHERE library = ? AND error IS NOT NULL ORDER BY path"
        rows = self._database.connection().execute(question, (self._library,))
        return {Path(os.fsdecode(path)): error for path, error in rows}

    def documents(self, filenames: Iterable[str]) -> dict[str, dict[str, Any]]:
        """By which documents videos of these names are searched: their words, and what is said and shown in them."""
        question = (
            "SELECT searched.filename, documents.document FROM searched JOIN documents USING (source)"
            " WHERE searched.library = ? AND searched.filename IN ({})"
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

    def _searched(self) -> dict[bytes, Searched]:
        return self._known("SELECT path, filename, source FROM searched", Searched)

    def _known(self, question: str, row_type: Any) -> dict[bytes, Any]:
        rows = self._database.connection().execute(f"{question} WHERE library = ?", (self._library,))
        return {path: row_type(*row) for path, *row in rows}


def _differences(
    before: Mapping[bytes, Any], now: Mapping[bytes, Any]
) -> tuple[set[bytes], dict[bytes, Any], dict[bytes | None, None]]:
    """Of rows by path: those that are gone, those that are new or otherwise, and the sources that these had before."""
    gone = before.keys() - now.keys()
    changed = {path: row for path, row in now.items() if before.get(path) != row}
    return gone, changed, dict.fromkeys(before[path].source for path in (*gone, *changed) if path in before)


def captions_of(database: Database, videos: Iterable[Video]) -> Captions:
    """What words are known of videos, by their path, else, as after a move, by their name in their library."""
    connection, videos = database.connection(), list(videos)
    found = dict(_of_videos(connection, "captions", "source, error", videos))
    return Captions(
        {video: source for video, (source, _) in found.items() if source is not None},
        {video: error for video, (_, error) in found.items() if error is not None},
        {video: source for video, (source,) in _of_videos(connection, "searched", "source", videos)},
    )


def _of_videos(
    connection: sqlite3.Connection, table: str, columns: str, videos: Sequence[Video]
) -> Iterator[tuple[Video, list[Any]]]:
    """These columns of the rows of videos, by their path, else by their name."""
    # Most libraries have none, and to ask for a million videos one by one takes ten seconds.
    if not connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]:  # noqa: S608 (our own names)
        return
    by_path = {video.place: video for video in videos}
    question = f"SELECT path, {columns} FROM {table} WHERE path IN ({{}})"  # noqa: S608 (our own names)
    found = {by_path[path]: row for path, *row in _chunked(connection, question, list(by_path))}
    yield from found.items()
    moved: dict[bytes, dict[str, Video]] = {}
    for video in by_path.values():
        if video not in found:
            data_dir = video.directory if video.folder is None else video.directory.parent
            moved.setdefault(os.fsencode(data_dir), {})[video.filename] = video
    question = f"SELECT filename, {columns} FROM {table} WHERE library = ? AND filename IN ({{}})"  # noqa: S608 (so)
    for library, by_name in moved.items():
        for name, *row in _chunked(connection, question, list(by_name), library):
            yield by_name[name], row


def documents_of(database: Database, sources: Iterable[bytes]) -> dict[bytes, str]:
    """The documents of these sources, as JSON texts; raises ArtifactError where somebody else has written into one."""
    question = "SELECT source, document FROM documents WHERE source IN ({})"
    documents = dict(_chunked(database.connection(), question, list(dict.fromkeys(sources))))
    return {source: checked_document(document) for source, document in documents.items()}


def _is_object(document: str) -> bool:
    try:
        return isinstance(value_of(document), dict)
    except ArtifactError:
        return False


def _add(connection: sqlite3.Connection, source: bytes, document: str, *, is_indexed: bool) -> None:
    sql = "INSERT OR IGNORE INTO documents (source, document) VALUES (?, ?)"
    added = connection.execute(sql, (source, document))
    if added.rowcount and added.lastrowid is not None and is_indexed:
        index(connection, added.lastrowid, document)


def _drop_unused(connection: sqlite3.Connection, source: bytes | None, *, is_indexed: bool) -> None:
    """Forget a document that is no video's any more, in whatever library."""
    for users in ("captions", "searched"):
        if connection.execute(f"SELECT 1 FROM {users} WHERE source = ?", (source,)).fetchone():  # noqa: S608 (our own)
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
