"""Which content lies behind a path, and the features that are stored for it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..media.content import content_hash
from ..records import Failure, Video
from ..store import Database
from ..store.features import FeatureStore

# Reading waits for the disk more than it computes; a few at once keep either busy.
READERS = 4
REMEMBERED_AT_ONCE = 200


@dataclass(frozen=True)
class Contents:
    """The content hash of each video that can be read, and why the others cannot."""

    hashes: dict[Video, bytes]
    failed: list[Failure]


@dataclass(frozen=True)
class LibraryFeatures:
    """Features of videos in row order, and the videos that have none, with their reasons.

    X: float32 [n, d], C-contiguous. signatures: uint64 [n, 6], one of each sampled frame; 0 stands
    for no frame or one of a single colour. Videos of the same bytes each have their row.
    """

    X: np.ndarray
    signatures: np.ndarray
    videos: list[Video]
    failed: list[Failure]


def contents_of(
    store: FeatureStore, videos: Sequence[Video], *, tell: Callable[[int], None] = lambda _: None
) -> Contents:
    """The contents of videos; only files that are new or changed are opened.

    `tell` is called with the number of videos known so far.
    """
    hashes = store.remembered_contents(videos)
    unread = [video for video in videos if video not in hashes]
    failed: list[Failure] = []
    for start in range(0, len(unread), REMEMBERED_AT_ONCE):
        tell(len(hashes) + len(failed))
        found: dict[Video, bytes] = {}
        for video, result in _read(unread[start : start + REMEMBERED_AT_ONCE]):
            if isinstance(result, bytes):
                found[video] = result
            else:
                failed.append(Failure(filename=video.filename, folder=video.folder, reason=unreadable_reason(result)))
        store.remember_contents(found)
        hashes |= found
    return Contents(hashes, failed)


def _read(videos: Sequence[Video]) -> Iterator[tuple[Video, bytes | OSError]]:
    def read(video: Video) -> bytes | OSError:
        try:
            return content_hash(video.path)
        except OSError as error:
            return error

    with ThreadPoolExecutor(READERS) as readers:
        yield from zip(videos, readers.map(read, videos), strict=True)


def unreadable_reason(error: OSError) -> str:
    """Why a file's bytes cannot be had, in the form of the reasons of `media`."""
    return f"it cannot be read ({error.strerror or error}): check its permissions and its disk"


def features_of(database: Database, videos: Sequence[Video], feature_set: str) -> LibraryFeatures:
    """The stored features of videos; encodes nothing."""
    store = FeatureStore(database)
    contents = contents_of(store, videos)
    features = store.load(feature_set, contents.hashes.values())
    failed = list(contents.failed)
    found: list[Video] = []
    rows: list[int] = []
    for video in videos:
        content = contents.hashes.get(video)
        if content is None:
            continue
        if content in features.index:
            found.append(video)
            rows.append(features.index[content])
        else:
            reason = features.errors.get(content, "its features are not extracted yet: run vidsort extract-features")
            failed.append(Failure(filename=video.filename, folder=video.folder, reason=reason))
    if rows == list(range(len(features.vectors))):
        return LibraryFeatures(features.vectors, features.signatures, found, failed)
    return LibraryFeatures(features.vectors[rows], features.signatures[rows], found, failed)
