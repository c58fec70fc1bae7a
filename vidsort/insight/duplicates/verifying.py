"""Two videos print against print: do they show the same, with another cut, mirrored, at other moments?

In three steps, each of which ends it for most pairs: a few windows; all windows; and of those prints that then match
best, windows moved until they match, which is where what only looks alike stays behind. The cuts were chosen on 33
clips and their edits; benchmarks/duplicates.py measures on others.
"""

import numpy as np

from .windows import ROUGH, TARGETS, WINDOWS, Window, described, shown_for, weights

# Of what there is to see in one of the two so much must be in the other: an intro hides as much of it.
SHARE = 0.5
# Less alike than this by a few windows, by all of them, by its best print: no pair.
LEAST_ROUGH, LEAST, LEAST_PRINT = 0.5, 0.65, 0.7
# Prints of a video that tell less than this altogether tell nothing: all black, say.
LEAST_WEIGHT = 0.5
# Windows are moved by so much, shares of a side, in so many rounds, until they match; never smaller than this.
STEPS, ROUNDS, SMALLEST = (0.05, 0.025, 0.0125), 3, 0.55
# Moves of the first and last row, first and last column: along, wider, nearer.
MOVES = np.array([
    (1, 1, 0, 0), (0, 0, 1, 1), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1, -1, 1, -1),
])
FINE_CELLS = 20
MOST_MOVED = 4


class Described:
    """The prints of one video, uint8 [k, side, side], and what is compared of them, the whole also mirrored.

    times_s: float [k], ascending, when each is shown: one that stands for longer counts more, so that an intro that two
    videos have in common is no half of them because the rest hardly changes. What all pairs need is kept in 16 bits,
    40 kB a video; all windows are only made for those few that come so far.
    """

    def __init__(self, prints: np.ndarray, times_s: np.ndarray) -> None:
        self.prints = prints
        telling = weights(prints)
        self.tells = float(telling.sum()) >= LEAST_WEIGHT
        self.weights = telling * shown_for(times_s)
        self._rough = described(prints, ROUGH).astype(np.float16)
        self._targets = [described(one, TARGETS).astype(np.float16) for one in (prints, prints[:, :, ::-1])]

    @property
    def rough(self) -> np.ndarray:
        """A few windows: float32 [g, k, d]."""
        return self._rough.astype(np.float32)

    def windows(self) -> np.ndarray:
        """All windows: float32 [g, k, d], 360 kB."""
        return described(self.prints, WINDOWS)

    def targets(self, mirrored: bool) -> np.ndarray:
        """What windows of others are compared with: float32 [t, k, d]."""
        return self._targets[mirrored].astype(np.float32)


def likeness(one: Described, other: Described) -> float:
    """How surely two videos are one, from 0 to 1: the match of the half of the one's prints that match best."""
    if not (one.tells and other.tells):
        return 0.0
    if np.array_equal(one.prints, other.prints):
        return 1.0  # the same pictures in another wrapping, which is most of what is found
    if max(_half(matches, one, other) for matches in _matches(one, other, one.rough, other.rough)) < LEAST_ROUGH:
        return 0.0
    windows = one.windows(), other.windows()
    found = _matches(one, other, *windows)
    halves = [_half(matches, one, other) for matches in found]
    if max(halves) < LEAST:
        return 0.0
    is_mirrored = halves[1] > halves[0]
    return _moved(found[is_mirrored], (one, other), windows, is_mirrored)


def _matches(one: Described, other: Described, of_one: np.ndarray, of_other: np.ndarray) -> list[np.ndarray]:
    """How well each print of the one matches each of the other by these windows, plain and mirrored: [k, l] each."""
    return [
        np.maximum(_best(of_one, other.targets(mirrored)), _best(of_other, one.targets(mirrored)).T)
        for mirrored in (False, True)
    ]


def _best(windows: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The best match of any window with any target: [g, k, d], [t, l, d] -> [k, l]."""
    products = windows.reshape(-1, windows.shape[-1]) @ targets.reshape(-1, targets.shape[-1]).T
    shaped = products.reshape(len(windows), windows.shape[1], len(targets), targets.shape[1])
    best: np.ndarray = shaped.max(axis=(0, 2))
    return best


def _half(matches: np.ndarray, one: Described, other: Described) -> float:
    """The mean match of the best half of what is in the one, or in the other, whichever is more."""
    return max(_best_share(matches.max(axis=1), one.weights), _best_share(matches.max(axis=0), other.weights))


def _best_share(matched: np.ndarray, weights: np.ndarray) -> float:
    """The weighted mean of the best, up to a share of all weight."""
    order = np.argsort(-matched)
    before = np.cumsum(weights[order]) - weights[order]
    taken = np.clip(SHARE * weights.sum() - before, 0, weights[order])
    return float(matched[order] @ taken / taken.sum())


def _moved(
    matches: np.ndarray, videos: tuple[Described, Described], windows: tuple[np.ndarray, np.ndarray], is_mirrored: bool
) -> float:
    """The same with windows that are moved until they match."""
    one, other = videos
    if _best_share(matches.max(axis=0), other.weights) > _best_share(matches.max(axis=1), one.weights):
        return _moved(matches.T, (other, one), windows[::-1], is_mirrored)
    matched: list[float] = []
    counted: list[float] = []
    left = SHARE * float(one.weights.sum())
    for place, row in enumerate(np.argsort(-matches.max(axis=1))):
        if left <= 0:
            break
        pair = int(row), int(matches[row].argmax())
        # Few are looked at so closely: further ones count as they match where they are.
        matched.append(_of_prints(videos, windows, pair, is_mirrored) if place < MOST_MOVED else float(matches[pair]))
        counted.append(min(float(one.weights[row]), left))
        left -= counted[-1]
        if matched[0] < LEAST_PRINT:
            break
    return float(np.average(matched, weights=counted))


def _of_prints(
    videos: tuple[Described, Described], windows: tuple[np.ndarray, np.ndarray], pair: tuple[int, int],
    is_mirrored: bool,
) -> float:
    """How well a print of the one matches a print of the other, where a window of either is moved."""
    (one, other), (row, column) = videos, pair
    forth = windows[0][:, row] @ other.targets(is_mirrored)[:, column].T
    back = windows[1][:, column] @ one.targets(is_mirrored)[:, row].T
    moved, fixed, products = one.prints[row], other.prints[column], forth
    if back.max() > forth.max():
        moved, fixed, products = fixed, moved, back
    window, target = np.unravel_index(int(products.argmax()), products.shape)
    return _moving(moved, WINDOWS[window], fixed[:, ::-1] if is_mirrored else fixed, TARGETS[target])


def _moving(moved: np.ndarray, window: Window, fixed: np.ndarray, target: Window) -> float:
    """The match of a window of one print with a part of the other, once it is where it matches best."""
    wanted = described(fixed[None], [target], FINE_CELLS)[0, 0]
    edges = np.array([*window[0], *window[1]])
    best = float(described(moved[None], [window], FINE_CELLS)[0, 0] @ wanted)
    for step in STEPS:
        for _ in range(ROUNDS):
            tried = np.concatenate([edges + step * MOVES, edges - step * MOVES])
            within = (tried >= -1e-9).all(axis=1) & (tried <= 1 + 1e-9).all(axis=1)
            large = (tried[:, 1] - tried[:, 0] >= SMALLEST) & (tried[:, 3] - tried[:, 2] >= SMALLEST)
            tried = np.clip(tried[within & large], 0, 1)
            if not len(tried):
                break
            parts: list[Window] = [((one[0], one[1]), (one[2], one[3])) for one in tried.round(4).tolist()]
            products = described(moved[None], parts, FINE_CELLS)[:, 0] @ wanted
            if products.max() <= best:
                break
            best, edges = float(products.max()), tried[products.argmax()]
    return best
