"""What more labels would bring: accuracy as the library grows, and a forecast of how it goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..learning.classifier import Classifier, Expert, prepare
from ..learning.fitting import THREADS_FROM
from ..learning.heads import Candidate, logits
from ..learning.rows.parts import Part
from ..learning.scores import wilson
from ..learning.selection import grouped_folds

SHARES = (0.15, 0.25, 0.4, 0.6, 0.8, 1.0)
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
) -> Curve:
    """Accuracy on videos left out, learned from a growing share of the others; of few videos the mean of three draws.

    parts: by kind of evidence, n rows each, as they are stored; y: the folder of each; groups: int [n],
    near-duplicates are on one side of every split, and are drawn together. The heads learn anew; how
    sure each kind is and what it weighs are those of the `model`. Folders of a single group are learned
    from and not asked about: what cannot be tested is not wrong. Intervals of points are Wilson's over groups, those
    of what is ahead a bootstrap over groups of the whole curve, whose points answer for the same videos.
    NO_CURVE where not even two folders can be tested.
    """
    from threadpoolctl import threadpool_limits

    folders, labels = np.unique(np.array(y, dtype=str), return_inverse=True)
    groups = np.asarray(groups)
    groups_of = np.unique(np.column_stack([labels, groups]), axis=0)[:, 0]
    testable = np.bincount(groups_of)[labels] > 1
    if len(np.unique(labels[testable])) < 2:
        return NO_CURVE
    answering = _Answering(parts, folders.tolist(), labels, model, heads, seed)
    points, shares_right = [], []
    with threadpool_limits(1 if len(labels) < THREADS_FROM else None):
        for share in SHARES:
            right, asked, learned_from = np.zeros(len(labels)), np.zeros(len(labels)), []
            for repeat in range(REPEATS if len(labels) < MANY_VIDEOS else 1):
                fold_of = grouped_folds(labels, groups, FOLDS, seed + repeat)
                rng = np.random.default_rng((seed, repeat))
                for fold in np.unique(fold_of):
                    train = np.flatnonzero((fold_of != fold) & _drawn(groups, share, rng))
                    test = np.flatnonzero((fold_of == fold) & testable)
                    if not len(test) or len(np.unique(labels[train])) < 2:
                        continue
                    right[test] += answering.is_right(train, test)
                    asked[test] += 1
                    learned_from.append(len(train))
            if learned_from:
                value = float(right.sum() / asked.sum())
                count = len(np.unique(groups[testable]))
                points.append(Point(round(float(np.mean(learned_from))), value, *wilson(value * count, count)))
                shares_right.append(np.column_stack([right, asked]))
    return Curve(tuple(points), _ahead(points, np.array(shares_right), groups, seed))


class _Answering:
    """The heads of a model, learned anew from some of the videos, asked about others."""

    def __init__(
        self, parts: Mapping[str, Part], folders: Sequence[str], labels: np.ndarray, model: Classifier,
        heads: Mapping[str, Candidate], seed: int,
    ) -> None:
        self._labels, self._fusion, self._seed = labels, model.fusion, seed
        self._kinds = {
            name: (prepare(parts[name]), heads[name], expert.calibration)
            for name, expert in model.experts.items() if not expert.reads
        }
        self._by_name = {
            name: _said_by_name(expert, parts, model.folders, folders, len(labels))
            for name, expert in model.experts.items() if expert.reads
        }

    def is_right(self, train: np.ndarray, test: np.ndarray) -> np.ndarray:
        """Whether each of the tested rows is predicted right: bool [m]."""
        labels = self._labels
        logs = {name: said[test] for name, said in self._by_name.items()}
        for name, (prepared, head, calibration) in self._kinds.items():
            mask = prepared.part.mask
            learned, asked = train[mask[train]], test[mask[test]]
            logs[name] = np.full((len(test), int(labels.max()) + 1), -np.inf)
            if len(asked) and len(np.unique(labels[learned])) > 1:
                fitted = head.fit(prepared.rows[learned], labels[learned], self._seed)
                logs[name][mask[test]] = calibration.logs(logits(fitted, prepared.rows[asked], logs[name].shape[1]))
        answers = self._fusion.scores(logs)
        # What nothing is known of is not right, whichever folder is the first.
        return (answers.argmax(axis=1) == labels[test]) & np.isfinite(answers).any(axis=1)


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
    drawn = rng.multinomial(len(numbers), np.full(len(numbers), 1 / len(numbers)), RESAMPLES)
    counted = np.einsum("dg,pgc->pdc", drawn, sums)
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


def _said_by_name(
    expert: Expert, parts: Mapping[str, Part], known: Sequence[str], folders: Sequence[str], videos: int
) -> np.ndarray:
    """What one that goes by folder names, and learns nothing, says of these folders: logs, float [n, k]."""
    found = np.full((videos, len(folders)), -np.inf)
    if expert.reads in parts:
        logs = expert.logs(parts[expert.reads], len(known))
        for column, folder in enumerate(folders):
            if folder in known:
                found[:, column] = logs[:, list(known).index(folder)]
    return found


def _drawn(groups: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the groups, as a bool for each row."""
    numbers, member = np.unique(groups, return_inverse=True)
    return (rng.permutation(len(numbers)) < np.ceil(share * len(numbers)))[member]


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
