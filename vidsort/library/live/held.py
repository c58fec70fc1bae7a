"""The names of a library as they are held in memory, sorted, and what listings and our own moves change in them.

A listing of a million names is told as what came and what went: nothing is sorted again, and no thread is kept from
running for longer than it takes to look at some thousand of them.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from ...records import VideoNames
from ..disk import Snapshot
from ..left_out import Tally
from ..listed import Listing
from ..names import is_filename, put

NOTHING = Listing((), {}, Tally(), ())
ROOT = ""
# More changes than these are not told one by one, and not put in one by one either.
FEW = 1000
AT_ONCE = 2000


class Listed(NamedTuple):
    """What a listing found in a folder that was not known before, and what was known and is not there any more."""

    listing: Listing
    gone: Set[str]


def as_set(names: Sequence[str]) -> set[str]:
    """These as a set, in pieces: building it at once would keep all other threads from running."""
    found: set[str] = set()
    for start in range(0, len(names), AT_ONCE):
        found.update(names[start : start + AT_ONCE])
        time.sleep(0)  # whoever waits for the interpreter gets it
    return found


def change(names: list[str], came: Collection[str], gone: Collection[str]) -> dict[str, bool] | None:
    """Put names into a sorted list and take others out: those that made a difference, True where they came.

    None where these are too many to be told one by one.
    """
    if len(came) + len(gone) <= FEW:
        return {
            name: is_there for some, is_there in ((gone, False), (came, True)) for name in some
            if put(names, name, shall_be_there=is_there)
        }
    there = as_set(names)
    kept: Iterable[str] = (name for name in names if name not in gone) if gone else names
    # Two sorted lists one behind the other are sorted at a comparison a name.
    names[:] = sorted([*kept, *sorted(name for name in came if name not in there)])
    return None


class Held:
    """What is known of each folder, the root under ROOT; one at a time may use it."""

    def __init__(self) -> None:
        # Sorted names of videos, changed in place. None before the first look.
        self.names: dict[str, list[str]] | None = None
        # Sorted, what may lie beside videos; most folders have none.
        self.beside: dict[str, list[str]] = {}
        # What the last listing left out, with the folders in it that are not looked into and their stamps.
        self.left_out: dict[str, tuple[Tally, Mapping[str, int]]] = {}
        # As nobody can change them, made when they are asked for; of a folder until it changes.
        self._snapshot: Snapshot | None = None
        self._fixed: dict[str, tuple[str, ...]] = {}

    def all_in(self, folder: str) -> list[str]:
        """The names of videos and of what may lie beside them."""
        return [*(self.names or {}).get(folder, ()), *self.beside.get(folder, ())]

    def snapshot(self) -> Snapshot:
        """All names of videos."""
        if self._snapshot is None:
            self._fixed = {name: self._fixed.get(name) or tuple(names) for name, names in (self.names or {}).items()}
            folders = {name: names for name, names in self._fixed.items() if name != ROOT}
            self._snapshot = Snapshot(self._fixed.get(ROOT, ()), folders)
        return self._snapshot

    def take(self, listed: Mapping[str, Listed], there: Collection[str]) -> tuple[bool, dict[str, bool] | None]:
        """Change what is known into what was listed; other folders than those that are `there` have gone.

        Gives whether that shows, and what came into the root (True) or left it, None where that is too much to tell.
        """
        before = self.names or {}
        is_new = self.names is None or before.keys() != {ROOT, *there}
        self.names = {name: before.get(name, []) for name in (ROOT, *there)}
        in_root: dict[str, bool] | None = {}
        for name, (listing, gone) in listed.items():
            changed = change(self.names[name], listing.videos, gone) if name in before else None
            if name not in before:
                self.names[name] = list(listing.videos)
            change(self.beside.setdefault(name, []), listing.beside, gone)
            self.left_out[name] = (listing.left_out, {} if name == ROOT else listing.folders)
            if changed is None or changed:
                is_new = True
                self._fixed.pop(name, None)
                in_root = changed if name == ROOT else in_root
        self.beside = {name: kept for name, kept in self.beside.items() if kept and name in self.names}
        self.left_out = {
            name: kept for name, kept in self.left_out.items() if name in self.names and (kept[0].counts or kept[1])
        }
        if is_new:
            self._snapshot = None
        return is_new, in_root

    def follow(self, moves: Sequence[tuple[str, str]], video_names: VideoNames) -> tuple[bool, dict[str, bool]]:
        """Apply moves of videos and of what lies beside them, and give the same. One there makes no difference."""
        changed, is_new = dict[str, bool](), False
        for origin, destination in moves:
            for place, there in ((origin, False), (destination, True)):
                folder, _, filename = place.rpartition("/")
                is_video = is_filename(filename, video_names)
                names = (self.names or {}).get(folder) if is_video else self.beside.setdefault(folder, [])
                if names is not None and put(names, filename, shall_be_there=there) and is_video:
                    is_new, self._snapshot = True, None
                    self._fixed.pop(folder, None)
                    if folder == ROOT:
                        changed[filename] = there
        return is_new, changed
