"""Lines that so many videos of a library have that they say nothing of one (handles, watermarks): which, and without.

They are a fact of a library, so what was read is kept whole, and read without them.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Set
from pathlib import Path

from ..database import Database
from .folding import folded

# Of all videos of the library; and in a small one it may be all of a folder that has a line.
MOST_SHARE = 0.3
FEWEST_VIDEOS = 10
# The fields whose lines were read in a video; all else in a document says nothing by itself.
READ = ("speech", "screen")


def lines_everywhere(documents: Iterable[str], videos: int) -> set[str]:
    """The folded lines, of these documents one a video, that too many of so many videos have."""
    having = Counter(line for document in documents for line in set(_lines(json.loads(document))))
    return {line for line, count in having.items() if count >= FEWEST_VIDEOS and count > MOST_SHARE * videos}


def without(document: str, lines: Set[str]) -> str:
    """A document that was read in a video without these folded lines; empty where no other is left."""
    if not (document and lines):
        return document
    said = json.loads(document)
    for name in READ:
        if name in said:
            said[name] = "\n".join(line for line in said[name].splitlines() if folded(line) not in lines)
    if not any(said.get(name) for name in READ):
        return ""
    return json.dumps({name: text for name, text in said.items() if text}, ensure_ascii=False, sort_keys=True)


def everywhere_in(database: Database, data_dir: Path, modality: str) -> frozenset[str]:
    """The folded lines that are kept as everywhere in a library."""
    question = "SELECT line FROM lines_everywhere WHERE library = ? AND modality = ?"
    rows = database.connection().execute(question, (os.fsencode(data_dir), modality))
    return frozenset(line for (line,) in rows)


def keep_everywhere(database: Database, data_dir: Path, modality: str, lines: Set[str]) -> None:
    """Make these the lines that are everywhere in a library."""
    if everywhere_in(database, data_dir, modality) == lines:
        return
    library = os.fsencode(data_dir)
    with database.write() as connection:
        connection.execute("DELETE FROM lines_everywhere WHERE library = ? AND modality = ?", (library, modality))
        connection.executemany(
            "INSERT INTO lines_everywhere (library, modality, line) VALUES (?, ?, ?)",
            [(library, modality, line) for line in sorted(lines)],
        )


def _lines(said: dict[str, str]) -> Iterable[str]:
    return filter(None, (folded(line) for name in READ for line in said.get(name, "").splitlines()))
