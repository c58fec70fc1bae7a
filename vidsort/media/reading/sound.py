"""A few seconds of what is heard in a video: one channel, at one rate for all."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ...errors import VideoDecodeError
from .source import Deadline, seconds

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

# What is further in is not heard: the packets of the pictures between would have to be read for it.
FURTHEST_S = 120.0


@dataclass(frozen=True)
class SoundWanted:
    """`seconds` of sound at `rate` samples a second; of a longer video in `parts` over it, or as one its beginning."""

    seconds: float = 6.0
    rate: int = 16_000
    parts: int = 3


@dataclass(frozen=True)
class Sound:
    """What is heard, in pieces in order of time: each float32 [n], about -1 to 1."""

    pieces: list[np.ndarray]
    rate: int


def sound_track(container: "InputContainer") -> "Stream | None":
    """The track that is heard, None where there is none; also one of which nothing can be known but that it is there.

    FFmpeg passes over a track whose rate it could not find out, as where its packets are damaged.
    """
    return container.streams.best("audio") or next(iter(container.streams.audio), None)


class SoundPackets:
    """Holds the packets of a sound track that are wanted while a file is read; decodes them afterwards."""

    def __init__(self, wanted: SoundWanted, duration_s: float | None) -> None:
        self._wanted = wanted
        self._packets: list[list[Packet]] = []
        self._first_s: float | None = None
        # Of the track, as it came with its first packet: of each it would be made anew.
        self._base: Fraction | None = None
        starts_s, self._piece_s = [0.0], wanted.seconds
        if duration_s is not None and duration_s > wanted.seconds and wanted.parts > 1:
            self._piece_s = wanted.seconds / wanted.parts
            heard_s = min(duration_s, FURTHEST_S)
            starts_s = [(part + 0.5) * heard_s / wanted.parts - self._piece_s / 2 for part in range(wanted.parts)]
        self._starts_s = starts_s

    def offer(self, packet: "Packet") -> bool:
        """Keep the packet where it belongs to a piece; whether packets to come may be wanted."""
        if not packet.size:
            return True
        stamp = packet.pts if packet.pts is not None else packet.dts
        if self._first_s is None:
            self._base = packet.time_base
            self._first_s = seconds(stamp, self._base)
        time_s = seconds(stamp, self._base) - self._first_s
        begun = len(self._packets)
        if begun < len(self._starts_s) and time_s >= self._starts_s[begun]:
            self._packets.append([])
            begun += 1
        if begun and time_s < self._starts_s[begun - 1] + self._piece_s:
            self._packets[-1].append(packet)
            return True
        return begun < len(self._starts_s)

    def decode(self, deadline: Deadline) -> Sound | None:
        """What is heard; None where the track is empty. Raises VideoDecodeError where nothing of it can be decoded."""
        import av

        pieces, reason = [], None
        for packets in self._packets:
            try:
                frames = [*_frames(packets, deadline)]
                heard = _resampled(frames, self._wanted.rate) if frames else None
            except MemoryError:
                raise  # PyAV's is an FFmpegError, too, and no damage
            except (av.FFmpegError, ValueError) as error:
                reason = error
                continue
            if heard is not None:
                pieces.append(heard[: round(self._piece_s * self._wanted.rate)])
        if not pieces and any(self._packets):
            raise VideoDecodeError(f"its sound cannot be decoded: {reason or 'its decoder gives nothing'}") from reason
        return Sound(pieces, self._wanted.rate) if pieces else None


def _frames(packets: "list[Packet]", deadline: Deadline) -> "Iterator[AudioFrame]":
    """The frames of consecutive packets; those that are damaged are left out, all of them being is an error."""
    import av

    reason, count = None, 0
    if not packets:
        return
    stream: AudioStream = packets[0].stream
    if stream.codec_context is None:
        raise VideoDecodeError("its sound is of a kind that cannot be decoded")
    for packet in packets:
        deadline.check()
        try:
            decoded = stream.decode(packet)
        except MemoryError:
            raise
        except av.FFmpegError as error:
            reason = error
            continue
        for frame in decoded:
            count += 1
            yield frame
    stream.codec_context.flush_buffers()
    if not count and reason is not None:
        raise reason


def _resampled(frames: "list[AudioFrame]", rate: int) -> np.ndarray:
    """What is heard in frames up to where their form changes, as one channel at this rate: float32 [n].

    In one piece: one by one they take half as long again.
    """
    import av

    first = frames[0]
    form = (first.format.name, first.layout.name, first.sample_rate)
    together = av.AudioFifo()
    for frame in frames:
        if (frame.format.name, frame.layout.name, frame.sample_rate) != form:
            break
        frame.pts = None  # where frames were left out, times jump, which it does not take
        together.write(frame)
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    parts = [*resampler.resample(together.read()), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray()[0] for part in parts])
