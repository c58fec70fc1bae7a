"""One video file, opened so that it can neither hang us, nor reach out, nor hand us invented pixels."""

import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ...errors import VideoDecodeError
from ..hardware import as_decoded

if TYPE_CHECKING:
    from fractions import Fraction

    from av.codec.hwaccel import HWAccel
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# Whatever a file is named, only these readers may look at it: a play list would open other files and
# addresses, and a text reader would draw letters and call them a video.
VIDEO_FORMATS = "mov,matroska,webm,avi,flv,mpegts,mpeg,mpegvideo,h264,hevc,m4v,ivf,obu,asf,ogg,gif,apng,3gp,mp4"
AUDIO_FORMATS = "mp3,aac,wav,flac,amr"
PICTURE_FORMATS = "image2,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif_pipe,jpegxl_pipe"
MAX_PIXELS = 8192 * 8192
NO_FRAMES = "none of its frames can be decoded: the data is damaged or cut off"

# 32 zero bytes cannot occur in the entropy-coded data of these codecs. Decoders draw the holes that an
# unfinished download leaves as grey blocks, and some say nothing about it.
HOLE = bytes(32)
CODECS_WITHOUT_HOLES = {"h264", "hevc", "vp8", "vp9", "libdav1d", "av1"}

# Decoders that take up which frames to leave out when they decode first, and never again.
SET_UP_ONCE = {"libdav1d"}


def load_decoder() -> None:
    """Import what decodes, before there are threads: those that import it at once lock each other out for good."""
    import av
    import av.subtitles.stream  # noqa: F401  (else imported when the first file is opened)


class Deadline:
    """The moment until which one file may keep us busy."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self._end = time.monotonic() + limit_s

    @property
    def left_s(self) -> float:
        """Seconds left, never less than a moment (0 would mean no limit to the readers below)."""
        return max(self._end - time.monotonic(), 0.001)

    def check(self) -> None:
        """Raise VideoDecodeError once the time is up."""
        if time.monotonic() > self._end:
            raise VideoDecodeError(f"reading it took longer than {self.limit_s:g} s")


@contextmanager
def open_video(
    path: Path, deadline: Deadline, accel: "HWAccel | None" = None
) -> Iterator[tuple["InputContainer", "VideoStream"]]:
    """The opened file and its main video track, to be decoded by `accel` where that takes its codec.

    Raises FileNotFoundError, or VideoDecodeError with the reason.
    """
    import av

    path = Path(path).absolute()
    _require_regular_file(path)
    try:
        container = av.open(
            str(path),
            # Opening would decode the first frames (of phone files many: 100 ms) and read 5 s of packets,
            # to learn what the decoder says anyway.
            options={"skip_frame": "all", "threads": "1"},
            container_options={
                "format_whitelist": ",".join((VIDEO_FORMATS, AUDIO_FORMATS, PICTURE_FORMATS)),
                "protocol_whitelist": "file",
                "analyzeduration": "500000",
            },
            metadata_errors="replace",
            timeout=deadline.left_s,
            hwaccel=accel,
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        deadline.check()
        raise VideoDecodeError(_why_not_opened(path, error)) from error
    with container:
        yield container, _main_track(container)


def decode_clean(
    packets: "Iterable[Packet]", stream: "VideoStream", deadline: Deadline, *, max_packets: int | None = None
) -> Iterator["VideoFrame"]:
    """Frames of the packets of a track that was set up, in order of showing, without those a decoder guessed at.

    After damage everything up to the next key frame is left out, as it would be built on the damage.
    Raises VideoDecodeError where the track is empty.
    """
    import av

    lost, read = False, 0
    for packet in packets:
        deadline.check()
        if packet.size:
            read += 1
        elif not read:
            break
        if max_packets is not None and read > max_packets:
            return
        if lost and packet.size and not packet.is_keyframe:
            continue
        try:
            lost = is_damaged(packet)
            frames = () if lost else as_decoded(packet.decode(), stream.codec_context)
        except MemoryError:
            raise  # PyAV's is an FFmpegError, too, and no damage
        except av.FFmpegError:
            frames, lost = (), True
        for frame in frames:
            lost = lost or frame.is_corrupt
            if lost:
                break
            yield frame
        if lost:
            stream.codec_context.flush_buffers()
    if not read:
        raise VideoDecodeError("its video track holds no frames: the file is damaged or cut off")


def decode_alone(packet: "Packet") -> "list[VideoFrame]":
    """The frame of one key packet, as if there were no others; nothing where it is damaged or needs others."""
    import av

    stream = packet.stream
    try:
        found = [] if is_damaged(packet) else [*stream.decode(packet), *stream.decode(None)]
        frames = list(as_decoded(found, stream.codec_context))
    except MemoryError:
        raise
    except av.FFmpegError:
        frames = []
    stream.codec_context.flush_buffers()
    return [frame for frame in frames if not frame.is_corrupt]


def set_up_decoder(
    context: "VideoCodecContext", skip_frame: Literal["NONKEY", "NONREF", "DEFAULT"], not_smoothed: str | None = None
) -> None:
    """Decode all frames but those that `skip_frame` names: NONKEY, NONREF, or DEFAULT for none.

    not_smoothed: of which frames the edges of blocks are left as they are, by FFmpeg's name ("nointra", "all").
    One thread a file, as files are decoded side by side; errors are raised rather than painted over.
    """
    context.thread_type = "NONE"
    context.thread_count = 1
    context.options = {"err_detect": "explode", "max_pixels": str(MAX_PIXELS)}
    if not_smoothed is not None:
        context.options |= {"skip_loop_filter": not_smoothed}
    context.skip_frame = skip_frame


def demux(container: "InputContainer", streams: "Sequence[Stream]", deadline: Deadline) -> Iterator["Packet"]:
    """The packets of these tracks up to the end or the first place that cannot be read; each one's last is empty."""
    import av

    for other in container.streams:
        if other not in streams:
            other.discard = av.stream.Discard.all
    packets, pictures = container.demux(*streams), {each.index for each in streams if each.type == "video"}
    while True:
        deadline.check()
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            deadline.check()
            return
        if packet is None:
            return
        if packet.stream_index in pictures and packet.has_sidedata("encryption_info"):
            raise VideoDecodeError("it is encrypted")
        yield packet


def known_duration_s(container: "InputContainer", stream: "VideoStream") -> float | None:
    """Seconds according to the headers, None where they do not say."""
    if stream.duration and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def time_of(timed: "Packet | VideoFrame") -> float:
    """When a packet or frame is shown; a stream without times counts as all at 0, so its frames keep their order."""
    return seconds(timed.pts if timed.pts is not None else timed.dts, timed.time_base)


def seconds(stamp: int | None, base: "Fraction | None") -> float:
    """A time stamp in seconds, 0 for none; asked for each packet, so it is not calculated in fractions."""
    return 0.0 if stamp is None or base is None else stamp * base.numerator / base.denominator


def sample_aspect(stream: "VideoStream") -> "Fraction | None":
    """Width of one sample over its height: as the container says, else the decoder (once it has decoded)."""
    return stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio


def is_damaged(packet: "Packet") -> bool:
    """Whether part of the packet is missing or was never written."""
    return packet.is_corrupt or (packet.stream.codec_context.name in CODECS_WITHOUT_HOLES and HOLE in bytes(packet))


def _require_regular_file(path: Path) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise VideoDecodeError(f"it cannot be read ({error})") from error
    if stat.S_ISDIR(status.st_mode):
        raise VideoDecodeError("it is a folder, not a video")
    if not stat.S_ISREG(status.st_mode):
        raise VideoDecodeError("it is not a regular file")
    if status.st_size == 0:
        raise VideoDecodeError("the file is empty")


def _why_not_opened(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "it may not be read: check the permissions of the file"
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as problem:
        return f"it cannot be read ({problem.strerror})"
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free") or head[:4] in (b"\x1aE\xdf\xa3", b"FLV\x01", b"RIFF"):
        return "the file is damaged or incomplete: its index cannot be read"
    return "it is not a video file"


def _main_track(container: "InputContainer") -> "VideoStream":
    from av.stream import Disposition

    if container.format.name in PICTURE_FORMATS.split(","):
        raise VideoDecodeError("it is a picture, not a video")
    stream: VideoStream | None = container.streams.best("video")  # type: ignore[assignment]
    if stream is None or stream.disposition & Disposition.attached_pic:
        raise VideoDecodeError("no video track")
    if stream.codec_context is None:
        raise VideoDecodeError("its video track is of a kind that cannot be decoded")
    if stream.width * stream.height > MAX_PIXELS:
        raise VideoDecodeError(f"its pictures are too large ({stream.width} x {stream.height})")
    return stream
