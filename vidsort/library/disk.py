"""What is in the library: videos, category folders and their counts, read from the disk and never changed here."""

import errno
import logging
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InvalidNameError, NotFoundError
from ..records import Folder, Video
from .names import check_filename, check_folder_name, is_filename, is_folder_name, other_spellings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """The names in a library at one moment, each tuple sorted; never changed, a new one is made instead."""

    unsorted: tuple[str, ...] = ()
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def counts(self) -> list[Folder]:
        """The category folders with their numbers of videos, sorted by name."""
        return [Folder(name=name, count=len(self.folders[name])) for name in sorted(self.folders)]


def scan(data_dir: Path) -> Snapshot:
    """All names in the library now, without asking for any file's size; raises NotFoundError without a library."""
    unsorted, names = list_root(data_dir)
    return Snapshot(unsorted, {name: list_folder(data_dir / name) for name in names})


def videos(data_dir: Path) -> list[Video]:
    """Every video with size and time, sorted by folder (unsorted first) and filename; raises NotFoundError."""
    _, names = list_root(data_dir)
    found = list(_videos_in(data_dir, None))
    for name in names:
        found.extend(_videos_in(data_dir / name, name))
    return sorted(found, key=lambda video: (video.folder or "", video.filename))


def folders(data_dir: Path) -> list[Folder]:
    """The category folders, empty ones too, with their counts; raises NotFoundError without a library."""
    return scan(data_dir).counts()


def find(data_dir: Path, filename: str, folder_names: Iterable[str] | None = None) -> Path:
    """Where this video is: in the root, else in the first category folder by name that has it.

    `folder_names` saves listing the root where they are known. Raises InvalidNameError for what is
    no filename and NotFoundError where there is no such video.
    """
    check_filename(filename)
    if is_video(data_dir / filename):
        return data_dir / filename
    for name in sorted(list_root(data_dir)[1] if folder_names is None else folder_names):
        path = data_dir / name / filename
        if is_video(path):
            return path
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


def list_root(data_dir: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The unsorted filenames and the names of the category folders, each sorted; raises NotFoundError."""
    require_library(data_dir)
    unsorted, names = [], []
    try:
        with os.scandir(data_dir) as entries:
            for entry in entries:
                if is_filename(entry.name):
                    if entry.is_file(follow_symlinks=False):
                        unsorted.append(entry.name)
                elif is_folder_name(entry.name) and is_category(Path(entry.path), entry):
                    names.append(entry.name)
    except OSError as error:
        raise NotFoundError(
            f"The library {data_dir} cannot be read ({error.strerror}): "
            "choose another folder with --data-dir, or make this one readable."
        ) from error
    return tuple(sorted(unsorted)), tuple(sorted(names))


def list_folder(folder: Path) -> tuple[str, ...]:
    """The filenames of the videos directly in a category folder, sorted; none where it has gone or is closed to us."""
    return tuple(sorted(entry.name for entry in _video_entries(folder)))


def video_facts(path: Path) -> os.stat_result | None:
    """Size, times and place on the disk of a regular file; None for a link, a pipe, a folder, or nothing."""
    try:
        facts = path.lstat()
    except OSError:
        return None
    return facts if stat.S_ISREG(facts.st_mode) else None


def is_video(path: Path) -> bool:
    """Whether this is a regular file; its name is not looked at."""
    return video_facts(path) is not None


def is_category(path: Path, entry: os.DirEntry[str] | None = None) -> bool:
    """Whether this is a folder that videos may be sorted into; its name is not looked at.

    A link is followed to a folder further inside the library only: outside it nothing may be
    touched, and an alias of another category folder would count each of its videos twice.
    """
    if entry is not None and not entry.is_symlink():
        return entry.is_dir()
    if not path.is_symlink():
        return path.is_dir()
    return inner_folder(path) is not None


def inner_folder(link: Path) -> tuple[str, ...] | None:
    """The parts below the root of the folder further inside the library that a link in the root leads to, else None."""
    real, root = Path(os.path.realpath(link)), Path(os.path.realpath(link.parent))
    return real.relative_to(root).parts if root in real.parent.parents and real.is_dir() else None


def is_spelled_so(path: Path) -> bool:
    """Whether something has exactly this name, also where the file system is blind to case or composition.

    Raises OSError where that cannot be seen.
    """
    try:
        there = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    for spelling in other_spellings(path.name):
        try:
            is_blind = os.path.samestat(there, (path.parent / spelling).lstat())
        except OSError:
            continue
        if is_blind:
            return path.name in {entry.name for entry in path.parent.iterdir()}
    return True


def _video_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_filename(entry.name) and entry.is_file(follow_symlinks=False):
                    yield entry
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            log.warning("The folder %s is taken for empty, because it cannot be read (%s).", folder, error.strerror)


def _videos_in(path: Path, folder: str | None) -> Iterator[Video]:
    for entry in _video_entries(path):
        try:
            facts = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue  # moved away since it was listed
        yield Video(
            filename=entry.name, folder=folder, path=path / entry.name,
            size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns,
        )
