"""Pictures to prints: small grey frames without their borders, by which a video is known again when it was edited.

A print says nothing of what a video is about, and no folder is learned from it: it is compared with other prints.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from .evidence import Evidence, EvidenceConfig
from .image import SHORT_SIDE

if TYPE_CHECKING:
    from ...media import Frames

# Of each video so many frames are kept, in so many rows and columns each: 8 kB.
PRINTS = 8
SIDE = 32
# A row or column that differs less than this from its own mean (standard deviation, of 255) is a border's: the coder
# leaves 1 to 3 of it.
FLAT = 6.0
# What is left without borders is at least this share of a side: else the picture itself is flat.
LEAST_LEFT = 0.2
# Borders are looked for in every n-th pixel, so that about this many are left along the short side.
SAMPLED = 96


class PrintsConfig(EvidenceConfig):
    """What decides the prints: those frames that are seen anyway, so that none is decoded for them."""

    revision: ClassVar[int] = 2

    frames: int = Field(8, ge=1, le=64, description="frames sampled from each video")


class PrintsEncoder:
    """Makes the prints of videos."""

    def __init__(self, config: PrintsConfig) -> None:
        from ...media.reading.frames import FramesWanted

        self.wanted = FramesWanted(config.frames, SHORT_SIDE, repeats=True)

    def encode(self, given: "Frames") -> Evidence:
        """The prints as `packed` has them; their vector is when each is shown, in seconds, -1 where there are fewer."""
        seen = np.linspace(0, len(given.images) - 1, min(PRINTS, len(given.images))).round().astype(int)
        times_s = np.full(PRINTS, -1.0, np.float32)
        times_s[: len(seen)] = np.asarray(given.times_s, np.float32)[seen]
        return Evidence(times_s, packed(prints([given.images[number] for number in seen])))


def prints(images: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures of one video, uint8 RGB of one size, small, grey and without borders: uint8 [n, side, side]."""
    from PIL import Image

    step = max(1, min(images[0].shape[:2]) // SAMPLED)
    # As grey as a person sees it, in whole numbers: a quarter of the time that colours take as floats.
    weighed = [image[::step, ::step].astype(np.uint16) for image in images]
    grey = np.stack([(one[..., 0] + 2 * one[..., 1] + one[..., 2]) // 4 for one in weighed]).astype(np.uint8)
    top, bottom, left, right = without_borders(grey)
    inner = grey[:, top:bottom, left:right]
    way = Image.Resampling.BOX if min(inner.shape[1:]) >= SIDE else Image.Resampling.BILINEAR
    return np.stack([np.asarray(Image.fromarray(np.ascontiguousarray(one)).resize((SIDE, SIDE), way)) for one in inner])


def without_borders(grey: np.ndarray) -> tuple[int, int, int, int]:
    """First and last row and column, the last not included, within bars of one colour: of uint8 [n, height, width].

    Bars are where most frames have them, so that one dark frame shows none; a bar beside a picture is only seen as
    one where those above and below are cut off, so the sides are looked at twice.
    """
    top, bottom, left, right = 0, grey.shape[1], 0, grey.shape[2]
    values = grey.astype(np.float32)
    for axis in (2, 1, 2, 1):
        within = values[:, top:bottom, left:right]
        lit = np.flatnonzero(np.median(within.std(axis=axis), axis=0) > FLAT)
        length = within.shape[3 - axis]
        if not len(lit) or lit[-1] + 1 - lit[0] < LEAST_LEFT * length:
            continue
        if axis == 2:
            top, bottom = top + int(lit[0]), top + int(lit[-1]) + 1
        else:
            left, right = left + int(lit[0]), left + int(lit[-1]) + 1
    return top, bottom, left, right


def packed(found: np.ndarray) -> np.ndarray:
    """Prints, uint8 [n, side, side], as they are stored: uint64 [1024], zeros where there are fewer than eight."""
    whole = np.zeros((PRINTS, SIDE, SIDE), np.uint8)
    whole[: len(found)] = found
    return whole.reshape(-1).view("<u8").astype(np.uint64)


def unpacked(stored: np.ndarray) -> np.ndarray:
    """The prints of videos, uint8 [n, 8, side, side], of uint64 [n, 1024]."""
    return np.ascontiguousarray(stored, "<u8").view(np.uint8).reshape(len(stored), PRINTS, SIDE, SIDE)
