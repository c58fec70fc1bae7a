"""What is in a video file, and whether browsers can play it as it is."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from ...errors import VideoDecodeError
from ...records import Record
from .shape import display_matrix, rotation_of, shown_size
from .source import (
    NO_FRAMES,
    Deadline,
    decode_clean,
    demux,
    known_duration_s,
    open_video,
    sample_aspect,
    set_up_decoder,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# What Chromium, Firefox and Safari all play from a file of this family.
PLAYABLE_VIDEO = {"mp4": {"h264", "av1", "vp9"}, "webm": {"vp8", "vp9", "av1"}}
PLAYABLE_AUDIO = {"mp4": {"aac", "mp3", "opus"}, "webm": {"opus", "vorbis"}}
PLAYABLE_PIXELS = {"yuv420p", "yuvj420p"}
# Where programs that save videos put the words that were posted with them, the most telling first.
CAPTION_TAGS = ("description", "synopsis", "comment", "title")
LONGEST_CAPTION = 1000
# All tags with words that are kept, whole as far as a person could have written them.
WORD_TAGS = (*CAPTION_TAGS, "artist", "album_artist", "author", "genre", "keywords")
LONGEST_TAG = 20_000
# A file that claims to be longer than its bytes could fill is believed by its packets only.
FEWEST_BYTES_PER_S = 500


class MediaFacts(Record):
    """One video file; sizes are as shown (rotation and sample aspect applied), None is not known.

    `rotation`: degrees clockwise (0, 90, 180, 270) that a player turns the picture.
    `readable`: at least one frame can be decoded; `reason` says why not.
    `browser_playable`: a browser plays the file as it is, without a copy.
    `caption`: the words that were saved in the file with it; text of strangers, never markup. `tags`: all of them.
    """

    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    rotation: int = 0
    frame_rate: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    has_audio: bool = False
    pixel_format: str | None = None
    key_frames: int | None = None
    readable: bool
    reason: str | None = None
    browser_playable: bool = False
    caption: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)


def probe(path: Path, *, time_limit_s: float = 20) -> MediaFacts:
    """The facts of one file; a file that cannot be used gives the reason. Raises FileNotFoundError only."""
    deadline = Deadline(time_limit_s)
    known: dict = {}
    try:
        with open_video(path, deadline) as (container, stream):
            known = of_headers(container, stream)
            set_up_decoder(stream.codec_context, "DEFAULT")
            frame = _first(decode_clean(demux(container, [stream], deadline), stream, deadline))
            aspect = sample_aspect(stream)
        if is_doubtful(known, path):
            known["duration_s"] = measured_duration_s(path, deadline)
    except VideoDecodeError as error:
        return MediaFacts(**known, readable=False, reason=str(error))
    return facts_of(path, known, frame, aspect)


def _first(frames: "Iterator[VideoFrame]") -> "VideoFrame":
    frame = next(frames, None)
    if frame is None:
        raise VideoDecodeError(NO_FRAMES)
    return frame


def is_doubtful(known: Mapping[str, Any], path: Path) -> bool:
    """Whether only the packets can say how long it is: the headers do not, or more than its bytes could fill."""
    claimed_s = known["duration_s"]
    return claimed_s is None or claimed_s * FEWEST_BYTES_PER_S > path.stat().st_size


def facts_of(path: Path, known: dict[str, Any], frame: "VideoFrame", aspect: "Fraction | None") -> MediaFacts:
    """The facts of a file, from what its headers say and one of its frames."""
    matrix = display_matrix(frame)
    width, height = shown_size(frame.width, frame.height, aspect, turned=matrix[0] == 0)
    known = known | {
        "width": width, "height": height, "rotation": rotation_of(matrix), "pixel_format": frame.format.name,
    }
    return MediaFacts(**known, readable=True, browser_playable=_is_playable(path, known))


def of_headers(container: "InputContainer", stream: "VideoStream") -> dict[str, Any]:
    """What the headers say, by the fields of `MediaFacts`; nothing is decoded."""
    sound = container.streams.best("audio")
    rate = stream.average_rate or stream.guessed_rate
    index = stream.index_entries
    width, height = shown_size(stream.width, stream.height, sample_aspect(stream), turned=False)
    return {
        "duration_s": known_duration_s(container, stream),
        "width": width,
        "height": height,
        "frame_rate": float(rate) if rate else None,
        "video_codec": stream.codec_context.codec.canonical_name,
        "has_audio": sound is not None,
        "audio_codec": sound.codec_context.codec.canonical_name if sound and sound.codec_context else None,
        # Only an index that lists every frame says how many of them are key frames.
        "key_frames": sum(entry.is_keyframe for entry in index) if len(index) == stream.frames > 0 else None,
        "caption": _caption(container.metadata),
        "tags": _tags(container.metadata),
    }


def _caption(tags: Mapping[str, str]) -> str | None:
    """The tag with words in it that tells most; programs also leave numbers and ids (`vid:v0300f…`) in these tags."""
    named = {name.lower(): " ".join(text.split()) for name, text in tags.items()}
    texts = [text for name in CAPTION_TAGS if (text := named.get(name)) and _has_words(text)]
    return texts[0][:LONGEST_CAPTION] if texts else None


def _tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that have words in them, by their names in lower case."""
    return {
        name.lower(): text[:LONGEST_TAG] for name, text in tags.items()
        if name.lower() in WORD_TAGS and _has_words(text)
    }


def _has_words(text: str) -> bool:
    return any(word.strip("#@.,:;!?'\"()<>/").isalpha() for word in text.split())


def measured_duration_s(path: Path, deadline: Deadline) -> float | None:
    """Seconds from the first packet of the main track to the end of the last, whatever the headers claim.

    None where no packet says when it is shown. Raises FileNotFoundError and VideoDecodeError.
    """
    with open_video(path, deadline) as (container, stream):
        ends = [
            (packet.pts, packet.duration or 0)
            for packet in demux(container, [stream], deadline) if packet.pts is not None
        ]
        if not ends or stream.time_base is None:
            return None
        span = max(pts + length for pts, length in ends) - min(pts for pts, _ in ends)
        return float(span * stream.time_base)


def _is_playable(path: Path, known: dict) -> bool:
    with Path(path).open("rb") as file:
        head = file.read(64)
    family = "mp4" if head[4:8] == b"ftyp" else "webm" if head[:4] == b"\x1aE\xdf\xa3" and b"webm" in head else None
    return (
        family is not None
        and known["video_codec"] in PLAYABLE_VIDEO[family]
        and known["pixel_format"] in PLAYABLE_PIXELS
        and (not known["has_audio"] or known["audio_codec"] in PLAYABLE_AUDIO[family])
    )
