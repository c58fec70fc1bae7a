"""The lock that lets one process and thread at a time change a library, and its folders, opened to work in."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import filelock

from ....artifacts.owners import require_there
from ....errors import AwayError, ConflictError, NotFoundError, VidsortError
from ....store import Database
from ...live import LiveLibrary
from ...opened import Folders

LOCK_NAME = "moves.lock"
# Longer than any move on one device takes by far; only a big copy to another drive makes others wait so long.
PATIENCE_S = 60
LOCK_POLL_S = 0.002


class Alone:
    """The lock of one library, held by one at a time; safe to use from many threads and processes at once."""

    def __init__(self, data_dir: Path, database: Database, home: Path, live: LiveLibrary | None) -> None:
        """`home` is where the artifacts of the library are kept."""
        self._data_dir, self._database, self._home, self._live = data_dir, database, home, live
        self._lock_path = database.path.with_name(LOCK_NAME)
        self._lock = filelock.FileLock(self._lock_path, poll_interval=LOCK_POLL_S)
        self._threads = threading.Lock()
        # The folder that was plainly the library when it was looked at last.
        self._verified: tuple[int, int] | None = None

    @contextlib.contextmanager
    def held(self, *, waits: bool = True) -> Iterator[Folders]:
        """Hold the lock, and the library's folders open, while the block runs.

        Raises ConflictError where others hold it for too long, or, without `waits`, at all; AwayError where the library
        is plainly not the one that it was; and VidsortError for what the system refuses, in the block too.
        """
        # Where the artifacts folder has been renamed, a lock must not be made in its place.
        self._database.connection()
        patience_s = PATIENCE_S if waits else 0
        deadline = time.monotonic() + patience_s
        with contextlib.ExitStack() as held:
            if not self._threads.acquire(timeout=patience_s):
                raise busy()
            held.callback(self._threads.release)
            try:
                held.enter_context(self._lock.acquire(timeout=max(0, deadline - time.monotonic())))
                folders = held.enter_context(self._open())
                self._require_there(folders)
                yield folders
            except filelock.Timeout as error:
                raise busy() from error
            except OSError as error:
                raise VidsortError(
                    f"The library or its journal cannot be read or written ({error}): check the folders "
                    f"{self._data_dir} and {self._lock_path.parent}, then try again."
                ) from error

    def _open(self) -> Folders:
        live = self._live
        return Folders(self._data_dir, lambda name: live is not None and name in live.folder_names())

    def _require_there(self, folders: Folders) -> None:
        """Raise AwayError where the library is plainly not the one that it was; looks only where that is suspicious."""
        facts = folders.root.facts()
        place, live = (facts.st_dev, facts.st_ino), self._live
        if place != self._verified or (live is not None and live.is_empty):
            try:
                # What was listed already need not be listed again.
                require_there(self._home, self._data_dir, is_bare=None if live is None else live.is_empty)
            except NotFoundError as error:
                raise AwayError(str(error)) from error  # it is there, but cannot be read
            self._verified = place


def busy() -> ConflictError:
    """The error for who has waited long enough for a move of others."""
    return ConflictError("Another move is under way (a big copy to another drive?): try again in a moment.")
