"""What more labels would bring: accuracy as the library grows, and a forecast of how it goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..learning.classifier import Classifier, Expert, prepare
from ..learning.heads import Candidate, logits
from ..learning.rows.parts import Part
from ..learning.scores import wilson
from ..learning.selection import grouped_folds

SHARES = (0.15, 0.25, 0.4, 0.6, 0.8, 1.0)
FOLDS = 5
REPEATS = 3
# Forecasts go this many times as far as what was measured: beyond that a curve says nothing.
REACH = 2.0


@dataclass(frozen=True)
class Point:
    """Accuracy with so many labelled videos to learn from, and its 95 % interval."""

    videos: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """Error expected to fall as scale * videos ** -power; `points` continue the measured ones."""

    scale: float
    power: float
    points: tuple[Point, ...]

    def accuracy(self, videos: float) -> float:
        """The accuracy expected with so many labelled videos."""
        return 1 - min(1.0, self.scale * videos**-self.power)

    def gain(self, videos: int, more: int) -> float:
        """What `more` labels on top of `videos` are expected to bring; never below 0."""
        return self.accuracy(videos + more) - self.accuracy(videos)


def learning_curve(
    parts: Mapping[str, Part],
    y: Sequence[str],
    groups: np.ndarray,
    model: Classifier,
    heads: Mapping[str, Candidate],
    *,
    seed: int = 0,
) -> list[Point]:
    """Accuracy on videos left out, learned from a growing share of the others; the mean of three draws.

    parts: by kind of evidence, n rows each, as they are stored; y: the folder of each; groups: int [n],
    near-duplicates are on one side of every split, and are drawn together. The heads learn anew; how
    sure each kind is and what it weighs are those of the `model`. Folders of a single group are learned
    from and not asked about: what cannot be tested is not wrong. Intervals are Wilson's over groups.
    Empty where not even two folders can be tested.
    """
    folders, labels = np.unique(np.array(y, dtype=str), return_inverse=True)
    groups = np.asarray(groups)
    groups_of = np.unique(np.column_stack([labels, groups]), axis=0)[:, 0]
    testable = np.bincount(groups_of)[labels] > 1
    if len(np.unique(labels[testable])) < 2:
        return []
    kinds = {
        name: (prepare(parts[name]), heads[name], expert.calibration)
        for name, expert in model.experts.items() if not expert.reads
    }
    by_name = {
        name: _said_by_name(expert, parts, model.folders, folders.tolist(), len(labels))
        for name, expert in model.experts.items() if expert.reads
    }

    def is_right(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        logs = {name: said[test] for name, said in by_name.items()}
        for name, (prepared, head, calibration) in kinds.items():
            mask = prepared.part.mask
            learned, asked = train[mask[train]], test[mask[test]]
            logs[name] = np.full((len(test), int(labels.max()) + 1), -np.inf)
            if len(asked) and len(np.unique(labels[learned])) > 1:
                fitted = head.fit(prepared.rows[learned], labels[learned], seed)
                logs[name][mask[test]] = calibration.logs(logits(fitted, prepared.rows[asked], logs[name].shape[1]))
        answers = model.fusion.scores(logs)
        # What nothing is known of is not right, whichever folder is the first.
        return (answers.argmax(axis=1) == labels[test]) & np.isfinite(answers).any(axis=1)

    points = []
    for share in SHARES:
        right, learned_from = [], []
        for repeat in range(REPEATS):
            fold_of = grouped_folds(labels, groups, FOLDS, seed + repeat)
            rng = np.random.default_rng((seed, repeat))
            for fold in np.unique(fold_of):
                train = np.flatnonzero((fold_of != fold) & _drawn(groups, share, rng))
                test = np.flatnonzero((fold_of == fold) & testable)
                if not len(test) or len(np.unique(labels[train])) < 2:
                    continue
                right.append(is_right(train, test))
                learned_from.append(len(train))
        if right:
            value = float(np.concatenate(right).mean())
            count = len(np.unique(groups[testable]))
            points.append(Point(round(float(np.mean(learned_from))), value, *wilson(value * count, count)))
    return points


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
    if len(points) < 3:
        return None
    videos = np.array([point.videos for point in points], float)
    # Half a video is as near to no error as counting videos comes.
    errors = np.maximum([1 - point.value for point in points], 0.5 / videos)
    slope, _ = np.polyfit(np.log(videos), np.log(errors), 1, w=np.sqrt(videos))
    power = max(0.0, -float(slope))
    # Through the last point: what is asked for is what comes on top of today.
    scale = float(errors[-1] * videos[-1] ** power) if power else float(errors[-1])
    last = points[-1]
    made = Forecast(scale, power, ())
    ahead = [round(last.videos * (1 + (REACH - 1) * part / 4)) for part in range(1, 5)]
    return Forecast(
        scale,
        power,
        tuple(
            # What is not known of today is not known of tomorrow either.
            Point(count, value := made.accuracy(count), max(0.0, value - last.value + last.low),
                  min(1.0, value - last.value + last.high))
            for count in ahead
        ),
    )


def advice(found: Forecast | None, videos: int, misses: dict[str, float], more: int = 50) -> str:
    """The forecast in a sentence for a person; `misses` are videos expected to be predicted wrongly, a folder."""
    if found is None or not misses:
        return "There are too few labelled videos to say what more would bring."
    worst = max(sorted(misses), key=lambda name: misses[name])
    points = 100 * found.gain(videos, more)
    if points < 0.5:
        return f"{more} more labels would bring less than a point; if you add some, let them be of {worst}."
    unit = "point" if round(points) == 1 else "points"
    return f"About +{points:.0f} {unit} with {more} more labels; label more of {worst}."
