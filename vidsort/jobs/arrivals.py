"""Which videos came into a library while it was watched, each once it is quiet: nobody writes it any more."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ..library import Snapshot, video_facts
from ..library.names import differing, is_among

# A download that pauses for less is not looked at in the middle; after a longer pause it is, and again when it goes on.
QUIET_S = 1.0
# What was changed last so long ago is no download: a copy that keeps times sets them when it is whole.
OLD_S = 10.0
# What was looked at is looked after for so long after its last change, in case it was not whole.
LOOKED_AFTER_S = 600.0
LOOK_AFTER_EVERY_S = 2.0
# Of more that come at once nobody's machine begins by itself: they wait for a retrain or a press.
MOST_AT_ONCE = 2000

Stamp = tuple[int, int, int]


class _Waiting(NamedTuple):
    """A video as it was seen last, and since when it has been so."""

    stamp: Stamp
    since_s: float


class Arrivals:
    """What came into one library since the first snapshot; places are relative to it. For one thread."""

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._data_dir, self._clock = data_dir, clock
        # The names by folder, the pile's under the empty name; None before the first snapshot.
        self._names: dict[str, Sequence[str]] | None = None
        self._waiting: dict[str, _Waiting | None] = {}
        self._looked_at: dict[str, Stamp] = {}
        self._looked_after_s = clock()

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, place: str) -> bool:
        return place in self._waiting

    def take(self, snapshot: Snapshot) -> None:
        """Wait for what is new since the snapshot before; what was only moved, by whomever, is not new."""
        now: dict[str, Sequence[str]] = {"": snapshot.unsorted, **snapshot.folders}
        before, self._names = self._names, now
        if before is None:
            return
        places = []
        for folder, names in now.items():
            _, come = differing(before.get(folder, ()), names)
            places += [
                f"{folder}/{name}" if folder else name for name in come
                if not any(is_among(known, name) for known in before.values())
            ]
        if len(places) <= MOST_AT_ONCE:
            self.add(places)

    def add(self, places: Iterable[str]) -> None:
        """Wait for these, too."""
        for place in places:
            self._waiting.setdefault(place, None)

    def quiet(self) -> list[str]:
        """Those that nobody writes any more, sorted; they wait until `looked_at` is called."""
        self._look_after()
        found, now_s = [], self._clock()
        for place, seen in list(self._waiting.items()):
            stamp = self._stamp(place)
            if stamp is None:
                del self._waiting[place]
            elif seen is None or seen.stamp != stamp:
                self._waiting[place] = _Waiting(stamp, now_s)
                if seen is None and _age_s(stamp) >= OLD_S:
                    found.append(place)
            elif now_s - seen.since_s >= QUIET_S or _age_s(stamp) >= OLD_S:
                found.append(place)
        return sorted(found)

    def stamps(self, places: Collection[str]) -> dict[str, Stamp]:
        """How these are now, for `looked_at`; without what is not there."""
        found = {place: self._stamp(place) for place in places}
        return {place: stamp for place, stamp in found.items() if stamp is not None}

    def looked_at(self, stamps: dict[str, Stamp]) -> None:
        """These were looked at as they were then; those that are changed soon after are waited for again."""
        for place, stamp in stamps.items():
            self._waiting.pop(place, None)
            if _age_s(stamp) < LOOKED_AFTER_S:
                self._looked_at[place] = stamp

    def forget(self, places: Iterable[str]) -> None:
        """Wait for these no longer."""
        for place in places:
            self._waiting.pop(place, None)

    def _look_after(self) -> None:
        if self._clock() - self._looked_after_s < LOOK_AFTER_EVERY_S:
            return
        self._looked_after_s = self._clock()
        for place, stamp in list(self._looked_at.items()):
            now = self._stamp(place)
            if now != stamp or _age_s(stamp) >= LOOKED_AFTER_S:
                del self._looked_at[place]
            if now not in (None, stamp):
                self._waiting.setdefault(place, None)

    def _stamp(self, place: str) -> Stamp | None:
        facts = video_facts(self._data_dir / place)
        return None if facts is None else (facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _age_s(stamp: Stamp) -> float:
    return time.time() - stamp[2] / 1e9
