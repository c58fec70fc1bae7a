"""How the folders are doing: which are thin, which are mixed, which two look like one, and whether it is enough."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..records import Record
from .comparison import OutOfFold
from .curve import Curve

# Below this recall more than every second video would be put elsewhere.
MIXED_RECALL = 0.6
# So large a share of the videos of two folders is taken for the other one's.
ALIKE_SHARE = 0.2
FEW_VIDEOS = 10
# Answers are kept with five digits: what is less is written as nothing.
LEAST_SHARE = 5e-6
# So many times likelier another folder must be before a video is suspected of lying in the wrong one.
CLEARLY = 2.0
# Half a point is as little as anybody would label for.
LEAST_GAIN = 0.005
RECALL = {"recall": "value", "low": "low", "high": "high"}


class FolderHealth(Record):
    """One folder: its videos, the share recognised with its 95 % interval, and what is wrong with it, if anything.

    The share is None where none of its videos could be tested. `mistaken_for` is the folder that most of its
    missed videos are put into.
    """

    folder: str
    videos: int
    recall: float | None
    low: float | None
    high: float | None
    mistaken_for: str | None
    advice: str


def folder_health(metrics: Mapping[str, Any]) -> list[FolderHealth]:
    """A row a folder from what metrics.json holds, the one that needs most attention first."""
    names = list(metrics["folders"])
    rows = []
    for number, name in enumerate(names):
        score = metrics["folders"][name]
        taken = [count if other != number else 0 for other, count in enumerate(metrics["confusion"][number])]
        mistaken_for = names[taken.index(max(taken))] if max(taken) else None
        recall = score["recall"]
        rows.append(
            FolderHealth(
                folder=name, videos=score["count"],
                **{key: recall[of] if recall["count"] else None for key, of in RECALL.items()},
                mistaken_for=mistaken_for, advice=_advice(score, mistaken_for),
            )
        )
    return sorted(rows, key=lambda row: (not row.advice, row.recall or 0.0, row.folder))


def _advice(score: Mapping[str, Any], mistaken_for: str | None) -> str:
    if not score["recall"]["count"]:
        return "could not be tested: label more"
    if score["thin"]:
        return "too few videos to judge: label more"
    found = []
    if score["count"] < FEW_VIDEOS:
        found.append("thin: label more")
    if score["recall"]["value"] < MIXED_RECALL:
        found.append(f"mixed, or too like {mistaken_for}" if mistaken_for else "mixed: split it or label more")
    return "; ".join(found)


def expected_misses(health: Sequence[FolderHealth]) -> dict[str, float]:
    """Videos of each folder that are expected to be predicted wrongly; all of those of an untested folder."""
    return {row.folder: (1 - (row.recall or 0.0)) * row.videos for row in health}


def advice(curve: Curve | None, misses: Mapping[str, float]) -> str:
    """Whether it is enough, in a sentence for a person; `misses` are videos expected to be predicted wrongly, a folder.

    What lies within the interval of nothing at all is not promised.
    """
    if curve is None:
        return "This version was made before learning curves were kept: retrain to see what more labels would bring."
    if not curve.ahead or not misses:
        return "There are too few labelled videos to say what more would bring."
    if not any(misses.values()):
        return "None of the labelled videos is predicted wrongly, so what more labels would bring cannot be measured."
    worst = max(sorted(misses), key=lambda name: misses[name])
    last = curve.ahead[-1]
    spread = f"{_points(last.low)} to {_points(last.high)}"
    if last.high < LEAST_GAIN:
        return (
            f"It is enough: {last.more} more labels would bring less than a point; if you add some, let them be of "
            f"{worst}."
        )
    if last.low <= 0:
        return (
            f"It cannot be told yet whether {last.more} more labels would bring anything (95 % interval {spread} "
            f"points); if you add some, let them be of {worst}, where most are missed."
        )
    return (
        f"{last.more} more labels should bring {_points(last.gain)} points (95 % interval {spread}): best in {worst}, "
        "where most are missed."
    )


def _points(difference: float) -> str:
    """A difference of accuracies in points; there is no -0.0."""
    return f"{round(100 * difference, 1) + 0.0:+.1f}"


def look_alikes(metrics: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """Pairs of folders that look like one, most alike first, with the share of their videos taken for the other's."""
    names: Sequence[str] = list(metrics["folders"])
    confusion = metrics["confusion"]
    pairs = []
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            videos = sum(confusion[first]) + sum(confusion[second])
            swapped = confusion[first][second] + confusion[second][first]
            if videos and swapped / videos >= ALIKE_SHARE:
                pairs.append((names[first], names[second], swapped / videos))
    return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))


class Mistake(Record):
    """A sorted video that was predicted elsewhere while it was left out, with the probability of that."""

    filename: str
    folder: str
    predicted: str
    confidence: float


def answers(evidence: OutOfFold, folder: str, predicted: str) -> list[Mistake]:
    """The videos of one cell of the confusion matrix, those first of which the model was surest."""
    return _surest(evidence, lambda actual, said: (actual, said) == (folder, predicted))


def worst_errors(evidence: OutOfFold) -> list[Mistake]:
    """The videos that are predicted into another folder than theirs, those first of which the model was surest."""
    return _surest(evidence, lambda actual, said: actual != said)


def _surest(evidence: OutOfFold, is_asked: Callable[[str, str], bool]) -> list[Mistake]:
    found = [
        Mistake(filename=evidence.filenames[row], folder=evidence.labels[row], predicted=said, confidence=share)
        for row, ranked in enumerate(evidence.ranked)
        if evidence.scored[row] and ranked
        for said, share in ranked[:1]
        if is_asked(evidence.labels[row], said)
    ]
    return sorted(found, key=lambda one: (-one.confidence, one.filename, one.folder))


class Suspect(Record):
    """A sorted video that may lie in the wrong folder.

    `own` and `other` are the out-of-fold probabilities of the folder it is in and of the suggested one; `own` is 0
    where it is not among the most probable ones that are kept. `doubt` is the logarithm of how many times more
    probable the suggested one is, before the share of doubt that every probability has, which hides what is surest.
    """

    filename: str
    folder: str
    suggested: str
    own: float
    other: float
    doubt: float


def likely_misfiled(evidence: OutOfFold) -> list[Suspect]:
    """Sorted videos of which a model that has not seen them thinks another folder likelier, the most suspicious first.

    What is hardly likelier (less than CLEARLY times) is a toss-up and no suspicion. A bar for each folder, as in
    confident learning (Northcutt 2021), leaves too many of planted wrong labels out.
    """
    return [suspect for suspect in doubted(evidence) if suspect.doubt > math.log(CLEARLY)]


def doubted(evidence: OutOfFold) -> list[Suspect]:
    """All sorted videos that such a model has a word on, the most suspicious first, the least doubtful last.

    The ratio of the two probabilities tells what is more suspicious, not their difference, which hardly tells the sure
    ones apart.
    """
    suspects = []
    for row, ranked in enumerate(evidence.ranked):
        shares, label = dict(ranked), evidence.labels[row]
        own = shares.pop(label, 0.0)
        if not evidence.scored[row] or not shares:
            continue
        other, suggested = max((share, name) for name, share in shares.items())
        lead = evidence.leads[row] if evidence.leads else None
        suspects.append(
            Suspect(
                filename=evidence.filenames[row], folder=label, suggested=suggested, own=own, other=other,
                doubt=math.log(max(other, LEAST_SHARE) / max(own, LEAST_SHARE)) if lead is None else lead,
            )
        )
    return sorted(suspects, key=lambda suspect: (-suspect.doubt, suspect.filename, suspect.folder))
