"""What is in the library: videos, category folders and their counts, read from the disk and never changed here."""

import bisect
import errno
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InvalidNameError, NotFoundError
from ..records import Folder, LeftOut, Video, VideoNames
from .kind import is_category, is_spelled_so, is_video, video_facts
from .left_out import Tally, told
from .names import (
    check_filename,
    check_folder_name,
    is_filename,
    is_folder_name,
    is_foreign,
    is_like_a_video,
)
from .sidecars import is_like_a_sidecar

# So many names are looked at between two moments at which other threads may go on.
BREATH = 200

log = logging.getLogger(__name__)

IS_LINK = "is a link, and links are left alone: put the video itself in its place."


@dataclass(frozen=True)
class Snapshot:
    """The names in a library at one moment, each tuple sorted; never changed, a new one is made instead."""

    unsorted: tuple[str, ...] = ()
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def counts(self) -> list[Folder]:
        """The category folders with their numbers of videos, sorted by name."""
        return [Folder(name=name, count=len(self.folders[name])) for name in sorted(self.folders)]

    def places_of(self, filename: str) -> list[str | None]:
        """The folders that have a video of this name: first None, which is the root, then by name."""
        places: list[str | None] = [name for name in sorted(self.folders) if _is_in(self.folders[name], filename)]
        return [None, *places] if _is_in(self.unsorted, filename) else places


@dataclass(frozen=True)
class Listing:
    """What is directly in one folder, each tuple sorted: videos, folders inside it, and what is left out.

    folders: of the root the category folders; of such a folder those that are not looked into, with the time
    stamps (ns) that they had. beside: files that may belong to a video, by their endings.
    """

    videos: tuple[str, ...]
    folders: Mapping[str, int]
    left_out: Tally
    beside: tuple[str, ...]


def scan(data_dir: Path, video_names: VideoNames = "digits") -> Snapshot:
    """All names in the library now, without asking for any file's size; raises NotFoundError without a library."""
    return look_around(data_dir, video_names)[0]


def videos(data_dir: Path, video_names: VideoNames = "digits") -> list[Video]:
    """Every video with size and time, sorted by folder (unsorted first) and filename; raises NotFoundError."""
    root = list_root(data_dir, video_names)
    found = list(_with_facts(data_dir, None, root.videos))
    for name in root.folders:
        found.extend(_with_facts(data_dir / name, name, list_folder(data_dir / name, video_names).videos))
    return sorted(found, key=lambda video: (video.folder or "", video.filename))


def videos_at(data_dir: Path, places: Iterable[str]) -> list[Video]:
    """Those of these, as places relative to the library, that are there, with size and time; nothing is listed."""
    found: list[Video] = []
    for place in places:
        folder, _, filename = place.rpartition("/")
        found.extend(_with_facts(data_dir / folder, folder or None, [filename]))
    return found


def left_out(data_dir: Path, video_names: VideoNames = "digits") -> list[LeftOut]:
    """What is no video or category folder here although a person may take it for one; raises NotFoundError."""
    return look_around(data_dir, video_names)[1]


def look_around(data_dir: Path, video_names: VideoNames = "digits") -> tuple[Snapshot, list[LeftOut]]:
    """All names in a library now, and what is left out of it, by one listing; raises NotFoundError without one."""
    root = list_root(data_dir, video_names)
    listed = {name: list_folder(data_dir / name, video_names) for name in root.folders}
    snapshot = Snapshot(root.videos, {name: listing.videos for name, listing in listed.items()})
    return snapshot, told([root.left_out, *(listing.left_out for listing in listed.values())])


def folders(data_dir: Path, video_names: VideoNames = "digits") -> list[Folder]:
    """The category folders, empty ones too, with their counts; raises NotFoundError without a library."""
    return scan(data_dir, video_names).counts()


def find(
    data_dir: Path, filename: str, folder_names: Iterable[str] | None = None, *, video_names: VideoNames = "digits"
) -> Path:
    """Where this video is: in the root, else in the first category folder by name that has it.

    `folder_names` saves listing the root where they are known. Raises InvalidNameError for what is
    no filename and NotFoundError where there is no such video, also where a link has its name.
    """
    check_filename(filename, video_names)

    def places() -> Iterator[Path]:
        yield data_dir / filename
        for name in sorted(list_root(data_dir, video_names).folders if folder_names is None else folder_names):
            yield data_dir / name / filename

    for path in places():
        if is_video(path):
            return path
    if any(path.is_symlink() for path in places()):
        raise NotFoundError(f"{filename} {IS_LINK}")
    raise NotFoundError(f"There is no video {filename} in the library: it may have been moved away or renamed.")


def folder_path(data_dir: Path, name: str) -> Path:
    """The path of an existing category folder; raises InvalidNameError for anything else."""
    check_folder_name(name)
    path = data_dir / name
    if not (is_category(path) and is_spelled_so(path)):
        raise InvalidNameError(f"There is no folder {name!r} in the library: make it first, or choose another.")
    return path


def require_library(data_dir: Path) -> None:
    """Raise NotFoundError where the library's folder is not there."""
    if not data_dir.is_dir():
        raise NotFoundError(f"There is no library at {data_dir}: choose the folder of your videos with --data-dir.")


def list_root(data_dir: Path, video_names: VideoNames = "digits", known: set[str] | None = None) -> Listing:
    """The unsorted videos and the category folders; raises NotFoundError where there is no library to be read.

    known: names of videos that need not be told again; those that are there are taken out of it, and are not listed.
    """
    require_library(data_dir)
    tally = Tally()
    names = []
    try:
        unsorted, others, beside = _sift(data_dir, "", video_names, tally, known)
    except OSError as error:
        raise NotFoundError(
            f"The library {data_dir} cannot be read ({error.strerror}): "
            "choose another folder with --data-dir, or make this one readable."
        ) from error
    for entry in others:
        is_fit = is_folder_name(entry.name) and not is_filename(entry.name, "digits")
        if is_fit and is_category(Path(entry.path), entry):
            names.append(entry.name)
        elif not is_foreign(entry.name):
            tally.add("links" if entry.is_symlink() else "folders", entry.name)
    return Listing(tuple(sorted(unsorted)), dict.fromkeys(sorted(names), 0), tally, tuple(sorted(beside)))


def list_folder(folder: Path, video_names: VideoNames = "digits", known: set[str] | None = None) -> Listing:
    """The videos directly in a category folder; none where it has gone or is closed to us. `known` as for the root."""
    tally = Tally()
    inner = {}
    try:
        found, others, beside = _sift(folder, f"{folder.name}/", video_names, tally, known)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            log.warning("The folder %s is taken for empty, because it cannot be read (%s).", folder, error.strerror)
            tally.add("closed", folder.name)
        return Listing((), {}, tally, ())
    for entry in others:
        if is_foreign(entry.name):
            continue
        if entry.is_symlink():
            tally.add("links", f"{folder.name}/{entry.name}")
            continue
        inner[entry.name] = stamp_of(Path(entry.path))
        _count_too_deep(folder, entry.name, tally)
    return Listing(tuple(sorted(found)), inner, tally, tuple(sorted(beside)))


def stamp_of(folder: Path) -> int:
    """When a name in it changed last, in ns; 0 where that cannot be seen."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _sift(
    folder: Path, prefix: str, video_names: VideoNames, tally: Tally, known: set[str] | None = None
) -> tuple[list[str], list[os.DirEntry[str]], list[str]]:
    """Videos in a folder; folders, with links to such; what may lie beside a video. What else looks like one counts."""
    found, others, beside = [], [], []
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries, 1):
            if known is not None and number % BREATH == 0:
                # A thread that sorts waits for the interpreter a dozen times, else for up to 5 ms each.
                time.sleep(0)
            if entry.is_file(follow_symlinks=False):
                if known and entry.name in known:
                    known.discard(entry.name)
                elif is_filename(entry.name, video_names):
                    found.append(entry.name)
                elif is_like_a_sidecar(entry.name):
                    beside.append(entry.name)
                elif is_like_a_video(entry.name):
                    tally.add("names" if is_filename(entry.name, "any") else "unusable_names", prefix + entry.name)
            elif _is_folder(entry):
                others.append(entry)
            elif entry.is_symlink() and is_like_a_video(entry.name):
                tally.add("links", prefix + entry.name)
    return found, others, beside


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether this is a folder, or a link that leads to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads to itself, or where nobody may look


def _count_too_deep(folder: Path, name: str, tally: Tally) -> None:
    try:
        found, _, _ = _sift(folder / name, "", "any", Tally())
    except OSError as error:
        log.warning("The folder %s is not looked into, because it cannot be read (%s).", folder / name, error.strerror)
        return
    for filename in found:
        tally.add("too_deep", f"{folder.name}/{name}/{filename}")


def _with_facts(path: Path, folder: str | None, filenames: Iterable[str]) -> Iterator[Video]:
    for filename in filenames:
        facts = video_facts(f"{path}{os.sep}{filename}")
        if facts is not None:  # else it was moved away since it was listed
            yield Video(
                filename=filename, folder=folder, directory=path,
                size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns,
            )


def _is_in(names: tuple[str, ...], name: str) -> bool:
    """Whether a sorted tuple has it."""
    at = bisect.bisect_left(names, name)
    return names[at : at + 1] == (name,)
