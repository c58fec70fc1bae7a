"""Small pictures of a video, a poster and a strip, as WebP, kept by content in `artifacts/pictures/`.

Extraction writes posters while it has the frames at hand; what is not there yet is made when it is
asked for. They are caches: the folder may be deleted at any time.
"""

import contextlib
import functools
import io
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from .content import content_hash
from .frames import Frames, sample_frames

if TYPE_CHECKING:
    from PIL.Image import Image

POSTER_WIDTH = 320
STRIP_HEIGHT = 160
STRIP_FRAMES = 6
# A strip cell is no narrower than 9:16 of its height and no wider than 16:9; other shapes get bars.
NARROWEST, WIDEST = 90, 284


def poster_webp(frames: Frames) -> bytes:
    """The first frame as WebP, at most 320 pixels wide: what the video looks like when it starts to play."""
    from PIL import Image

    image = Image.fromarray(frames.images[0])
    if image.width > POSTER_WIDTH:
        image = image.resize((POSTER_WIDTH, max(1, round(image.height * POSTER_WIDTH / image.width))))
    return _webp(image)


def strip_webp(frames: Frames) -> bytes:
    """Six cells side by side as WebP, each 160 pixels high and all of one width, the frames centred in them.

    A video with fewer frames shows some of them in several cells, in order.
    """
    from PIL import Image, ImageOps

    height, width = frames.images[0].shape[:2]
    cell = int(np.clip(round(STRIP_HEIGHT * width / height), NARROWEST, WIDEST))
    strip = Image.new("RGB", (cell * STRIP_FRAMES, STRIP_HEIGHT))
    for position, index in enumerate(np.linspace(0, len(frames.images) - 1, STRIP_FRAMES).round().astype(int)):
        fitted = ImageOps.pad(Image.fromarray(frames.images[index]), (cell, STRIP_HEIGHT))
        strip.paste(fitted, (position * cell, 0))
    return _webp(strip)


def _webp(image: "Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


Kind = Literal["poster", "strip"]
KINDS: tuple[Kind, ...] = ("poster", "strip")


def poster(artifacts_dir: Path, path: Path) -> bytes:
    """A WebP picture of the video, at most 320 pixels wide; raises VideoDecodeError and OSError."""
    return _picture(artifacts_dir, path, "poster")


def strip(artifacts_dir: Path, path: Path) -> bytes:
    """A WebP picture of six frames side by side; raises VideoDecodeError and OSError."""
    return _picture(artifacts_dir, path, "strip")


def keep_pictures(artifacts_dir: Path, content: bytes, frames: Frames, kinds: Sequence[Kind] = KINDS) -> None:
    """Make and keep these pictures of a content from its sampled frames; raises OSError."""
    draw = {"poster": poster_webp, "strip": strip_webp}
    for kind in kinds:
        _write(picture_path(artifacts_dir, content, kind), draw[kind](frames))


def picture_path(artifacts_dir: Path, content: bytes, kind: Kind) -> Path:
    """Where the picture of a content is kept; a folder for each first byte, so that none grows large."""
    name = content.hex()
    return artifacts_dir / "pictures" / name[:2] / f"{name[2:]}.{kind}.webp"


def _picture(artifacts_dir: Path, path: Path, kind: Kind) -> bytes:
    facts = path.stat()
    content = _content_of(path, facts.st_size, facts.st_mtime_ns)
    kept = picture_path(artifacts_dir, content, kind)
    with contextlib.suppress(FileNotFoundError):
        return kept.read_bytes()
    keep_pictures(artifacts_dir, content, sample_frames(path))
    return kept.read_bytes()


@functools.lru_cache(maxsize=4096)
def _content_of(path: Path, size_bytes: int, mtime_ns: int) -> bytes:  # noqa: ARG001  (they are what is remembered by)
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
