"""Posters and strips of videos, kept by content in `artifacts/pictures/`.

Extraction writes posters while it has the frames at hand; what is not there yet is made when it is
asked for. They are caches: the folder may be deleted at any time.
"""

import contextlib
import functools
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .content import content_hash

if TYPE_CHECKING:
    from .media import Frames

Kind = Literal["poster", "strip"]
KINDS: tuple[Kind, ...] = ("poster", "strip")


def poster(artifacts_dir: Path, path: Path) -> bytes:
    """A WebP picture of the video, at most 320 pixels wide; raises VideoDecodeError and OSError."""
    return _picture(artifacts_dir, path, "poster")


def strip(artifacts_dir: Path, path: Path) -> bytes:
    """A WebP picture of six frames side by side; raises VideoDecodeError and OSError."""
    return _picture(artifacts_dir, path, "strip")


def keep_pictures(artifacts_dir: Path, content: bytes, frames: "Frames", kinds: Sequence[Kind] = KINDS) -> None:
    """Make and keep these pictures of a content from its sampled frames; raises OSError."""
    from .media import poster_webp, strip_webp

    draw = {"poster": poster_webp, "strip": strip_webp}
    for kind in kinds:
        _write(picture_path(artifacts_dir, content, kind), draw[kind](frames))


def picture_path(artifacts_dir: Path, content: bytes, kind: Kind) -> Path:
    """Where the picture of a content is kept; a folder for each first byte, so that none grows large."""
    name = content.hex()
    return artifacts_dir / "pictures" / name[:2] / f"{name[2:]}.{kind}.webp"


def _picture(artifacts_dir: Path, path: Path, kind: Kind) -> bytes:
    from .media import sample_frames

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
