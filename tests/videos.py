"""Tiny real videos for the tests, encoded in a few milliseconds each.

A *pattern* is what a folder looks like (a hue and a texture that any encoder can learn); a *seed*
is what one video looks like (its own layout of light), so that no two videos are near-duplicates.
"""

import colorsys
import contextlib
import os
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

AUDIO_RATE = 16_000
AUDIO_CODECS = {".webm": "libopus"}


@contextlib.contextmanager
def usual_priority() -> Iterator[None]:
    """Where AV1 is encoded: SVT-AV1 gives root's thread, and all that it starts later, real-time priority for good.

    A browser that has it leaves nothing of the machine to anybody else.
    """
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def make_video(
    path: Path,
    *,
    seconds: float = 1.0,
    size: tuple[int, int] = (64, 96),
    rate: int = 10,
    pattern: int = 0,
    seed: int | None = None,
    audio: bool = False,
    codec: str = "libx264",
    gop: int = 10,
    tags: dict[str, str] | None = None,
    preset: str = "ultrafast",
    mirrored: bool = False,
) -> Path:
    """Write one video of `size` (width, height) and return its path; the seed defaults to the file's name.

    Of H.264 and H.265, frames depend on later ones (B-frames) with a preset such as "medium".
    """
    frames = make_frames(
        max(1, round(seconds * rate)), size, pattern, zlib.crc32(path.name.encode()) if seed is None else seed
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with usual_priority(), av.open(path, "w") as container:
        container.metadata.update(tags or {})
        options = {"preset": preset, "threads": "1"} if codec in ("libx264", "libx265") else {}
        if codec == "libx265":
            options["x265-params"] = "log-level=none:pools=1"
        video = container.add_stream(codec, rate=rate, options=options)
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        video.gop_size = gop
        sound = container.add_stream(AUDIO_CODECS.get(path.suffix, "aac"), rate=AUDIO_RATE) if audio else None
        for image in frames:
            shown = np.ascontiguousarray(image[:, ::-1]) if mirrored else image
            container.mux(video.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(video.encode())
        if sound is not None:
            for frame in _tone(len(frames) / rate, 220 * (pattern + 1)):
                container.mux(sound.encode(frame))
            container.mux(sound.encode())
    return path


def make_frames(count: int, size: tuple[int, int], pattern: int, seed: int) -> list[np.ndarray]:
    """The frames of such a video: uint8 (height, width, 3) RGB, never black, drifting from frame to frame."""
    width, height = size
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    texture = [
        (x // 4 + y // 16) % 2,
        (y // 4) % 2,
        (x // 8 + y // 8) % 2,
        np.hypot(x % 16 - 8, y % 16 - 8) < 5,
    ][pattern % 4]
    # 0.618...: neighbouring patterns get hues far from one another.
    colour = np.array(colorsys.hsv_to_rgb((pattern * 0.618034) % 1, 0.85, 1))
    layout = generator.uniform(0.35, 1, (6, 4))
    light = np.kron(layout, np.ones((-(-height // 6), -(-width // 4))))[:height, :width]
    drift = generator.integers(1, 4, 2)
    return [
        (
            np.roll(light * (0.6 + 0.4 * texture), tuple(index * drift), (0, 1))[..., None]
            * (0.25 + 0.75 * colour)
            * 255
        ).astype(np.uint8)
        for index in range(count)
    ]


def _tone(seconds: float, frequency_hz: float) -> list[av.AudioFrame]:
    times = np.arange(round(seconds * AUDIO_RATE)) / AUDIO_RATE
    wave = (np.sin(2 * np.pi * frequency_hz * times) * 0.2).astype(np.float32)
    frames = []
    for start in range(0, len(wave), 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = AUDIO_RATE, start, Fraction(1, AUDIO_RATE)
        frames.append(frame)
    return frames


def damage_sound(path: Path) -> Path:
    """Overwrite each packet of the video's sound, so that none can be decoded; returns its path."""
    return _damage(path, "audio", 0)


def damage_pictures(path: Path, first: int = 0) -> Path:
    """Overwrite each packet of the video's pictures from the `first` one on; returns its path."""
    return _damage(path, "video", first)


def _damage(path: Path, kind: str, first: int) -> Path:
    data = bytearray(path.read_bytes())
    with av.open(path) as container:
        for packet in [packet for packet in container.demux(**{kind: 0}) if packet.size][first:]:
            position = packet.pos
            if path.suffix == ".mp4":
                data[position : position + packet.size] = b"\xff" * packet.size
                continue
            # In other files something stands before or within what a packet holds: its first bytes say where it is.
            whole = bytes(packet)
            start = data.index(whole[8:40], max(0, position))
            data[start : start + len(whole[8:40])] = b"\xff" * len(whole[8:40])
    path.write_bytes(data)
    return path
