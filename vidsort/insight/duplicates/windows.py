"""Parts of prints, evened out so that light, contrast and blur do not count, ready to be compared by a product.

An edit that crops a video shows a part of what the original shows; a caption laid over it leaves a part as it was. So
parts of the one are compared with the whole of the other, or with what a bar at the top or the bottom leaves of it.
"""

import functools
from collections.abc import Sequence

import numpy as np

Range = tuple[float, float]
# Rows and columns of a print from where to where, as shares of its sides.
Window = tuple[Range, Range]

CELLS = 12
# Within so many cells to each side light is evened out: what is left are edges and what is small.
AROUND = 2
# Of 255: a frame with less than this left (standard deviation) weighs less, down to a fiftieth.
TELLING = 6.0
# Of 255: what the coder leaves of a plain colour.
NOISE = 4.0
# What is shorter shows nothing, and is not made as long as what does.
LEAST_LENGTH = np.float32(1)
LEAST_WEIGHT = 0.02
WHOLE: Range = (0.0, 1.0)
# Shares of a side that are shown, in so many places: never more than a cell from where it was cut.
SHARES = ((0.9, 3), (0.8, 4), (0.7, 4))
# What a bar of a tenth to a quarter of the height leaves.
LEFT_BY_BARS = (0.72, 0.77, 0.82, 0.86)
BAR = 0.18


def _windows() -> tuple[Window, ...]:
    found: list[Window] = [(WHOLE, WHOLE)]
    for share, places in SHARES:
        parts = [(float(at), float(at) + share) for at in np.linspace(0, 1 - share, places)]
        found += [(rows, columns) for rows in parts for columns in parts]
        found += [(rows, WHOLE) for rows in parts] + [(WHOLE, columns) for columns in parts]
    for left in LEFT_BY_BARS:
        found += [((0.0, left), WHOLE), ((1 - left, 1.0), WHOLE)]
    return tuple(dict.fromkeys(found))


WINDOWS = _windows()
# A few of them, by which most pairs are told to be nothing of the kind.
ROUGH: tuple[Window, ...] = (
    (WHOLE, WHOLE), ((0.1, 0.9), (0.1, 0.9)), ((0.0, 0.8), (0.0, 0.8)), ((0.0, 0.8), (0.2, 1.0)),
    ((0.2, 1.0), (0.0, 0.8)), ((0.2, 1.0), (0.2, 1.0)), ((0.0, 0.77), WHOLE), ((0.23, 1.0), WHOLE),
    ((0.1, 0.9), WHOLE), (WHOLE, (0.1, 0.9)),
)
TARGETS: tuple[Window, ...] = ((WHOLE, WHOLE), ((0.0, 1 - BAR), WHOLE), ((BAR, 1.0), WHOLE))


def described(prints: np.ndarray, windows: Sequence[Window], cells: int = CELLS) -> np.ndarray:
    """Windows of prints in cells, evened out and of length 1: uint8 [n, side, side] -> float32 [windows, n, cells²]."""
    even = _even(_cells(prints, windows, cells))
    # Where there is little to see a faint edge counts as much as a strong one; noise does not.
    around = _around(cells)
    even /= np.sqrt(np.maximum(around @ (even * even) @ around.T, 0)) + NOISE
    flat = even.reshape(*even.shape[:2], -1)
    flat -= flat.mean(axis=-1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), LEAST_LENGTH)


def weights(prints: np.ndarray) -> np.ndarray:
    """How much each print tells, from 0.02 (one of a single colour) to 1: uint8 [n, side, side] -> float32 [n]."""
    even = _even(_cells(prints, TARGETS[:1], CELLS)[0])
    return np.clip(even.std(axis=(1, 2)) / TELLING, LEAST_WEIGHT, 1.0)


def shown_for(times_s: np.ndarray) -> np.ndarray:
    """How long each print stands for what is shown, until half way to the next, as multiples of the mean: float [k].

    times_s: float [k], ascending. The last one is taken to be shown for as long behind it as before it.
    """
    times = np.asarray(times_s, float)
    if len(times) < 2:
        return np.ones(len(times))
    between = (times[1:] + times[:-1]) / 2
    spans = np.diff(np.r_[0.0, between, 2 * times[-1] - between[-1]])
    return spans / spans.mean() if spans.sum() > 0 else np.ones(len(times))


def _even(cells: np.ndarray) -> np.ndarray:
    """Cells without the light around each."""
    around = _around(cells.shape[-1])
    return cells - around @ cells @ around.T


def _cells(prints: np.ndarray, windows: Sequence[Window], cells: int) -> np.ndarray:
    """The mean grey in each cell of windows: float32 [windows, n, cells, cells]."""
    side = prints.shape[-1]
    by_rows = np.stack([_means(side, rows, cells) for rows, _ in windows])
    found = np.empty((len(windows), len(prints), cells, cells), np.float32)
    values = prints.astype(np.float32)
    for columns in dict.fromkeys(columns for _, columns in windows):
        own = [number for number, window in enumerate(windows) if window[1] == columns]
        across = values @ _means(side, columns, cells).T
        found[own] = by_rows[own, None] @ across[None]
    return found


@functools.lru_cache(maxsize=4096)
def _means(side: int, part: Range, cells: int) -> np.ndarray:
    """Takes `side` values to the means of as many cells of a part of them: float32 [cells, side]."""
    edges = np.linspace(part[0] * side, part[1] * side, cells + 1)
    at = np.arange(side)
    shared = np.minimum(edges[1:, None], at + 1) - np.maximum(edges[:-1, None], at)
    return (np.clip(shared, 0, None) / np.diff(edges)[:, None]).astype(np.float32)


@functools.cache
def _around(cells: int) -> np.ndarray:
    """Takes cells to the means of those around each: float32 [cells, cells]."""
    at = np.arange(cells)
    near = (np.abs(at[:, None] - at) <= AROUND).astype(np.float32)
    return near / near.sum(axis=1, keepdims=True)
