"""Runs of consecutive frames, small and grey: what moves is seen in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...errors import VideoDecodeError
from .shape import upright
from .source import MAX_PIXELS, SET_UP_ONCE, Deadline, is_damaged, seconds, time_of

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Their decoders smooth the edges of blocks, which nobody sees at this size: a fifth of the time, in some clips more.
SMOOTHING_CODECS = {"h264", "hevc", "vp8", "vp9"}
# A stream of more frames a second than this, or one without times, is seen for a shorter while.
MOST_FRAMES_PER_S = 125
# Of a stream that does not say when its frames are shown.
USUAL_FRAMES_PER_S = 25


@dataclass(frozen=True)
class RunsWanted:
    """Grey pictures of `side` x `side` for `span_s` seconds from the first key frame on.

    Of a video longer than `long_s`, `places` runs of a third of that each, evenly spread, each from
    a key frame on; a video that has too few key frames for that gives the one run.
    """

    span_s: float = 2.4
    side: int = 96
    long_s: float = 10.0
    places: int = 2

    @property
    def place_s(self) -> float:
        """How long each of several runs is."""
        return self.span_s / 3


@dataclass(frozen=True)
class Run:
    """Consecutive frames as shown but stretched: uint8 [n, side, side], and when, in seconds [n]; n is 2 or more."""

    images: np.ndarray
    times_s: np.ndarray


@dataclass
class _Held:
    """The packets of one run, in the order of decoding, from a key packet on; broken: not all could be decoded."""

    start_s: float
    span_s: float
    packets: "list[Packet]" = field(default_factory=list)
    is_full: bool = False
    is_broken: bool = False

    def take(self, packet: "Packet", decoded_s: float) -> None:
        most = self.span_s * MOST_FRAMES_PER_S
        if decoded_s > self.start_s + self.span_s or len(self.packets) >= most:
            self.is_full = True
        else:
            self.packets.append(packet)


class RunPackets:
    """Holds the packets of runs while a file is read; decodes them afterwards."""

    def __init__(self, wanted: RunsWanted, duration_s: float | None) -> None:
        self._wanted = wanted
        self._held: list[_Held] = []
        self._places_s: list[float] = []
        if duration_s is not None and duration_s > wanted.long_s:
            self._places_s = [duration_s * number / wanted.places for number in range(1, wanted.places)]

    @property
    def is_taking(self) -> bool:
        """Whether the packets to come are to be read, also those between key frames."""
        return not self._held or not self._held[-1].is_full

    def offer(self, packet: "Packet") -> None:
        """Keep the packet where it belongs to a run."""
        time_s, wanted = time_of(packet), self._wanted
        if packet.is_keyframe:
            if not self._held:
                self._held.append(_Held(time_s, wanted.span_s))
            elif self._places_s and time_s - self._held[0].start_s >= self._places_s[0]:
                self._held.append(_Held(time_s, wanted.place_s))
                while self._places_s and time_s - self._held[0].start_s >= self._places_s[0]:
                    self._places_s.pop(0)
        for held in self._held:
            if not held.is_full:
                held.take(packet, seconds(packet.dts if packet.dts is not None else packet.pts, packet.time_base))

    def decode(self, stream: "VideoStream", matrix: tuple[int, int, int, int], deadline: Deadline) -> list[Run] | None:
        """The runs, upright by this display matrix; None where nowhere two frames follow one another.

        Raises VideoDecodeError where that is because the frames cannot be decoded.
        """
        from av.video.reformatter import VideoReformatter

        scaler, side, runs = VideoReformatter(), self._wanted.side, []
        rate, context = float(stream.average_rate or USUAL_FRAMES_PER_S), _quick_decoder(stream)
        for held in self._held:
            span_s = self._wanted.span_s if len(self._held) == 1 else self._wanted.place_s
            images, times_s = [], []
            for number, frame in enumerate(_decoded(held, context, deadline)):
                pts = frame.pts
                time_s = number / rate if pts is None or stream.time_base is None else float(pts * stream.time_base)
                times_s.append(time_s)
                if time_s - times_s[0] > span_s:
                    times_s.pop()
                    break
                grey = scaler.reformat(frame, side, side, format="gray", interpolation="AREA", threads=1)
                images.append(np.ascontiguousarray(upright(grey.to_ndarray(), matrix)))
            if len(images) > 1:
                runs.append(Run(np.stack(images), np.array(times_s)))
            # A decoder may say nothing of what it cannot read.
            held.is_broken |= not images
        if not runs and any(held.is_broken for held in self._held):
            raise VideoDecodeError("its movement cannot be seen: no two frames that follow one another can be decoded")
        return runs or None


def _decoded(held: _Held, context: "VideoCodecContext", deadline: Deadline) -> "Iterator[VideoFrame]":
    """The frames that others need, up to the first place that is damaged, which is noted."""
    import av

    try:
        for packet in (*held.packets, None):
            deadline.check()
            held.is_broken = packet is not None and is_damaged(packet)
            for frame in () if held.is_broken else context.decode(packet):
                held.is_broken = frame.is_corrupt
                if held.is_broken:
                    break
                yield frame
            if held.is_broken:
                return
    except MemoryError:
        raise  # PyAV's is an FFmpegError, too, and no damage
    except av.FFmpegError:
        held.is_broken = True
    finally:
        context.flush_buffers()


def _quick_decoder(stream: "VideoStream") -> "VideoCodecContext":
    """A decoder that leaves out frames that no other needs, and smoothing; the track's own where that can do so."""
    import av

    skipping: Literal["NONREF"] = "NONREF"
    own = stream.codec_context
    if own.codec.name not in SMOOTHING_CODECS | SET_UP_ONCE:
        own.skip_frame = skipping
        return own
    context: VideoCodecContext = av.CodecContext.create(own.codec.name, "r")  # type: ignore[assignment]
    context.extradata = own.extradata
    context.thread_type, context.thread_count = "NONE", 1
    context.options = {"err_detect": "explode", "max_pixels": str(MAX_PIXELS), "skip_loop_filter": "all"}
    context.skip_frame = skipping
    return context
