"""A few frames that show what is in a video, by decoding as little of it as possible."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..errors import VideoDecodeError
from .shape import to_picture
from .source import (
    Deadline,
    decode_alone,
    decode_clean,
    demux,
    known_duration_s,
    open_video,
    sample_aspect,
    set_up_decoder,
)

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


# With fewer key frames than this a video is decoded in full ...
FEWEST_KEY_FRAMES = 2
# ... and so is a short one that has fewer than wanted: 7 s of 360 x 640 take about 0.05 s.
CHEAP_PIXELS = 50_000_000
# A long video with a single key frame is decoded up to here (24 s of 1080 x 1920 at 30 frames/s, about 2 s).
MOST_PIXELS = 1_500_000_000
# A video of fewer frames than this for each wanted one is short.
FEW_FRAMES = 8
# So many key packets are held while the file is read; beyond that every second one is let go.
MOST_PACKETS = 64


@dataclass(frozen=True)
class Frames:
    """Pictures of one video in order of time: uint8 RGB (height x width x 3) as shown, and when, in seconds."""

    images: list[np.ndarray]
    times_s: list[float]


def sample_frames(path: Path, count: int = 6, *, short_side: int | None = 288, time_limit_s: float = 20) -> Frames:
    """Up to `count` frames, evenly spread, none near-black or repeated (but at least one).

    Rotation, mirroring and sample aspect ratio are applied; pictures are scaled down to `short_side`
    pixels (None: full size), never up. The same file always gives the same frames.
    Raises FileNotFoundError, or VideoDecodeError with the reason why there is no frame to be had.
    """
    from av.video.reformatter import VideoReformatter

    deadline, pictures, scaler = Deadline(time_limit_s), DistinctPictures(), VideoReformatter()

    def offer(time_s: float, frame: "VideoFrame", stream: "VideoStream") -> None:
        pictures.offer(time_s, to_picture(frame, sample_aspect(stream), short_side, scaler))

    with open_video(path, deadline) as (container, stream):
        contents = _read_packets(container, stream, deadline, max(MOST_PACKETS, 2 * count))
        frame_pixels = max(1, stream.width * stream.height)
        is_cheap = contents.frame_count * frame_pixels <= CHEAP_PIXELS
        if contents.key_count >= min(count if is_cheap else FEWEST_KEY_FRAMES, contents.frame_count):
            for time_s, frame in _key_frames(contents, stream, count, deadline):
                offer(time_s, frame, stream)
                if pictures.lit == count:
                    break
    # Frames that no other frame needs (in most videos every second one) are only decoded where few are left without.
    ways: tuple[Literal["NONREF", "DEFAULT"], ...] = ("NONREF", "DEFAULT")
    for skip_frame in ways[1:] if contents.frame_count < FEW_FRAMES * count else ways:
        if pictures.lit >= min(FEWEST_KEY_FRAMES, count, len(contents.keys) or 1):
            break
        # Opened anew: not every container can be rewound.
        with open_video(path, deadline) as (container, stream):
            set_up_decoder(stream, skip_frame)
            most = max(1, MOST_PIXELS // frame_pixels)
            frames = decode_clean(container, stream, deadline, max_packets=most)
            for frame in _on_screen(frames, contents.moments(2 * count, most)):
                offer(_time_s(frame), frame, stream)
    chosen = pictures.best(count)
    if not chosen:
        raise VideoDecodeError("none of its frames can be decoded: the data is damaged or cut off")
    return Frames(images=[image for _, image in chosen], times_s=[time_s for time_s, _ in chosen])


@dataclass(frozen=True)
class _Contents:
    """What one pass over the packets tells; `keys` are the key packets, each once, thinned where they are many."""

    keys: "list[Packet]"
    key_count: int
    frame_count: int
    start_s: float
    end_s: float

    def moments(self, count: int, most_frames: int) -> np.ndarray:
        """Seconds: the middles of `count` equal parts of the video, or of its first so many frames."""
        span_s = (self.end_s - self.start_s) * min(1.0, most_frames / max(1, self.frame_count))
        return self.start_s + (np.arange(count) + 0.5) / count * span_s


def _read_packets(container: "InputContainer", stream: "VideoStream", deadline: Deadline, most_keys: int) -> _Contents:
    from av.stream import Discard

    stream.discard = Discard.nonkey  # where the file has an index, the packets between are not even read
    keys: list[Packet] = []
    contents: set[int] = set()
    stride, key_count, seen, first, last = 1, 0, 0, None, None
    for packet in demux(container, stream, deadline):
        if not packet.size:
            continue
        seen += 1
        if packet.pts is not None:
            first = packet.pts if first is None else min(first, packet.pts)
            last = packet.pts if last is None else max(last, packet.pts)
        if not packet.is_keyframe or packet.is_discard:
            continue
        key_count += 1
        content = zlib.crc32(packet)
        if content in contents:
            continue  # a loop or a still comes again byte for byte
        if len(contents) % stride == 0:
            keys.append(packet)
        contents.add(content)
        if len(keys) > most_keys:
            keys, stride = keys[::2], stride * 2
    start_s, last_s = (float((stamp or 0) * (stream.time_base or 0)) for stamp in (first, last))
    return _Contents(
        keys=sorted(keys, key=_time_s),
        key_count=key_count,
        frame_count=max(seen, stream.frames),
        start_s=start_s,
        end_s=max(last_s, start_s + (known_duration_s(container, stream) or 0)),
    )


def _key_frames(
    contents: _Contents, stream: "VideoStream", count: int, deadline: Deadline
) -> "Iterator[tuple[float, VideoFrame]]":
    """When and what: the `count` most evenly spread key frames, then as many others in place of black ones."""
    set_up_decoder(stream, skip_frame="NONKEY")
    times_s = [_time_s(packet) for packet in contents.keys]
    for index in spread(times_s, count)[: 2 * count]:
        deadline.check()
        for frame in decode_alone(contents.keys[index]):
            yield times_s[index], frame


def _on_screen(frames: "Iterable[VideoFrame]", moments: np.ndarray) -> "Iterator[VideoFrame]":
    """The frames that are on screen at these moments (seconds, ascending), each once."""
    wanted = iter(moments)
    moment = next(wanted)
    shown = None
    for frame in frames:
        if shown is not None and _time_s(frame) > moment:
            yield shown
            while moment is not None and _time_s(frame) > moment:
                moment = next(wanted, None)
            if moment is None:
                return
        shown = frame
    if shown is not None:
        yield shown


def _time_s(timed: "Packet | VideoFrame") -> float:
    """When a packet or frame is shown; a stream without times counts as all at 0, so its frames keep their order."""
    stamp = timed.pts if timed.pts is not None else timed.dts
    return 0.0 if stamp is None or timed.time_base is None else float(stamp * timed.time_base)


# Mean of the picture, 0 to 255; video black is 0 after conversion, and fades and noise stay below this.
NEAR_BLACK = 12.0
# Mean absolute difference of two thumbnails of 16 x 16 colours, 0 to 255; re-encoding one picture gives below 1.
REPEATED = 1.5
THUMBNAIL = 16
# Every n-th pixel is looked at, so that about this many are left along the short side.
SAMPLED = 64


def spread(times_s: list[float], count: int) -> list[int]:
    """Indices of all `times_s` (ascending): first the `count` evenly spread ones, then the rest, farthest first."""
    times = np.asarray(times_s, dtype=float)
    if len(times) <= count:
        return list(range(len(times)))
    order = list(
        dict.fromkeys(int(np.abs(times - wanted).argmin()) for wanted in np.linspace(times[0], times[-1], count))
    )
    distance = np.abs(times[:, None] - times[order]).min(axis=1)
    distance[order] = -1
    while len(order) < len(times):
        farthest = int(distance.argmax())
        order.append(farthest)
        distance = np.minimum(distance, np.abs(times - times[farthest]))
        distance[order] = -1
    return order


class DistinctPictures:
    """Collects pictures (uint8 RGB, height x width x 3) and leaves out the near-black and the repeated."""

    def __init__(self) -> None:
        self.lit = 0  # offered and not near-black
        self._kept: list[tuple[float, np.ndarray]] = []
        self._thumbnails: list[np.ndarray] = []
        self._brightest: tuple[float, float, np.ndarray] | None = None

    def offer(self, time_s: float, image: np.ndarray) -> None:
        """Keep the picture unless it is near-black or repeats a kept one."""
        thumbnail = _thumbnail(image)
        light = float(thumbnail.mean())
        if light < NEAR_BLACK:
            if self._brightest is None or light > self._brightest[0]:
                self._brightest = (light, time_s, image)
            return
        self.lit += 1
        if all(np.abs(thumbnail - other).mean() >= REPEATED for other in self._thumbnails):
            self._kept.append((time_s, image))
            self._thumbnails.append(thumbnail)

    def best(self, count: int) -> list[tuple[float, np.ndarray]]:
        """At most `count` kept pictures, spread and in order of time; the brightest where all are near-black."""
        kept = sorted(self._kept, key=lambda item: item[0])
        if not kept and self._brightest is not None:
            return [self._brightest[1:]]
        return [kept[index] for index in sorted(spread([time_s for time_s, _ in kept], count)[:count])]


def _thumbnail(image: np.ndarray) -> np.ndarray:
    """Mean colours of the cells of a 16 x 16 grid (fewer in a tiny picture): float32, rows x columns x 3."""
    step = max(1, min(image.shape[:2]) // SAMPLED)
    cells = image[::step, ::step].astype(np.float32)
    for axis in (0, 1):
        length = cells.shape[axis]
        starts = np.arange(min(THUMBNAIL, length)) * length // min(THUMBNAIL, length)
        sizes = np.diff(starts, append=length).astype(np.float32)
        cells = np.add.reduceat(cells, starts, axis=axis) / np.expand_dims(sizes, (1 - axis, 2))
    return cells
