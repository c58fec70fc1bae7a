"""One folder of a library as it is now: the videos in it, what lies beside them, and what is left out."""

import errno
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import NotFoundError
from ..records import VideoNames
from .kind import is_category
from .left_out import Tally
from .names import is_filename, is_folder_name, is_foreign, is_like_a_video
from .sidecars import is_like_a_sidecar

# So many names are looked at between two moments at which other threads may go on.
BREATH = 200

log = logging.getLogger(__name__)


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
        raise _unreadable(data_dir, error) from error
    for entry in others:
        if _is_category(entry):
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


def nothing_in(data_dir: Path) -> bool:
    """Whether there is neither a video, called anything, nor a category folder; raises NotFoundError without a library.

    The first that is found ends the look: of a library that has something in it this costs nothing.
    """
    require_library(data_dir)
    try:
        with os.scandir(data_dir) as entries:
            return not any(
                is_filename(entry.name, "any") if entry.is_file(follow_symlinks=False)
                else _is_folder(entry) and _is_category(entry)
                for entry in entries
            )
    except OSError as error:
        raise _unreadable(data_dir, error) from error


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


def _is_category(entry: os.DirEntry[str]) -> bool:
    """Whether this folder in the root is a category folder."""
    is_fit = is_folder_name(entry.name) and not is_filename(entry.name, "digits")
    return is_fit and is_category(Path(entry.path), entry)


def _unreadable(data_dir: Path, error: OSError) -> NotFoundError:
    return NotFoundError(
        f"The library {data_dir} cannot be read ({error.strerror}): "
        "choose another folder with --data-dir, or make this one readable."
    )
