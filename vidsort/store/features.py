"""Features by content: vectors, signatures and reasons for failing; and which content lies behind a path."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..records import Video
from .database import Database

# A question names this many rows at once; SQLite takes at least 999 variables.
CHUNK = 900
VECTOR_TYPE = np.dtype("<f2")
SIGNATURE_TYPE = np.dtype("<u8")


@dataclass(frozen=True)
class FeatureRow:
    """What extraction found for one content: a vector with signatures, or the reason why there is none.

    `vector` is float [d]; `signatures` uint64 [k]; `retry` says that the failure may not be the
    content's own (a time limit, a disk that did not answer), so that the next run tries again.
    `facts` is what the container says, as JSON values.
    """

    content_hash: bytes
    vector: np.ndarray | None = None
    signatures: np.ndarray | None = None
    error: str | None = None
    retry: bool = False
    facts: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Features:
    """Rows of one feature set: `index` maps a content to its row, `errors` those without one to the reason.

    vectors: float32 [n, d], C-contiguous; signatures: uint64 [n, k].
    """

    vectors: np.ndarray
    signatures: np.ndarray
    index: Mapping[bytes, int]
    errors: Mapping[bytes, str]


class FeatureStore:
    """The questions about features that are asked of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remembered_contents(self, videos: Iterable[Video]) -> dict[Video, bytes]:
        """The content hashes of those videos whose size and time are what they were when they were read."""
        by_path = {os.fsencode(video.path): video for video in videos}
        rows = self._chunked(
            "SELECT path, size_bytes, mtime_ns, content_hash FROM contents WHERE path IN ({})", list(by_path)
        )
        return {
            by_path[path]: content
            for path, size_bytes, mtime_ns, content in rows
            if (size_bytes, mtime_ns) == (by_path[path].size_bytes, by_path[path].mtime_ns)
        }

    def remember_contents(self, contents: Mapping[Video, bytes]) -> None:
        """Remember what was read at these videos' paths, in place of what was there before."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO contents (path, size_bytes, mtime_ns, content_hash) VALUES (?, ?, ?, ?)",
                [
                    (os.fsencode(video.path), video.size_bytes, video.mtime_ns, content)
                    for video, content in contents.items()
                ],
            )

    def missing(self, feature_set: str, hashes: Iterable[bytes]) -> list[bytes]:
        """Those contents that have no vector and no lasting reason for having none, each once, in order."""
        wanted = list(dict.fromkeys(hashes))
        rows = self._chunked(
            "SELECT content_hash FROM features WHERE feature_set = ? AND NOT retry AND content_hash IN ({})",
            wanted,
            feature_set,
        )
        settled = {content for (content,) in rows}
        return [content for content in wanted if content not in settled]

    def put(self, feature_set: str, rows: Sequence[FeatureRow]) -> None:
        """Write rows in one transaction, in place of earlier ones of the same content."""
        with self._database.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO features (content_hash, feature_set, vector, signature, error, retry)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        row.content_hash,
                        feature_set,
                        None if row.vector is None else row.vector.astype(VECTOR_TYPE).tobytes(),
                        None if row.signatures is None else row.signatures.astype(SIGNATURE_TYPE).tobytes(),
                        row.error,
                        row.retry,
                    )
                    for row in rows
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO media (content_hash, facts) VALUES (?, ?)",
                [(row.content_hash, json.dumps(row.facts)) for row in rows if row.facts is not None],
            )

    def load(self, feature_set: str, hashes: Iterable[bytes]) -> Features:
        """The rows of these contents; those that were never extracted are in neither part."""
        wanted = list(dict.fromkeys(hashes))
        index: dict[bytes, int] = {}
        errors: dict[bytes, str] = {}
        vectors = np.empty((0, 0), np.float32)
        signatures = np.empty((0, 0), np.uint64)
        rows = self._chunked(
            "SELECT content_hash, vector, signature, error FROM features"
            " WHERE feature_set = ? AND content_hash IN ({})",
            wanted,
            feature_set,
        )
        for content, vector, signature, error in rows:
            if error is not None:
                errors[content] = error
                continue
            if not index:
                # Filled in place, so that a large library is never held twice.
                vectors = np.empty((len(wanted), len(vector) // VECTOR_TYPE.itemsize), np.float32)
                signatures = np.empty((len(wanted), len(signature) // SIGNATURE_TYPE.itemsize), np.uint64)
            vectors[len(index)] = np.frombuffer(vector, VECTOR_TYPE)
            signatures[len(index)] = np.frombuffer(signature, SIGNATURE_TYPE)
            index[content] = len(index)
        return Features(vectors[: len(index)], signatures[: len(index)], index, errors)

    def errors(self, feature_set: str, hashes: Iterable[bytes]) -> dict[bytes, str]:
        """The reasons of those contents that gave no features."""
        return dict(
            self._chunked(
                "SELECT content_hash, error FROM features"
                " WHERE feature_set = ? AND error IS NOT NULL AND content_hash IN ({})",
                list(hashes),
                feature_set,
            )
        )

    def facts(self, hashes: Iterable[bytes]) -> dict[bytes, dict[str, object]]:
        """What the containers of these contents say, of those that were extracted."""
        rows = self._chunked("SELECT content_hash, facts FROM media WHERE content_hash IN ({})", list(hashes))
        return {content: json.loads(facts) for content, facts in rows}

    def _chunked(self, question: str, values: Sequence[object], *first: object) -> Iterator[tuple]:
        """The rows of a question whose `{}` stands for any number of values."""
        connection = self._database.connection()
        for start in range(0, len(values), CHUNK):
            chunk = values[start : start + CHUNK]
            yield from connection.execute(question.format(", ".join("?" * len(chunk))), (*first, *chunk))
