"""The machine's video hardware: which of it can be opened, and whether its frames are, bit for bit, the processor's."""

import collections
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..records import HardwareDecoding

if TYPE_CHECKING:
    from av.codec.hwaccel import HWAccel
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

# Those that come with a system's own drivers first: what "auto" tries, in this order.
AUTOMATIC = ("videotoolbox", "d3d11va", "cuda", "vaapi")
# A context of CUDA takes a tenth of a second to make; by this each file is opened in the one that is held.
OPTIONS: dict[str, dict[str, object]] = {"cuda": {"primary_ctx": "1"}}
# The formats of frames that are still on a device. A decoder that has given the device up has another.
ON_DEVICE = {
    "cuda", "d3d11", "d3d11va_vld", "d3d12", "dxva2_vld", "qsv", "vaapi", "vdpau", "videotoolbox_vld", "vulkan",
}
# What devices give of the same planes in another order, and what the processor gives. That of 10 bits (p010le) is left
# out: where it was tried FFmpeg did not bring it into the processor's form without a loss.
SAME_PLANES = {"nv12": "yuv420p"}
# Their decoders on the processor name a format of its own where all of a byte counts.
UNSPECIFIED, FULL_RANGE, FULL_RANGE_NAMED = 2, 2, {"h264": "yuvj420p", "hevc": "yuvj420p"}
# Of each kind of video so many are decoded by both.
PROBES = 3

Tell = Callable[[str], object]


class Hardware:
    """The device that decodes for this process, for as long as what it decodes is what the processor does."""

    def __init__(self, device: str, accel: "HWAccel", held: "HWAccel", tell: Tell) -> None:
        self.device = device
        self.accel = accel
        # While one is open the others of this process share what it has set up.
        self._held = held
        self._tell = tell
        self._alike = collections.Counter[tuple[str, ...]]()
        self._left_off: set[str] = set()

    @classmethod
    def opened(cls, wanted: HardwareDecoding, tell: Tell) -> "Hardware | None":
        """The device that is wanted; None where there is none, and the sentence why is told once."""
        if wanted == "off":
            return None
        import av
        from av.codec.hwaccel import HWAccel, hwdevices_available

        built_in = hwdevices_available()
        why = "this PyAV has nothing for it" if wanted != "auto" else f"this PyAV has {', '.join(built_in) or 'none'}"
        for device in AUTOMATIC if wanted == "auto" else (wanted,):
            if device not in built_in:
                continue
            accel = HWAccel(device, allow_software_fallback=True, options=OPTIONS.get(device))
            try:
                return cls(device, accel, accel.create(av.codec.Codec("h264", "r")), tell)
            except (NotImplementedError, OSError, ValueError, av.FFmpegError) as error:
                why = f"{device}: {error}"
        tell(
            f"The setting hardware_decoding={wanted} does nothing here, as no such device can be opened ({why}): the "
            "processor decodes; install its driver, or set it to off."
        )
        return None

    def is_left_off(self, codec: str) -> bool:
        """Whether its frames of this codec were not the processor's."""
        return codec in self._left_off

    def is_unproven(self, kind: tuple[str, ...]) -> bool:
        """Whether further videos of this kind (its codec first) are to be decoded by both."""
        return self._alike[kind] < PROBES

    def prove(self, kind: tuple[str, ...], found: "Sequence[VideoFrame]", wanted: "Sequence[VideoFrame]") -> bool:
        """Whether it found what the processor did in a video of this kind; else its codec is left to the processor."""
        if len(found) == len(wanted) and all(map(are_same, found, wanted)):
            self._alike[kind] += 1
            return True
        codec = kind[0]
        if codec not in self._left_off:
            self._left_off.add(codec)
            self._tell(
                f"What {self.device} decodes of {codec} is not what the processor does (hardware_decoding), so the "
                f"processor decodes all {codec}: nothing is lost but the time."
            )
        return False


def is_offered(context: "VideoCodecContext") -> bool:
    """Whether a decoder was opened with a device that decodes its codec."""
    return context.is_hwaccel


def is_decoding(context: "VideoCodecContext") -> bool:
    """Whether the device decodes, of a decoder that has decoded: not all that a codec allows is what it takes."""
    return is_offered(context) and context.pix_fmt in ON_DEVICE


def as_decoded(frames: "Iterable[VideoFrame]", context: "VideoCodecContext") -> "Iterable[VideoFrame]":
    """Frames of this decoder in the form in which the processor's have them."""
    return [plain(frame, context.name) for frame in frames] if is_decoding(context) else frames


def plain(frame: "VideoFrame", codec: str) -> "VideoFrame":
    """A frame that came from a device as the processor's decoder gives it; one of an unknown form as it is."""
    wanted = SAME_PLANES.get(frame.format.name)
    if wanted is None:
        return frame
    if frame.color_range == FULL_RANGE:
        wanted = FULL_RANGE_NAMED.get(codec, wanted)
    # Of a frame that names its colours PyAV refuses some, and names others anew; they are no matter of this.
    colours, frame.colorspace = frame.colorspace, UNSPECIFIED
    found = frame.reformat(format=wanted, threads=1)
    found.colorspace = colours
    return found


def are_same(one: "VideoFrame", other: "VideoFrame") -> bool:
    """Whether two frames are bit for bit the same, shown at the same time and to be drawn in the same colours."""
    if _facts(one) != _facts(other):
        return False
    return all(map(np.array_equal, _planes(one), _planes(other)))


def _facts(frame: "VideoFrame") -> tuple[object, ...]:
    return (
        frame.format.name, frame.width, frame.height, frame.pts, frame.color_range, frame.colorspace, len(frame.planes),
    )


def _planes(frame: "VideoFrame") -> Iterator[np.ndarray]:
    """The bytes of each plane that are seen: uint8 [height, bytes of a row], without what fills its rows up."""
    size = 2 if frame.format.components[0].bits > 8 else 1
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        yield rows[: plane.height, : plane.width * size]
