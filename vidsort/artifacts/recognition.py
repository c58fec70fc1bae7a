"""What a library is known by: its path, which folder that is, and a sketch of its videos."""

import contextlib
import hashlib
import heapq
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from ..errors import NotFoundError
from ..library import Snapshot, scan
from ..records import Record
from ..store.whole import ON_DISK

# So many videos are kept to know a library again: those whose names have the lowest hashes, which are the same ones
# wherever videos lie (Broder 1997).
SKETCHED = 64
# So many are looked at between two rests, which takes about a millisecond.
BETWEEN_RESTS = 500
# From such a share of them on it is the same library, with some videos come or gone.
LEAST_HELD = 0.5


class Owner(Record):
    """A library as it was when it was last looked at: its real path, which folder that was, what was in it.

    `home` is where these artifacts were then: where they have been copied along with their library, the one that they
    came from may still lie at its path. `history` is what the database calls it, however often it is moved: the path
    that it had first. `is_looked_at`: whether what is in it has been found out yet, which takes seconds of a very large
    one.
    """

    path: str
    home: str = ""
    history: str = ""
    device: int | None = None
    inode: int | None = None
    videos: int = 0
    folders: tuple[str, ...] = ()
    sketch: tuple[str, ...] = ()
    is_looked_at: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing in it."""
        return not self.videos and not self.folders

    def is_at(self, folder: os.stat_result) -> bool:
        """Whether this is the very folder that it was."""
        return (self.device, self.inode) == (folder.st_dev, folder.st_ino)

    def is_held_by(self, data_dir: Path, now: Snapshot) -> bool:
        """Whether most of its videos are in this library, by name and size; without any, all of its folders."""
        if not self.sketch:
            return bool(self.folders) and set(self.folders) <= set(now.folders)
        wanted = {entry.partition("-")[0] for entry in self.sketch}
        there = [place for place in places_in(now) if _digest(place) in wanted]
        return len(set(self.sketch) & set(_sketch(data_dir, there))) >= LEAST_HELD * len(self.sketch)


def seen(
    data_dir: Path, snapshot: Snapshot | None = None, rest: Callable[[float], object] = lambda _: None
) -> Owner:
    """What is in a library now; raises NotFoundError where it is not there or cannot be read.

    `rest` is called time and again while it is found out, with the seconds that it took since: who is asked for other
    things meanwhile may wait there.
    """
    # Whatever the setting of names: what it leaves out is there all the same.
    now = snapshot or scan(data_dir, "any")
    places, folder = places_in(now), facts_of(data_dir)
    lowest = heapq.nsmallest(SKETCHED, _with_rests(places, rest), key=_digest)
    return Owner(
        path=os.path.realpath(data_dir), device=folder.st_dev, inode=folder.st_ino, videos=len(places),
        folders=tuple(sorted(now.folders)), sketch=_sketch(data_dir, lowest),
    )


def _with_rests(places: Iterable[str], rest: Callable[[float], object]) -> Iterator[str]:
    began = time.perf_counter()
    for number, place in enumerate(places, 1):
        yield place
        if number % BETWEEN_RESTS == 0:
            rest(time.perf_counter() - began)
            began = time.perf_counter()


def at_a_glance(data_dir: Path) -> Owner:
    """A library whose folder alone was looked at; raises as `seen`."""
    folder = facts_of(data_dir)
    path = os.path.realpath(data_dir)
    return Owner(path=path, device=folder.st_dev, inode=folder.st_ino, is_looked_at=False)


def facts_of(data_dir: Path) -> os.stat_result:
    """Of its folder; raises NotFoundError where it cannot be looked at."""
    try:
        return data_dir.stat()
    except OSError as error:
        why = error.strerror or str(error)
        raise NotFoundError(f"The library {data_dir} cannot be read ({why}): see that its disk is there.") from error


def places_in(now: Snapshot) -> list[str]:
    """Where each of its videos lies, relative to it."""
    return [*now.unsorted, *(f"{folder}/{name}" for folder, names in now.folders.items() for name in names)]


def _digest(place: str) -> str:
    return hashlib.blake2b(place.rpartition("/")[2].encode(*ON_DISK), digest_size=8).hexdigest()


def _sketch(data_dir: Path, places: Collection[str]) -> tuple[str, ...]:
    """Name and size of each of these videos, as a text; what has just gone is left out."""
    entries = set()
    for place in places:
        with contextlib.suppress(OSError):
            entries.add(f"{_digest(place)}-{(data_dir / place).lstat().st_size}")
    return tuple(sorted(entries))
