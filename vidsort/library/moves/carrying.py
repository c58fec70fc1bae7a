"""Carry out one journaled change on the disk, forth or back; each either happens whole or not at all."""

import dataclasses
import errno
import logging
import os
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from ...artifacts.files import sync_folder
from ...errors import AwayError, ConflictError, NotFoundError, VidsortError
from ...store.journal import Entry, Fate
from ..kind import is_spelled_so
from ..names import folded, is_filename, is_folder_name, shown
from ..opened import Folders, OpenFolder, Place
from ..sidecars import stem_of
from .beside import sibling
from .files.faults import step
from .files.rename import LeftHalfDone, rename_folder, respell_folder
from .together import Company, move_together

log = logging.getLogger(__name__)

# Clocks of file systems tick this coarsely at most; what is older than a move by more was not changed by it.
CLOCK_TICK_S = 0.1
# Refused by the rules of one folder or drive, so that nothing is gained by trying again at once.
# So many names of what is in the way are told.
NAMED = 3
NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class PastUndoError(ConflictError):
    """What should be moved back has gone or changed, so that trying again cannot help."""


class UnsoundError(PastUndoError):
    """The journal names what no video or folder of a library can be called, so nothing of it is carried out."""


@dataclass(frozen=True)
class Carried:
    """What came of each entry, why it was not moved, and what has come along, by the id of its move.

    An entry without a fate was left half done, or cut off.
    """

    fates: dict[int, Fate] = field(default_factory=dict)
    errors: dict[int, VidsortError] = field(default_factory=dict)
    company: dict[int, Company] = field(default_factory=dict)

    def changes_of(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """(origin, destination) of what an entry that reached its end has moved."""
        yield entry.origin, entry.destination
        for sidecar in self.company[entry.move.id].arrived:
            yield sibling(entry.origin, sidecar.name), sibling(entry.destination, sidecar.name)


def carry_out_all(folders: Folders, entries: Sequence[Entry], *, drops: bool) -> Carried:
    """Change the disk entry by entry.

    `drops`: undo and redo shall not stop for ever at what has gone from the disk.
    """
    carried, stayed = Carried(), set[str]()
    for entry in entries:
        move_id = entry.move.id
        try:
            carried.company[move_id] = carry_out(folders, _without_those_of(entry, stayed))
            carried.fates[move_id] = Fate.REACHED
            continue
        except VidsortError as error:
            log.info("Not moved: %s", error)
            carried.errors[move_id] = error
            carried.fates[move_id] = Fate.DROPPED if drops and isinstance(error, PastUndoError) else Fate.STAYED
        except LeftHalfDone as error:
            log.warning("The change of %r to %r was cut off: %s.", entry.origin, entry.destination, error)
            carried.errors[move_id] = AwayError(
                f"{entry.origin or entry.destination} could be moved in part only, because the disk did not answer any "
                "more: it is finished or taken back as soon as it does."
            )
        stayed.add(entry.origin)
    return carried


def require_sound(entry: Entry) -> None:
    """Raise UnsoundError unless an entry only names what moves can have been made of, none of it outside the library.

    A journal may have been rescued from a damaged file, or written by somebody else.
    """
    for place in (entry.origin, entry.destination):
        folder, slash, name = place.rpartition("/")
        is_place = is_filename(name, "any") if entry.is_of_video else not slash and (not name or is_folder_name(name))
        if not is_place or (slash and not is_folder_name(folder)):
            raise _unsound(entry, place)
    stem = stem_of(entry.origin.rpartition("/")[2])
    for sidecar in entry.sidecars:
        if not sidecar.name.startswith(f"{stem}.") or "/" in sidecar.name or "\0" in sidecar.name:
            raise _unsound(entry, sidecar.name)


def _unsound(entry: Entry, name: str) -> UnsoundError:
    return UnsoundError(
        f"Nothing was moved, because the journal calls {'a video or its file' if entry.is_of_video else 'a folder'} "
        f"{shown(name)}, as none in a library can be called: something else has changed vidsort.db."
    )


def _without_those_of(entry: Entry, stayed: Set[str]) -> Entry:
    """This entry without the sidecars that stay with another video, which was to leave before it and did not."""
    if not (entry.sidecars and stayed):
        return entry
    leave = (
        sidecar for sidecar in entry.sidecars
        if not any(sibling(entry.origin, video) in stayed for video in sidecar.shared_with)
    )
    return dataclasses.replace(entry, sidecars=tuple(leave))


def parents_of(entries: Sequence[Entry]) -> set[str]:
    """The folders in which these entries change names, the root being the empty one."""
    return {place.rpartition("/")[0] for entry in entries for place in (entry.origin, entry.destination) if place}


def flush_parents(folders: Folders, entries: Sequence[Entry]) -> None:
    """Make what these entries changed survive a power cut, as far as the file system can."""
    for name in parents_of(entries):
        try:
            folder = folders.category(name) if name else folders.root
        except FileNotFoundError:
            continue  # it was merged away
        except OSError as error:
            log.warning("The folder %s could not be opened to be flushed (%s).", name, error.strerror)
            continue
        with step("flush folder", folder):
            sync_folder(folder.handle)


def carry_out(folders: Folders, entry: Entry) -> Company:
    """Change the disk in the entry's direction; what has come along with a video.

    Raises NotFoundError where a video to be sorted has gone, ConflictError where the place is taken,
    PastUndoError where undo or redo finds nothing that it could move, AwayError where that cannot be
    seen, VidsortError for what the system refuses (a full disk, say). The disk is unchanged then, but
    for LeftHalfDone.
    """
    require_sound(entry)
    try:
        if entry.is_of_video:
            return move_together(entry, folders.place(entry.origin), folders.place(entry.destination))
        if entry.move.kind == "rename":
            _rename_folder(folders, entry)
        elif entry.origin:
            _remove_folder(folders.place(entry.origin))
        else:
            _make_folder(folders, entry)
    except FileExistsError as error:
        raise _taken(entry) from error
    except FileNotFoundError as error:
        require_plainly_there(folders, entry)
        raise _gone(entry) from error
    except NotADirectoryError as error:
        raise AwayError(
            f"{Path(str(error.filename)).name} is no folder of the library now (a file has its name, or a link that "
            "leads out of it), so nothing was moved: bring the folder back, then try again."
        ) from error
    except OSError as error:
        raise _refused(entry, error) from error
    return Company()


def require_plainly_there(folders: Folders, entry: Entry) -> None:
    """Raise AwayError unless the library is plainly the one that it was, so that what is not there has gone.

    Where a disk is away an empty folder is left in its place, and it is older than what was put there.
    """
    try:
        with os.scandir(folders.root.handle) as found:
            is_empty = not any(
                is_filename(each.name, "any") or (is_folder_name(each.name) and each.is_dir()) for each in found
            )
    except OSError as error:
        raise AwayError(
            f"The library {folders.root.path} cannot be read ({error.strerror}), so nothing was changed: see that its "
            "disk is there, then try again."
        ) from error
    if is_empty:
        raise AwayError(
            f"The library {folders.root.path} is empty, so nothing was changed: if its disk is away, bring it back, "
            "then try again."
        )
    for place in filter(None, (entry.origin, entry.destination)):
        try:
            folder = folders.place(place).folder
        except FileNotFoundError:
            continue  # the folder itself has gone from a library that is there
        if folder.facts().st_mtime < entry.move.at - CLOCK_TICK_S and not folder.names():
            raise AwayError(
                f"The folder {folder.path} is empty, and older than what was put there, so nothing was changed: if its "
                "disk is away, bring it back, then try again."
            )


def _rename_folder(folders: Folders, entry: Entry) -> None:
    origin, destination = folders.place(entry.origin), folders.place(entry.destination)
    folders.category(entry.origin)
    if not is_spelled_so(folders.root.path / entry.origin):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(origin))
    facts = destination.facts()
    # A file system that is blind to case or composition shows the same folder by both names.
    if facts is not None and folded(origin.name) == folded(destination.name) and origin.holds(facts):
        respell_folder(origin, destination)
    else:
        rename_folder(origin, destination)


def _make_folder(folders: Folders, entry: Entry) -> None:
    place = folders.place(entry.destination)
    try:
        with step("make folder", place):
            os.mkdir(place.name_there, 0o777 if entry.mode is None else entry.mode, dir_fd=place.dir_fd)
    except FileExistsError:
        if entry.move.kind == "remove" and _is_category(folders, entry.destination):
            return  # a merged folder that somebody made anew; the videos go back into it
        raise
    if entry.mode is not None:
        with place.folder.folder(place.name) as made:
            _give_permissions(made, entry.mode)


def _give_permissions(folder: OpenFolder, mode: int) -> None:
    try:
        with step("give permissions", folder):
            os.chmod(folder.handle, mode)  # noqa: PTH101  (a descriptor has no method)
    except OSError as error:
        # The folder is there all the same; not every drive has permissions.
        log.warning("%s could not be given its permissions again (%s).", folder, error.strerror)


def _is_category(folders: Folders, name: str) -> bool:
    try:
        return isinstance(folders.category(name), OpenFolder)
    except NotADirectoryError:
        return False


def _remove_folder(place: Place) -> None:
    try:
        with step("remove folder", place):
            os.rmdir(place.name_there, dir_fd=place.dir_fd)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        raise not_empty(place) from error


def not_empty(place: Place) -> PastUndoError:
    """The error for a folder that is to be removed and holds something, which it names."""
    return PastUndoError(
        f"The folder {place.name} is not empty{_held(place)}, so it stays as it is: only videos and what belongs to "
        "one are ever moved or removed."
    )


def _held(place: Place) -> str:
    """The first few names in a folder, to be told."""
    try:
        with place.folder.folder(place.name) as folder:
            names = sorted(folder.names())
    except OSError:
        return ""  # it may not be listed, or has gone just now
    shown_names = ", ".join(shown(name)[1:-1] for name in names[:NAMED]) + (" and others" if len(names) > NAMED else "")
    return f" ({shown_names})" if names else ""


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


def _refused(entry: Entry, error: OSError) -> VidsortError:
    # Undo and redo are refused, not broken off: the action keeps its turn.
    kind = VidsortError if entry.move.state == "intended" and error.errno not in NOT_ALLOWED else AwayError
    return kind(
        f"{entry.origin or entry.destination} could not be moved ({error.strerror}): check that the drive can be "
        "written, has room, that its folders are there and open to you, and that no other program holds the file, then "
        "try again."
    )
