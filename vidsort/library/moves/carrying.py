"""Carry out one journaled change on the disk, forth or back; each either happens whole or not at all."""

import errno
import os
from pathlib import Path

from ...errors import ConflictError, NotFoundError, VidsortError
from ...store.journal import Entry
from ..disk import is_category, is_spelled_so, is_video
from ..names import folded
from .rename import move_file


class PastUndoError(ConflictError):
    """What should be moved back has gone or changed, so that trying again cannot help."""


def carry_out(data_dir: Path, entry: Entry) -> None:
    """Change the disk in the entry's direction.

    Raises NotFoundError where a video to be sorted has gone, ConflictError where the place is
    taken, PastUndoError where undo or redo finds nothing that it could move, VidsortError for what
    the system refuses (a full disk, a drive that cannot be written). The disk is unchanged then.
    """
    try:
        if entry.move.kind in ("sort", "merge"):
            _carry_video(data_dir, entry)
        elif entry.move.kind == "rename":
            _rename_folder(data_dir, entry)
        elif entry.origin:
            _remove_folder(data_dir / entry.origin)
        else:
            _make_folder(data_dir, entry)
    except FileExistsError as error:
        raise _taken(entry) from error
    except FileNotFoundError as error:
        raise _gone(entry) from error
    except OSError as error:
        raise VidsortError(
            f"{entry.origin or entry.destination} could not be moved ({error.strerror}): check that the drive can be "
            "written, has room, and that no other program holds the file, then try again."
        ) from error


def part_path(data_dir: Path, entry: Entry) -> Path:
    """Where a copy to another device grows; the name is known to recovery and to nobody else."""
    return (data_dir / entry.destination).parent / f".vidsort-{entry.move.batch}-{entry.move.id}.part"


def is_there(path: Path) -> bool:
    """Whether anything has this name, a dangling link too."""
    return os.path.lexists(path)


def _carry_video(data_dir: Path, entry: Entry) -> None:
    origin, destination = data_dir / entry.origin, data_dir / entry.destination
    for place in (origin, destination):
        # A folder may have become a link that leads out of the library since the row was written.
        if place.parent != data_dir and not is_category(place.parent):
            raise _gone(entry)
    if not is_video(origin):
        raise _gone(entry)
    move_file(origin, destination, part_path(data_dir, entry))


def _rename_folder(data_dir: Path, entry: Entry) -> None:
    origin, destination = data_dir / entry.origin, data_dir / entry.destination
    if not (is_category(origin) and is_spelled_so(origin)):
        raise _gone(entry)
    if is_there(destination) and not _is_other_spelling(origin, destination):
        raise _taken(entry)
    # Should a folder of this name appear right now: a system refuses, or replaces it only if it is empty.
    origin.rename(destination)


def _is_other_spelling(origin: Path, destination: Path) -> bool:
    """Whether both names are of one folder, on a file system that is blind to case or composition."""
    return folded(origin.name) == folded(destination.name) and origin.samefile(destination)


def _make_folder(data_dir: Path, entry: Entry) -> None:
    folder = data_dir / entry.destination
    if entry.move.kind == "remove" and is_category(folder):
        return  # a merged folder that somebody made anew; the videos go back into it
    folder.mkdir()
    if entry.mode is not None:
        folder.chmod(entry.mode)


def _remove_folder(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES, errno.ENOTDIR):
            raise
        raise PastUndoError(f"The folder {folder.name} is not empty, so it stays as it is.") from error


def _taken(entry: Entry) -> ConflictError:
    name, folder = entry.destination.rpartition("/")[2], entry.destination.rpartition("/")[0]
    where = f"in {folder}" if folder else "in the library's root"
    return ConflictError(f"There is a {name} {where} already, so nothing was moved: move or rename that one first.")


def _gone(entry: Entry) -> VidsortError:
    name, folder = entry.origin.rpartition("/")[2], entry.origin.rpartition("/")[0]
    if entry.move.state == "intended":
        return NotFoundError(f"{name} is not in {folder or 'the root of the library'}: it may already be sorted.")
    verb = "undone" if entry.direction == "back" else "done again"
    return PastUndoError(
        f"{name} is no longer in {folder or 'the root of the library'}, or the folder it should go to has gone, "
        f"so this move cannot be {verb}; others still can."
    )
