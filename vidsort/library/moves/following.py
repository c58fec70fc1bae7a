"""The library in memory, kept in step with the journal: what other processes of ours move shows at once."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from ...records import Move
from ...store.journal import OF_VIDEOS, Activity
from ..kind import is_video
from ..live import LiveLibrary


class Following:
    """Applies to a library in memory what the journal says since this was made; safe to use from many threads."""

    def __init__(self, data_dir: Path, activity: Activity, live: LiveLibrary) -> None:
        self._data_dir = data_dir
        self._activity = activity
        self._live = live
        self._mark = activity.mark()
        self._lock = threading.Lock()
        self._is_ours = False

    def catch_up(self) -> None:
        """Apply what other processes have moved since the last call; costs one short question if that is nothing."""
        if self._is_ours or self._activity.mark() == self._mark:
            return
        with self._lock:
            before, now = self._mark, self._activity.mark()
            if self._is_ours or now == before:
                return
            changes = self._activity.between(before, now)
            moves = [places for change in changes if (places := self._confirmed(change))]
            if moves:
                self._live.follow(moves)
            if len(moves) < len(changes):
                self._live.poll()
            # Last: whoever asks meanwhile waits until it is applied.
            self._mark = now

    @contextlib.contextmanager
    def ours(self) -> Iterator[None]:
        """While this process alone may move anything: what it journals is in memory already."""
        self.catch_up()
        with self._lock:
            self._is_ours = True
        try:
            yield
        finally:
            with self._lock:
                self._is_ours = False
                self._mark = self._activity.mark()

    def _confirmed(self, change: Move) -> tuple[str, str] | None:
        """(origin, destination) of a change, where the disk still shows it."""
        origin, destination = change.source, change.target
        if change.state == "undone":
            origin, destination = destination, origin
        if change.kind in OF_VIDEOS and (
            is_video(self._data_dir / origin) or not is_video(self._data_dir / destination)
        ):
            return None
        return origin, destination
