"""H.264 copies of what a browser cannot play: made once, in the background, one at a time."""

import functools
import logging
import queue
import threading
from pathlib import Path

from .content import content_hash
from .errors import VideoDecodeError, VidsortError

log = logging.getLogger(__name__)


class PlayableCopies:
    """Copies in `artifacts/playable/`, by content: a cache that may be deleted at any time."""

    def __init__(self, artifacts_dir: Path) -> None:
        self._folder = artifacts_dir / "playable"
        self._wanted: queue.SimpleQueue[tuple[Path, Path]] = queue.SimpleQueue()
        # The share of each that is done, 0 to 1.
        self._waiting: dict[Path, float] = {}
        self._refused: dict[Path, str] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def get(self, path: Path) -> Path | None:
        """A file with the video that a browser plays: itself, or its copy; None while that is being made.

        Raises VideoDecodeError where no copy can be made, and OSError.
        """
        from .media import probe

        target = self._target(path)
        if target.is_file():
            return target
        with self._lock:
            if target in self._refused:
                raise VideoDecodeError(self._refused[target])
            if target in self._waiting:
                return None
        facts = probe(path)
        if not facts.readable:
            raise VideoDecodeError(facts.reason)
        if facts.browser_playable:
            return path
        with self._lock:
            if target not in self._waiting:
                self._waiting[target] = 0.0
                self._wanted.put((path, target))
            if self._thread is None:
                self._thread = threading.Thread(target=self._make, name="playable-copies", daemon=True)
                self._thread.start()
        return None

    def share(self, path: Path) -> float | None:
        """How much of the copy is made, 0 to 1; None where none is being made."""
        return self._waiting.get(self._target(path))

    def _target(self, path: Path) -> Path:
        return self._folder / f"{content_hash(path).hex()}.mp4"

    def _make(self) -> None:
        from .media import playable_copy

        while True:
            path, target = self._wanted.get()
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                playable_copy(path, target, progress=functools.partial(self._waiting.__setitem__, target))
            except (VidsortError, OSError) as error:
                log.warning("No playable copy of %s: %s", path.name, error)
                # A file that was moved meanwhile is found in its new place the next time it is asked for.
                if path.is_file():
                    self._refused[target] = f"No copy that a browser plays can be made: {error}"
            except Exception:
                log.exception("Making a playable copy of %s failed.", path.name)
                self._refused[target] = "No copy that a browser plays can be made: the server's log tells why."
            with self._lock:
                self._waiting.pop(target, None)
