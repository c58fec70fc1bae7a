"""Clips as others repost them: nine edits by ffmpeg, each drawn anew for a clip from what is usual."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

CODING = ["-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-threads", "1"]
WORDS = ("wait for it", "POV: you see this", "day 12", "no way", "part 2 on my page", "this again", "who did this")
INTRO_S = (1.5, 3.0)


class Clip(NamedTuple):
    """A clip to edit, its size, its frames a second, and whether it has sound."""

    path: Path
    width: int
    height: int
    rate: float
    has_sound: bool


class Making(NamedTuple):
    """What an edit is made of: the clip, what draws, another clip to put in front, and where files may be put."""

    clip: Clip
    draw: np.random.Generator
    intro: Path
    scratch: Path


# What ffmpeg takes beside the clip, and what it makes of it.
Flags = tuple[list[str], list[str]]


def _video(graph: str, *coding: str) -> Flags:
    """The picture through these filters; the sound, if any, as it is."""
    return [], ["-vf", graph, *CODING, *(coding or ("-crf", "24")), "-c:a", "copy"]


def _scale(made: Making) -> Flags:
    width = int(made.clip.width * made.draw.uniform(0.35, 0.6)) // 2 * 2
    return _video(f"scale={width}:-2")


def _crop(made: Making) -> Flags:
    share, left, top = made.draw.uniform(0.75, 0.9), made.draw.uniform(0.2, 0.8), made.draw.uniform(0.2, 0.8)
    cut = f"crop=trunc(iw*{share:.3f}/2)*2:trunc(ih*{share:.3f}/2)*2:(iw-ow)*{left:.3f}:(ih-oh)*{top:.3f}"
    return _video(f"{cut},scale={made.clip.width}:{made.clip.height}")


def _bar(made: Making) -> Flags:
    """A bar with words laid over the top or the bottom, as captions are."""
    from PIL import Image, ImageDraw, ImageFont

    height = int(made.clip.height * made.draw.uniform(0.1, 0.18))
    dark = bool(made.draw.integers(2))
    drawn = Image.new("RGB", (made.clip.width, height), "black" if dark else "white")
    ImageDraw.Draw(drawn).text(
        (made.clip.width / 2, height / 2), str(made.draw.choice(WORDS)), "white" if dark else "black", anchor="mm",
        font=ImageFont.load_default(height * 0.4),
    )
    picture = made.scratch / f"{made.clip.path.stem}-bar.png"
    drawn.save(picture)
    at = "0:0" if made.draw.integers(2) else "0:H-h"
    return ["-i", str(picture)], [
        "-filter_complex", f"[0:v][1:v]overlay={at}[v]", "-map", "[v]", "-map", "0:a?", *CODING, "-crf", "24",
        "-c:a", "copy",
    ]


def _mirror(_made: Making) -> Flags:
    return _video("hflip")


def _speed(made: Making) -> Flags:
    factor = made.draw.choice([made.draw.uniform(0.7, 0.85), made.draw.uniform(1.2, 1.5)])
    sound = ["-af", f"atempo={factor:.3f}"] if made.clip.has_sound else []
    return [], ["-vf", f"setpts=PTS/{factor:.3f}", "-r", f"{made.clip.rate:.3f}", *sound, *CODING, "-crf", "24"]


def _intro(made: Making) -> Flags:
    """Some seconds of another clip in front, with silence where there is sound."""
    clip, lasts_s = made.clip, made.draw.uniform(*INTRO_S)
    shape = f"scale={clip.width}:{clip.height},setsar=1,fps={clip.rate:.3f}"
    graph = f"[1:v]trim=duration={lasts_s:.2f},setpts=PTS-STARTPTS,{shape}[i];[0:v]{shape}[o];[i][o]concat=n=2[v]"
    sound = ["-map", "[a]", "-c:a", "aac"] if made.clip.has_sound else []
    if made.clip.has_sound:
        graph += f";[0:a]adelay={lasts_s * 1000:.0f}:all=1[a]"
    # Looped, for what is in front may be shorter than that.
    return ["-stream_loop", "-1", "-i", str(made.intro)], [
        "-filter_complex", graph, "-map", "[v]", *sound, *CODING, "-crf", "24",
    ]


def _reencode(made: Making) -> Flags:
    return _video(f"fps={made.draw.choice([15, 20, 24])}", "-crf", str(made.draw.integers(32, 38)), "-g", "48")


def _borders(made: Making) -> Flags:
    """Black bars: beside it, so that a tall clip is a wide one, or above and below it."""
    if made.draw.integers(2):
        return _video(f"pad=trunc(ih*16/9/2)*2:ih:-1:-1,scale=-2:{min(made.clip.height, 720)}")
    share = made.draw.uniform(0.1, 0.25)
    return _video(f"scale=trunc(iw*{1 - share:.3f}/2)*2:-2,pad={made.clip.width}:{made.clip.height}:-1:-1")


def _colour(made: Making) -> Flags:
    draw = made.draw
    sign = draw.choice([-1, 1], 3)
    return _video(
        f"eq=brightness={sign[0] * draw.uniform(0.05, 0.12):.3f}:contrast={1 + sign[1] * draw.uniform(0.1, 0.25):.3f}"
        f":saturation={1 + sign[2] * draw.uniform(0.3, 0.6):.3f},hue=h={draw.uniform(-30, 30):.1f}"
    )


EDITS: Mapping[str, Callable[[Making], Flags]] = {
    "scale": _scale, "crop": _crop, "caption bar": _bar, "mirror": _mirror, "speed": _speed, "intro": _intro,
    "re-encode": _reencode, "black bars": _borders, "colour": _colour,
}


def clip_at(path: Path) -> Clip:
    """What a clip is like."""
    import av

    with av.open(path) as container:
        stream = container.streams.video[0]
        return Clip(path, stream.width, stream.height, float(stream.average_rate or 25), bool(container.streams.audio))


def edited(clip: Clip, edit: str, seed: int, intro: Path, target: Path) -> None:
    """Write a clip edited in this way; the same seed draws the same. `intro` is what comes in front of it."""
    import imageio_ffmpeg

    target.parent.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng([seed, list(EDITS).index(edit)])
    inputs, output = EDITS[edit](Making(clip, draw, intro, target.parent))
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(clip.path), *inputs, *output, str(target)],
        check=True,
    )
