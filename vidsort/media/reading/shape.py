"""From a decoded frame to the picture a person sees: sample aspect ratio, rotation and mirroring applied, scaled."""

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

# Beyond this the number is damage, not the shape of anybody's pixels.
MAX_STRETCH = 8


def shown_size(width: int, height: int, aspect: Fraction | None, turned: bool) -> tuple[int, int]:
    """Width and height as shown; `aspect` is the width of one sample over its height, `turned` a quarter turn."""
    if aspect and Fraction(1, MAX_STRETCH) <= aspect <= MAX_STRETCH:
        width = max(1, round(width * aspect))
    return (height, width) if turned else (width, height)


def to_picture(
    frame: "VideoFrame", aspect: Fraction | None, short_side: int | None, scaler: "VideoReformatter"
) -> np.ndarray:
    """The frame as shown: uint8 RGB, height x width x 3, its short side at most `short_side` (never enlarged)."""
    width, height = shown_size(frame.width, frame.height, aspect, turned=False)
    if short_side is not None and min(width, height) > short_side:
        scale = short_side / min(width, height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    return _drawn(frame, (width, height), display_matrix(frame), scaler)


def to_picture_of_size(frame: "VideoFrame", size: tuple[int, int], scaler: "VideoReformatter") -> np.ndarray:
    """The frame as shown, stretched to `size` (width, height): uint8 RGB, height x width x 3."""
    matrix = display_matrix(frame)
    return _drawn(frame, size if matrix[0] else size[::-1], matrix, scaler)


def display_matrix(frame: "VideoFrame") -> tuple[int, int, int, int]:
    """The four signs (a, b, c, d) of the frame's display matrix: x' = ax + cy, y' = bx + dy; (1, 0, 0, 1) is upright.

    Players only know quarter turns and mirrors; anything else (also damage) counts as upright.
    """
    # PyAV's types take this for a mapping of names; iterated, it gives the data themselves.
    side_data: Iterable[Any] = frame.side_data
    for data in side_data:
        if data.type.name == "DISPLAYMATRIX" and len(bytes(data)) >= 36:
            numbers = np.frombuffer(bytes(data), dtype=np.int32)
            a, b, c, d = (int(np.sign(numbers[index])) for index in (0, 1, 3, 4))
            if abs(a) == abs(d) != abs(b) == abs(c):
                return a, b, c, d
    return 1, 0, 0, 1


def rotation_of(matrix: tuple[int, int, int, int]) -> int:
    """Degrees (0, 90, 180 or 270) by which the picture is turned clockwise to be upright."""
    a, b, _, _ = matrix
    return {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}[a, b]


def _drawn(
    frame: "VideoFrame", size: tuple[int, int], matrix: tuple[int, int, int, int], scaler: "VideoReformatter"
) -> np.ndarray:
    """The frame scaled to `size` as it is stored, then turned and mirrored."""
    rgb = scaler.reformat(frame, *size, format="rgb24", interpolation="AREA", threads=1)
    return upright(rgb.to_ndarray(), matrix)


def upright(image: np.ndarray, matrix: tuple[int, int, int, int]) -> np.ndarray:
    """A picture as it is stored, [height, width, ...], turned and mirrored as a display matrix says."""
    a, b, c, d = matrix
    if a == 0:
        image = image.swapaxes(0, 1)
    if a + c < 0:
        image = image[:, ::-1]
    if b + d < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)
