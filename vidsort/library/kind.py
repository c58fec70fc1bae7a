"""What lies at a path of a library: a video, a category folder, a link, nothing; read now, never changed."""

import os
import stat
from pathlib import Path

from .names import other_spellings


def video_facts(path: Path | str) -> os.stat_result | None:
    """Size, times and place on the disk of a regular file; None for a link, a pipe, a folder, or nothing."""
    try:
        facts = os.lstat(path)
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
