"""What a wish means on this disk: checks it, and says which changes it takes; nothing is touched here."""

import functools
import stat
from collections.abc import Sequence
from pathlib import Path

from ...errors import ConflictError, NotFoundError, VidsortError
from ...store.journal import Intent
from ..disk import folder_path, is_category, list_folder, video_facts
from ..names import check_filename, check_new_folder_name, folded
from .carrying import is_there


def plan_sorts(data_dir: Path, wanted: Sequence[tuple[str, str]]) -> list[Intent | VidsortError]:
    """Move each (filename, folder) from the root into the folder; for each its change, or why it cannot be.

    The errors are InvalidNameError, NotFoundError (not in the root, or named before in this batch)
    and ConflictError (the folder has a file of that name).
    """
    plans: list[Intent | VidsortError] = []
    claimed: set[str] = set()
    # Looked at once a batch: where case does not count, it takes a listing of the root.
    target_folder = functools.cache(lambda folder: folder_path(data_dir, folder))
    for filename, folder in wanted:
        try:
            plans.append(_plan_sort(data_dir / check_filename(filename), target_folder(folder), claimed))
            claimed.add(filename)
        except VidsortError as error:
            plans.append(error)
    return plans


def _plan_sort(source: Path, folder: Path, claimed: set[str]) -> Intent:
    name, facts = source.name, video_facts(source)
    if name in claimed or facts is None:
        raise NotFoundError(f"{name} is not among the unsorted videos: it may already be sorted.")
    if is_there(folder / name):
        raise ConflictError(
            f"There is a {name} in {folder.name} already, so it was not moved: rename one of the two."
        )
    return Intent("sort", name, f"{folder.name}/{name}", size_bytes=facts.st_size)


def plan_create(data_dir: Path, name: str) -> Intent:
    """Make a folder; raises InvalidNameError, and ConflictError where it or its case twin exists."""
    name = check_new_folder_name(name)
    _require_free(data_dir, name, except_for=None)
    return Intent("create", "", name)


def plan_rename(data_dir: Path, old: str, new: str) -> Intent:
    """Give a folder another name; a change of case only is one, too. Raises as `plan_create`."""
    folder_path(data_dir, old)
    new = check_new_folder_name(new)
    if new == old:
        raise ConflictError(f"The folder is called {old} already: choose another name.")
    _require_free(data_dir, new, except_for=old)
    return Intent("rename", old, new)


def plan_merge(data_dir: Path, name: str, into: str) -> list[Intent]:
    """Move all videos of a folder into another one and remove the emptied folder.

    The folder stays where it holds more than videos. Raises InvalidNameError, and ConflictError for
    the whole where any filename is in both.
    """
    source, target = folder_path(data_dir, name), folder_path(data_dir, into)
    if source.samefile(target):
        raise ConflictError(f"{name} cannot be merged into itself: choose another folder.")
    filenames = list_folder(source)
    for filename in filenames:
        if is_there(target / filename):
            raise ConflictError(
                f"{filename} is in both {name} and {into}, so nothing was merged: rename or move one of the two."
            )
    found = [(f"{name}/{filename}", f"{into}/{filename}", video_facts(source / filename)) for filename in filenames]
    moves = [Intent("merge", here, there, size_bytes=facts.st_size) for here, there, facts in found if facts]
    return [*moves, Intent("remove", name, "", mode=stat.S_IMODE(source.stat().st_mode))]


def _require_free(data_dir: Path, name: str, *, except_for: str | None) -> None:
    """Raise ConflictError where a folder of this name, or one that differs in case only, exists."""
    twins = [folder for folder in _folders_like(data_dir, name) if folder != except_for]
    if twins:
        raise ConflictError(f"There is a folder {twins[0]} already: use that one, or choose another name.")
    if except_for is None and is_there(data_dir / name):
        raise ConflictError(f"Something called {name} is in the library already: choose another name.")


def _folders_like(data_dir: Path, name: str) -> Sequence[str]:
    wanted = folded(name)
    return [path.name for path in data_dir.iterdir() if folded(path.name) == wanted and is_category(path)]
