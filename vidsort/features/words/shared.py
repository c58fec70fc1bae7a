"""Files of words that are of many videos: read when they are new or changed, or when there are other videos."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ...records import Video
from ...store.features import storable
from ...store.words import Sidecar
from . import captions as table
from .exporter import FOLDER, databases, read_exported
from .reading import Unusable, is_regular
from .text import Words, merged

# By filename the documents of what is said, empty for nothing; and which files cannot be read, with the reasons.
Said = tuple[Mapping[str, str], Mapping[Path, str]]


class Shared(NamedTuple):
    """What shared files say: of each video (form, document) pairs; what is to be kept of the files, by path."""

    said: Mapping[Video, list[tuple[str, str]]]
    rows: Mapping[bytes, Sidecar]


def read_shared(data_dir: Path, videos: Iterable[Video], known: Mapping[bytes, Sidecar]) -> Shared:
    """What tables and databases say of these videos, all of a library; as it is `known` where nothing has changed.

    The captions.csv beside a video comes before the one in the root; of exporters the nearest counts.
    """
    reading = _Reading(known)
    beside: dict[Path, list[Video]] = {data_dir: []}
    for video in videos:
        beside.setdefault(video.directory, []).append(video)
    tables, files = [folder for folder in beside if is_regular(folder / table.NAME)], databases(data_dir)
    if not (tables or files):
        return Shared({}, {})
    names = [video.filename for there in beside.values() for video in there]
    listed: dict[Path, Mapping[str, str]] = {}
    for folder in tables:
        path = folder / table.NAME
        asked = names if folder == data_dir else [video.filename for video in beside[folder]]
        listed[folder] = reading.said(path, [path], asked, _by_table(path))
    # By a path of this library, as others may have the same databases above them.
    exported = reading.said(data_dir / FOLDER, files, names, _by_databases(data_dir)) if files else {}
    said: dict[Video, list[tuple[str, str]]] = {}
    for folder, there in beside.items():
        near = [listed[place] for place in dict.fromkeys((folder, data_dir)) if place in listed]
        for video in there if near or exported else ():
            texts = list(filter(None, (one.get(video.filename, "") for one in near)))
            document = texts[0] if len(texts) == 1 else merged(list(map(Words.of, texts))).document
            both = ((table.NAME, document), (FOLDER, exported.get(video.filename, "")))
            if found := [(form, text) for form, text in both if text]:
                said[video] = found
    return Shared(said, reading.rows)


class _Reading:
    """Reads what has changed; `rows` are the files as they are to be kept."""

    def __init__(self, known: Mapping[bytes, Sidecar]) -> None:
        self._known = known
        self.rows: dict[bytes, Sidecar] = {}

    def said(
        self, place: Path, files: Iterable[Path], asked: Iterable[str], read: Callable[[Iterable[str]], Said]
    ) -> Mapping[str, str]:
        """What the files of this place say of the videos asked for, by filename."""
        stamps, key = {file.name: _stamp(file) for file in files}, os.fsencode(place)
        row = self._known.get(key)
        if row is not None and row.document is not None:
            kept = json.loads(row.document)
            found: Mapping[str, str] = kept.get("said", {})
            if kept.get("stamps") == stamps and found.keys() >= set(asked):
                self.rows[key] = row
                return found
        found, broken = read(asked)
        self.rows |= {os.fsencode(path): Sidecar(-1, -1, error=reason) for path, reason in broken.items()}
        if not broken:
            document = json.dumps({"stamps": stamps, "said": found}, ensure_ascii=False)
            size_bytes, mtime_ns = (max(each) for each in zip(*stamps.values(), strict=True))
            self.rows[key] = Sidecar(size_bytes, mtime_ns, document)
        return found


def _stamp(path: Path) -> list[int]:
    """Size and time of a file; of one that has gone meanwhile what none has."""
    try:
        facts = path.lstat()
    except OSError:
        return [-1, -1]
    return [facts.st_size, storable(facts.st_mtime_ns)]


def _by_table(path: Path) -> Callable[[Iterable[str]], Said]:
    def read(asked: Iterable[str]) -> Said:
        try:
            captions = table.read_captions(path)
        except (FileNotFoundError, Unusable) as error:
            return {}, {path: str(error)}
        return {name: table.caption_in(captions, name).document for name in asked}, {}

    return read


def _by_databases(data_dir: Path) -> Callable[[Iterable[str]], Said]:
    def read(asked: Iterable[str]) -> Said:
        exported = read_exported(data_dir)
        return {name: exported.words_of(name).document for name in asked if exported.is_any}, exported.broken

    return read
