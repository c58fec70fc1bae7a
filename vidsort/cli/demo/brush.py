"""What the demo's themes draw with: gradients, layers wider than the frame, sprites; frames are float32 RGB."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

WIDTH, HEIGHT = 360, 640
Colour = tuple[int, int, int]
T = TypeVar("T")

def pick(generator: np.random.Generator, choices: Sequence[T]) -> T:
    """One of the choices."""
    return choices[int(generator.integers(len(choices)))]


def mix(first: Colour | np.ndarray, second: Colour | np.ndarray, share: float) -> np.ndarray:
    """The colour between two: the first at share 0, the second at 1."""
    return (np.array(first) * (1 - share) + np.array(second) * share).astype(np.float32)


def gradient(above: Colour, below: Colour, height: int) -> np.ndarray:
    """A full frame, float32: from one colour to the other within `height`, then the second one."""
    share = np.clip(np.arange(HEIGHT) / height, 0, 1)[:, None, None]
    column = np.array(above) * (1 - share) + np.array(below) * share
    return np.repeat(column.astype(np.float32), WIDTH, axis=1)


def add_glow(frame: np.ndarray, x: float, y: float, radius: float, colour: Colour) -> None:
    """Paint a sun: a disc that shines into what is around it."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    distance = np.hypot(columns - x, rows - y)[..., None]
    strength = np.clip(radius - distance + 0.5, 0, 1) + 0.6 * np.exp(-distance / (radius * 2.2))
    frame += (np.array(colour, np.float32) - frame) * np.clip(strength, 0, 1)


def pines(generator: np.random.Generator, nearness: float) -> np.ndarray:
    """A mask of a row of pines, three frames wide: float32 (640, 1080), 0 to 1."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (WIDTH * 6, HEIGHT * 2))
    draw = ImageDraw.Draw(image)
    ground = HEIGHT * 2 * (0.5 + 0.42 * nearness)
    draw.rectangle([0, ground, WIDTH * 6, HEIGHT * 2], fill=255)
    x = 0.0
    while x < WIDTH * 6:
        tall = (120 + 520 * nearness**1.3) * generator.uniform(0.55, 1.15)
        wide, base, tiers = tall * generator.uniform(0.17, 0.24), ground + generator.uniform(0, 30), 6
        for tier in range(tiers):
            top = base - tall * (1 - tier / (tiers + 1.5))
            half = wide * (tier + 1) / tiers
            draw.polygon([(x, top), (x - half, top + tall * 0.26), (x + half, top + tall * 0.26)], fill=255)
        draw.rectangle([x - wide * 0.07, base - tall * 0.2, x + wide * 0.07, base], fill=255)
        x += wide * generator.uniform(0.9, 2.6)
    return np.asarray(image.reduce(2), np.float32) / 255


def skyline(
    generator: np.random.Generator, nearness: float, walls: np.ndarray, lamps: Sequence[Colour]
) -> tuple[np.ndarray, np.ndarray]:
    """A mask (640, 1080) and a picture (640, 1080, 3) of a row of buildings with lit windows."""
    mask = np.zeros((HEIGHT, WIDTH * 3), np.float32)
    picture = np.empty((HEIGHT, WIDTH * 3, 3), np.float32)
    picture[:] = walls
    x, pane = 0, int(3 + 4 * nearness)
    while x < WIDTH * 3:
        wide = int(generator.uniform(34, 84) * (0.5 + nearness * 0.7))
        top = int(HEIGHT * (0.72 - generator.uniform(0.08, 0.5) * (1.25 - nearness * 0.55)))
        mask[top:, x : x + wide] = 1
        lit, lamp = generator.uniform(0.15, 0.6), np.array(pick(generator, lamps))
        for row in range(top + pane, HEIGHT, pane * 2 + 2):
            for column in range(x + pane, min(x + wide, WIDTH * 3) - pane, pane * 2):
                if generator.uniform() < lit:
                    light = lamp * generator.uniform(0.45, 1) * (0.4 + 0.6 * nearness)
                    picture[row : row + pane + 1, column : column + pane] = light
        x += wide + int(generator.uniform(-2, 8) * (nearness < 1) + 2)
    return mask, picture


def window(layer: np.ndarray, offset: float) -> np.ndarray:
    """One frame's width of a layer three frames wide, shifted by any fraction of a pixel from its middle."""
    start = WIDTH + offset
    whole = int(np.floor(start))
    share = np.float32(start - whole)
    return layer[:, whole : whole + WIDTH] * (1 - share) + layer[:, whole + 1 : whole + 1 + WIDTH] * share


@lru_cache
def disc(radius: int) -> np.ndarray:
    """A lamp out of focus: flat, with a brighter rim."""
    rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    distance = np.hypot(rows, columns)
    rim = 0.7 + 0.3 * np.clip(1 - np.abs(distance - radius + 2.5) / 2, 0, 1)
    return (np.clip(radius - distance, 0, 1) * rim).astype(np.float32)


@lru_cache
def soft_disc(radius: int) -> np.ndarray:
    """A mote of light that fades to its rim."""
    rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.exp(-(rows**2 + columns**2) / (radius * 1.2)).astype(np.float32)


def add_sprite(frame: np.ndarray, sprite: np.ndarray, x: float, y: float, colour: Colour, strength: float) -> None:
    """Blend a square sprite into the frame around a point; what lies outside is left out."""
    radius = len(sprite) // 2
    top, left = int(y) - radius, int(x) - radius
    rows = slice(max(0, top), min(HEIGHT, top + len(sprite)))
    columns = slice(max(0, left), min(WIDTH, left + len(sprite)))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    part = sprite[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, None]
    change = np.array(colour, np.float32) - frame[rows, columns]
    frame[rows, columns] += change * part * np.float32(max(0.0, strength))


def enlarge(field: np.ndarray) -> np.ndarray:
    """A small field of numbers (0 and more) as large as the frame, smoothly: float32 (640, 360)."""
    from PIL import Image

    image = Image.fromarray(field.astype(np.float32)).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image), 0, None)


def finish(frame: np.ndarray) -> np.ndarray:
    """The frame as uint8."""
    return np.clip(frame, 0, 255).astype(np.uint8)
