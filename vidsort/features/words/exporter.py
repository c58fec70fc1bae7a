"""The databases of a browser exporter that lays its videos in `data/Favorites/videos`: captions and authors by id.

    data/.appdata/db_texts.js      dbvd   {video id: caption}
    data/.appdata/db_videos.js     dbv    {video id: {authorId, createTime, audioId, …}}
    data/.appdata/db_authors.js    dba    {author id: {uniqueIds: […], nicknames: […], …}}

Each is one assignment: `window.dbvd_base64="…";` with the base64 of gzip of JSON, or `window.dbvd=` with JSON as it is,
in quotes, or as String.raw`…`.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...library.sidecars import stem_of
from .reading import Unusable, is_regular, json_of, read_bytes, text_of
from .sidecars import named
from .text import Words, cleaned

FOLDER = ".appdata"
NAMES = TEXTS, VIDEOS, AUTHORS = ("db_texts.js", "db_videos.js", "db_authors.js")
FOLDERS_ABOVE = 2
MOST_BYTES = 64 << 20
_ASSIGNMENT = re.compile(r"\s*window\.\w+\s*=\s*(?=\S)")


@dataclass(frozen=True)
class Exported:
    """What an exporter knows of videos, and which of its databases cannot be read, with the reasons."""

    texts: Mapping[str, Any] = field(default_factory=dict)
    videos: Mapping[str, Any] = field(default_factory=dict)
    authors: Mapping[str, Any] = field(default_factory=dict)
    broken: Mapping[Path, str] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Whether it knows anything."""
        return bool(self.texts or self.videos)

    def words_of(self, filename: str) -> Words:
        """What it knows of the video of this name."""
        number = stem_of(filename)
        video = self.videos.get(number)
        known = video if isinstance(video, dict) else {}
        author = self.authors.get(str(known.get("authorId")))
        return Words.said(
            description=self.texts.get(number), sound=_id_text(known.get("audioId")),
            author=named(_only(author, "uniqueIds"), _only(author, "nicknames")),
        )


def databases(data_dir: Path) -> list[Path]:
    """Those of the exporter whose databases are nearest to this library: in its folder, or up to two above."""
    for place in (data_dir, *data_dir.parents[:FOLDERS_ABOVE]):
        folder = place / FOLDER
        there = [folder / name for name in NAMES if is_regular(folder / name)]
        if there:
            return there
    return []


def read_exported(data_dir: Path) -> Exported:
    """What is in the databases nearest to this library; nothing where there are none."""
    found: dict[str, dict[str, Any]] = {}
    broken = {}
    for path in databases(data_dir):
        try:
            found[path.name] = read_database(path)
        except (FileNotFoundError, Unusable) as error:
            broken[path] = str(error)
    return Exported(found.get(TEXTS, {}), found.get(VIDEOS, {}), found.get(AUTHORS, {}), broken)


def read_database(path: Path) -> dict[str, Any]:
    """The object that is assigned in such a file; raises FileNotFoundError, and Unusable with the reason."""
    text = text_of(read_bytes(path, MOST_BYTES))
    start = _ASSIGNMENT.match(text)
    if start is None:
        raise Unusable("it does not begin like a database of the exporter (window.…=): export it anew")
    value = text[start.end() :].rstrip().removesuffix(";").rstrip()
    inner = _unquoted(value)
    if inner is None or inner.lstrip()[:1] == "{":
        return json_of(value if inner is None else inner)
    return json_of(_inflated(inner))


def _unquoted(value: str) -> str | None:
    """What is in the quotes; None where there are none."""
    value = value.removeprefix("String.raw")
    if len(value) < 2 or value[0] not in "\"'`" or value[-1] != value[0]:
        return None
    inner = value[1:-1]
    if value[0] != '"' or "\\" not in inner:
        return inner
    try:
        return str(json.loads(value))
    except ValueError:
        return inner


def _inflated(text: str) -> str:
    try:
        packed = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unusable(f"it holds neither JSON nor base64 ({error}): export it anew") from error
    inflating = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        data = inflating.decompress(packed, MOST_BYTES)
    except zlib.error as error:
        raise Unusable(f"it cannot be unpacked ({error}): export it anew") from error
    if inflating.unconsumed_tail:
        raise Unusable(f"it unpacks to more than {MOST_BYTES >> 20} MB, which no such database has: export it anew")
    if not inflating.eof:
        raise Unusable("it is cut off: export it anew")
    return text_of(data)


def _only(author: object, name: str) -> str:
    """The first text in a list of an author's names."""
    names = author.get(name) if isinstance(author, dict) else None
    return next(filter(None, map(cleaned, names)), "") if isinstance(names, list) else ""


def _id_text(value: object) -> str:
    """An id as text, also where it is written as a number."""
    return str(value) if type(value) is int else cleaned(value)
