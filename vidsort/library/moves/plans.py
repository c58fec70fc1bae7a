"""What a wish means on this disk: checks it, and says which changes it takes; nothing is touched here."""

import functools
import os
import stat
from collections.abc import Sequence

from ...errors import AwayError, ConflictError, InvalidNameError, NotFoundError, VidsortError
from ...records import VideoNames
from ...store.journal import Intent
from ..disk import IS_LINK, folder_path, is_category
from ..names import check_filename, check_new_folder_name, folded, is_filename
from ..opened import Folders, OpenFolder, Place


def plan_sorts(
    folders: Folders, wanted: Sequence[tuple[str, str]], video_names: VideoNames = "digits"
) -> list[Intent | VidsortError]:
    """Move each (filename, folder) from the root into the folder; for each its change, or why it cannot be.

    The errors are InvalidNameError, NotFoundError (not in the root, or named before in this batch),
    ConflictError (the folder has a file of that name) and AwayError (that cannot be seen).
    """
    plans: list[Intent | VidsortError] = []
    claimed: set[str] = set()
    # Looked at once a batch: where case does not count, it takes a listing of the root.
    check_folder = functools.cache(lambda folder: _open_category(folders, folder))
    for filename, folder in wanted:
        try:
            check_filename(filename, video_names)
            plans.append(_plan_sort(folders, filename, folder, check_folder(folder), claimed))
            claimed.add(filename)
        except VidsortError as error:
            plans.append(error)
        except OSError as error:
            plans.append(AwayError(
                f"{filename} or {folder} cannot be looked at ({error.strerror}), so it was not moved: see that the "
                "disk is there and its folders are open to you, then try again."
            ))
    return plans


def _plan_sort(folders: Folders, name: str, folder: str, opened: OpenFolder, claimed: set[str]) -> Intent:
    facts = Place(folders.root, name).facts()
    if facts is not None and stat.S_ISLNK(facts.st_mode):
        raise NotFoundError(f"{name} {IS_LINK}")
    if name in claimed or facts is None or not stat.S_ISREG(facts.st_mode):
        raise NotFoundError(f"{name} is not among the unsorted videos: it may already be sorted.")
    if Place(opened, name).facts() is not None:
        raise ConflictError(f"There is a {name} in {folder} already, so it was not moved: rename one of the two.")
    return Intent("sort", name, f"{folder}/{name}", size_bytes=facts.st_size)


def plan_create(folders: Folders, name: str) -> Intent:
    """Make a folder; raises InvalidNameError, and ConflictError where it or its case twin exists."""
    name = check_new_folder_name(name)
    _require_free(folders, name, except_for=None)
    return Intent("create", "", name)


def plan_rename(folders: Folders, old: str, new: str) -> Intent:
    """Give a folder another name; a change of case only is one, too. Raises as `plan_create`."""
    _open_category(folders, old)
    new = check_new_folder_name(new)
    if new == old:
        raise ConflictError(f"The folder is called {old} already: choose another name.")
    _require_free(folders, new, except_for=old)
    return Intent("rename", old, new)


def plan_merge(folders: Folders, name: str, into: str, video_names: VideoNames = "digits") -> list[Intent]:
    """Move all videos of a folder into another one and remove the emptied folder.

    The folder stays where it holds more than videos. Raises InvalidNameError, and ConflictError for
    the whole where any filename is in both.
    """
    source, target = _open_category(folders, name), _open_category(folders, into)
    facts = source.facts()
    if os.path.samestat(facts, target.facts()):
        raise ConflictError(f"{name} cannot be merged into itself: choose another folder.")
    moves = []
    for filename in sorted(each for each in source.names() if is_filename(each, video_names)):
        video = Place(source, filename).facts()
        if video is None or not stat.S_ISREG(video.st_mode):
            continue
        if Place(target, filename).facts() is not None:
            raise ConflictError(
                f"{filename} is in both {name} and {into}, so nothing was merged: rename or move one of the two."
            )
        moves.append(Intent("merge", f"{name}/{filename}", f"{into}/{filename}", size_bytes=video.st_size))
    return [*moves, Intent("remove", name, "", mode=stat.S_IMODE(facts.st_mode))]


def _open_category(folders: Folders, name: str) -> OpenFolder:
    """The folder that is meant; raises InvalidNameError for what is none, OSError where it cannot be seen."""
    # What was listed is spelled so, and what it is shows when it is opened.
    if not folders.is_listed(name):
        folder_path(folders.root.path, name)
    try:
        return folders.category(name)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InvalidNameError(f"The folder {name!r} has just gone: choose another.") from error


def _require_free(folders: Folders, name: str, *, except_for: str | None) -> None:
    """Raise ConflictError where a folder of this name, or one that differs in case only, exists."""
    wanted = folded(name)
    for other in folders.root.names():
        if folded(other) == wanted and other != except_for and is_category(folders.root.path / other):
            raise ConflictError(f"There is a folder {other} already: use that one, or choose another name.")
    if except_for is None and Place(folders.root, name).facts() is not None:
        raise ConflictError(f"Something called {name} is in the library already: choose another name.")
