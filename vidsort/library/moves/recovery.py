"""Finish or revert what a kill or a power cut left half done.

Whoever changes the disk holds the lock of the journal, and the system frees that lock when its
process ends. So whoever holds the lock and finds pending rows knows that their process is dead:
a move in flight, of any process, is never touched.
"""

import logging
import os
import stat
from pathlib import Path

from ...artifacts.files import sync_folder
from ...store.journal import Entry, Fate
from ..disk import is_spelled_so
from .carrying import is_there, part_path
from .rename import is_same_content

log = logging.getLogger(__name__)


def settle_on_disk(data_dir: Path, entry: Entry) -> Fate:
    """Bring one pending entry to one of its two ends; no video is lost, whatever step it was killed at."""
    if entry.move.kind in ("sort", "merge"):
        fate = _settle_video(data_dir, entry)
    else:
        has_left = not (entry.origin and is_spelled_so(data_dir / entry.origin))
        has_come = not entry.destination or is_spelled_so(data_dir / entry.destination)
        fate = Fate.REACHED if has_left and has_come else Fate.STAYED
    log.warning(
        "The change of %r to %r was cut off: it was %s.",
        entry.origin, entry.destination, "finished" if fate is Fate.REACHED else "reverted",
    )
    return fate


def _settle_video(data_dir: Path, entry: Entry) -> Fate:
    origin, destination = data_dir / entry.origin, data_dir / entry.destination
    if destination.parent.is_dir():
        part_path(data_dir, entry).unlink(missing_ok=True)
    if not is_there(destination):
        return Fate.STAYED
    if not is_there(origin):
        if _is_placeholder(destination) and entry.size_bytes != 0:
            log.warning("%s was taken away by somebody while it was being moved.", origin)
            destination.unlink()
            return Fate.STAYED
        return Fate.REACHED
    if _is_placeholder(destination):
        destination.unlink()
        return Fate.STAYED
    if _is_finished_copy(origin, destination):
        sync_folder(destination.parent)
        origin.unlink()
        return Fate.REACHED
    # Somebody has put a file of their own there in the meantime: both stay.
    return Fate.STAYED


def _is_placeholder(path: Path) -> bool:
    """Whether this is the empty file that reserved the name.

    It is ours: the journal says that the name was free when this process, and no other, set out to
    take it. Even if not, no byte is lost with it.
    """
    facts = path.lstat()
    return stat.S_ISREG(facts.st_mode) and facts.st_size == 0


def _is_finished_copy(origin: Path, destination: Path) -> bool:
    """Whether the same bytes lie on two devices, which only a copy before its last step leaves."""
    first, second = origin.lstat(), destination.lstat()
    both_files = stat.S_ISREG(first.st_mode) and stat.S_ISREG(second.st_mode)
    return both_files and are_two_devices(first, second) and is_same_content(origin, destination)


def are_two_devices(first: os.stat_result, second: os.stat_result) -> bool:
    """Whether a move from one to the other had to copy."""
    return first.st_dev != second.st_dev
