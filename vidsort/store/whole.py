"""Questions about all videos of a library at once: one pass over what is stored, where a look-up each takes longer."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..records import Video
from .database import Database, value_of
from .features import storable, under

# As `os.fsencode` does it, at half the time a name, of which there may be a million.
ON_DISK = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
# How facts are written that say no word of a video; others are read.
SAYS_NOTHING = "instr(facts, '\"caption\": null') AND instr(facts, '\"tags\": {}')"


def contents_of_all(database: Database, data_dir: Path, videos: Sequence[Video]) -> dict[Video, bytes]:
    """The content hashes of those videos of a library whose size and time are what they were when they were read."""
    by_path = dict(zip(_places(videos), videos, strict=True))
    rows = database.connection().execute(
        "SELECT path, size_bytes, mtime_ns, content_hash FROM contents WHERE path >= ? AND path < ?", under(data_dir)
    )
    return {
        video: content for path, size_bytes, mtime_ns, content in rows
        if (video := by_path.get(path)) is not None
        and size_bytes == video.size_bytes and mtime_ns == storable(video.mtime_ns)
    }


def _places(videos: Iterable[Video]) -> Iterator[bytes]:
    """Where each lies, as the disk has it; the folder's part once for all that lie there."""
    directory, beneath = None, b""
    for video in videos:
        name = video.filename.encode(*ON_DISK)
        if video.directory is not directory:
            directory = video.directory
            beneath = video.place[: -len(name)]
        yield beneath + name


def settled_in_all(database: Database, modalities: Collection[str]) -> set[bytes]:
    """The sources of which something lasting is known in each of these modalities."""
    connection, marks = database.connection(), ", ".join("?" * len(modalities))
    known = connection.execute(
        f"SELECT source FROM features WHERE modality IN ({marks}) GROUP BY source HAVING count(*) = ?",  # noqa: S608 (our marks)
        (*modalities, len(modalities)),
    )
    settled = {source for (source,) in known}
    retried = f"SELECT source FROM features WHERE modality IN ({marks}) AND error IS NOT NULL AND retry"  # noqa: S608 (so)
    return settled.difference(source for (source,) in connection.execute(retried, tuple(modalities)))


def absent_in_all(database: Database, modality: str) -> set[bytes]:
    """All sources that were looked at and have no such thing."""
    question = (
        "SELECT source FROM features"
        " WHERE modality = ? AND vector IS NULL AND error IS NULL AND document IS NULL"
    )
    return {source for (source,) in database.connection().execute(question, (modality,))}


def facts_with_words(database: Database) -> Mapping[bytes, dict[str, Any]]:
    """What the containers of all contents say, of those in which there may be words."""
    question = f"SELECT content_hash, facts FROM media WHERE NOT ({SAYS_NOTHING})"  # noqa: S608 (our own text)
    return {content: value_of(facts) for content, facts in database.connection().execute(question)}


def failed_in_all(database: Database, modality: str) -> dict[bytes, str]:
    """All sources that gave nothing in this modality, with the reasons; cheap, however many gave something."""
    question = "SELECT source, error FROM features WHERE modality = ? AND error IS NOT NULL"
    return dict(database.connection().execute(question, (modality,)))


def contents_ever_under(database: Database, data_dir: Path) -> list[bytes]:
    """The content hashes of all that was ever read in a library, by path."""
    question = "SELECT content_hash FROM contents WHERE path >= ? AND path < ?"
    return [content for (content,) in database.connection().execute(question, under(data_dir))]


def looked_at_under(database: Database, data_dir: Path) -> set[bytes]:
    """The paths of a library, as the disk has them, of which the content read last was looked at at all."""
    rows = database.connection().execute(
        "SELECT path FROM contents WHERE path >= ? AND path < ?"
        " AND EXISTS (SELECT 1 FROM features WHERE source = content_hash)",
        under(data_dir),
    )
    return {path for (path,) in rows}
