"""The index over the words of videos (FTS5), made where this Python's SQLite can; it holds nothing of its own."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from itertools import islice

from .folding import folded

log = logging.getLogger(__name__)

FIELDS = ("title", "description", "hashtags", "author", "sound")
# What is said and shown in a video counts as what is told of it: an index that was made before these has no columns.
READ = ("description", "speech", "screen")
# `folded` prepares all characters, so the tokenizer only has to split at spaces, whatever Unicode it knows. With what
# words begin with indexed, a query of one letter takes a tenth of the time.
MADE = f"CREATE VIRTUAL TABLE words_index USING fts5({', '.join(FIELDS)}, tokenize = 'ascii', prefix = '1 2 3')"
# The rank is that of BM25, the best the least; a name may lie in two folders. CROSS JOIN: the index is asked first, and
# once. Left to itself, SQLite asks it anew for every video, because of the grouping: minutes instead of milliseconds.
SEARCH = (
    "SELECT filename FROM ("
    "SELECT searched.filename AS filename, words_index.rank AS score FROM words_index"
    " CROSS JOIN documents ON documents.id = words_index.rowid"
    " CROSS JOIN searched ON searched.source = documents.source"
    " WHERE words_index MATCH ? AND searched.library = ?"
    ") GROUP BY filename ORDER BY min(score), filename LIMIT ?"
)
MODULE = "fts5"
MOST_TERMS = 32


def ensure_index(connection: sqlite3.Connection) -> bool:
    """Whether there is an index; where it was not there it is made, of all documents."""
    if not can_search(connection):
        log.warning("Words are kept, but cannot be searched: the SQLite of this Python was built without FTS5.")
        return False
    if not has_index(connection):
        connection.execute(MADE)
        for number, document in connection.execute("SELECT id, document FROM documents").fetchall():
            index(connection, number, document)
    return True


def can_search(connection: sqlite3.Connection) -> bool:
    """Whether this Python's SQLite can search texts."""
    return bool(connection.execute("SELECT 1 FROM pragma_module_list WHERE name = ?", (MODULE,)).fetchone())


def has_index(connection: sqlite3.Connection) -> bool:
    """Whether the index was made: not before there are words."""
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'words_index'").fetchone())


def index(connection: sqlite3.Connection, number: int, document: str) -> None:
    """Put a document of this number into the index."""
    said = json.loads(document)
    said["description"] = "\n".join(filter(None, (said.get(name) for name in READ)))
    texts = (said.get(name, "") for name in FIELDS)
    connection.execute(
        f"INSERT INTO words_index (rowid, {', '.join(FIELDS)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 (our own names)
        (number, *(folded(" ".join(text) if isinstance(text, list) else text) for text in texts)),
    )


def forget(connection: sqlite3.Connection, number: int) -> None:
    """Take a document out of the index."""
    connection.execute("DELETE FROM words_index WHERE rowid = ?", (number,))


def expression(query: str) -> str:
    """A query as FTS5 reads it: each of its words a phrase in quotes whose end may be cut; empty for no words."""
    return " ".join(f'"{phrase}" *' for phrase in islice(dict.fromkeys(_phrases(query)), MOST_TERMS))


def _phrases(query: str) -> Iterator[str]:
    return filter(None, (folded(word) for word in query.split()))
