"""What a library is known by, written down beside the requests whenever its folders have changed."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from ..artifacts.owners import remember
from ..artifacts.recognition import seen
from ..errors import VidsortError
from ..library.live import LiveLibrary

log = logging.getLogger(__name__)

# Of so many videos it is found out at once, in a few hundredths of a second.
AT_ONCE = 10_000
# Of a million it takes seconds; it rests so many times as long as it works, and nobody else waits for it.
RESTS = 4


class Remembering:
    """Keeps what one library is known by up to date; safe to use from many threads."""

    def __init__(
        self, home: Path, data_dir: Path, live: LiveLibrary, why_away: Callable[[], str | None]
    ) -> None:
        """`home` is where the artifacts of the library are kept; while it is plainly away nothing is written down."""
        self._home, self._data_dir, self._live, self._why_away = home, data_dir, live, why_away
        # Its folders, and whether it was empty, when it was written down last; and the version of the view.
        self._remembered, self._written = (set[str](), True), -1
        self._ending = threading.Event()
        self._beside: threading.Thread | None = None
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Write it down beside what else there is to do, unless that is under way."""
        with self._lock:
            if self._beside is None or not self._beside.is_alive():
                self._beside = threading.Thread(target=self._write, args=(self._rest,), name="remembering", daemon=True)
                self._beside.start()

    def look_after(self) -> None:
        """Write it down where its folders have changed, or its first videos have come."""
        if self._remembered == (self._live.folder_names(), self._live.is_empty):
            return
        now = self._live.snapshot()
        if len(now.unsorted) + sum(map(len, now.folders.values())) <= AT_ONCE:
            self._write()
        else:
            self.begin()

    def end(self) -> None:
        """Write down how it is at the end, without rests."""
        self._ending.set()
        with self._lock:
            beside, self._beside = self._beside, None
        if beside is not None:
            beside.join()
            self._write()
        self._ending.clear()

    def _rest(self, took_s: float) -> None:
        self._ending.wait(RESTS * took_s)

    def _write(self, rest: Callable[[float], object] = lambda _: None) -> None:
        version, self._remembered = self._live.version, (self._live.folder_names(), self._live.is_empty)
        if not self._live.exists or self._written == version or self._why_away() is not None:
            return
        self._written = version
        try:
            remember(self._home, seen(self._data_dir, self._live.snapshot(), rest))
        except (VidsortError, OSError) as error:
            log.warning("What is in the library could not be written down: %s", error)
