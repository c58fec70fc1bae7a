"""Copies of what browsers cannot play, made by MoviePy: one at a time, in the background, kept by content."""

import contextlib
import functools
import logging
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock
import numpy as np

from ..errors import NotFoundError, VideoDecodeError, VidsortError
from .content import content_hash
from .limited import ClosedError, LimitedChild, LimitedChildren, Request, serve_requests
from .reading.facts import MediaFacts, measured_duration_s, probe
from .reading.shape import to_picture_of_size
from .reading.source import Deadline, decode_clean, demux, open_video, set_up_decoder

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

log = logging.getLogger(__name__)

# Opens a video when it is its turn, wherever it is then, and gives a path to what is open.
Reopen = Callable[[], contextlib.AbstractContextManager[Path]]

TIME_LIMIT_S = 600.0
LOCK_NAME = "copies.lock"
LONGEST_SIDE = 1280
MOST_FRAMES_PER_S = 60.0
# Times in files are rounded to milliseconds or finer.
ROUNDING_S = 0.002
# To see whether a copy is needed a frame is decoded: a few files at once, as each may take some memory.
LOOKED_AT_ONCE = 2
LOOK_LIMIT_S = 20.0


def playable_copy(
    path: Path,
    target: Path,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    progress: Callable[[float], object] = lambda _: None,
) -> None:
    """Write `target`: H.264 (and AAC) in an MP4 that plays while it loads, upright, at most 1280 pixels long.

    The original is only read. The target appears whole or not at all. `progress` is told, now and then, the
    share of the pictures that is done, 0 to 1. The copy is as long as the pictures that there are, whatever the
    file says of itself. Raises FileNotFoundError, or VideoDecodeError with the reason why no copy can be made.
    """
    facts = probe(path)
    if not facts.readable:
        raise VideoDecodeError(str(facts.reason))
    path, target = Path(path).absolute(), Path(target).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    deadline = Deadline(time_limit_s)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.stem}-") as folder:
        made = Path(folder) / "copy.mp4"
        # Where the sound cannot be decoded a silent copy is better than none.
        for sound in (True, False) if facts.audio_codec else (False,):
            try:
                _write(path, made, facts, deadline, progress, sound=sound)
                break
            except OSError as error:
                log.warning("No copy of %s %s sound: %s", path.name, "with" if sound else "without", error)
        if not made.exists() or not probe(made).browser_playable:
            raise VideoDecodeError("no copy that browsers play can be made of it")
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(target)


def _write(
    path: Path, made: Path, facts: MediaFacts, deadline: Deadline, progress: Callable[[float], object], *, sound: bool
) -> None:
    from moviepy import VideoClip

    rate = min(facts.frame_rate or MOST_FRAMES_PER_S, MOST_FRAMES_PER_S)
    duration_s = max(measured_duration_s(path, deadline) or 0.0, 1 / rate)
    with open_video(path, deadline) as (container, stream):
        set_up_decoder(stream.codec_context, "DEFAULT")
        frames = decode_clean(demux(container, [stream], deadline), stream, deadline)
        size = _copy_size(facts.width or 2, facts.height or 2)
        screen = _Screen(frames, (container.start_time or 0) / 1_000_000, size)
        # Our own decoding rather than MoviePy's reader: it knows sample aspect ratios and damaged frames.
        def picture(time_s: float) -> np.ndarray:
            # Also when there are no more frames to be read, which would see to it else.
            deadline.check()
            progress(min(1.0, time_s / duration_s))
            return screen(time_s)

        clip = VideoClip(picture, duration=duration_s)
        clip.write_videofile(
            str(made),
            fps=rate,
            codec="libx264",
            preset="veryfast",
            audio=str(path) if sound else False,
            audio_codec="aac",
            # Sound that goes on for hours after the last picture is left out.
            ffmpeg_params=[
                "-movflags", "+faststart", "-t", f"{duration_s:.3f}", "-map", "0:v:0",
                *(["-map", "1:a:0"] if sound else []),
            ],
            logger=None,
        )


class _Screen:
    """What is on screen at a time: uint8 RGB of `size` (width, height); to be asked for ascending times only."""

    def __init__(self, frames: "Iterator[VideoFrame]", start_s: float, size: tuple[int, int]) -> None:
        from av.video.reformatter import VideoReformatter

        self._frames, self._start_s, self._size = frames, start_s, size
        self._scaler = VideoReformatter()
        self._coming = next(frames, None)
        if self._coming is None:
            raise VideoDecodeError("none of its frames can be decoded: the data is damaged or cut off")
        self._image = to_picture_of_size(self._coming, size, self._scaler)

    def __call__(self, time_s: float) -> np.ndarray:
        """The picture of this second; before the first frame the first, after the last frame the last."""
        shown = None
        while self._coming is not None and (self._coming.time or 0) - self._start_s <= time_s + ROUNDING_S:
            shown, self._coming = self._coming, next(self._frames, None)
        if shown is not None:
            self._image = to_picture_of_size(shown, self._size, self._scaler)
        return self._image


def _copy_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the copy: the same shape, no side above the longest, both even as H.264 needs."""
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


class PlayableCopies:
    """Copies in `artifacts/playable/`, by content: a cache that may be deleted at any time."""

    def __init__(self, artifacts_dir: Path) -> None:
        self._folder = artifacts_dir / "playable"
        self._wanted: queue.SimpleQueue[tuple[str, Reopen, Path]] = queue.SimpleQueue()
        # The share of each that is done, 0 to 1.
        self._waiting: dict[Path, float] = {}
        self._refused: dict[Path, str] = {}
        # Where the copies would be of those that need none.
        self._plays_itself: set[Path] = set()
        self._lock = threading.Lock()
        self._child = LimitedChild(__name__)
        # Their own, as nobody who only asks should wait for a copy.
        self._looking = LimitedChildren(__name__, LOOKED_AT_ONCE)
        self._thread: threading.Thread | None = None

    def get(self, path: Path, name: str | None = None, reopen: Reopen | None = None) -> Path | None:
        """A file with the video that a browser plays: itself, or its copy; None while that is being made.

        `name` is what the log calls it, `reopen` gives a path to it when its turn comes; by default both are the
        path's own. Raises VideoDecodeError where no copy can be made, and OSError.
        """
        target = self._target(path)
        if target.is_file():
            return target
        with self._lock:
            if target in self._refused:
                raise VideoDecodeError(self._refused[target])
            if target in self._waiting:
                return None
            plays_itself = target in self._plays_itself
        if plays_itself or self._look(path):
            with self._lock:
                self._plays_itself.add(target)
            return path
        with self._lock:
            if target not in self._waiting:
                self._waiting[target] = 0.0
                self._wanted.put((name or path.name, reopen or (lambda: contextlib.nullcontext(path)), target))
            if self._thread is None:
                self._thread = threading.Thread(target=self._make, name="playable-copies", daemon=True)
                self._thread.start()
        return None

    def _look(self, path: Path) -> bool:
        """Whether a browser plays it as it is, seen by a limited process; raises as `get` does."""
        with self._looking.one() as child:
            return bool(child.ask({"path": str(path)}, LOOK_LIMIT_S)["plays_itself"])

    def share(self, path: Path) -> float | None:
        """How much of the copy is made, 0 to 1; None where none is being made."""
        return self._waiting.get(self._target(path))

    def _sweep(self) -> None:
        """Remove what a killed server left of copies; nothing is touched while another one is making some."""
        if not self._folder.is_dir():
            return
        with contextlib.suppress(filelock.Timeout), self._making(timeout_s=0):
            for left in self._folder.glob(".*/"):
                shutil.rmtree(left, ignore_errors=True)

    def open(self) -> None:
        """Let copies be made, also after `close`; what a killed server left of some goes."""
        self._looking.open()
        self._child.open()
        self._sweep()

    def close(self) -> None:
        """End the processes that look and make copies; what they are at is lost, nothing else."""
        self._looking.close()
        self._child.close()

    def _target(self, path: Path) -> Path:
        return self._folder / f"{content_hash(path).hex()}.mp4"

    def _making(self, timeout_s: float = -1) -> filelock.AcquireReturnProxy:
        """One copy at a time, whichever server makes it: a copy keeps all cores busy."""
        return filelock.FileLock(self._folder / LOCK_NAME).acquire(timeout=timeout_s)

    def _make(self) -> None:
        while True:
            name, reopen, target = self._wanted.get()
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with self._making(), reopen() as path:
                    # Another file may have come to its name; it is asked for anew then.
                    if self._target(path) == target:
                        request = {"path": str(path), "target": str(target)}
                        self._child.ask(request, TIME_LIMIT_S, functools.partial(self._waiting.__setitem__, target))
            except ClosedError:
                log.info("The copy of %s was not finished.", name)
            except (NotFoundError, FileNotFoundError) as error:
                # One that was moved meanwhile is found in its new place the next time it is asked for.
                log.warning("No playable copy of %s: %s", name, error)
            except (VidsortError, OSError) as error:
                log.warning("No playable copy of %s: %s", name, error)
                self._refused[target] = f"No copy that a browser plays can be made: {error}"
            except Exception:
                log.exception("Making a playable copy of %s failed.", name)
                self._refused[target] = "No copy that a browser plays can be made: the server's log tells why."
            with self._lock:
                self._waiting.pop(target, None)


def main() -> None:
    """The limited process: make one copy after the other, or see of one file after the other whether it needs one."""

    def answer(request: Request, tell: Callable[[float], None]) -> dict[str, Any]:
        path, limit_s = Path(request["path"]), request["limit_s"]
        if "target" in request:
            playable_copy(path, Path(request["target"]), time_limit_s=limit_s, progress=tell)
            return {}
        facts = probe(path, time_limit_s=limit_s)
        if facts.reason is not None:
            raise VideoDecodeError(facts.reason)
        return {"plays_itself": facts.browser_playable}

    serve_requests(answer)
