"""One reading of a file's packets: what is decoded afterwards is held, the rest let go, most of it unread."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .runs import RunPackets
from .sound import SoundPackets
from .source import Deadline, demux, known_duration_s, time_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# A video that has fewer key frames than wanted and no more than this is decoded in full: 7 s of 360 x 640 take 0.05 s.
CHEAP_PIXELS = 50_000_000
# So many key packets are held while the file is read; beyond that every second one is let go.
MOST_PACKETS = 64
# Of a video that may have to be decoded in full so much is held; a larger one is opened once more for that.
MOST_HELD_BYTES = 32_000_000


@dataclass(frozen=True)
class Contents:
    """What one reading of the packets tells; `keys` are the key packets, each once, thinned where they are many.

    every: all packets of the video track, in order, where they were held. span_s: seconds from the
    first to the end of the last, None where no packet says when it is shown or not all were read.
    """

    keys: "list[Packet]"
    key_count: int
    frame_count: int
    start_s: float
    end_s: float
    every: "list[Packet] | None" = None
    span_s: float | None = None

    def moments(self, count: int, most_frames: int) -> np.ndarray:
        """Seconds: the middles of `count` equal parts of the video, or of its first so many frames."""
        span_s = (self.end_s - self.start_s) * min(1.0, most_frames / max(1, self.frame_count))
        return self.start_s + (np.arange(count) + 0.5) / count * span_s


class Screen:
    """Offers the frames that are on screen at these moments (seconds, ascending), each once."""

    def __init__(self, moments: np.ndarray, offer: "Callable[[VideoFrame, float], None]") -> None:
        self._moments, self._offer = list(moments), offer
        self._shown: VideoFrame | None = None

    def see(self, frame: "VideoFrame") -> bool:
        """The next frame that is shown; whether no more are wanted."""
        if self._shown is not None and self._moments and time_of(frame) > self._moments[0]:
            self._offer(self._shown, time_of(self._shown))
            while self._moments and time_of(frame) > self._moments[0]:
                self._moments.pop(0)
        self._shown = frame
        return not self._moments

    def end(self, is_over: bool = False) -> None:
        """There are no more frames: the last one stays on screen, for the moments that are left, if any."""
        if not is_over and self._moments and self._shown is not None:
            self._offer(self._shown, time_of(self._shown))


def is_cheap(frame_count: int, stream: "VideoStream") -> bool:
    """Whether so many frames are soon decoded, all of them."""
    return frame_count * max(1, stream.width * stream.height) <= CHEAP_PIXELS


def read_packets(
    container: "InputContainer", stream: "VideoStream", deadline: Deadline, *,
    most_keys: int = MOST_PACKETS, key_frames: int = 1, is_measured: bool = False, runs: Sequence[RunPackets] = (),
    sound: "tuple[Stream, Sequence[SoundPackets]] | None" = None,
) -> Contents:
    """Read the file once; what `runs` and `sound` want is offered to them as it comes by.

    key_frames: with fewer a video is decoded in full, so that all of its packets are held.
    is_measured: whether every packet is to be read, as only they say how long the video is.
    """
    from av.stream import Discard

    reading = _Reading(stream, most_keys, key_frames)
    heard, listeners = sound or (None, ())
    listening = list(listeners)
    for packet in demux(container, [stream, heard] if heard is not None else [stream], deadline):
        if packet.stream is heard:
            listening = [listener for listener in listening if listener.offer(packet)]
            if not listening:
                heard.discard = Discard.all
            continue
        reading.offer(packet)
        for run in runs if packet.size else ():
            run.offer(packet)
        # Where the file has an index, what lies between key frames is not even read.
        is_whole = is_measured or reading.is_holding or any(run.is_taking for run in runs)
        stream.discard = Discard.default if is_whole else Discard.nonkey
    return reading.contents(container, is_measured)


class _Reading:
    """Collects what `Contents` tells, packet by packet."""

    def __init__(self, stream: "VideoStream", most_keys: int, key_frames: int) -> None:
        self._stream = stream
        self._most_keys = most_keys
        self._key_frames = key_frames
        self._keys: list[Packet] = []
        self._stride = 1
        self._seen: set[int] = set()
        self._key_count = self._count = 0
        self._first: int | None = None
        self._last: int | None = None
        self._end: int | None = None
        self._held_bytes = 0
        self._every: list[Packet] | None = [] if self._may_be_decoded_in_full() else None

    def _may_be_decoded_in_full(self) -> bool:
        index = self._stream.index_entries
        if len(index) != self._stream.frames or not index:
            return True  # only the packets will tell
        keys = sum(entry.is_keyframe for entry in index)
        return keys < self._key_frames or is_cheap(len(index), self._stream)

    @property
    def is_holding(self) -> bool:
        return self._every is not None

    def offer(self, packet: "Packet") -> None:
        if self._every is not None:
            self._every.append(packet)
            self._held_bytes += packet.size
        if not packet.size:
            return
        self._count += 1
        if packet.pts is not None:
            self._first = packet.pts if self._first is None else min(self._first, packet.pts)
            self._last = packet.pts if self._last is None else max(self._last, packet.pts)
            end = packet.pts + (packet.duration or 0)
            self._end = end if self._end is None else max(self._end, end)
        if packet.is_keyframe and not packet.is_discard:
            self._take_key(packet)
        has_keys = self._key_count >= self._key_frames and not is_cheap(self._count, self._stream)
        if has_keys or self._held_bytes > MOST_HELD_BYTES:
            self._every = None

    def _take_key(self, packet: "Packet") -> None:
        self._key_count += 1
        content = zlib.crc32(packet)
        if content in self._seen:
            return  # a loop or a still comes again byte for byte
        if len(self._seen) % self._stride == 0:
            self._keys.append(packet)
        self._seen.add(content)
        if len(self._keys) > self._most_keys:
            self._keys, self._stride = self._keys[::2], self._stride * 2

    def contents(self, container: "InputContainer", is_measured: bool) -> Contents:
        base = self._stream.time_base or 0
        start_s, last_s = (float((stamp or 0) * base) for stamp in (self._first, self._last))
        span_s = None
        if is_measured and self._first is not None and self._end is not None and self._stream.time_base is not None:
            span_s = float((self._end - self._first) * self._stream.time_base)
        return Contents(
            keys=sorted(self._keys, key=time_of),
            key_count=self._key_count,
            frame_count=max(self._count, self._stream.frames),
            start_s=start_s,
            end_s=max(last_s, start_s + (known_duration_s(container, self._stream) or 0)),
            every=self._every,
            span_s=span_s,
        )
