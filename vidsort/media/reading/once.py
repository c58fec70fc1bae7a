"""All that is wanted of a video from one opening of its file."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import VideoDecodeError
from .facts import MediaFacts, facts_of, is_doubtful, of_headers
from .frames import FEWEST_KEY_FRAMES, Frames, FramesSource, FramesWanted
from .packets import MOST_PACKETS, read_packets
from .runs import Run, RunPackets, RunsWanted
from .sound import Sound, SoundPackets, SoundWanted, sound_track
from .source import NO_FRAMES, Deadline, known_duration_s, open_video, set_up_decoder

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

Wanted = FramesWanted | RunsWanted | SoundWanted
# What there is of it; None: the video has no such thing; an error: it has, but it cannot be had.
Given = Frames | list[Run] | Sound | VideoDecodeError | None


@dataclass(frozen=True)
class Reading:
    """What a file gave of all that was wanted of it, its facts, and the seconds that each thing took to decode.

    read_s is what opening the file and going through its packets took, which all of them share.
    """

    facts: MediaFacts
    given: Mapping[Wanted, Given]
    read_s: float = 0.0
    decode_s: Mapping[Wanted, float] | None = None

    def of(self, wanted: Wanted | None) -> Given:
        """What it gave of this; None where nothing was wanted."""
        return None if wanted is None else self.given[wanted]


def read_once(path: Path, wanted: Iterable[Wanted | None], *, time_limit_s: float = 20) -> Reading:
    """Open the file, read its packets once, and decode what is wanted; one thing that fails stops no other.

    Raises FileNotFoundError only. A file that few key frames are in is decoded in full; where it is
    too large to be held for that, it is opened once more.
    """
    asked, known = list(dict.fromkeys(one for one in wanted if one is not None)), {}
    deadline = Deadline(time_limit_s)
    try:
        with open_video(path, deadline) as (container, stream):
            known = of_headers(container, stream)
            return _read(path, container, stream, asked, known, deadline)
    except VideoDecodeError as error:
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
    deadline: Deadline,
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
    return Reading(facts_of(path, known, first, source.aspect), given, read_s, took_s)
