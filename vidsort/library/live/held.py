"""The names of a library as they are held in memory, in order, and what listings and our own moves change in them.

A listing of a million names is told as what came and what went: nothing is sorted again, and no thread is kept from
running for longer than it takes to look at some thousand of them.
"""

import itertools
import time
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from ...records import VideoNames
from ..disk import Snapshot
from ..left_out import Tally
from ..listed import Listing
from ..names import InOrder, is_filename

NOTHING = Listing((), {}, Tally(), ())
NONE = InOrder()
ROOT = ""
# More changes than these are not told one by one, and not put in one by one either.
FEW = 1000


class Listed(NamedTuple):
    """What a listing found in a folder that was not known before, and what was known and is not there any more."""

    listing: Listing
    gone: Set[str]


def as_set(*names: InOrder) -> set[str]:
    """These as a set, in pieces: building it at once would keep all other threads from running."""
    found: set[str] = set()
    for block in itertools.chain.from_iterable(each.blocks for each in names):
        found.update(block)
        time.sleep(0)  # whoever waits for the interpreter gets it
    return found


def change(names: InOrder, came: Collection[str], gone: Collection[str]) -> tuple[InOrder, dict[str, bool] | None]:
    """These names with what came and without what has gone; and those that made a difference, True where they came.

    None instead where these are too many to be told one by one.
    """
    if len(came) + len(gone) <= FEW:
        changed = dict[str, bool]()
        for some, is_there in ((gone, False), (came, True)):
            for name in some:
                before, names = names, names.put(name, shall_be_there=is_there)
                if names is not before:
                    changed[name] = is_there
        return names, changed
    kept: Iterable[str] = (name for name in names if name not in gone) if gone else names
    # Two sorted lists one behind the other are sorted at a comparison a name.
    return InOrder(sorted([*kept, *sorted(name for name in came if name not in names)])), None


class Held:
    """What is known of each folder, the root under ROOT; one at a time may use it."""

    def __init__(self) -> None:
        # The names of videos. None before the first look.
        self.names: dict[str, InOrder] | None = None
        # What may lie beside videos; most folders have none.
        self.beside: dict[str, InOrder] = {}
        # What the last listing left out, with the folders in it that are not looked into and their stamps.
        self.left_out: dict[str, tuple[Tally, Mapping[str, int]]] = {}
        # Made when it is asked for.
        self._snapshot: Snapshot | None = None

    def all_in(self, folder: str) -> tuple[InOrder, InOrder]:
        """The names of videos, and of what may lie beside them."""
        return (self.names or {}).get(folder, NONE), self.beside.get(folder, NONE)

    def snapshot(self) -> Snapshot:
        """All names of videos; two of these share the names of each folder that has not changed in between."""
        if self._snapshot is None:
            folders = dict(self.names or {})
            self._snapshot = Snapshot(folders.pop(ROOT, NONE), folders)
        return self._snapshot

    def take(self, listed: Mapping[str, Listed], there: Collection[str]) -> tuple[bool, dict[str, bool] | None]:
        """Change what is known into what was listed; other folders than those that are `there` have gone.

        Gives whether that shows, and what came into the root (True) or left it, None where that is too much to tell.
        """
        before = self.names or {}
        is_new = self.names is None or before.keys() != {ROOT, *there}
        self.names = {name: before.get(name, NONE) for name in (ROOT, *there)}
        in_root: dict[str, bool] | None = {}
        for name, (listing, gone) in listed.items():
            changed: dict[str, bool] | None = None
            if name in before:
                self.names[name], changed = change(before[name], listing.videos, gone)
            else:
                self.names[name] = InOrder(listing.videos)
            self.beside[name], _ = change(self.beside.get(name, NONE), listing.beside, gone)
            self.left_out[name] = (listing.left_out, {} if name == ROOT else listing.folders)
            if changed is None or changed:
                is_new = True
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
                names = (self.names or {}) if is_video else self.beside
                if is_video and folder not in names:
                    continue
                before = names.get(folder, NONE)
                names[folder] = before.put(filename, shall_be_there=there)
                if is_video and names[folder] is not before:
                    is_new, self._snapshot = True, None
                    if folder == ROOT:
                        changed[filename] = there
        return is_new, changed
