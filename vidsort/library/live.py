"""The library in memory, kept in step with the disk, so that a request never walks folders.

Folders are watched by their modification times, which costs one `stat` a folder: no watching
service is needed, and network drives work. Our own moves are applied at once.
"""

import bisect
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..errors import NotFoundError
from ..records import Folder
from .disk import Snapshot, find, list_folder, list_root

log = logging.getLogger(__name__)

POLL_S = 0.5
# FAT keeps modification times in steps of two seconds: a change within the same step does not show in them.
COARSEST_MTIME_S = 2.1
# A listing is made at most this often, and in at most a tenth of the time, however busy the folder is.
CADENCE_S = 1.0
BUSY_SHARE = 0.1
ROOT = ""
T = TypeVar("T")


@dataclass
class _Watched:
    """One folder as it was last looked at; times are monotonic."""

    stamp: tuple[int, int, int]
    stamp_seen_s: float
    listed_s: float = float("-inf")
    took_s: float = 0.0

    def is_due(self, now_s: float) -> bool:
        """Whether a listing could show something new."""
        since_s = now_s - self.listed_s
        if self.listed_s < self.stamp_seen_s:
            return since_s >= min(CADENCE_S, self.took_s / BUSY_SHARE)
        # The clock of a network drive is not ours, so what counts is when we first saw this time stamp.
        return self.listed_s < self.stamp_seen_s + COARSEST_MTIME_S and since_s >= CADENCE_S


class LiveLibrary:
    """Names in the library, at most two seconds old; a library that is not there yet is empty until it comes.

    `version` grows with each change that shows; `exists` says whether the library can be read.
    """

    def __init__(self, data_dir: Path, poll_s: float = POLL_S) -> None:
        """`poll_s` is the time between two looks at the folders, at most one second."""
        self.data_dir = Path(data_dir)
        self.exists = False
        self.version = 0
        self._poll_s = poll_s
        self._snapshot: Snapshot | None = None
        self._watched: dict[str, _Watched] = {}
        self._looking = threading.Lock()
        self._changing = threading.Lock()
        # Our own moves since a look began, which what it listed may lack; None while nobody looks.
        self._meanwhile: list[tuple[str, str]] | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """List the library and keep watching it in a thread of its own until `stop`."""
        self.poll()
        self._stopped.clear()
        self._thread = threading.Thread(target=self._watch, name="live-library", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching; the last snapshot stays."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def snapshot(self) -> Snapshot:
        """All names; immutable, and cheap to ask for."""
        if self._snapshot is None:
            self.poll()
        return self._snapshot

    def folders(self) -> list[Folder]:
        """The category folders with their counts, sorted by name."""
        return self.snapshot().counts()

    def find(self, filename: str) -> Path:
        """Where this video is now; raises InvalidNameError and NotFoundError."""
        try:
            return find(self.data_dir, filename, self.snapshot().folders)
        except NotFoundError:
            self.poll()  # another process may have made the folder it is in only just now
            return find(self.data_dir, filename, self.snapshot().folders)

    def poll(self) -> None:
        """List again what changed since the last look."""
        with self._looking:
            self._look()

    def refresh(self, *names: str) -> None:
        """List the root and these folders again, whatever their time stamps say."""
        with self._looking:
            for name in (ROOT, *names):
                self._watched.pop(name, None)
            self._look()

    def follow(self, moves: Sequence[tuple[str, str]]) -> None:
        """Apply our own changes: (origin, destination) relative to the library, empty where nothing is."""
        places = [place for move in moves for place in move]
        of_videos = all("/" in origin or "/" in destination for origin, destination in moves)
        if of_videos and all(_folder_of(place) in ("", *self.snapshot().folders) for place in places):
            with self._changing:
                if self._meanwhile is not None:
                    self._meanwhile.extend(moves)
                self._publish(_apply(self._snapshot, moves))
        else:
            self.refresh(*{_folder_of(place) or place for place in places})

    def _watch(self) -> None:
        while not self._stopped.wait(self._poll_s):
            try:
                self.poll()
            except Exception:
                # Without this thread every page would show an old library for ever.
                log.exception("The library could not be looked at; it is tried again.")

    def _look(self) -> None:
        with self._changing:
            self._meanwhile = []
            known = self._snapshot or Snapshot()
        listed = self._list_due(known)
        with self._changing:
            self._publish(_apply(listed, self._meanwhile))
            self._meanwhile = None

    def _list_due(self, known: Snapshot) -> Snapshot:
        """What is known, with every folder listed again that may have changed."""
        unsorted, names = known.unsorted, sorted(known.folders)
        try:
            if self._is_due(ROOT):
                unsorted, names = self._timed(ROOT, list_root)
        except (OSError, NotFoundError) as error:
            if self.exists or self._snapshot is None:
                log.warning("The library %s is shown as empty until it can be read (%s).", self.data_dir, error)
            self._watched.clear()
            self.exists = False
            return Snapshot()
        self.exists = True
        folders = {name: known.folders.get(name, ()) for name in names}
        for name in names:
            try:
                if self._is_due(name):
                    folders[name] = self._timed(name, list_folder)
            except OSError:
                # It has just gone; the root's time stamp has changed with it, so the next look sees that.
                folders[name] = ()
        return Snapshot(unsorted, folders)

    def _is_due(self, name: str) -> bool:
        facts = (self.data_dir / name).stat()
        stamp, now_s = (facts.st_dev, facts.st_ino, facts.st_mtime_ns), time.monotonic()
        watched = self._watched.setdefault(name, _Watched(stamp, now_s))
        if watched.stamp != stamp:
            watched.stamp, watched.stamp_seen_s = stamp, now_s
        return watched.is_due(now_s)

    def _timed(self, name: str, listing: Callable[[Path], T]) -> T:
        watched = self._watched[name]
        watched.listed_s = time.monotonic()
        listed = listing(self.data_dir / name)
        watched.took_s = time.monotonic() - watched.listed_s
        return listed

    def _publish(self, snapshot: Snapshot) -> None:
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self.version += 1


def _folder_of(place: str) -> str:
    return place.rpartition("/")[0]


def _apply(snapshot: Snapshot, moves: Sequence[tuple[str, str]]) -> Snapshot:
    """The snapshot after these moves of videos; one that it has already makes no difference."""
    lists: dict[str, list[str]] = {}
    for origin, destination in moves:
        for place, shall_be_there in ((origin, False), (destination, True)):
            folder, _, filename = place.rpartition("/")
            if folder not in lists:
                lists[folder] = list(snapshot.folders.get(folder, ()) if folder else snapshot.unsorted)
            _put(lists[folder], filename, shall_be_there)
    unsorted = tuple(lists.pop(ROOT)) if ROOT in lists else snapshot.unsorted
    changed = {name: tuple(names) for name, names in lists.items() if name in snapshot.folders}
    return Snapshot(unsorted, {**snapshot.folders, **changed})


def _put(names: list[str], name: str, shall_be_there: bool) -> None:
    index = bisect.bisect_left(names, name)
    is_there = index < len(names) and names[index] == name
    if shall_be_there and not is_there:
        names.insert(index, name)
    elif is_there and not shall_be_there:
        del names[index]
