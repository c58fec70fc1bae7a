"""A video and what goes along with it change places together, or none of them does.

The video goes last, so that the names tell recovery: where it is, there all of them belong.
"""

import contextlib
import dataclasses
import errno
import hashlib
import os
import stat
from dataclasses import dataclass

from ...errors import ConflictError, VidsortError
from ...store.journal import Entry, Sidecar
from ..opened import Place
from .files.crossing import move_file
from .files.rename import LeftHalfDone


@dataclass(frozen=True)
class Company:
    """What has come along with a video, as it is now; and what a person should know of it, a sentence each."""

    arrived: tuple[Sidecar, ...] = ()
    told: tuple[str, ...] = ()


def tag_of(entry: Entry, sidecar: Sidecar | None = None) -> str:
    """What makes the names of a move's own files its own; known to recovery and to nobody else."""
    own = f"-{hashlib.blake2b(sidecar.name.encode(), digest_size=8).hexdigest()}" if sidecar else ""
    return f"{entry.move.batch}-{entry.move.id}{own}"


def move_together(entry: Entry, source: Place, target: Place) -> Company:
    """Move a video with its sidecars; on any error all are where they were.

    A sidecar that has gone, or has become no regular file, is told of and keeps nobody. Raises as `move_file`, and
    ConflictError where the name of a sidecar is taken; LeftHalfDone also where not all could be taken back.
    """
    if not entry.sidecars:
        move_file(source, target, tag_of(entry))
        return Company()
    _require_movable(entry, source, target)
    arrived, told = [], []
    with contextlib.ExitStack() as taken_back:
        try:
            for sidecar in entry.sidecars:
                here, there, tag = source.beside(sidecar.name), target.beside(sidecar.name), tag_of(entry, sidecar)
                is_changed = as_it_is(sidecar, here) != sidecar
                if not _is_regular(here) or not _move_sidecar(entry, here, there, tag):
                    told.append(f"{sidecar.name} is no longer beside {source.name}, so it did not go along.")
                    continue
                taken_back.callback(_take_back, here, there, tag)
                arrived.append(as_it_is(sidecar, there))
                if is_changed:
                    told.append(f"{sidecar.name} was changed since it was moved, and went along as it is now.")
            move_file(source, target, tag_of(entry))
        except LeftHalfDone:
            taken_back.pop_all()
            raise
        taken_back.pop_all()
    return Company(tuple(arrived), tuple(told))


def is_taken(sidecar: str, video: str, folder: str) -> ConflictError:
    """The error for a video that has to stay because the folder (empty: the root) has a file of its sidecar's name."""
    where = f"in {folder}" if folder else "in the library's root"
    return ConflictError(
        f"There is a {sidecar} {where} already, and {video} would bring its own, so it was not moved: move or rename "
        "one of the two first."
    )


def as_it_is(sidecar: Sidecar, place: Place) -> Sidecar:
    """The sidecar with the facts of what has its name at this place, if anything has."""
    facts = place.facts()
    if facts is None:
        return sidecar
    return dataclasses.replace(sidecar, size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns)


def _require_movable(entry: Entry, source: Place, target: Place) -> None:
    """Raise what would stop the move in the middle, before anything is moved."""
    if not _is_regular(source):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(source))
    if target.facts() is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    for sidecar in entry.sidecars:
        if target.beside(sidecar.name).facts() is not None and _is_regular(source.beside(sidecar.name)):
            raise is_taken(sidecar.name, source.name, entry.destination.rpartition("/")[0])


def _move_sidecar(entry: Entry, here: Place, there: Place, tag: str) -> bool:
    """Whether it was still there to be moved."""
    try:
        move_file(here, there, tag)
    except FileExistsError as error:
        raise is_taken(here.name, entry.move.source.rpartition("/")[2], entry.destination.rpartition("/")[0]) from error
    except FileNotFoundError:
        if _is_regular(here):
            raise  # the folder that it should go to has gone
        return False
    return True


def _take_back(here: Place, there: Place, tag: str) -> None:
    try:
        move_file(there, here, tag)
    except (OSError, VidsortError) as error:
        if there.facts() is not None:
            raise LeftHalfDone(f"{there} could not be taken back ({error})") from error
        # Somebody else took it away from there.


def _is_regular(place: Place) -> bool:
    facts = place.facts()
    return facts is not None and stat.S_ISREG(facts.st_mode)
