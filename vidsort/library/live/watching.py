"""Which folders may hold something new, told by their time stamps: one `stat` a folder, whoever changes them."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

# FAT keeps modification times in steps of two seconds: a change within the same step does not show in them.
COARSEST_MTIME_S = 2.1
# A folder is listed at most this often, and all of them in at most a tenth of the time, however busy they are.
CADENCE_S = 1.0
BUSY_SHARE = 0.1
# So many looks may come before their share of the time is over, so that what changes now and then is seen at once.
BORROWED = 2
# How long a move of our own may take before the folders it touches are looked at like any other.
MOVE_S = 1.0

Stamp = tuple[int, int, int]
T = TypeVar("T")


@dataclass
class _Watched:
    """One folder as it was last looked at; times are monotonic."""

    stamp: Stamp
    stamp_seen_s: float
    listed_s: float = float("-inf")
    # When the listing that is in memory was begun.
    kept_s: float = float("-inf")
    least_s: float = float("inf")
    # The first and the last stamp of our own that no listing has looked behind; None: there is none.
    own_since_s: float | None = None
    own_last_s: float = float("-inf")

    def is_due(self, now_s: float, *, is_paced: bool) -> bool:
        """Whether a listing could show something new, and, if `is_paced`, the last one is long enough ago."""
        is_soon = now_s - self.listed_s < CADENCE_S
        if self.listed_s < self.stamp_seen_s:
            return not (is_paced and is_soon)
        if is_soon:
            return False
        # The clock of a network drive is not ours, so what counts is when we first saw this time stamp.
        if self.listed_s < self.stamp_seen_s + COARSEST_MTIME_S:
            return True
        # What somebody else changed in the very moment of our move has no stamp of its own. All moves within
        # two seconds share this one look.
        return self.own_since_s is not None and now_s >= self.own_since_s + COARSEST_MTIME_S

    def take_for_own(self, stamp: Stamp, now_s: float) -> None:
        """This stamp was left by a move of our own, which is known without a listing."""
        self.stamp, self.own_last_s = stamp, now_s
        if self.own_since_s is None:
            self.own_since_s = now_s

    def begin_listing(self, now_s: float) -> None:
        """What was changed before this moment will be in the listing, whatever its stamp."""
        self.listed_s = now_s
        is_all_seen = now_s >= self.own_last_s + COARSEST_MTIME_S
        self.own_since_s = None if is_all_seen or self.own_since_s is None else now_s


class Watch:
    """The folders of one library, the root being the empty name; safe to use from many threads."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._watched: dict[str, _Watched] = {}
        # Folders in which we are moving something, with the stamp before it and since when.
        self._moving: dict[str, tuple[Stamp, float]] = {}
        # What the listings of this look cost, and how long they waited for other threads beside that.
        self._spent_s = self._waited_s = 0.0
        # Until when all listings up to now have their share of the time, and when the next ones may come.
        self._shared_until_s = self._next_s = float("-inf")
        self._lock = threading.Lock()

    def is_due(self, name: str, *, is_paced: bool) -> bool:
        """Whether this folder shall be listed now; raises OSError where it cannot be looked at."""
        stamp, now_s = self._look(name), time.monotonic()
        with self._lock:
            watched = self._watched.setdefault(name, _Watched(stamp, now_s))
            if watched.stamp != stamp:
                if name in self._moving and now_s < self._moving[name][1] + MOVE_S:
                    return False
                watched.stamp, watched.stamp_seen_s = stamp, now_s
            if is_paced and now_s < self._next_s:
                return False
            return watched.is_due(now_s, is_paced=is_paced)

    def timed(self, name: str, listing: Callable[[Path], T]) -> T:
        """What this listing of a folder gives that `is_due` was asked about; it is remembered when and how long."""
        with self._lock:
            watched = self._watched[name]
            watched.begin_listing(time.monotonic())
        busy_s = -time.thread_time()
        listed = listing(self._data_dir / name)
        busy_s += time.thread_time()
        with self._lock:
            took_s = time.monotonic() - watched.listed_s
            watched.least_s = min(watched.least_s, took_s)
            spent_s = min(took_s, max(watched.least_s, busy_s))
            self._spent_s += spent_s
            self._waited_s += took_s - spent_s
        return listed

    def keep(self, names: Collection[str]) -> None:
        """The look is over, and what it listed of these is in memory now."""
        with self._lock:
            if self._spent_s:
                share_s, now_s = self._spent_s / BUSY_SHARE, time.monotonic()
                self._shared_until_s = max(self._shared_until_s, now_s - self._spent_s) + share_s
                # Where others were waited for they have as long to themselves.
                self._next_s = max(self._shared_until_s - BORROWED * share_s, now_s + self._waited_s)
                self._spent_s = self._waited_s = 0.0
            for name in names:
                if name in self._watched:
                    self._watched[name].kept_s = self._watched[name].listed_s

    def is_as_kept(self, name: str, facts: os.stat_result) -> bool:
        """Whether what is in memory of a folder is what it held at the moment of these facts."""
        # Where the drive keeps whole seconds, what came right after a listing does not show in them.
        unsure_s = 0 if facts.st_mtime_ns % 1_000_000_000 else COARSEST_MTIME_S
        with self._lock:
            watched = self._watched.get(name)
            if watched is None or watched.stamp != _stamp(facts):
                return False
            return watched.kept_s >= watched.stamp_seen_s + unsure_s

    def forget(self, *names: str) -> None:
        """Let these folders, or all where none is named, be listed whatever their stamps say."""
        with self._lock:
            for name in names or list(self._watched):
                self._watched.pop(name, None)

    @contextlib.contextmanager
    def moving(self, names: Collection[str]) -> Iterator[None]:
        """While we move something in these folders; it costs two looks at each.

        A stamp afterwards is known for our own only where the one before was known: else somebody
        else has changed the folder, and it is listed.
        """
        now_s = time.monotonic()
        before = {name: (stamp, now_s) for name in names if (stamp := self._look_if_there(name))}
        with self._lock:
            self._moving = before
        try:
            yield
        finally:
            after = {name: self._look_if_there(name) for name in before}
            now_s = time.monotonic()
            with self._lock:
                self._moving = {}
                for name, (stamp, _) in before.items():
                    watched = self._watched.get(name)
                    left = after[name]
                    if watched is not None and watched.stamp == stamp and left:
                        watched.take_for_own(left, now_s)

    def _look(self, name: str) -> Stamp:
        return _stamp((self._data_dir / name).stat())

    def _look_if_there(self, name: str) -> Stamp | None:
        try:
            return self._look(name)
        except OSError:
            return None


def _stamp(facts: os.stat_result) -> Stamp:
    return facts.st_dev, facts.st_ino, facts.st_mtime_ns
