"""A few frames that show what is in a video, by decoding as little of it as possible."""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...errors import VideoDecodeError
from .packets import Contents, Screen, is_cheap
from .runs import NOT_SMOOTHED, Run, RunPackets, another_decoder, own_decoder
from .shape import display_matrix, to_picture
from .source import (
    NO_FRAMES,
    SET_UP_ONCE,
    Deadline,
    decode_alone,
    decode_clean,
    demux,
    open_video,
    sample_aspect,
    set_up_decoder,
    time_of,
)

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# With fewer key frames than this a video is decoded in full, as a cheap one is that has fewer than are wanted.
FEWEST_KEY_FRAMES = 2
# So many stills are wanted of most videos.
USUAL_STILLS = 8
# A long video with a single key frame is decoded up to here (24 s of 1080 x 1920 at 30 frames/s, about 2 s).
MOST_PIXELS = 1_500_000_000
# A video of fewer frames than this for each wanted one is short.
FEW_FRAMES = 6

Skipped = Literal["NONREF", "DEFAULT"]


@dataclass(frozen=True)
class FramesWanted:
    """Up to `count` frames, evenly spread, none near-black (but at least one); without `repeats` none like another.

    Pictures are scaled down to `short_side` pixels (None: full size), never up.
    """

    count: int = 6
    short_side: int | None = 288
    repeats: bool = False


@dataclass(frozen=True)
class Frames:
    """Pictures of one video in order of time: uint8 RGB (height x width x 3) as shown, and when, in seconds."""

    images: list[np.ndarray]
    times_s: list[float]


class FramesSource:
    """Decodes frames of one video whose packets were read; `first` is the first frame that could be decoded."""

    def __init__(self, path: Path, contents: Contents, stream: "VideoStream", deadline: Deadline) -> None:
        self._path = path
        self._contents = contents
        self._stream = stream
        self._deadline = deadline
        self._frame_pixels = max(1, stream.width * stream.height)
        self._known: dict[int, VideoFrame] = {}
        # What was seen already of stills that need the whole video.
        self._seen: dict[FramesWanted, Pictures] = {}
        self._is_rough = False
        self.first: VideoFrame | None = None
        self.aspect = sample_aspect(stream)

    def look(self) -> "VideoFrame":
        """The first frame that was decoded, or one that is now; raises VideoDecodeError where there is none."""
        if self.first is None:
            for packet in self._contents.keys[:1]:
                self._stream.codec_context.skip_frame = "NONKEY"
                for frame in decode_alone(packet):
                    self._note(frame, self._stream)
        if self.first is None:
            with contextlib.closing(self._all("DEFAULT", None)) as frames:
                next(frames, None)
        if self.first is None:
            raise VideoDecodeError(NO_FRAMES)
        return self.first

    def choose(self, wanted: FramesWanted) -> Frames:
        """The frames that are wanted; the same file always gives the same. Raises VideoDecodeError with the reason."""
        contents, count, seen = self._contents, wanted.count, self._seen.pop(wanted, None)
        pictures = seen or Pictures(wanted.repeats)
        offer = self._offering(wanted, pictures)
        if seen is None and self._has_key_frames_for(wanted):
            for time_s, frame in self._key_frames(count):
                offer(frame, time_s)
                if pictures.lit == count:
                    break
        # Frames that no other needs (in most videos every second one) are only decoded where few are left without.
        ways: tuple[Skipped, ...] = ("NONREF", "DEFAULT")
        for skipped in ways[1:] if seen is not None or self._has_few_for(wanted) else ways:
            if pictures.lit >= min(FEWEST_KEY_FRAMES, count, len(contents.keys) or 1):
                break
            with contextlib.closing(self._all(skipped, self._most)) as frames:
                screen = Screen(contents.moments(2 * count, self._most), offer)
                screen.end(any(map(screen.see, frames)))
        chosen = pictures.best(count)
        if not chosen:
            raise VideoDecodeError(NO_FRAMES)
        return Frames(images=[image for _, image in chosen], times_s=[time_s for time_s, _ in chosen])

    def decode_runs(self, packets: RunPackets, stills: Iterable[FramesWanted]) -> list[Run] | None:
        """The runs, to be asked for before any of the `stills`: these may be had of what is decoded here.

        None where no two frames follow one another; raises VideoDecodeError with the reason.
        """
        is_smoothed, stream = self._is_decoded_in_full, self._stream
        others = [one for one in stills if not self._has_key_frames_for(one)]
        found = self._decode_together(packets, others) if is_smoothed else None
        if found is not None:
            return found
        own = own_decoder(stream, are_stills_keys=not others, is_smoothed=is_smoothed)
        if own is None:
            matrix, another = display_matrix(self.look()), another_decoder(stream, is_smoothed=is_smoothed)
            return packets.decode(stream, another, self._deadline, matrix=matrix)
        self._is_rough = not is_smoothed and stream.codec_context.codec.name in NOT_SMOOTHED
        found = packets.decode(stream, own, self._deadline, on_key=self.keep)
        self.look()
        return found

    def _decode_together(self, packets: RunPackets, stills: list[FramesWanted]) -> list[Run] | None:
        """The one run, and what these stills are chosen from, by one pass over the video; None where it takes two."""
        every = [packet for packet in self._contents.every or () if packet.size]
        is_held = every and len(every) <= self._most and packets.are_one_from(every[0])
        context = self._stream.codec_context
        if not stills or not is_held or context.codec.name in SET_UP_ONCE or any(map(self._has_few_for, stills)):
            return None
        seen = {one: Pictures(one.repeats) for one in stills}
        moments = self._contents.moments
        screens = [Screen(moments(2 * one.count, self._most), self._offering(one, it)) for one, it in seen.items()]

        def see(frame: "VideoFrame") -> None:
            # Those that come out at the end have none.
            frame.time_base = self._stream.time_base
            for screen in screens:
                screen.see(self._note(frame, self._stream))

        context.skip_frame, found = "NONREF", None
        with contextlib.suppress(VideoDecodeError):
            found = packets.decode(self._stream, context, self._deadline, every=every, on_frame=see)
        if found is None or not packets.are_whole:
            return None
        for screen in screens:
            screen.end()
        self._seen = seen
        return found

    @property
    def _most(self) -> int:
        """So many frames are decoded of a video that has to be decoded in full."""
        return max(1, MOST_PIXELS // self._frame_pixels)

    def _has_few_for(self, wanted: FramesWanted) -> bool:
        return self._contents.frame_count < FEW_FRAMES * wanted.count

    def _offering(self, wanted: FramesWanted, pictures: "Pictures") -> "Callable[[VideoFrame, float], None]":
        from av.video.reformatter import VideoReformatter

        scaler = VideoReformatter()
        return lambda frame, time_s: pictures.offer(time_s, to_picture(frame, self.aspect, wanted.short_side, scaler))

    def keep(self, frame: "VideoFrame") -> None:
        """A key frame that was decoded already, and as it is by itself."""
        if frame.pts is not None:
            self._known.setdefault(frame.pts, self._note(frame, self._stream))

    @property
    def _is_decoded_in_full(self) -> bool:
        """Whether stills usually need all of it: then its runs are had of the same frames, alone or in company."""
        is_soon = is_cheap(self._contents.frame_count, self._stream)
        return self._contents.key_count < (USUAL_STILLS if is_soon else FEWEST_KEY_FRAMES)

    def _has_key_frames_for(self, wanted: FramesWanted) -> bool:
        """Whether there are so many that frames are looked for among them, and others only where these are black."""
        contents = self._contents
        enough = wanted.count if is_cheap(contents.frame_count, self._stream) else FEWEST_KEY_FRAMES
        return contents.key_count >= min(enough, contents.frame_count)

    def _key_frames(self, count: int) -> "Iterator[tuple[float, VideoFrame]]":
        """When and what: the `count` most evenly spread key frames, then as many others in place of black ones."""
        self._stream.codec_context.skip_frame = "NONKEY"
        times_s = [time_of(packet) for packet in self._contents.keys]
        for index in spread(times_s, count)[: 2 * count]:
            self._deadline.check()
            packet = self._contents.keys[index]
            known = self._known.get(packet.pts) if packet.pts is not None else None
            for frame in decode_alone(packet) if known is None else [known]:
                yield times_s[index], self._note(frame, self._stream)

    def _all(self, skipped: Skipped, most: int | None) -> "Generator[VideoFrame]":
        """Frame by frame, of the packets that are held, else of the file opened anew: not every one can be rewound."""
        context = self._stream.codec_context
        is_other = context.is_open and context.skip_frame != skipped
        is_set_up = self._is_rough or (is_other and context.codec.name in SET_UP_ONCE)
        if self._contents.every is not None and not is_set_up:
            context.skip_frame = skipped
            try:
                for frame in decode_clean(self._contents.every, self._stream, self._deadline, max_packets=most):
                    yield self._note(frame, self._stream)
            finally:
                # Also where who asked has seen enough: the next to decode must not be given what is left in there.
                context.flush_buffers()
            return
        with open_video(self._path, self._deadline) as (container, stream):
            set_up_decoder(stream.codec_context, skipped)
            packets = demux(container, [stream], self._deadline)
            for frame in decode_clean(packets, stream, self._deadline, max_packets=most):
                yield self._note(frame, stream)

    def _note(self, frame: "VideoFrame", stream: "VideoStream") -> "VideoFrame":
        if self.first is None:
            # Some containers leave it to the decoder, which knows once it has decoded.
            self.first, self.aspect = frame, sample_aspect(stream)
        return frame


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


class Pictures:
    """Collects pictures (uint8 RGB, height x width x 3), none near-black, without `repeats` none like another."""

    def __init__(self, repeats: bool = False) -> None:
        self._repeats = repeats
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
        if self._repeats or all(np.abs(thumbnail - other).mean() >= REPEATED for other in self._thumbnails):
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
