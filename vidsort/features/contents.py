"""Which content lies behind a path, read as seldom as can be, and where a video lies that was moved meanwhile."""

import contextlib
import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .. import library
from ..errors import NotFoundError
from ..media.content import content_hash
from ..records import Failure, Video, VideoNames
from ..store import open_database
from ..store.features import FeatureStore
from ..store.whole import contents_of_all
from ..store.words import Captions, captions_of

# Reading waits for the disk more than it computes; a few at once keep either busy.
READERS = 4
REMEMBERED_AT_ONCE = 200
# Who sorts while a library is looked at moves a video now and then; the rest is left to the next run.
MOST_LOOKS = 3
GONE = "it was moved or removed while it was looked at: the next run finds it where it is then"


@dataclass(frozen=True)
class Contents:
    """The content hash of each video that can be read, why the others cannot, and which of these are not there.

    words: what was gathered of the words that go with them; gathering is not done here.
    """

    hashes: dict[Video, bytes]
    failed: list[Failure] = field(default_factory=list)
    gone: list[Video] = field(default_factory=list)
    words: Captions = field(default_factory=Captions)


def contents_of(
    store: FeatureStore, videos: Sequence[Video], *, tell: Callable[[int], None] = lambda _: None,
    data_dir: Path | None = None,
) -> Contents:
    """The contents of videos; only files that are new or changed are opened.

    `tell` is called with the number of videos known so far. data_dir: their library, where they are all of it.
    """
    if data_dir is None:
        hashes = store.remembered_contents(videos)
    else:
        hashes = contents_of_all(store.database, data_dir, videos)
    unread = [video for video in videos if video not in hashes]
    contents = Contents(hashes, words=captions_of(store.database, videos))
    for start in range(0, len(unread), REMEMBERED_AT_ONCE):
        tell(len(hashes) + len(contents.failed))
        found: dict[Video, bytes] = {}
        for video, result in _read(unread[start : start + REMEMBERED_AT_ONCE]):
            if isinstance(result, bytes):
                found[video] = result
                continue
            contents.failed.append(failure_of(video, unreadable_reason(result)))
            if is_gone(result):
                contents.gone.append(video)
        store.remember_contents(found)
        hashes |= found
    return contents


def library_contents(
    store: FeatureStore, data_dir: Path, video_names: VideoNames = "digits", *,
    tell: Callable[[int, int], None] = lambda _total, _done: None,
) -> tuple[library.Survey, Contents]:
    """What is in a library, and the contents of its videos; listed again where one was moved before it was read.

    `tell` is called with the numbers of videos in all and known so far. Raises NotFoundError without a library.
    """
    for _ in range(MOST_LOOKS):
        survey = library.survey(data_dir, video_names)
        told = functools.partial(tell, len(survey.videos))
        contents = contents_of(store, survey.videos, tell=told, data_dir=data_dir)
        if not contents.gone:
            break
    return survey, contents


def contents_at(store: FeatureStore, data_dir: Path, places: Collection[str]) -> Contents:
    """The contents of the videos at these places, relative to the library; looked for again where one was moved."""
    for _ in range(MOST_LOOKS):
        contents = contents_of(store, library.videos_at(data_dir, places))
        if not contents.gone:
            break
    return contents


def _read(videos: Sequence[Video]) -> Iterator[tuple[Video, bytes | OSError]]:
    def read(video: Video) -> bytes | OSError:
        try:
            return content_hash(video.path)
        except OSError as error:
            return error

    with ThreadPoolExecutor(READERS) as readers:
        yield from zip(videos, readers.map(read, videos), strict=True)


def found_anew(store: FeatureStore, gone: Sequence[Video]) -> dict[Video, Video]:
    """Where videos that are not at their path any more lie now, known by their content.

    Those that were never read, or are nowhere in their library any more, are left out.
    """
    remembered = store.remembered_contents(gone)
    sizes = {video.size_bytes for video in remembered}
    there: dict[bytes, list[Video]] = {}
    for data_dir in {library_of(video) for video in remembered}:
        # It may have another name by now; what counts is that its bytes are there.
        alike = [video for video in library.videos(data_dir, "any") if video.size_bytes in sizes]
        for video, content in contents_of(store, alike).hashes.items():
            there.setdefault(content, []).append(video)
    return {
        # Of several copies the one of that name, as it is most likely what was moved.
        video: min(there[content], key=lambda one: (one.filename != video.filename, one.path))
        for video, content in remembered.items()
        if content in there
    }


def path_now(artifacts_dir: Path, video: Video) -> Path:
    """Where a video is, also if it was moved since it was listed; raises NotFoundError where it is nowhere."""
    if library.is_video(video.path):
        return video.path
    with contextlib.closing(open_database(artifacts_dir)) as database:
        there = found_anew(FeatureStore(database), [video])
    if video not in there:
        raise NotFoundError(f"{video.filename} is no longer where it was, nor anywhere else in the library.")
    return there[video].path


def library_of(video: Video) -> Path:
    """The folder of the library that a video was listed in."""
    return video.directory if video.folder is None else video.directory.parent


def failure_of(video: Video, reason: str) -> Failure:
    """That this video gave no result, and why."""
    return Failure(filename=video.filename, folder=video.folder, reason=reason)


def is_gone(error: OSError) -> bool:
    """Whether this error says that the file is not where it was."""
    return isinstance(error, FileNotFoundError | NotADirectoryError)


def unreadable_reason(error: OSError) -> str:
    """Why a file's bytes cannot be had, in the form of the reasons of `media`."""
    if is_gone(error):
        return GONE
    return f"it cannot be read ({error.strerror or error}): check its permissions and its disk"
