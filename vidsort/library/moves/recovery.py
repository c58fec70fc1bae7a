"""Finish or revert what a kill or a power cut left half done.

Whoever changes the disk holds the lock of the journal, and the system frees that lock when its
process ends. So whoever holds the lock and finds pending rows knows that their process is dead:
a move in flight, of any process, is never touched. What cannot be seen now stays pending.
"""

import logging
import os
import stat
from collections.abc import Collection, Sequence

from ...errors import AwayError
from ...store.journal import Entry, Fate
from ..disk import is_spelled_so
from ..opened import Folders, Place
from .carrying import require_plainly_there, tag_of
from .files.crossing import aside_of, discard, flush, is_same_content, part_of
from .files.rename import LeftHalfDone, remove_file, rename_file

log = logging.getLogger(__name__)


def settle_left(folders: Folders, left: Sequence[Entry], told: Collection[int] = ()) -> dict[int, Fate]:
    """The fate of each pending entry, by the id of its move, but for those that have to wait.

    Of these the log tells, once: `told` are the ids of those that it has told of.
    """
    fates: dict[int, Fate] = {}
    for entry in left:
        try:
            fates[entry.move.id] = settle_on_disk(folders, entry)
        except (AwayError, OSError, LeftHalfDone) as error:
            if entry.move.id not in told:
                log.warning("The change of %r to %r was cut off, and waits: %s", entry.origin, entry.destination, error)
    return fates


def settle_on_disk(folders: Folders, entry: Entry) -> Fate:
    """Bring one pending entry to one of its two ends; no video is lost, whatever step it was killed at.

    Raises AwayError and OSError where that cannot be seen, LeftHalfDone where neither end can be
    reached now.
    """
    fate = _settle_video(folders, entry) if entry.move.kind in ("sort", "merge") else _settle_folder(folders, entry)
    log.warning(
        "The change of %r to %r was cut off: it was %s.",
        entry.origin, entry.destination, "finished" if fate is Fate.REACHED else "reverted",
    )
    return fate


def _settle_folder(folders: Folders, entry: Entry) -> Fate:
    require_plainly_there(folders, entry)
    has_left = not (entry.origin and is_spelled_so(folders.root.path / entry.origin))
    has_come = not entry.destination or is_spelled_so(folders.root.path / entry.destination)
    return Fate.REACHED if has_left and has_come else Fate.STAYED


def _settle_video(folders: Folders, entry: Entry) -> Fate:
    origin, destination = _place(folders, entry.origin), _place(folders, entry.destination)
    aside, part = aside_of(origin, tag_of(entry)), part_of(destination, tag_of(entry))
    if _is_set_aside(origin, aside):
        return _settle_crossing(folders, entry, (origin, aside), (part, destination))
    discard(part)
    left, there = origin.facts(), destination.facts()
    if there is None:
        if left is None:
            require_plainly_there(folders, entry)
        return Fate.STAYED
    if _is_placeholder(there) and (left is not None or entry.size_bytes != 0):
        if left is None:
            log.warning("%s was taken away by somebody while it was being moved.", origin)
        remove_file(destination, there)
        return Fate.STAYED
    if left is None:
        return Fate.REACHED
    if os.path.samestat(left, there) and left.st_nlink > 1:
        remove_file(origin, left)
        return Fate.REACHED
    # Somebody has put a file of their own there in the meantime: both stay.
    return Fate.STAYED


def _settle_crossing(folders: Folders, entry: Entry, here: tuple[Place, Place], beyond: tuple[Place, Place]) -> Fate:
    """The same for a move to another device, whose original was set aside: so its copy was whole."""
    (origin, aside), (part, destination) = here, beyond
    copy, there = part.facts(), destination.facts()
    if there is None:
        require_plainly_there(folders, entry)
    is_published = (
        there is not None
        and stat.S_ISREG(there.st_mode)
        # Until the copy had its own name, what has it is somebody else's.
        and (copy is None or os.path.samestat(copy, there))
        and is_same_content(aside, destination)
    )
    if not is_published and origin.facts() is not None:
        if there is not None or copy is None or not is_same_content(aside, part):
            raise LeftHalfDone(f"{aside} cannot have its name {origin.name} again, which something else has now")
        rename_file(part, destination)
        is_published = True
    if is_published:
        flush(destination.folder)
        discard(aside)
    else:
        rename_file(aside, origin)
        if there is not None and copy is not None and _is_placeholder(there):
            remove_file(destination, there)
    discard(part)
    return Fate.REACHED if is_published else Fate.STAYED


class _Gone(Place):
    """A place whose folder has gone, so that nothing is there."""

    def beside(self, name: str) -> Place:
        """Another one in that folder."""
        return _Gone(self.folder, name)

    def facts(self) -> os.stat_result | None:
        """None, as nothing is there."""
        return None


def _place(folders: Folders, place: str) -> Place:
    try:
        return folders.place(place)
    except FileNotFoundError:
        return _Gone(folders.root, place)


def _is_set_aside(origin: Place, aside: Place) -> bool:
    """Whether the original has only the name that it gets when its copy is whole."""
    facts, left = aside.facts(), origin.facts()
    if facts is None:
        return False
    if left is not None and (os.path.samestat(left, facts) or _is_placeholder(facts)):
        remove_file(aside, facts)
        return False
    return True


def _is_placeholder(facts: os.stat_result) -> bool:
    """Whether this is the empty file that reserved a name.

    It is ours: the journal says that the name was free when this process, and no other, set out to
    take it. Even if not, no byte is lost with it.
    """
    return stat.S_ISREG(facts.st_mode) and facts.st_size == 0
