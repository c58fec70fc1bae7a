"""Finish or revert what a kill or a power cut left half done.

Whoever changes the disk holds the lock of the journal, and the system frees that lock when its
process ends. So whoever holds the lock and finds pending rows knows that their process is dead:
a move in flight, of any process, is never touched. What cannot be seen now stays pending.
"""

import logging
import os
import stat
from collections.abc import Collection, Sequence

from ...errors import VidsortError
from ...store.journal import Entry, Fate, Sidecar
from ..kind import is_spelled_so
from ..opened import Folders, Place
from .carrying import Carried, UnsoundError, require_plainly_there, require_sound
from .files.crossing import aside_of, discard, flush, is_same_content, move_file, part_of
from .files.rename import LeftHalfDone, remove_file, rename_file
from .together import Company, as_it_is, tag_of

log = logging.getLogger(__name__)


def settle_left(folders: Folders, left: Sequence[Entry], told: Collection[int] = ()) -> Carried:
    """What came of each pending entry, but for those that have to wait.

    Of these the log tells, once: `told` are the ids of those that it has told of.
    """
    carried = Carried()
    for entry in left:
        try:
            carried.company[entry.move.id], carried.fates[entry.move.id] = settle_on_disk(folders, entry)
        except UnsoundError as error:
            log.warning("%s", error)
            carried.fates[entry.move.id] = Fate.DROPPED
        except (VidsortError, OSError, LeftHalfDone) as error:
            if entry.move.id not in told:
                log.warning("The change of %r to %r was cut off, and waits: %s", entry.origin, entry.destination, error)
    return carried


def settle_on_disk(folders: Folders, entry: Entry) -> tuple[Company, Fate]:
    """Bring one pending entry to one of its two ends; no file is lost, whatever step it was killed at.

    Raises AwayError and OSError where that cannot be seen, ConflictError and LeftHalfDone where neither end can be
    reached now, UnsoundError for what the journal cannot mean.
    """
    require_sound(entry)
    company = Company()
    if entry.is_of_video:
        origin, destination = _place(folders, entry.origin), _place(folders, entry.destination)
        fate = _settle_file(folders, entry, origin, destination)
        joined = (_rejoin(folders, entry, each, origin, destination, fate) for each in entry.sidecars)
        company = Company(tuple(filter(None, joined)))
    else:
        fate = _settle_folder(folders, entry)
    log.warning(
        "The change of %r to %r was cut off: it was %s.",
        entry.origin, entry.destination, "finished" if fate is Fate.REACHED else "reverted",
    )
    return company, fate


def _rejoin(
    folders: Folders, entry: Entry, sidecar: Sidecar, origin: Place, destination: Place, fate: Fate
) -> Sidecar | None:
    """Bring a sidecar to where its video is; as it is there, if it has come along with it."""
    here, there = origin.beside(sidecar.name), destination.beside(sidecar.name)
    if _was_on_its_way_back(entry, sidecar, here, there):
        _settle_file(folders, entry, there, here, sidecar)
    if _settle_file(folders, entry, here, there, sidecar) is not fate:
        apart, joined = (here, there) if fate is Fate.REACHED else (there, here)
        if apart.facts() is None or isinstance(joined, _Gone):
            return None
        try:
            move_file(apart, joined, tag_of(entry, sidecar))
        except FileExistsError:
            log.warning("%s stays apart from its video, because there is another %s now.", apart, joined)
            return None
    return as_it_is(sidecar, there) if fate is Fate.REACHED else None


def _was_on_its_way_back(entry: Entry, sidecar: Sidecar, here: Place, there: Place) -> bool:
    """Whether the kill came while it was taken back, as its video could not move, or while it was brought back here."""
    tag, left, come = tag_of(entry, sidecar), here.facts(), there.facts()
    is_reserved = left is not None and _is_placeholder(left) and sidecar.size_bytes > 0
    return (
        aside_of(there, tag).facts() is not None
        or part_of(here, tag).facts() is not None
        or (is_reserved and come is not None and come.st_size > 0)
    )


def _settle_folder(folders: Folders, entry: Entry) -> Fate:
    require_plainly_there(folders, entry)
    has_left = not (entry.origin and is_spelled_so(folders.root.path / entry.origin))
    has_come = not entry.destination or is_spelled_so(folders.root.path / entry.destination)
    return Fate.REACHED if has_left and has_come else Fate.STAYED


def _settle_file(
    folders: Folders, entry: Entry, origin: Place, destination: Place, sidecar: Sidecar | None = None
) -> Fate:
    """Bring the video of an entry, or this sidecar, to one of its two ends."""
    tag = tag_of(entry, sidecar)
    aside, part = aside_of(origin, tag), part_of(destination, tag)
    if _is_set_aside(origin, aside):
        return _settle_crossing(folders, entry, (origin, aside), (part, destination))
    discard(part)
    left, there = origin.facts(), destination.facts()
    if there is None:
        if left is None:
            require_plainly_there(folders, entry)
        return Fate.STAYED
    # Somebody may have emptied a sidecar since it was journaled.
    may_be_empty = sidecar is not None or entry.size_bytes == 0
    if _is_placeholder(there) and (left is not None or not may_be_empty):
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
