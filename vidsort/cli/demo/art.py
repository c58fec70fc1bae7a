"""The pictures of the demo library: five themes, drawn by arithmetic, moving and each a little different.

A theme is a function that draws lots from a generator and returns a painter; the painter gives
the frame at a time: uint8 (640, 360, 3) RGB.
"""

from collections.abc import Callable

import numpy as np

from .brush import (
    HEIGHT,
    WIDTH,
    add_glow,
    add_sprite,
    disc,
    enlarge,
    finish,
    gradient,
    mix,
    pick,
    pines,
    skyline,
    soft_disc,
    window,
)

Painter = Callable[[float], np.ndarray]

SEAS = [  # sky above, sky at the horizon, sun, far water, near water
    ((38, 70, 132), (250, 176, 122), (255, 236, 190), (92, 128, 168), (10, 42, 84)),
    ((88, 178, 232), (214, 240, 250), (255, 252, 226), (64, 170, 196), (8, 84, 128)),
    ((24, 22, 62), (206, 92, 116), (255, 190, 150), (104, 70, 128), (22, 18, 58)),
    ((120, 190, 200), (248, 228, 190), (255, 244, 214), (96, 188, 180), (10, 92, 104)),
]
FORESTS = [  # sky above, mist, nearest trees, glow
    ((126, 168, 176), (222, 232, 222), (14, 48, 40), (255, 250, 224)),
    ((242, 184, 110), (252, 226, 178), (58, 52, 26), (255, 246, 200)),
    ((36, 66, 92), (120, 158, 160), (6, 28, 30), (226, 240, 244)),
    ((150, 190, 140), (228, 236, 198), (22, 66, 30), (255, 255, 230)),
]
NIGHTS = [  # sky above, glow over the roofs, buildings
    ((10, 12, 40), (146, 62, 110), (16, 14, 38)),
    ((8, 18, 46), (40, 104, 150), (10, 18, 36)),
    ((22, 10, 36), (222, 112, 74), (24, 14, 34)),
]
LAMPS = [(255, 214, 132), (255, 178, 92), (150, 220, 255), (255, 122, 152), (190, 255, 214)]
PAPERS = [  # from the deepest sheet to the topmost
    ((44, 62, 110), (84, 110, 160), (240, 128, 108), (246, 172, 120), (250, 210, 150), (253, 240, 214)),
    ((30, 84, 88), (62, 132, 124), (130, 182, 150), (216, 214, 160), (240, 176, 132), (250, 232, 214)),
    ((92, 44, 92), (158, 76, 118), (220, 122, 136), (244, 170, 156), (250, 208, 184), (254, 238, 224)),
    ((66, 74, 88), (112, 138, 150), (240, 196, 92), (244, 214, 140), (248, 230, 184), (252, 246, 230)),
]
PARTIES = [((255, 214, 224), (255, 244, 226)), ((196, 226, 255), (246, 250, 255)), ((238, 222, 255), (255, 246, 250))]
BRIGHTS = [
    (240, 72, 92), (255, 178, 40), (52, 190, 132), (54, 132, 240), (160, 84, 224), (255, 112, 178), (30, 200, 214),
]


def ocean(generator: np.random.Generator) -> Painter:
    """Layers of waves under a low sun, with glints on the water."""
    above, below, sun, far, near = pick(generator, SEAS)
    horizon = int(HEIGHT * generator.uniform(0.34, 0.5))
    sun_x, sun_y = generator.uniform(0.2, 0.8) * WIDTH, horizon - generator.uniform(10, 120)
    sky = gradient(above, below, horizon)
    add_glow(sky, sun_x, sun_y, generator.uniform(22, 40), sun)
    layers = 8
    steps = np.linspace(0, 1, layers)
    colours = [mix(far, near, step) for step in steps]
    bases = horizon + (HEIGHT - horizon) * steps**1.4 * 0.92
    lengths = generator.uniform(0.6, 1.6, (layers, 3, 1)) * np.array([0.012, 0.027, 0.06])[:, None]
    phases = generator.uniform(0, 7, (layers, 3, 1))
    speeds = generator.uniform(0.5, 1.4, (layers, 3, 1)) * np.sign(generator.uniform(-1, 1))
    swell = generator.uniform(0.6, 1.3)
    glints = np.column_stack([
        generator.normal(sun_x, 10 + 60 * (depth := generator.uniform(0, 1, 140)) ** 1.5),
        horizon + 3 + depth * (HEIGHT - horizon) * 0.8,
        3 + depth * 22,
        generator.uniform(0, 7, 140),
    ])
    rows, columns = np.arange(HEIGHT, dtype=np.float32)[:, None], np.arange(WIDTH, dtype=np.float32)

    def paint(time_s: float) -> np.ndarray:
        frame = sky.copy()
        for index, (colour, base) in enumerate(zip(colours, bases, strict=True)):
            waves = np.sin(columns * lengths[index] + phases[index] + time_s * speeds[index])
            height = (waves * [[1.0], [0.5], [0.25]]).sum(axis=0) * (1 + 13 * steps[index]) * swell
            top, bottom = int(base + height.min()) - 2, int(base + height.max()) + 12
            crest = (rows[top:bottom] - np.float32(base + height))[..., None]
            foam = np.clip(1 - np.abs(crest - 2) / np.float32(2 + 4 * steps[index]), 0, 1)
            band = frame[top:bottom]
            band += (colour + (255 - colour) * 0.4 * foam - band) * np.clip(crest, 0, 1)
            frame[bottom:] = colour
        for x, y, length, phase in glints:
            shine = max(0.0, np.sin(phase + time_s * 4)) * 0.75
            row, start, end = int(y), int(x - length / 2), int(x + length / 2) + 1
            if row < HEIGHT - 2:
                patch = frame[row : row + 2, max(0, start) : max(0, end)]
                patch += (np.array(sun, np.float32) - patch) * shine
        return finish(frame)

    return paint


def forest(generator: np.random.Generator) -> Painter:
    """Rows of pines that fade into mist, seen in passing, with motes of light."""
    above, mist, dark, glow = pick(generator, FORESTS)
    sky = gradient(above, mist, HEIGHT)
    add_glow(sky, generator.uniform(0.2, 0.8) * WIDTH, generator.uniform(0.12, 0.32) * HEIGHT, 34, glow)
    layers = 5
    direction = generator.choice([-1, 1])
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    masks, colours, speeds = [], [], []
    for index in range(layers):
        nearness = (index + 1) / layers
        masks.append(pines(generator, nearness))
        trees = mix(mist, dark, nearness**0.8)
        thickness = np.clip(rows - 0.25, 0, 1) * np.float32(1.05 - nearness)
        colours.append(trees + (np.array(mist, np.float32) - trees) * thickness)
        speeds.append(direction * (6 + 46 * nearness**2))
    motes = generator.uniform(0, 1, (36, 4))
    mote = soft_disc(9)

    def paint(time_s: float) -> np.ndarray:
        frame = sky.copy()
        for mask, colour, speed in zip(masks, colours, speeds, strict=True):
            frame += (colour - frame) * window(mask, time_s * speed)[..., None]
        for x, y, phase, pace in motes:
            drift_x = (x + 0.03 * np.sin(time_s * 2 * pace + phase * 7)) * WIDTH
            drift_y = (0.3 + 0.65 * ((y - time_s * 0.04 * (1 + pace)) % 1)) * HEIGHT
            add_sprite(frame, mote, drift_x, drift_y, glow, 0.35 + 0.35 * np.sin(phase * 7 + time_s * 3))
        return finish(frame)

    return paint


def city_lights(generator: np.random.Generator) -> Painter:
    """A skyline at night with lit windows, traffic below and lamps out of focus in front."""
    above, glow, walls = pick(generator, NIGHTS)
    sky = gradient(above, glow, int(HEIGHT * 0.8))
    direction = generator.choice([-1, 1])
    skylines = [
        (*skyline(generator, near, mix(mix(above, glow, 0.5), walls, near), LAMPS[:3]), direction * 50 * near**2)
        for near in (0.35, 0.65, 1.0)
    ]
    lamps = generator.uniform(0, 1, (26, 4))
    lamp_colours = [pick(generator, LAMPS) for _ in lamps]
    discs = [disc(radius) for radius in (10, 16, 24, 34)]
    cars = generator.uniform(0, 1, (22, 3))
    street = int(HEIGHT * 0.9)

    def paint(time_s: float) -> np.ndarray:
        frame = np.full((HEIGHT, WIDTH, 3), walls, np.float32)
        frame[: len(sky)] = sky
        for mask, picture, speed in skylines:
            frame += (window(picture, time_s * speed) - frame) * window(mask, time_s * speed)[..., None]
        frame[street:] *= 0.45
        for start, lane, pace in cars:
            leaving = lane < 0.5
            colour = (255, 64, 56) if leaving else (255, 240, 208)
            x = ((start + (1 if leaving else -1) * time_s * (0.12 + 0.3 * pace)) % 1.3 - 0.15) * WIDTH
            row = street + 12 + int(lane * 40)
            patch = frame[row : row + 3, max(0, int(x)) : max(0, int(x) + 26)]
            patch += (np.array(colour, np.float32) - patch) * 0.85
        for (x, y, size, phase), colour in zip(lamps, lamp_colours, strict=True):
            disc = discs[int(size * len(discs))]
            x_now = ((x + direction * time_s * 0.05 * (0.5 + size)) % 1.2 - 0.1) * WIDTH
            strength = 0.2 + 0.14 * np.sin(phase * 7 + time_s * 2)
            add_sprite(frame, disc, x_now, (0.42 + 0.56 * y) * HEIGHT, colour, strength)
        return finish(frame)

    return paint


def paper(generator: np.random.Generator) -> Painter:
    """Sheets of cut paper in layers, each throwing a soft shadow on the one below."""
    sheets = np.array(pick(generator, PAPERS), np.float32)
    if generator.uniform() < 0.3:
        sheets = sheets[::-1]
    rows, columns = np.mgrid[0:HEIGHT:4, 0:WIDTH:4].astype(np.float32)
    waves = generator.normal(0, 0.011, (5, 2))
    phases, speeds = generator.uniform(0, 7, 5), generator.uniform(0.3, 0.8, 5)
    tilt = generator.uniform(-0.5, 0.5)
    grain = generator.normal(0, 2.5, (HEIGHT, WIDTH, 1)).astype(np.float32)
    # One look-up for all sheets: flat colour, with an edge a few entries wide so that it is not jagged.
    entries = np.linspace(0, len(sheets), 1200, endpoint=False)
    sheet = entries.astype(int)
    edge = np.clip((entries - sheet) / 0.035, 0, 1)[:, None].astype(np.float32)
    colours = sheets[np.maximum(sheet - 1, 0)] * (1 - edge) + sheets[sheet] * edge

    def paint(time_s: float) -> np.ndarray:
        field = tilt * (rows / HEIGHT - 0.5)
        for (across, down), phase, speed in zip(waves, phases, speeds, strict=True):
            field += 0.3 * np.sin(columns * across + rows * down + phase + time_s * speed)
        level = np.minimum(enlarge(np.clip((field + 0.85) / 1.7, 0, 1) * len(sheets)), len(sheets) - 0.01)
        light = np.pad(level, ((14, 0), (8, 0)), mode="edge")[:HEIGHT, :WIDTH]
        shadow = np.clip((light - np.floor(level) - 1) / 0.3, 0, 1)
        frame = colours[(level * (1200 / len(sheets))).astype(int)] * (1 - np.float32(0.3) * shadow[..., None]) + grain
        return finish(frame)

    return paint


def confetti(generator: np.random.Generator) -> Painter:
    """Paper snips and streamers that fall and turn before a pale wall."""
    from PIL import Image, ImageDraw

    above, below = pick(generator, PARTIES)
    wall = Image.fromarray(finish(gradient(above, below, HEIGHT))).resize((WIDTH * 2, HEIGHT * 2))
    count = int(generator.integers(90, 170))
    snips = generator.uniform(0, 1, (count, 6))
    colours = [pick(generator, BRIGHTS) for _ in range(count)]
    streamers = [(*generator.uniform(0, 1, 3), pick(generator, BRIGHTS)) for _ in range(generator.integers(2, 5))]
    size = generator.uniform(0.8, 1.5)

    def paint(time_s: float) -> np.ndarray:
        image = wall.copy()
        draw = ImageDraw.Draw(image)
        for x, pace, phase, colour in streamers:
            points = [
                ((x + 0.08 * np.sin(step / 9 + phase * 7 + time_s * 3)) * WIDTH * 2, step * 26 - 400 + 700 * pace)
                for step in range(40)
            ]
            draw.line([(left, top + time_s * 60) for left, top in points], fill=colour, width=14, joint="curve")
        for (x, y, pace, turn, phase, shape), colour in zip(snips, colours, strict=True):
            fall = (y + time_s * (0.1 + 0.25 * pace)) % 1.1 - 0.05
            centre = np.array([x + 0.02 * np.sin(time_s * 3 + phase * 7), fall]) * (WIDTH * 2, HEIGHT * 2)
            angle = phase * 7 + time_s * (turn - 0.5) * 8
            flip = np.cos(phase * 9 + time_s * (2 + 4 * turn))
            side = np.array([np.cos(angle), np.sin(angle)]) * (10 + 8 * shape) * size
            along = np.array([-side[1], side[0]]) * flip * (0.5 + shape)
            tint = tuple(int(value * (0.78 + 0.22 * abs(flip))) for value in colour)
            corners = [centre + side + along, centre + side - along, centre - side - along, centre - side + along]
            draw.polygon([tuple(corner) for corner in corners], fill=tint)
        return np.asarray(image.reduce(2))

    return paint


THEMES: dict[str, Callable[[np.random.Generator], Painter]] = {
    "city lights": city_lights,
    "confetti": confetti,
    "forest": forest,
    "ocean": ocean,
    "paper": paper,
}
