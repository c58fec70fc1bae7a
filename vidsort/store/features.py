"""Features by what they were made from: vectors or documents, or why not; and which content lies behind a path.

A row is kept by its *source* (the hash of what its kind of evidence reads: the bytes of a video, or
a text that goes with it) and its *modality* (the id of that kind with its config).
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArtifactError
from ..records import Video
from .database import Database, checked_document, value_of

# A question names this many rows at once; SQLite takes at least 999 variables.
CHUNK = 900
VECTOR_TYPE = np.dtype("<f2")
SIGNATURE_TYPE = np.dtype("<u8")


@dataclass(frozen=True)
class FeatureRow:
    """What one modality found in one source: a vector or a document, why there is none, or neither: no such thing.

    `vector` is float [d]; `document` what was read, as JSON; `signatures` uint64 [k], of a kind that
    sees pictures; `retry` says that the failure may not be the source's own (a time limit, a disk that
    did not answer), so that the next run tries again.
    """

    modality: str
    source: bytes
    vector: np.ndarray | None = None
    signatures: np.ndarray | None = None
    error: str | None = None
    retry: bool = False
    document: str | None = None


@dataclass(frozen=True)
class Features:
    """Rows of one modality: `index` maps a source to its row, `errors` those without one to the reason.

    vectors: float32 [n, d], C-contiguous; signatures: uint64 [n, k], k = 0 of a kind that sees no
    pictures; absent: the sources that have no such thing; documents: of a modality that reads, by
    source, and then there are no vectors.
    """

    vectors: np.ndarray
    signatures: np.ndarray
    index: Mapping[bytes, int]
    errors: Mapping[bytes, str]
    absent: Set[bytes]
    documents: Mapping[bytes, str]


class FeatureStore:
    """The questions about features that are asked of the database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def remembered_contents(self, videos: Iterable[Video]) -> dict[Video, bytes]:
        """The content hashes of those videos whose size and time are what they were when they were read."""
        by_path = {video.place: video for video in videos}
        rows = self._chunked(
            "SELECT path, size_bytes, mtime_ns, content_hash FROM contents WHERE path IN ({})", list(by_path)
        )
        return {
            by_path[path]: content
            for path, size_bytes, mtime_ns, content in rows
            if (size_bytes, mtime_ns) == (by_path[path].size_bytes, storable(by_path[path].mtime_ns))
        }

    def recognised(self, videos: Iterable[Video], data_dir: Path) -> dict[Video, bytes]:
        """The content hashes of videos of a library that were read at another place in it, and moved since.

        They are known by name, size and time, which stay as they are when a video is moved.
        """
        by_facts = {
            (os.fsencode(video.filename), video.size_bytes, storable(video.mtime_ns)): video for video in videos
        }
        if not by_facts:
            return {}
        rows = self.database.connection().execute(
            "SELECT path, size_bytes, mtime_ns, content_hash FROM contents WHERE path >= ? AND path < ?",
            under(data_dir),
        )
        return {
            by_facts[facts]: content for path, size_bytes, mtime_ns, content in rows
            if (facts := (path.rpartition(b"/")[2], size_bytes, mtime_ns)) in by_facts
        }

    def contents_in(
        self, data_dir: Path, folder: str, facts: Mapping[str, tuple[int, int]]
    ) -> dict[str, bytes]:
        """The content hashes of videos in a folder of a library, by filename, of which size and time (ns) are given.

        Those are known whose size and time are what they were when they were read, there or before they were moved.
        """
        wanted = {name: (size_bytes, storable(mtime_ns)) for name, (size_bytes, mtime_ns) in facts.items()}
        found: dict[str, bytes] = {}
        # Nearly all were read where they lie; who was not may have been anywhere.
        for begins in (data_dir / folder, data_dir):
            if len(found) == len(wanted):
                break
            rows = self.database.connection().execute(
                "SELECT path, size_bytes, mtime_ns, content_hash FROM contents WHERE path >= ? AND path < ?",
                under(begins),
            )
            for path, size_bytes, mtime_ns, content in rows:
                name = os.fsdecode(path.rpartition(b"/")[2])
                if wanted.get(name) == (size_bytes, mtime_ns):
                    found.setdefault(name, content)
        return found

    def vectors(self, modality: str, sources: Iterable[bytes]) -> tuple[list[bytes], np.ndarray]:
        """Those of these sources that have a vector, and these: float16 [n, d], without anything else of theirs."""
        wanted = list(dict.fromkeys(sources))
        rows = list(self._chunked(
            "SELECT source, vector FROM features WHERE modality = ? AND vector IS NOT NULL AND source IN ({})",
            wanted, modality,
        ))
        values = np.frombuffer(b"".join(vector for _, vector in rows), VECTOR_TYPE)
        return [source for source, _ in rows], values.reshape(len(rows), -1) if rows else values.reshape(0, 0)

    def newest(self) -> tuple[int | None, ...]:
        """Other numbers after any feature or document was put here; cheap, however many there are."""
        question = "SELECT (SELECT max(id) FROM features), (SELECT max(id) FROM documents)"
        return tuple(self.database.connection().execute(question).fetchone())

    def remember_contents(self, contents: Mapping[Video, bytes]) -> None:
        """Remember what was read at these videos' paths, in place of what was there before."""
        with self.database.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO contents (path, size_bytes, mtime_ns, content_hash) VALUES (?, ?, ?, ?)",
                [
                    (video.place, video.size_bytes, storable(video.mtime_ns), content)
                    for video, content in contents.items()
                ],
            )

    def missing(self, modality: str, sources: Iterable[bytes]) -> list[bytes]:
        """Those sources of which nothing lasting is known in this modality, each once, in order."""
        wanted = list(dict.fromkeys(sources))
        rows = self._chunked(
            "SELECT source FROM features WHERE modality = ? AND NOT retry AND source IN ({})", wanted, modality
        )
        settled = {source for (source,) in rows}
        return [source for source in wanted if source not in settled]

    def put(self, rows: Sequence[FeatureRow], facts: Mapping[bytes, Mapping[str, object]] | None = None) -> None:
        """Write rows in one transaction, in place of earlier ones of the same source and modality.

        `facts` is what containers say, as JSON values by the content of each.
        """
        with self.database.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO features (source, modality, vector, signature, error, retry, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        row.source,
                        row.modality,
                        None if row.vector is None else row.vector.astype(VECTOR_TYPE).tobytes(),
                        None if row.signatures is None else row.signatures.astype(SIGNATURE_TYPE).tobytes(),
                        row.error,
                        row.retry,
                        row.document,
                    )
                    for row in rows
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO media (content_hash, facts) VALUES (?, ?)",
                [(content, json.dumps(said)) for content, said in (facts or {}).items()],
            )

    def load(self, modality: str, sources: Iterable[bytes]) -> Features:
        """The rows of these sources; those that were never looked at are in no part."""
        wanted = list(dict.fromkeys(sources))
        index: dict[bytes, int] = {}
        errors: dict[bytes, str] = {}
        absent: set[bytes] = set()
        documents: dict[bytes, str] = {}
        vectors = np.empty((0, 0), np.float32)
        signatures = np.empty((0, 0), np.uint64)
        places = {source: place for place, source in enumerate(wanted)}
        rows = self._chunked(
            "SELECT source, vector, signature, error, document FROM features WHERE modality = ? AND source IN ({})",
            wanted, modality,
        )
        for source, vector, signature, error, document in rows:
            if vector is None:
                if error is not None:
                    errors[source] = error
                elif document is not None:
                    documents[source] = document
                else:
                    absent.add(source)
                continue
            if not index:
                # Filled in place, so that a large library is never held twice.
                vectors = np.empty((len(wanted), len(vector) // VECTOR_TYPE.itemsize), np.float32)
                signatures = np.empty((len(wanted), len(signature or b"") // SIGNATURE_TYPE.itemsize), np.uint64)
            if len(vector) != vectors.shape[1] * VECTOR_TYPE.itemsize:
                raise ArtifactError(
                    "Vectors of one kind of evidence differ in length, so that nothing can be learned from them: where "
                    "its encoder is yours, raise the revision of its config, else run `vidsort doctor --rescue`."
                )
            # In the order they were asked for, so that who wants them in that order need not copy them.
            vectors[places[source]] = np.frombuffer(vector, VECTOR_TYPE)
            signatures[places[source]] = np.frombuffer(signature or b"", SIGNATURE_TYPE)
            index[source] = places[source]
        for document in documents.values():
            checked_document(document)
        there = sorted(index.values())
        if len(there) < len(vectors):
            vectors, signatures = vectors[there], signatures[there]
        index = {wanted[place]: row for row, place in enumerate(there)}
        return Features(vectors, signatures, index, errors, absent, documents)

    def errors(self, modality: str, sources: Iterable[bytes]) -> dict[bytes, str]:
        """The reasons of those sources that gave nothing in this modality."""
        wanted = list(sources)
        question = "SELECT source, error FROM features WHERE modality = ? AND error IS NOT NULL"
        if len(wanted) <= CHUNK:
            return dict(self._chunked(f"{question} AND source IN ({{}})", wanted, modality))
        # Few have failed, and those are kept together.
        failed = dict(self.database.connection().execute(question, (modality,)))
        return {source: failed[source] for source in wanted if source in failed} if failed else {}

    def paths_of(self, contents: Iterable[bytes]) -> dict[Path, bytes]:
        """Where these contents were seen last; a path may hold something else by now."""
        rows = self._chunked("SELECT path, content_hash FROM contents WHERE content_hash IN ({})", list(contents))
        return {Path(os.fsdecode(path)): content for path, content in rows}

    def modalities_of(self, sources: Iterable[bytes]) -> dict[bytes, set[str]]:
        """The modalities in which these sources were looked at, of those that were."""
        found: dict[bytes, set[str]] = {}
        rows = self._chunked("SELECT source, modality FROM features WHERE source IN ({})", list(dict.fromkeys(sources)))
        for source, modality in rows:
            found.setdefault(source, set()).add(modality)
        return found

    def facts(self, hashes: Iterable[bytes]) -> dict[bytes, dict[str, object]]:
        """What the containers of these contents say, of those that were extracted."""
        rows = self._chunked("SELECT content_hash, facts FROM media WHERE content_hash IN ({})", list(hashes))
        return {content: value_of(facts) for content, facts in rows}

    def _chunked(self, question: str, values: Sequence[object], *first: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a question whose `{}` stands for any number of values."""
        connection = self.database.connection()
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            yield from connection.execute(question.format(", ".join("?" * len(chunk))), (*first, *chunk))


def storable(mtime_ns: int) -> int:
    """The time as SQLite can hold it, 64 bits with a sign: 1677 to 2262 as it is, others folded into these."""
    return (mtime_ns + 2**63) % 2**64 - 2**63


def under(folder: Path) -> tuple[bytes, bytes]:
    """What paths in a folder, at any depth, are not less than, and less than."""
    # All that begins so comes before what has the next character in place of the slash.
    return os.fsencode(folder) + b"/", os.fsencode(folder) + b"0"
