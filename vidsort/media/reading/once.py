"""All that is wanted of a video from one opening of its file."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import VideoDecodeError
from ..hardware import Hardware, as_decoded, is_decoding, is_offered
from .facts import MediaFacts, facts_of, is_doubtful, of_headers
from .frames import FEWEST_KEY_FRAMES, Frames, FramesSource, FramesWanted
from .packets import MOST_PACKETS, Contents, read_packets
from .runs import Run, RunPackets, RunsWanted
from .sound import Sound, SoundPackets, SoundWanted, sound_track
from .source import NO_FRAMES, Deadline, decode_alone, known_duration_s, open_video, set_up_decoder

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

log = logging.getLogger(__name__)

Wanted = FramesWanted | RunsWanted | SoundWanted
# What there is of it; None: the video has no such thing; an error: it has, but it cannot be had.
Given = Frames | list[Run] | Sound | VideoDecodeError | None
# A device has so much of a file's time; what takes it longer is left to the processor, which has all of it.
DEVICE_SHARE = 0.25
# Of a video that may be decoded in full so many packets are decoded by both, where the two are compared.
COMPARED_PACKETS = 16


@dataclass(frozen=True)
class Reading:
    """What a file gave of all that was wanted of it, its facts, and the seconds that each thing took to decode.

    read_s is what opening the file and going through its packets took, which all of them share. by_hardware: a device
    decoded what is seen, but for what it cannot give (movement of which edges are not smoothed).
    """

    facts: MediaFacts
    given: Mapping[Wanted, Given]
    read_s: float = 0.0
    decode_s: Mapping[Wanted, float] | None = None
    by_hardware: bool = False

    def of(self, wanted: Wanted | None) -> Given:
        """What it gave of this; None where nothing was wanted."""
        return None if wanted is None else self.given[wanted]

    @property
    def is_whole(self) -> bool:
        """Whether there was nothing that could not be had."""
        return self.facts.readable and not any(isinstance(one, VideoDecodeError) for one in self.given.values())


def read_once(
    path: Path, wanted: Iterable[Wanted | None], *, time_limit_s: float = 20, hardware: Hardware | None = None
) -> Reading:
    """Open the file, read its packets once, and decode what is wanted; one thing that fails stops no other.

    Raises FileNotFoundError only. A file that few key frames are in is decoded in full; where it is
    too large to be held for that, it is opened once more. With `hardware` that decodes where it gives the very same;
    a file that it cannot, or that anything is wrong with, is read anew without it.
    """
    asked = list(dict.fromkeys(one for one in wanted if one is not None))
    if hardware is not None:
        try:
            return _opened(path, asked, Deadline(DEVICE_SHARE * time_limit_s), hardware)
        except NotByHardware as error:
            log.debug("The processor decodes %s: %s", path, error)
    return _opened(path, asked, Deadline(time_limit_s), None)


class NotByHardware(Exception):
    """A file is to be read without a device; says why."""


def _opened(path: Path, asked: list[Wanted], deadline: Deadline, hardware: Hardware | None) -> Reading:
    known: dict[str, Any] = {}
    try:
        with open_video(path, deadline, None if hardware is None else hardware.accel) as (container, stream):
            known = of_headers(container, stream)
            reading = _read(path, container, stream, asked, known, deadline, hardware)
            if hardware is None or reading.is_whole:
                return reading
            raise NotByHardware("not all of it could be had")
    except VideoDecodeError as error:
        if hardware is not None:
            raise NotByHardware(str(error)) from error
        return Reading(MediaFacts(**known, readable=False, reason=str(error)), dict.fromkeys(asked, error))


def sample_frames(path: Path, count: int = 6, *, short_side: int | None = 288, time_limit_s: float = 20) -> Frames:
    """Up to `count` frames, evenly spread, none near-black or repeated (but at least one).

    Rotation, mirroring and sample aspect ratio are applied; pictures are scaled down to `short_side`
    pixels (None: full size), never up. The same file always gives the same frames.
    Raises FileNotFoundError, or VideoDecodeError with the reason why there is no frame to be had.
    """
    wanted = FramesWanted(count, short_side)
    found = read_once(path, [wanted], time_limit_s=time_limit_s).given[wanted]
    if not isinstance(found, Frames):
        raise found if isinstance(found, VideoDecodeError) else VideoDecodeError(NO_FRAMES)
    return found


def _read(
    path: Path, container: "InputContainer", stream: "VideoStream", asked: list[Wanted], known: dict[str, Any],
    deadline: Deadline, hardware: Hardware | None,
) -> Reading:
    started = time.perf_counter()
    set_up_decoder(stream.codec_context, "NONKEY")
    duration_s, is_measured = known_duration_s(container, stream), is_doubtful(known, path)
    frames = [one for one in asked if isinstance(one, FramesWanted)]
    runs = {one: RunPackets(one, duration_s) for one in asked if isinstance(one, RunsWanted)}
    sounds = {one: SoundPackets(one, duration_s) for one in asked if isinstance(one, SoundWanted)}
    track = sound_track(container) if sounds else None
    contents = read_packets(
        container, stream, deadline, is_measured=is_measured, runs=list(runs.values()),
        most_keys=max([MOST_PACKETS, *(2 * one.count for one in frames)]),
        key_frames=FEWEST_KEY_FRAMES if frames else 1,
        sound=None if track is None else (track, list(sounds.values())),
    )
    if is_measured:
        known["duration_s"] = contents.span_s
    source = FramesSource(path, contents, stream, deadline)
    if hardware is not None and is_offered(stream.codec_context):
        source.keep(_first_by(hardware, path, stream, contents, deadline))
    read_s, took_s = time.perf_counter() - started, {}

    def decoded(one: Wanted) -> Given:
        begun = time.perf_counter()
        try:
            if isinstance(one, FramesWanted):
                return source.choose(one)
            if isinstance(one, SoundWanted):
                return sounds[one].decode(deadline)
            return source.decode_runs(runs[one], frames)
        except VideoDecodeError as error:
            return error
        finally:
            took_s[one] = time.perf_counter() - begun

    # Runs come first: stills may be had of what is decoded for them.
    given = {one: decoded(one) for one in (*runs, *(one for one in asked if one not in runs))}
    try:
        first = source.look()
    except VideoDecodeError as error:
        return Reading(MediaFacts(**known, readable=False, reason=str(error)), given, read_s, took_s)
    by_hardware = hardware is not None and is_decoding(stream.codec_context)
    return Reading(facts_of(path, known, first, source.aspect), given, read_s, took_s, by_hardware)


def _first_by(
    hardware: Hardware, path: Path, stream: "VideoStream", contents: Contents, deadline: Deadline
) -> "VideoFrame":
    """The first key frame; raises NotByHardware unless what the device decodes is what the processor does."""
    context = stream.codec_context
    if hardware.is_left_off(context.name):
        raise NotByHardware(f"{context.name} is left off")
    frames = [frame for packet in contents.keys[:1] for frame in decode_alone(packet)]
    if not frames:
        raise NotByHardware("its first key frame cannot be decoded alone")
    if not is_decoding(context):
        # Its decoder has seen that the device does not take it, and has given that up by itself.
        return frames[0]
    ways = {"keys": contents.keys[:1], "in full": [one for one in contents.every or () if one.size][:COMPARED_PACKETS]}
    for way, packets in ways.items():
        kind = (context.name, frames[0].format.name, way)
        if not packets or not hardware.is_unproven(kind):
            continue
        with open_video(path, deadline) as (_, beside):
            set_up_decoder(beside.codec_context, "NONREF")
            wanted = _decoded(packets, beside.codec_context)
        if not wanted or not hardware.prove(kind, _decoded(packets, context), wanted):
            raise NotByHardware("what the device decodes is not proven")
    return frames[0]


def _decoded(packets: "list[Packet]", context: "VideoCodecContext") -> "list[VideoFrame]":
    """All frames of these packets that others need; nothing where they are damaged."""
    import av

    context.skip_frame = "NONREF"
    try:
        return [frame for one in (*packets, None) for frame in as_decoded(context.decode(one), context)]
    except MemoryError:
        raise  # PyAV's is an FFmpegError, too, and no damage
    except av.FFmpegError:
        return []
    finally:
        context.flush_buffers()
