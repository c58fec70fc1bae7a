"""Very large folders, listed by a process of its own: no thread here waits meanwhile, and what differs comes over."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ...records import VideoNames
from ..left_out import Tally
from ..listed import Listing, stamp_of
from .held import Listed
from .lister import KINDS, ROOT
from .watching import COARSEST_MTIME_S

# A folder of so many names is listed apart. Before it was listed its own size tells, where the file system keeps the
# names in it: of 50 000 videos called by numbers it has 2 MB on ext4.
LARGE, LARGE_BYTES = 50_000, 2_000_000


class Apart:
    """The process that lists, begun with the first folder that is large; `touched` may be called by any thread."""

    def __init__(self, data_dir: Path, video_names: VideoNames) -> None:
        self._data_dir = data_dir
        self._command = [
            sys.executable, "-c", f"from {__package__}.lister import main; main()", str(data_dir), video_names,
        ]
        self._process: subprocess.Popen[bytes] | None = None
        # By folder that it has told all of, the names that were changed here since it was asked. Of these it tells in
        # any case: what is known of them here is not what it has told.
        self._touched: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        # The stamp of the root and the time, where it was asked for before anybody waits for it.
        self._foreseen: tuple[int, float] | None = None

    def is_for(self, folder: str, count: int) -> bool:
        """Whether a folder, of which so many names are known, is large."""
        if count >= LARGE:
            return True
        with contextlib.suppress(OSError):
            return (self._data_dir / folder).stat().st_size >= LARGE_BYTES
        return False

    def foresee(self) -> None:
        """Have the root listed, if it is large, before it is asked for."""
        if self._foreseen is None and self.is_for(ROOT, 0):
            self._foreseen = stamp_of(self._data_dir), time.time()
            with contextlib.suppress(OSError):
                self._ask(ROOT)

    def touched(self, places: Iterable[str]) -> None:
        """These places, relative to the library, were changed here."""
        with self._lock:
            for place in places:
                folder, _, filename = place.rpartition("/")
                if folder in self._touched:
                    self._touched[folder].add(filename)

    def forget(self, *folders: str) -> None:
        """What is known of these folders, or of all where none is named, is not what was told of them."""
        with self._lock:
            for folder in folders or list(self._touched):
                self._touched.pop(folder, None)

    def listed(self, folder: str, known: Callable[[], set[str]]) -> Listed:
        """A folder as it is now beside what is known of it; raises OSError where the process cannot tell."""
        try:
            if self._foreseen is not None:
                foreseen, self._foreseen = self._foreseen, None
                found = self._answer(set)
                if folder == ROOT and self._is_as_foreseen(*foreseen):
                    return found
                self.forget(ROOT)
            whole = self._ask(folder)
            return self._answer(known if whole else set)
        except (OSError, ValueError, KeyError) as error:
            self.stop()
            raise OSError(f"{folder or 'The root'} could not be listed apart ({error}).") from error

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._foreseen = None
        self.forget()
        if process is not None:
            process.kill()
            process.communicate()

    def _is_as_foreseen(self, stamp: int, asked_s: float) -> bool:
        """Whether nothing can have come into the root since, or in the moment before."""
        return stamp_of(self._data_dir) == stamp and stamp / 1e9 + COARSEST_MTIME_S < asked_s

    def _ask(self, folder: str) -> bool:
        """Ask for a folder; whether all of it will be told."""
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._process is None:
            self.forget()
            # Of its own session: Ctrl+C is for the server alone. It ends when its input does.
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        with self._lock:
            touched = self._touched.get(folder)
            self._touched[folder] = set()
        question = {"folder": folder, "touched": list(touched or ()), "is_anew": touched is None}
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        return touched is None

    def _answer(self, known: Callable[[], set[str]]) -> Listed:
        """What is told of the folder that was asked for; `known`: what of it is known here, where all is told."""
        if self._process is None or self._process.stdout is None:
            raise OSError("nobody was asked")
        answers = self._process.stdout
        told = json.loads(answers.readline())
        if not told["is_listed"]:
            raise OSError("it cannot be read")
        names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        left = known()
        for kind in KINDS:
            for _ in range(told["lines"][kind]):
                some = json.loads(answers.readline())
                names[kind] += [name for name in some if name not in left] if left else some
                left.difference_update(some)
        tally = Tally(told["counts"], told["examples"])
        listing = Listing(tuple(names["videos"]), told["folders"], tally, tuple(names["beside"]))
        return Listed(listing, {*names["gone"], *left})
