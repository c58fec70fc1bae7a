"""Small pictures of a video, a poster and a strip, as WebP, kept by content in `artifacts/pictures/`.

Extraction writes posters while it has the frames at hand; what is not there yet is made when it is
asked for. They are caches: the folder may be deleted at any time.
"""

import contextlib
import functools
import io
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import VideoDecodeError
from .content import content_hash
from .limited import LimitedChildren, Request, serve_requests
from .reading.facts import probe
from .reading.frames import Frames
from .reading.once import sample_frames

if TYPE_CHECKING:
    from PIL.Image import Image

POSTER_WIDTH = 320
# WebP ends at 16383 pixels; a picture much higher than a screen is no poster anyway.
POSTER_HEIGHT = 1280
STRIP_HEIGHT = 160
STRIP_FRAMES = 6
# A strip cell is no narrower than 9:16 of its height and no wider than 16:9; other shapes get bars.
NARROWEST, WIDEST = 90, 284
TIME_LIMIT_S = 20.0
# A few at once keep the cores busy; each may take some memory.
MADE_AT_ONCE = 2
# A clip of our own that shows whether anything can be decoded here: three frames of H.264, 32 x 32.
TRIAL = Path(__file__).with_name("trial.mp4")
TRIAL_LIMIT_S = 5.0

Kind = Literal["poster", "strip"]
KINDS: tuple[Kind, ...] = ("poster", "strip")


def poster_webp(frames: Frames) -> bytes:
    """The first frame as WebP, at most 320 pixels wide: what the video looks like when it starts to play."""
    from PIL import Image

    image = Image.fromarray(frames.images[0])
    is_small = image.width <= POSTER_WIDTH and image.height <= POSTER_HEIGHT
    return _webp(image if is_small else _fitted(image, (POSTER_WIDTH, POSTER_HEIGHT)))


def strip_webp(frames: Frames) -> bytes:
    """Six cells side by side as WebP, each 160 pixels high and all of one width, the frames centred in them.

    A video with fewer frames shows some of them in several cells, in order.
    """
    from PIL import Image

    height, width = frames.images[0].shape[:2]
    cell = int(np.clip(round(STRIP_HEIGHT * width / height), NARROWEST, WIDEST))
    strip = Image.new("RGB", (cell * STRIP_FRAMES, STRIP_HEIGHT))
    for position, index in enumerate(np.linspace(0, len(frames.images) - 1, STRIP_FRAMES).round().astype(int)):
        fitted = _fitted(Image.fromarray(frames.images[index]), (cell, STRIP_HEIGHT))
        middle = ((cell - fitted.width) // 2, (STRIP_HEIGHT - fitted.height) // 2)
        strip.paste(fitted, (position * cell + middle[0], middle[1]))
    return _webp(strip)


def _fitted(image: "Image", box: tuple[int, int]) -> "Image":
    """The picture as large as fits into (width, height), at least one pixel either way."""
    scale = min(box[0] / image.width, box[1] / image.height)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _webp(image: "Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


class Pictures:
    """The pictures of videos in one artifacts folder; what is not kept yet is made by a few limited processes."""

    def __init__(self, artifacts_dir: Path) -> None:
        self._artifacts_dir = artifacts_dir
        self._children = LimitedChildren(__name__, MADE_AT_ONCE)

    def get(self, path: Path, kind: Kind) -> bytes:
        """A WebP picture of the video; raises VideoDecodeError with the reason why there is none, and OSError."""
        facts = path.stat()
        content = _content_of(path, facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        kept = picture_path(self._artifacts_dir, content, kind)
        with contextlib.suppress(FileNotFoundError):
            return kept.read_bytes()
        with self._children.one() as child:
            # Somebody else may have asked for the same meanwhile.
            if not kept.is_file():
                request = {"path": str(path), "content": content.hex(), "artifacts_dir": str(self._artifacts_dir)}
                child.ask(request, TIME_LIMIT_S)
        return kept.read_bytes()

    def try_out(self) -> None:
        """Decode a tiny clip; raises VideoDecodeError and OSError with the reason why no video can be read here."""
        facts = probe(TRIAL)
        if facts.reason is not None:
            raise VideoDecodeError(facts.reason)
        with self._children.one_that_is_idle() as child:
            # Where all are at work, that shows as much.
            if child is not None:
                child.ask({"path": str(TRIAL)}, TRIAL_LIMIT_S)

    def open(self) -> None:
        """Let pictures be made, also after `close`."""
        self._children.open()

    def close(self) -> None:
        """End the processes; what they are at is lost, nothing else."""
        self._children.close()


def main() -> None:
    """The limited process: make and keep all pictures of one video after the other."""

    def answer(request: Request, _: Callable[[float], None]) -> dict[str, Any]:
        frames = sample_frames(Path(request["path"]), time_limit_s=request["limit_s"])
        if "content" in request:
            keep_pictures(Path(request["artifacts_dir"]), bytes.fromhex(request["content"]), frames)
        return {}

    serve_requests(answer)


def keep_pictures(artifacts_dir: Path, content: bytes, frames: Frames, kinds: Sequence[Kind] = KINDS) -> None:
    """Make and keep these pictures of a content from its sampled frames; raises OSError."""
    draw = {"poster": poster_webp, "strip": strip_webp}
    for kind in kinds:
        _write(picture_path(artifacts_dir, content, kind), draw[kind](frames))


def keep_drawn(artifacts_dir: Path, content: bytes, kind: Kind, picture: bytes) -> None:
    """Keep a picture of a content that another machine has drawn; raises OSError."""
    _write(picture_path(artifacts_dir, content, kind), picture)


def picture_path(artifacts_dir: Path, content: bytes, kind: Kind) -> Path:
    """Where the picture of a content is kept; a folder for each first byte, so that none grows large."""
    name = content.hex()
    return artifacts_dir / "pictures" / name[:2] / f"{name[2:]}.{kind}.webp"


@functools.lru_cache(maxsize=4096)
def _content_of(path: Path, *_what_it_is_remembered_by: int) -> bytes:
    return content_hash(path)


def _write(path: Path, data: bytes) -> None:
    """Written beside and renamed, so that a reader sees a whole picture; not synced, as it can be made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
