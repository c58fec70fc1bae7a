"""Runs of consecutive frames, small and grey: what moves is seen in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ...errors import VideoDecodeError
from ..hardware import as_decoded, is_offered
from .shape import display_matrix, upright
from .source import SET_UP_ONCE, Deadline, is_damaged, seconds, set_up_decoder, time_of

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Their decoders smooth the edges of blocks, which nobody sees at this size: a fifth of the time, in some clips more.
# In H.264 and H.265 frames that need no others can be smoothed all the same, and so are as good as stills.
NOT_SMOOTHED = {"h264": "nointra", "hevc": "nointra", "vp8": "all", "vp9": "all"}
# A stream of more frames a second than this, or one without times, is seen for a shorter while.
MOST_FRAMES_PER_S = 125
# Where frames are few a second, a run is so many, however long that takes.
FEWEST_FRAMES = 8
# Of a stream that does not say when its frames are shown.
USUAL_FRAMES_PER_S = 25


@dataclass(frozen=True)
class RunsWanted:
    """Grey pictures of `side` x `side` for `span_s` seconds from the first key frame on.

    Of a video longer than `long_s`, `places` runs of a sixth of that each, evenly spread, each from
    a key frame on; a video that has too few key frames for that gives the one run.
    """

    span_s: float = 2.4
    side: int = 96
    long_s: float = 10.0
    places: int = 2

    @property
    def place_s(self) -> float:
        """How long each of several runs is."""
        return self.span_s / 6


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
        count = len(self.packets)
        is_over = decoded_s > self.start_s + self.span_s and count >= FEWEST_FRAMES
        if is_over or count >= self.span_s * MOST_FRAMES_PER_S:
            self.is_full = True
        else:
            self.packets.append(packet)

    def needed_for(self, span_s: float) -> "tuple[float, list[Packet]]":
        """How long a run of so many seconds is here, and the packets that its frames need, in the order of decoding."""
        shown_s = [time_of(packet) - self.start_s for packet in self.packets]
        span_s = max(span_s, *sorted(shown_s)[:FEWEST_FRAMES])
        last = max(number for number, time_s in enumerate(shown_s) if time_s <= span_s)
        return span_s, self.packets[: last + 1]


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
        if packet.is_keyframe:
            time_s, wanted = time_of(packet), self._wanted
            if not self._held:
                self._held.append(_Held(time_s, wanted.span_s))
            elif self._places_s and time_s - self._held[0].start_s >= self._places_s[0]:
                self._held.append(_Held(time_s, wanted.place_s))
                while self._places_s and time_s - self._held[0].start_s >= self._places_s[0]:
                    self._places_s.pop(0)
        for held in self._held:
            if not held.is_full:
                held.take(packet, seconds(packet.dts if packet.dts is not None else packet.pts, packet.time_base))

    def are_one_from(self, packet: "Packet") -> bool:
        """Whether there is one run, which begins with this packet."""
        return len(self._held) == 1 and self._held[0].packets[:1] == [packet]

    @property
    def are_whole(self) -> bool:
        """Whether nothing was damaged of what was decoded."""
        return not any(held.is_broken for held in self._held)

    def decode(
        self, stream: "VideoStream", decoder: "VideoCodecContext", deadline: Deadline, *,
        matrix: tuple[int, int, int, int] | None = None, on_key: "Callable[[VideoFrame], None]" = lambda _frame: None,
        every: "Sequence[Packet] | None" = None, on_frame: "Callable[[VideoFrame], None]" = lambda _frame: None,
    ) -> list[Run] | None:
        """The runs, upright by this display matrix or that of each frame; None where no two frames follow one another.

        `on_key` is given each run's key frame. Where `every` packet of the video is given, of which there is one run,
        all are decoded, and `on_frame` is given each frame. Raises VideoDecodeError where frames cannot be decoded.
        """
        from av.video.reformatter import VideoReformatter

        scaler, side, runs = VideoReformatter(), self._wanted.side, []
        rate = float(stream.average_rate or USUAL_FRAMES_PER_S)
        for held in self._held:
            span_s, packets = held.needed_for(self._wanted.span_s if len(self._held) == 1 else self._wanted.place_s)
            images, times_s, is_over = [], [], False
            for number, frame in enumerate(_decoded(held, every or packets, decoder, deadline)):
                on_frame(frame)
                if is_over:
                    continue
                pts = frame.pts
                if frame.key_frame and pts == packets[0].pts:
                    on_key(frame)
                time_s = number / rate if pts is None or stream.time_base is None else float(pts * stream.time_base)
                times_s.append(time_s)
                if time_s - times_s[0] > span_s:
                    times_s.pop()
                    if every is None:
                        break
                    is_over = True
                    continue
                grey = scaler.reformat(frame, side, side, format="gray", interpolation="AREA", threads=1)
                images.append(upright(grey.to_ndarray(), display_matrix(frame) if matrix is None else matrix))
            if len(images) > 1:
                runs.append(Run(np.stack(images), np.array(times_s)))
            # A decoder may say nothing of what it cannot read.
            held.is_broken |= not images
        if not runs and any(held.is_broken for held in self._held):
            raise VideoDecodeError("its movement cannot be seen: no two frames that follow one another can be decoded")
        return runs or None


def _decoded(
    held: _Held, packets: "Sequence[Packet]", context: "VideoCodecContext", deadline: Deadline
) -> "Iterator[VideoFrame]":
    """The frames that others need, up to the first place that is damaged, which is noted."""
    import av

    try:
        for packet in (*packets, None):
            deadline.check()
            held.is_broken = packet is not None and is_damaged(packet)
            for frame in () if held.is_broken else as_decoded(context.decode(packet), context):
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


def own_decoder(
    stream: "VideoStream", *, are_stills_keys: bool, is_smoothed: bool
) -> "VideoCodecContext | None":
    """The track's own decoder where it may be used for runs before stills are decoded by it, else None.

    It leaves out frames that no other needs, and, unless is_smoothed, smoothing but of key frames: are_stills_keys says
    that no others are wanted of it.
    """
    context = stream.codec_context
    not_smoothed = None if is_smoothed else NOT_SMOOTHED.get(context.codec.name)
    if context.codec.name in SET_UP_ONCE or not_smoothed == "all" or (not_smoothed and not are_stills_keys):
        return None
    if not_smoothed and is_offered(context):
        # A device smooths all that it decodes.
        return None
    if not context.is_open:
        set_up_decoder(context, "NONREF", not_smoothed)
    context.skip_frame = "NONREF"
    return context


def another_decoder(stream: "VideoStream", *, is_smoothed: bool = False) -> "VideoCodecContext":
    """A decoder beside the track's own, which leaves out frames that no other needs, and, unless is_smoothed, that."""
    import av

    own = stream.codec_context
    context: VideoCodecContext = av.CodecContext.create(own.codec.name, "r")  # type: ignore[assignment]
    context.extradata = own.extradata
    set_up_decoder(context, "NONREF", None if is_smoothed else NOT_SMOOTHED.get(own.codec.name, "all"))
    return context
