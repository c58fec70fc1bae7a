"""Small pictures of a video for the review page and the notebooks: a poster and a strip, as WebP."""

import io
from typing import TYPE_CHECKING

import numpy as np

from .frames import Frames

if TYPE_CHECKING:
    from PIL.Image import Image

POSTER_WIDTH = 320
STRIP_HEIGHT = 160
STRIP_FRAMES = 6
# A strip cell is no narrower than 9:16 of its height and no wider than 16:9; other shapes get bars.
NARROWEST, WIDEST = 90, 284


def poster_webp(frames: Frames) -> bytes:
    """The first frame as WebP, at most 320 pixels wide: what the video looks like when it starts to play."""
    from PIL import Image

    image = Image.fromarray(frames.images[0])
    if image.width > POSTER_WIDTH:
        image = image.resize((POSTER_WIDTH, max(1, round(image.height * POSTER_WIDTH / image.width))))
    return _webp(image)


def strip_webp(frames: Frames) -> bytes:
    """Six cells side by side as WebP, each 160 pixels high and all of one width, the frames centred in them.

    A video with fewer frames shows some of them in several cells, in order.
    """
    from PIL import Image, ImageOps

    height, width = frames.images[0].shape[:2]
    cell = int(np.clip(round(STRIP_HEIGHT * width / height), NARROWEST, WIDEST))
    strip = Image.new("RGB", (cell * STRIP_FRAMES, STRIP_HEIGHT))
    for position, index in enumerate(np.linspace(0, len(frames.images) - 1, STRIP_FRAMES).round().astype(int)):
        fitted = ImageOps.pad(Image.fromarray(frames.images[index]), (cell, STRIP_HEIGHT))
        strip.paste(fitted, (position * cell, 0))
    return _webp(strip)


def _webp(image: "Image") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()
