"""Clips with text burnt in."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from videos import make_frames

SIZE = (360, 640)


def need_ocr() -> None:
    """Skip where rapidocr is not installed."""
    if importlib.util.find_spec("rapidocr") is None:
        pytest.skip("rapidocr is not installed: pip install 'vidsort[test]'")


def a_page(*lines: str, pattern: int = 2, seed: int = 0) -> np.ndarray:
    """A picture, uint8 [640, 360, 3], with lines of text from top to bottom."""
    picture = Image.fromarray(make_frames(1, SIZE, pattern, seed)[0] // 2)
    drawing = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        place, font = (20, 100 + 80 * number), ImageFont.load_default(26)
        drawing.text(place, line, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return np.asarray(picture)


def make_shown_video(path: Path, pages: Sequence[Sequence[str]], pattern: int = 2) -> Path:
    """A video that shows each page of lines for a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=5, options={"preset": "ultrafast", "threads": "1"})
        (stream.width, stream.height), stream.pix_fmt, stream.gop_size = SIZE, "yuv420p", 5
        for lines in pages:
            frame = av.VideoFrame.from_ndarray(a_page(*lines, pattern=pattern, seed=sum(path.name.encode())))
            for _ in range(5):
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
