"""What a wish means on this disk: checks it, and says which changes it takes; nothing is touched here."""

import contextlib
import dataclasses
import functools
import os
import stat
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import AwayError, ConflictError, InvalidNameError, NotFoundError, VidsortError
from ...records import Move, VideoNames
from ...store.journal import Direction, Entry, Intent, Sidecar
from ..disk import IS_LINK, folder_path
from ..kind import is_category
from ..names import check_filename, check_new_folder_name, folded, is_filename
from ..opened import Folders, OpenFolder, Place
from .beside import Beside
from .carrying import not_empty
from .together import is_taken


class Wish(NamedTuple):
    """A video that shall be moved from one folder into another; None is the root, where the unsorted ones lie."""

    filename: str
    origin: str | None
    folder: str | None


@dataclass(frozen=True)
class Outcome:
    """What came of one wish of a batch: the move, or the error that kept the video where it was."""

    wish: Wish
    result: Move | VidsortError

    @property
    def move(self) -> Move | None:
        """The move, where there was one."""
        return None if isinstance(self.result, VidsortError) else self.result

    def moved(self) -> Move:
        """The move; raises the error that kept the video where it was."""
        if isinstance(self.result, VidsortError):
            raise self.result
        return self.result

    @property
    def error(self) -> VidsortError | None:
        """Why the video was not moved."""
        return self.result if isinstance(self.result, VidsortError) else None


# What came of a journaled change: its move as it is now, and why it did not take place.
Result = tuple[Move, VidsortError | None]


def moved(results: Sequence[Result]) -> list[Move]:
    """The moves that took place; where each has an error, the first is raised."""
    moves = [move for move, error in results if error is None]
    if results and not moves:
        raise next(error for _, error in results if error is not None)
    return moves


def plan_wishes(
    folders: Folders, wanted: Sequence[Wish], beside: Beside, video_names: VideoNames = "digits",
    made: Set[str] = frozenset(),
) -> list[Intent | VidsortError]:
    """Move each video; for each its change, or why it cannot be. `made` are folders that are made first.

    The errors are InvalidNameError (also for the folder that it is in), NotFoundError (not where it should be, or named
    before in this batch), ConflictError (the folder has, or is to have, a file of that name, or of a sidecar's) and
    AwayError (that cannot be seen).
    """
    plans: list[Intent | VidsortError] = []
    claimed: set[str] = set()

    # Looked at once a batch: where case does not count, it takes a listing of the root.
    @functools.cache
    def opened(folder: str | None) -> OpenFolder | None:
        return folders.root if folder is None else _open_category(folders, folder) if folder not in made else None

    for wish in wanted:
        filename, folder = wish.filename, wish.folder
        try:
            check_filename(filename, video_names)
            source, target = (_place_of(where, filename) for where in (wish.origin, folder))
            origin = opened(wish.origin) or folders.root
            size_bytes = _check_move(wish, origin, opened(folder), {source, target} & claimed)
            sidecars = _taken_along(beside, source, folder or "", opened(folder))
            plans.append(Intent(
                "sort" if wish.origin is None else "move", source, target, size_bytes, sidecars=sidecars
            ))
            claimed |= {source, target}
        except VidsortError as error:
            plans.append(error)
        except OSError as error:
            plans.append(AwayError(
                f"{filename} or {folder or 'the root'} cannot be looked at ({error.strerror}), so it was not moved: "
                "see that the disk is there and its folders are open to you, then try again."
            ))
    return plans


def plan_batch(
    folders: Folders, wanted: Sequence[Wish], beside: Beside, video_names: VideoNames, makes: Sequence[str]
) -> tuple[list[Intent], list[Intent | VidsortError]]:
    """What comes first, folders that are made, and then for each wish as `plan_wishes`; raises as `plan_create`."""
    first = [plan_create(folders, name) for name in makes]
    # One may be spelled otherwise than it was asked for.
    spelled = {name: each.target for name, each in zip(makes, first, strict=True)}
    wanted = [wish._replace(folder=spelled.get(wish.folder or "", wish.folder)) for wish in wanted]
    return first, plan_wishes(folders, wanted, beside, video_names, {each.target for each in first})


def _place_of(folder: str | None, filename: str) -> str:
    return filename if folder is None else f"{folder}/{filename}"


def _check_move(wish: Wish, origin: OpenFolder, target: OpenFolder | None, claimed: Set[str]) -> int:
    """The size of a video that can be moved; `claimed`: what of its two places others of the batch leave or take."""
    name, there = wish.filename, f"in {wish.origin}" if wish.origin else "among the unsorted videos"
    if wish.origin == wish.folder:
        raise InvalidNameError(f"{name} shall go where it is, {there}: choose another folder.")
    facts = Place(origin, name).facts()
    if facts is not None and stat.S_ISLNK(facts.st_mode):
        raise NotFoundError(f"{name} {IS_LINK}")
    if _place_of(wish.origin, name) in claimed or facts is None or not stat.S_ISREG(facts.st_mode):
        raise NotFoundError(f"{name} is not {there}: it may have been moved already.")
    if claimed or (target is not None and Place(target, name).facts() is not None):
        where = f"in {wish.folder}" if wish.folder else "among the unsorted videos"
        raise ConflictError(f"There is a {name} {where} already, so it was not moved: rename one of the two.")
    return facts.st_size


def _taken_along(beside: Beside, origin: str, folder: str, opened: OpenFolder | None) -> tuple[Sidecar, ...]:
    """What goes along with a video into a folder; raises ConflictError where a name is taken there."""
    sidecars = beside.of(origin)
    for sidecar in sidecars:
        if opened is not None and Place(opened, sidecar.name).facts() is not None:
            raise is_taken(sidecar.name, origin.rpartition("/")[2], folder)
    beside.leaves(origin, sidecars)
    return sidecars


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


def plan_merge(
    folders: Folders, name: str, into: str, beside: Beside, video_names: VideoNames = "digits"
) -> list[Intent]:
    """Move all videos of a folder, with what lies beside them, into another one and remove the emptied folder.

    The folder stays where it holds anything else. Raises InvalidNameError, and ConflictError for the whole where any
    name of a video or sidecar is in both.
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
        origin = f"{name}/{filename}"
        sidecars = _taken_along(beside, origin, into, target)
        moves.append(Intent("merge", origin, f"{into}/{filename}", video.st_size, sidecars=sidecars))
    return [*moves, Intent("remove", name, "", mode=stat.S_IMODE(facts.st_mode))]


def plan_remove(folders: Folders, name: str) -> Intent:
    """Remove a folder in which nothing is; raises InvalidNameError, and ConflictError where anything is, hidden too."""
    folder, place = _open_category(folders, name), folders.place(name)
    facts = place.facts()
    if facts is not None and stat.S_ISLNK(facts.st_mode):
        raise ConflictError(f"{name} is a link to another folder, so it stays: only folders are removed.")
    # Where it may not be listed, the system tells when it is to be removed.
    with contextlib.suppress(OSError):
        if folder.names():
            raise not_empty(place)
    return Intent("remove", name, "", mode=stat.S_IMODE(folder.facts().st_mode))


def plan_turn(entries: Sequence[Entry], direction: Direction, beside: Beside) -> list[Entry]:
    """These entries with what goes along when they are undone or done again; raises AwayError where it is not seen."""
    is_back, planned = direction == "back", []
    for entry in entries:
        sidecars = entry.sidecars if is_back else ()
        if entry.is_of_video:
            sidecars = _turned_along(beside, entry.move.target if is_back else entry.move.source, sidecars)
        planned.append(dataclasses.replace(entry, sidecars=sidecars))
    return planned


def _turned_along(beside: Beside, origin: str, took: tuple[Sidecar, ...]) -> tuple[Sidecar, ...]:
    try:
        sidecars = beside.of(origin, took)
    except (FileNotFoundError, NotADirectoryError):
        return took  # its folder has gone, which is told when it is to be moved
    except OSError as error:
        raise AwayError(
            f"What lies beside {origin} cannot be seen ({error.strerror}), so nothing was changed: see that the disk "
            "is there and its folders are open to you, then try again."
        ) from error
    beside.leaves(origin, sidecars)
    return sidecars


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
