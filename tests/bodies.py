"""Bodies for the tests, drawn well enough for networks that have learned from photographs of people."""

import math
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

SKIN, HAIR, DARK, MOUTH = (224, 172, 140), (60, 40, 30), (20, 20, 20), (150, 60, 60)
SHIRT, TROUSERS, WALL = (40, 90, 170), (60, 60, 70), (205, 210, 205)
SIZE = (240, 320)


def joints_of(arm: float) -> dict[int, tuple[float, float]]:
    """Where the drawn joints are, in pixels, by BlazePose's number; `arm` in radians from hanging (0) to up (pi)."""
    found = {}
    for left, aside in ((0, 1), (1, -1)):
        x, y = SIZE[0] / 2 + 27 * aside, SIZE[1] / 2 - 60
        elbow = (x + aside * 47.5 * math.sin(arm), y + 47.5 * math.cos(arm))
        wrist = (elbow[0] + aside * 42.5 * math.sin(arm + 0.2), elbow[1] + 42.5 * math.cos(arm + 0.2))
        legs = [(SIZE[0] / 2 + aside * out, SIZE[1] / 2 + down) for out, down in ((13, 25), (16, 75), (17, 122))]
        found |= dict(zip((11 + left, 13 + left, 15 + left), ((x, y), elbow, wrist), strict=True))
        found |= dict(zip((23 + left, 25 + left, 27 + left), legs, strict=True))
    return found


def draw_body(arm: float = 0.3, shirt: tuple[int, int, int] = SHIRT) -> np.ndarray:
    """A person who stands and faces the camera, with arms spread so far: uint8 RGB [320, 240, 3]."""
    picture = Image.new("RGB", (2 * SIZE[0], 2 * SIZE[1]), WALL)
    draw, joints, (x, y) = ImageDraw.Draw(picture), joints_of(arm), SIZE

    def disc(place: tuple[float, float], radius: float, colour: tuple[int, int, int]) -> None:
        draw.circle(place, radius, fill=colour)

    def limb(start: int, end: int, width: int, colour: tuple[int, int, int]) -> None:
        ends = [(2 * joints[joint][0], 2 * joints[joint][1]) for joint in (start, end)]
        draw.line(ends, fill=colour, width=width)
        for place in ends:
            disc(place, width / 2, colour)

    for left, aside in ((0, 1), (1, -1)):
        limb(23 + left, 25 + left, 46, TROUSERS)
        limb(25 + left, 27 + left, 36, TROUSERS)
        ankle = (2 * joints[27 + left][0], 2 * joints[27 + left][1])
        draw.line([ankle, (ankle[0] + aside * 18, ankle[1] + 14)], fill=DARK, width=22)
        limb(11 + left, 13 + left, 34, shirt)
        limb(13 + left, 15 + left, 26, SKIN)
    draw.polygon([(x - 64, y - 130), (x + 64, y - 130), (x + 48, y + 60), (x - 48, y + 60)], fill=shirt)
    draw.line([(x, y - 130), (x, y - 165)], fill=SKIN, width=34)
    draw.ellipse([x - 36, y - 245, x + 36, y - 150], fill=SKIN)
    draw.pieslice([x - 38, y - 250, x + 38, y - 170], 180, 360, fill=HAIR)
    for aside in (1, -1):
        disc((x + aside * 14, y - 201), 5, DARK)
        disc((x + aside * 36, y - 195), 7, SKIN)
    draw.polygon([(x, y - 195), (x - 6, y - 180), (x + 6, y - 180)], fill=(190, 130, 100))
    draw.line([(x - 13, y - 167), (x + 13, y - 167)], fill=MOUTH, width=5)
    return np.asarray(picture.resize(SIZE, Image.Resampling.BOX))


def make_body_video(path: Path, seconds: float = 3, rate: int = 10) -> Path:
    """Write a video of a body that raises its arms, and return its path."""
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "threads": "1"})
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        for arm in np.linspace(0.2, 2.4, round(seconds * rate)):
            container.mux(video.encode(av.VideoFrame.from_ndarray(draw_body(arm), format="rgb24")))
        container.mux(video.encode())
    return path
