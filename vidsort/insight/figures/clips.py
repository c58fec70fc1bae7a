"""What the encoder sees of a video: the sampled frames side by side, and the video itself, playing."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import VidsortError
from ...features.contents import path_now
from ...records import Video
from .shown import GRID, Shown, data_url, escape, note

FRAME_HEIGHT = 150


def contact_sheet(artifacts_dir: Path, videos: Sequence[Video], count: int) -> Shown:
    """A row of up to `count` sampled frames for each video, with the second that each was taken at, or the reason."""
    from ...media import sample_frames

    parts, texts = [], []
    for video in videos:
        name = f"{video.folder or 'unsorted'} · {video.filename}"
        try:
            frames = sample_frames(path_now(artifacts_dir, video), count)
        except (VidsortError, OSError) as error:
            shown, text = escape(error), str(error)
        else:
            taken = zip(frames.images, frames.times_s, strict=True)
            shown = "".join(framed(image, time_s, name) for image, time_s in taken)
            text = f"{len(frames.images)} frames"
        texts.append(f"{name}: {text}")
        parts.append(
            f'<div><b style="font-size:12px">{escape(name)}</b>'
            f'<div style="display:flex;gap:6px;margin:.2em 0 1em">{shown}</div></div>'
        )
    return Shown(f'<div style="overflow-x:auto">{"".join(parts)}</div>', "; ".join(texts))


def framed(image: np.ndarray, time_s: float, name: str) -> str:
    """A picture, uint8 RGB, with the second that it was taken at below, as HTML."""
    from PIL import Image

    picture = Image.fromarray(image)
    picture.thumbnail((2 * FRAME_HEIGHT, FRAME_HEIGHT))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=80)
    source = data_url(buffer.getvalue(), "image/webp")
    return (
        f'<figure style="margin:0"><img style="border:1px solid {GRID};border-radius:4px;display:block" src="{source}" '
        f'alt="{escape(name)} at {time_s:.1f} s"><figcaption style="font-size:11px">{time_s:.1f} s</figcaption>'
        "</figure>"
    )


def clip(artifacts_dir: Path, video: Video, *, seconds: float = 4.0, height_px: int = 320) -> Shown:
    """The beginning of a video as a small clip that plays in the notebook, without sound; or why there is none."""
    try:
        return _clip(path_now(artifacts_dir, video), seconds, height_px)
    except (VidsortError, OSError) as error:
        return note(f"{video.filename} cannot be played here: {error}")


def _clip(path: Path, seconds: float, height_px: int) -> Shown:
    """Made by MoviePy; raises OSError where it cannot read the file."""
    from moviepy import VideoFileClip
    from moviepy.video.io.display_in_notebook import html_embed

    with tempfile.TemporaryDirectory() as folder, VideoFileClip(str(path), audio=False) as video:
        part = video.subclipped(0, min(seconds, video.duration)).resized(height=height_px - height_px % 2)
        part = part.with_effects(_even_width(part.w))
        made = Path(folder) / "clip.mp4"
        part.write_videofile(str(made), codec="libx264", audio=False, preset="veryfast", logger=None)
        shown = html_embed(
            str(made), filetype="video", center=False, height=height_px, autoplay=1, loop=1, muted=1, playsinline=1
        )
    return Shown(getattr(shown, "data", shown), f"The first {part.duration:.1f} s of {path.name}, playing.")


def _even_width(width_px: int) -> list:
    """H.264 in its usual form takes even sizes only."""
    from moviepy import vfx

    return [vfx.Crop(x1=0, width=width_px - 1)] if width_px % 2 else []
