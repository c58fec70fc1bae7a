"""All words of a library: read where files are new or changed, put together for each video, kept in the database."""

import logging
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ...library.left_out import Tally, told
from ...library.sidecars import form_of, sidecars_of
from ...records import LeftOut, Video, VideoNames
from ...store import Database
from ...store.features import storable
from ...store.whole import facts_with_words
from ...store.words import Caption, Searched, Sidecar, WordStore
from .captions import NAME
from .exporter import FOLDER
from .reading import Unusable
from .shared import read_shared
from .sidecars import words_in
from .text import Words, cleaned, merged, source_of

log = logging.getLogger(__name__)

# Reading waits for the disk; a few at once keep it busy, and many a turn keep the turns few.
READERS = 4
READ_AT_ONCE = 100
LOGGED = 3
OWN_TAGS = "tags"
# What tells most of a video comes first.
FORMS = (".info.json", ".*.json", ".json", ".description", NAME, FOLDER, OWN_TAGS)

_NAMES = {
    ".*.json": "*.mp4.json", NAME: NAME, FOLDER: f"databases in {FOLDER}", OWN_TAGS: "tags in the file",
}


class _Piece(NamedTuple):
    """What one file says of a video: a document, empty for nothing; or why it cannot be read."""

    form: str
    document: str
    error: str | None = None


@dataclass
class Gathered:
    """What gathering found: how many videos have words, and which files of words cannot be read, with the reasons."""

    with_words: int = 0
    broken: dict[Path, str] = field(default_factory=dict)

    def left_out(self, data_dir: Path) -> list[LeftOut]:
        """The files that cannot be read, as what takes no part; those above the library are told as ../…"""
        tally = Tally()
        for path in self.broken:
            tally.add("words", os.path.relpath(path, data_dir))
        return told([tally])


def gather(
    database: Database, data_dir: Path, contents: Mapping[Video, bytes], video_names: VideoNames = "digits",
    read: Mapping[Video, Sequence[str]] | None = None, beside: Collection[Path] | None = None,
) -> Gathered:
    """Bring what is known of the words of a library up to date; only files that are new or changed are opened.

    contents: all videos of the library with the hashes of their bytes. read: documents of what was read in
    videos, by which they are searched, too. beside: the directories with files that may belong to a video, where
    that is known.
    """
    store, found = WordStore(database, data_dir), Gathered()
    known = store.sidecars()
    sidecars, pieces = _beside(contents, known, video_names, beside)
    shared = read_shared(data_dir, contents, known)
    sidecars |= shared.rows
    for video, said_of_many in shared.said.items():
        pieces.setdefault(video, []).extend(_Piece(form, document) for form, document in said_of_many)
    _add_own(database, contents, pieces)
    captions: dict[bytes, Caption] = {}
    documents: dict[bytes, str] = {}
    for video, said in pieces.items():
        caption, document = _caption_of(video, said)
        if caption is not None:
            captions[video.place] = caption
            if caption.source is not None:
                documents[caption.source] = document
                found.with_words += 1
    searched: dict[bytes, Searched] = {}
    for video, texts in (read or {}).items():
        path = video.place
        caption = captions.get(path)
        own = [documents[caption.source]] if caption is not None and caption.source is not None else []
        document = merged([Words.of(one) for one in (*own, *texts)]).document
        searched[path] = Searched(video.filename, source_of(document))
        documents[searched[path].source] = document
    found.broken = {Path(os.fsdecode(path)): row.error for path, row in sidecars.items() if row.error is not None}
    _log(found.broken)
    store.replace(sidecars, captions, documents, searched)
    return found


def told_forms(counts: Mapping[str, int]) -> dict[str, int]:
    """How many videos have words in each form, of the counts by all forms of a video; what tells most comes first."""
    found = {form: sum(count for forms, count in counts.items() if form in forms.split()) for form in FORMS}
    return {_NAMES.get(form, f"*{form}"): count for form, count in found.items() if count}


def _caption_of(video: Video, said: list[_Piece]) -> tuple[Caption | None, str]:
    """A video's words, put together, and the document; none where nothing is said and nothing is broken."""
    telling = sorted((piece for piece in said if piece.document), key=lambda piece: FORMS.index(piece.form))
    if telling:
        only = telling[0].document
        document = only if len(telling) == 1 else merged([Words.of(piece.document) for piece in telling]).document
        forms = " ".join(dict.fromkeys(piece.form for piece in telling))
        return Caption(video.filename, source_of(document), forms), document
    errors = [piece.error for piece in said if piece.error is not None]
    return (Caption(video.filename, None, error="; ".join(dict.fromkeys(errors))) if errors else None), ""


def _beside(
    contents: Mapping[Video, bytes], known: Mapping[bytes, Sidecar], video_names: VideoNames,
    directories: Collection[Path] | None,
) -> tuple[dict[bytes, Sidecar], dict[Video, list[_Piece]]]:
    """The sidecars of words as they are now, by path, and what they say of each video."""
    by_folder: dict[Path, dict[str, Video]] = {}
    for video in contents if directories is None or directories else ():
        if directories is None or video.directory in directories:
            by_folder.setdefault(video.directory, {})[video.filename] = video
    belonging: dict[Video, dict[bytes, str]] = {}
    stamps: dict[bytes, tuple[int, int]] = {}
    for folder, videos in by_folder.items():
        entries = _files(folder)
        for filename, names in sidecars_of(entries, video_names).items():
            forms = {name: form_of(name, filename) for name in names if filename in videos}
            for name, form in forms.items():
                if form in FORMS and (stamp := _stamp(entries[name])) is not None:
                    path = os.fsencode(folder / name)
                    stamps[path] = stamp
                    belonging.setdefault(videos[filename], {})[path] = form
    sidecars = _read(stamps, {path: form for forms in belonging.values() for path, form in forms.items()}, known)
    pieces = {
        video: [_piece(form, path, sidecars[path]) for path, form in forms.items()]
        for video, forms in belonging.items()
    }
    return sidecars, pieces


def _files(folder: Path) -> dict[str, os.DirEntry[str]]:
    """The regular files in a folder; none where it has gone meanwhile."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry for entry in entries if entry.is_file(follow_symlinks=False)}
    except OSError as error:
        log.warning("No words are read in %s, because it cannot be listed (%s).", folder, error.strerror)
        return {}


def _stamp(entry: os.DirEntry[str]) -> tuple[int, int] | None:
    """Size and time of a file; None where it has gone meanwhile."""
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return facts.st_size, storable(facts.st_mtime_ns)


def _read(
    stamps: Mapping[bytes, tuple[int, int]], forms: Mapping[bytes, str], known: Mapping[bytes, Sidecar]
) -> dict[bytes, Sidecar]:
    """What is in sidecars: as it is known where size and time are the same, else read."""

    def is_known(path: bytes) -> bool:
        row = known.get(path)
        return row is not None and row.error is None and (row.size_bytes, row.mtime_ns) == stamps[path]

    def read(paths: Iterable[bytes]) -> dict[bytes, Sidecar]:
        return {path: _sidecar(Path(os.fsdecode(path)), forms[path], stamps[path]) for path in paths}

    found = {path: known[path] for path in stamps if is_known(path)}
    unread = [path for path in stamps if path not in found]
    with ThreadPoolExecutor(READERS) as readers:
        turns = (unread[start : start + READ_AT_ONCE] for start in range(0, len(unread), READ_AT_ONCE))
        for rows in readers.map(read, turns):
            found |= rows
    return found


def _sidecar(path: Path, form: str, stamp: tuple[int, int]) -> Sidecar:
    try:
        return Sidecar(*stamp, words_in(path, form).document or None)
    except FileNotFoundError:
        return Sidecar(*stamp)  # it was moved or removed meanwhile: the next run finds it where it is then
    except Unusable as error:
        return Sidecar(*stamp, error=str(error))


def _piece(form: str, path: bytes, row: Sidecar) -> _Piece:
    name = os.fsdecode(path.rpartition(os.fsencode(os.sep))[2])
    return _Piece(form, row.document or "", f"{name}: {row.error}" if row.error is not None else None)


def _add_own(database: Database, contents: Mapping[Video, bytes], pieces: dict[Video, list[_Piece]]) -> None:
    """Add what is said inside the files, of those that were extracted."""
    own = {content: _own_words(facts).document for content, facts in facts_with_words(database).items()}
    for video, content in contents.items() if own else ():
        if document := own.get(content):
            pieces.setdefault(video, []).append(_Piece(OWN_TAGS, document))


def _own_words(facts: Mapping[str, Any]) -> Words:
    tags = facts.get("tags")
    if not isinstance(tags, dict):
        # Facts of a vidsort that kept only the most telling tag.
        return Words.said(description=facts.get("caption"))
    texts = (cleaned(tags.get(name)) for name in ("description", "synopsis", "comment"))
    authors = (cleaned(tags.get(name)) for name in ("author", "artist", "album_artist"))
    return Words.said(
        title=tags.get("title"), description="\n".join(dict.fromkeys(filter(None, texts))),
        hashtags=_listed(tags), author=next(filter(None, authors), ""),
    )


def _listed(tags: Mapping[str, Any]) -> Iterator[str]:
    for name in ("genre", "keywords"):
        yield from cleaned(tags.get(name)).replace(";", ",").split(",")


def _log(broken: Mapping[Path, str]) -> None:
    for path, reason in list(broken.items())[:LOGGED]:
        log.warning("The words in %s are left out: %s.", path, reason)
    if len(broken) > LOGGED:
        log.warning("So are those in %d more files: `vidsort doctor --all` says which.", len(broken) - LOGGED)
