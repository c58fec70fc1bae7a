"""A few frames that show what is in a video, by decoding as little of it as possible."""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...errors import VideoDecodeError
from .distinct import Pictures, spread
from .packets import Contents, is_cheap
from .shape import to_picture
from .source import (
    NO_FRAMES,
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
# A long video with a single key frame is decoded up to here (24 s of 1080 x 1920 at 30 frames/s, about 2 s).
MOST_PIXELS = 1_500_000_000
# A video of fewer frames than this for each wanted one is short.
FEW_FRAMES = 8

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
        from av.video.reformatter import VideoReformatter

        contents, count, scaler = self._contents, wanted.count, VideoReformatter()
        pictures = Pictures(wanted.repeats)

        def offer(frame: "VideoFrame", time_s: float) -> None:
            pictures.offer(time_s, to_picture(frame, self.aspect, wanted.short_side, scaler))

        enough = count if is_cheap(contents.frame_count, self._stream) else FEWEST_KEY_FRAMES
        if contents.key_count >= min(enough, contents.frame_count):
            for time_s, frame in self._key_frames(count):
                offer(frame, time_s)
                if pictures.lit == count:
                    break
        # Frames that no other needs (in most videos every second one) are only decoded where few are left without.
        ways: tuple[Skipped, ...] = ("NONREF", "DEFAULT")
        for skipped in ways[1:] if contents.frame_count < FEW_FRAMES * count else ways:
            if pictures.lit >= min(FEWEST_KEY_FRAMES, count, len(contents.keys) or 1):
                break
            most = max(1, MOST_PIXELS // self._frame_pixels)
            with contextlib.closing(self._all(skipped, most)) as frames:
                _on_screen(frames, contents.moments(2 * count, most), offer)
        chosen = pictures.best(count)
        if not chosen:
            raise VideoDecodeError(NO_FRAMES)
        return Frames(images=[image for _, image in chosen], times_s=[time_s for time_s, _ in chosen])

    def _key_frames(self, count: int) -> "Iterator[tuple[float, VideoFrame]]":
        """When and what: the `count` most evenly spread key frames, then as many others in place of black ones."""
        self._stream.codec_context.skip_frame = "NONKEY"
        times_s = [time_of(packet) for packet in self._contents.keys]
        for index in spread(times_s, count)[: 2 * count]:
            self._deadline.check()
            for frame in decode_alone(self._contents.keys[index]):
                yield times_s[index], self._note(frame, self._stream)

    def _all(self, skipped: Skipped, most: int | None) -> "Generator[VideoFrame]":
        """Frame by frame, of the packets that are held, else of the file opened anew: not every one can be rewound."""
        if self._contents.every is not None:
            self._stream.codec_context.skip_frame = skipped
            for frame in decode_clean(self._contents.every, self._stream, self._deadline, max_packets=most):
                yield self._note(frame, self._stream)
            self._stream.codec_context.flush_buffers()
            return
        with open_video(self._path, self._deadline) as (container, stream):
            set_up_decoder(stream, skipped)
            packets = demux(container, [stream], self._deadline)
            for frame in decode_clean(packets, stream, self._deadline, max_packets=most):
                yield self._note(frame, stream)

    def _note(self, frame: "VideoFrame", stream: "VideoStream") -> "VideoFrame":
        if self.first is None:
            # Some containers leave it to the decoder, which knows once it has decoded.
            self.first, self.aspect = frame, sample_aspect(stream)
        return frame


def _on_screen(
    frames: "Iterable[VideoFrame]", moments: np.ndarray, offer: "Callable[[VideoFrame, float], None]"
) -> None:
    """Offer the frames that are on screen at these moments (seconds, ascending), each once."""
    wanted = iter(moments)
    moment = next(wanted)
    shown = None
    for frame in frames:
        if shown is not None and time_of(frame) > moment:
            offer(shown, time_of(shown))
            while moment is not None and time_of(frame) > moment:
                moment = next(wanted, None)
            if moment is None:
                return
        shown = frame
    if shown is not None:
        offer(shown, time_of(shown))
