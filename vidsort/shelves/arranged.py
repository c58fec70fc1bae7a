"""The videos of folders, kept in the orders that were asked for, so that a page costs no walk through its folder."""

import bisect
import collections
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..pile.cursors import Page, page
from ..pile.order import Key
from .folder_orders import FOLDER_ORDERS, FolderOrder, Need

# Orders of folders that are kept; each is a key a video.
MOST_ARRANGED = 8
# Where more have come and gone, sorting all anew is quicker than taking each from its place.
MOST_CHANGED = 2000

# Of the videos of a folder those numbers that are known; called for a first page, and says the same while it is so.
NumbersOf = Callable[[str, Sequence[str]], Mapping[str, float]]


class Shelf:
    """The keys of one folder in one order, sorted; what comes or goes is put in or taken out, and nothing sorted again.

    `numbers`: of each video what the order goes by, but for times, which are asked of the disk as videos come.
    """

    def __init__(self, folder: Path, order: FolderOrder, numbers: Mapping[str, float]) -> None:
        self.numbers = numbers
        self.keys: list[Key] = []
        self._folder, self._order = folder, order
        self._names: Sequence[str] = ()
        # A key has to be the same when it is taken out.
        self._key_of: dict[str, Key] = {}

    def follow(self, names: Sequence[str]) -> None:
        """Show these names, whatever was shown before."""
        # The same texts in another tuple are compared in a fraction of the time that sets of them take.
        if names is self._names or names == self._names:
            return
        self._names, here = names, set(names)
        gone = [name for name in self._key_of if name not in here]
        come = [name for name in names if name not in self._key_of]
        for name in come:
            self._key_of[name] = self._key(name)
        left = [self._key_of.pop(name) for name in gone]
        if len(gone) + len(come) > MOST_CHANGED:
            self.keys = sorted(self._key_of.values())
            return
        for key in left:
            del self.keys[bisect.bisect_left(self.keys, key)]
        for name in come:
            bisect.insort(self.keys, self._key_of[name])

    def _key(self, name: str) -> Key:
        return self._order.key(name, self._look(name) if self._order.needs == "time" else self.numbers.get(name))

    def _look(self, name: str) -> float | None:
        try:
            return (self._folder / name).stat().st_mtime
        except OSError:
            return None  # it has just gone


class Shelves:
    """What lies in the folders of one library; safe to use from many threads."""

    def __init__(self, data_dir: Path, sources: Mapping[Need, NumbersOf]) -> None:
        """`sources`: who knows the numbers that orders go by, but for times."""
        self._data_dir, self._sources = data_dir, sources
        self._kept: collections.OrderedDict[tuple[str, str], Shelf] = collections.OrderedDict()
        self._lock = threading.Lock()

    def page(self, folder: str, names: Sequence[str], order: str, limit: int, cursor: str | None) -> Page:
        """The next `limit` of the videos with these names, all that lie in the folder; raises as `key_of` does.

        Later pages go by the numbers that the first one had, so that what is learned meanwhile repeats no video and
        leaves none out; a video that came meanwhile has no number.
        """
        wanted, place = FOLDER_ORDERS[order], (folder, order)
        with self._lock:
            shelf = self._kept.get(place)
        source = self._sources.get(wanted.needs) if wanted.needs is not None else None
        if shelf is None or (cursor is None and source is not None):
            # Outside the lock: pages that are there already do not wait for what is calculated.
            numbers = source(folder, names) if source is not None else {}
            if shelf is None or shelf.numbers != numbers:
                shelf = Shelf(self._data_dir / folder, wanted, numbers)
        with self._lock:
            self._kept[place] = shelf
            self._kept.move_to_end(place)
            if len(self._kept) > MOST_ARRANGED:
                self._kept.popitem(last=False)
            shelf.follow(names)
            return page(shelf.keys, limit, cursor)
