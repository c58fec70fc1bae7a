"""What more labels would bring: accuracy as the library grows, and a forecast of how it goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..learning.classifier import NOTHING_READY, Classifier, Prepared
from ..learning.fitting import THREADS_FROM
from ..learning.heads import Candidate
from ..learning.rows.folds import grouped_folds
from ..learning.rows.parts import Part
from ..learning.scores import wilson
from .growing import NEVER, SHARES, Growing

FOLDS = 5
# One draw of so many videos tells as much as three of few, and with three a training would take half as long again.
REPEATS, MANY_VIDEOS = 3, 1000
# Forecasts go this many times as far as what was measured: beyond that a curve says nothing.
REACH = 2.0
MORE = (25, 50, 100)
RESAMPLES = 500
LEVEL = 0.95
LEAST_POINTS = 3


@dataclass(frozen=True)
class Point:
    """Accuracy with so many labelled videos to learn from, and its 95 % interval."""

    videos: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Gain:
    """What so many more labels should bring, as a difference of accuracies with its 95 % interval."""

    more: int
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """Accuracy measured with ever more labels, and what some more on top of all should bring.

    `ahead` has a row for each of MORE that lies within REACH; nothing where too little was measured to tell.
    """

    points: tuple[Point, ...]
    ahead: tuple[Gain, ...]


NO_CURVE = Curve((), ())


def written(curve: Curve) -> dict[str, Any]:
    """The curve as metrics.json keeps it."""
    return asdict(curve)


def curve_of(metrics: Mapping[str, Any]) -> Curve | None:
    """The curve of a version from its metrics; None where it was made before there were any."""
    kept = metrics["learning_curve"]
    if kept is None:
        return None
    return Curve(
        tuple(Point(row["videos"], row["value"], row["low"], row["high"]) for row in kept["points"]),
        tuple(Gain(row["more"], row["gain"], row["low"], row["high"]) for row in kept["ahead"]),
    )


@dataclass(frozen=True)
class Forecast:
    """Error expected to fall as scale * videos ** -power; `points` continue the measured ones."""

    scale: float
    power: float
    points: tuple[Point, ...]

    def accuracy(self, videos: float) -> float:
        """The accuracy expected with so many labelled videos."""
        return 1 - min(1.0, self.scale * videos**-self.power)


def learning_curve(
    parts: Mapping[str, Part],
    y: Sequence[str],
    groups: np.ndarray,
    model: Classifier,
    heads: Mapping[str, Candidate],
    *,
    seed: int = 0,
    ready: Mapping[str, Prepared] = NOTHING_READY,
) -> Curve:
    """Accuracy on videos left out, learned from a growing share of the others; of few videos the mean of three draws.

    parts: by kind of evidence, n rows each, as they are stored; y: the folder of each; groups: int [n],
    near-duplicates are on one side of every split, and are drawn together. The heads learn anew; how
    sure each kind is and what it weighs are those of the `model`. Folders of a single group are learned
    from and not asked about: what cannot be tested is not wrong. Intervals of points are Wilson's over groups, those
    of what is ahead a bootstrap over groups of the whole curve, whose points answer for the same videos. ready: what
    is prepared of the parts already.
    NO_CURVE where not even two folders can be tested.
    """
    from threadpoolctl import threadpool_limits

    folders, labels = np.unique(np.array(y, dtype=str), return_inverse=True)
    groups = np.asarray(groups)
    groups_of = np.unique(np.column_stack([labels, groups]), axis=0)[:, 0]
    testable = np.bincount(groups_of)[labels] > 1
    if len(np.unique(labels[testable])) < 2:
        return NO_CURVE
    growing = Growing(parts, folders.tolist(), labels, model, heads, seed, ready)
    right, asked = np.zeros((2, len(SHARES), len(labels)))
    learned_from: list[list[int]] = [[] for _ in SHARES]
    with threadpool_limits(1 if len(labels) < THREADS_FROM else None):
        for repeat in range(REPEATS if len(labels) < MANY_VIDEOS else 1):
            fold_of = grouped_folds(labels, groups, FOLDS, seed + repeat)
            rng = np.random.default_rng((seed, repeat))
            for fold in np.unique(fold_of):
                drawn_by = np.where(fold_of == fold, NEVER, _drawn_by(groups, rng))
                test = np.flatnonzero((fold_of == fold) & testable)
                for step, is_right in growing.by_step(drawn_by, test):
                    right[step, test] += is_right
                    asked[step, test] += 1
                    learned_from[step].append(int((drawn_by <= step).sum()))
    points, count = [], len(np.unique(groups[testable]))
    measured = [step for step in range(len(SHARES)) if learned_from[step]]
    for step in measured:
        value = float(right[step].sum() / asked[step].sum())
        points.append(Point(round(float(np.mean(learned_from[step]))), value, *wilson(value * count, count)))
    return Curve(tuple(points), _ahead(points, np.stack([right, asked], axis=-1)[measured], groups, seed))


def _ahead(points: Sequence[Point], right: np.ndarray, groups: np.ndarray, seed: int) -> tuple[Gain, ...]:
    """What MORE labels bring by the law that `forecast` fits, and how that varies over resampled groups and points.

    right: float [points, n, 2], of each video how often it was predicted right and asked about at each point.
    """
    if not _is_enough(points):
        return ()
    numbers, member = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(points), len(numbers), 2))
    for row in range(len(points)):
        np.add.at(sums[row], member, right[row])
    rng = np.random.default_rng(seed)
    even = np.full(len(numbers), 1 / len(numbers))
    # One draw after the other: all at once would be as large as the features of a large library.
    counted = np.stack([rng.multinomial(len(numbers), even).astype(float) @ sums for _ in range(RESAMPLES)], axis=1)
    values = counted[..., 0] / np.maximum(counted[..., 1], 1)
    # The points are drawn, too: how far a power law fits them is not known any better than that.
    times = rng.multinomial(len(points), np.full(len(points), 1 / len(points)), RESAMPLES).T
    measured, videos = _columns(points)
    # A line needs two places: of a few videos several points were measured with as many.
    drawn_at = np.where(times > 0, videos[:, None], np.nan)
    is_line = np.nanmax(drawn_at, axis=0) > np.nanmin(drawn_at, axis=0)
    law, laws = _powers(videos, measured), _powers(videos, values[:, is_line], times[:, is_line])
    whole, found = len(groups), []
    for more in MORE:
        if whole + more > REACH * whole:
            break
        gain = float(_gain(np.maximum(law, 0), _errors(videos, measured)[-1], videos[-1], whole, more)[0])
        gains = _gain(laws, _errors(videos, values)[-1, is_line], videos[-1], whole, more)
        low, high = np.quantile(gains, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        found.append(Gain(more, gain, float(min(low, gain)), float(max(high, gain))))
    return tuple(found)


def _is_enough(points: Sequence[Point]) -> bool:
    """Whether a law can be seen in them: they were measured with so many different numbers of videos."""
    return len({point.videos for point in points}) >= LEAST_POINTS


def _columns(points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies, float [points, 1], and numbers of videos, float [points]."""
    return np.array([[point.value] for point in points]), np.array([point.videos for point in points], float)


def _gain(powers: np.ndarray, errors: np.ndarray, measured_at: float, whole: int, more: int) -> np.ndarray:
    """What `more` on top of `whole` bring, where errors with so many videos fall by these powers."""
    now = errors * (whole / measured_at) ** -powers
    return np.minimum(1, now) - np.minimum(1, now * ((whole + more) / whole) ** -powers)


def _errors(videos: np.ndarray, values: np.ndarray) -> np.ndarray:
    """1 - accuracy, float [points, d]; half a video is as near to no error as counting videos comes."""
    return np.maximum(1 - values, 0.5 / videos[:, None])


def _powers(videos: np.ndarray, values: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
    """The power by which each column of errors falls, float [d]; a point counts by its videos, and so many times."""
    x = np.log(videos)[:, None]
    weights = np.broadcast_to(videos[:, None], values.shape) * (1 if times is None else times)
    apart = (x - (weights * x).sum(axis=0) / weights.sum(axis=0)) * weights
    return -(apart * np.log(_errors(videos, values))).sum(axis=0) / (apart * x).sum(axis=0)


def _drawn_by(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The step of SHARES from which on each row is drawn, with its group, int [n]; whoever is drawn stays so."""
    numbers, member = np.unique(groups, return_inverse=True)
    ends = np.ceil(np.array(SHARES) * len(numbers))
    return np.asarray(np.searchsorted(ends, rng.permutation(len(numbers)), side="right")[member])


def forecast(points: Sequence[Point]) -> Forecast | None:
    """How the curve is expected to go on: a power law through the errors; None for fewer than three points.

    Each point counts by the number of its videos. An error that does not fall is forecast to stay.
    """
    if not _is_enough(points):
        return None
    values, videos = _columns(points)
    power, error = max(0.0, float(_powers(videos, values)[0])), float(_errors(videos, values)[-1, 0])
    # Through the last point: what is asked for is what comes on top of today.
    scale = error * float(videos[-1]) ** power
    last = points[-1]
    made = Forecast(scale, power, ())
    ahead = [round(last.videos * (1 + (REACH - 1) * part / 4)) for part in range(1, 5)]
    return Forecast(scale, power, tuple(
        # What is not known of today is not known of tomorrow either.
        Point(count, value := made.accuracy(count), max(0.0, value - last.value + last.low),
              min(1.0, value - last.value + last.high))
        for count in ahead
    ))
