"""How good out-of-fold probabilities are: scores with intervals, calibration, cover against error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

CALIBRATION_BINS = 10
RESAMPLES = 300
# Two-sided 95 % of the normal distribution.
Z = 1.959964
THIN_VIDEOS = 2
COVER_POINTS = 50
SHOWN_UNTESTED = 5
UNTESTED: Mapping[str, Any] = {"value": None, "low": None, "high": None, "count": 0}


@dataclass(frozen=True)
class Scored:
    """Probabilities of videos that were left out of training, beside the truth.

    probabilities: float [n, k], rows sum to 1. truth: int [n], the right column. groups: int [n],
    near-duplicates share a number; intervals are over groups, for copies are no further evidence.
    """

    probabilities: np.ndarray
    truth: np.ndarray
    groups: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """Whether the most probable folder is the right one: bool [n]."""
        return self.probabilities.argmax(axis=1) == self.truth if len(self.truth) else np.zeros(0, bool)

    @property
    def confidence(self) -> np.ndarray:
        """The probability of the most probable folder: float [n]."""
        return self.probabilities.max(axis=1) if len(self.truth) else np.zeros(0)


def wilson(successes: float, count: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) where nothing was counted."""
    if count <= 0:
        return 0.0, 1.0
    share = successes / count
    centre = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z / (1 + Z * Z / count) * np.sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def share_right(right: np.ndarray, groups: np.ndarray) -> dict[str, Any]:
    """{"value", "low", "high", "count"}: the mean of `right`, with Wilson's interval for the number of groups.

    right: bool [n], or float [n] where a row was asked about more than once.
    Where nothing could be scored the count is 0 and the others are None: untested is not 0 %.
    """
    count = len(right)
    if not count:
        return dict(UNTESTED)
    value = float(right.mean())
    distinct = len(np.unique(groups))
    low, high = wilson(value * distinct, distinct)
    return {"value": value, "low": low, "high": high, "count": count}


def calibration_error(confidence: np.ndarray, right: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Expected calibration error of the most probable folder, in ten bins of equal width."""
    weights = np.ones(len(right)) if weights is None else weights
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = np.bincount(bins, weights * (right - confidence), minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / max(weights.sum(), 1))


def macro_f1(chosen: np.ndarray, truth: np.ndarray, folders: int, weights: np.ndarray | None = None) -> float:
    """The mean of the F1 of those folders that occur in `truth`."""
    weights = np.ones(len(truth)) if weights is None else weights
    hits = np.bincount(truth, weights * (chosen == truth), minlength=folders)
    there, said = np.bincount(truth, weights, minlength=folders), np.bincount(chosen, weights, minlength=folders)
    occurs = there > 0
    return float(np.mean(2 * hits[occurs] / (there + said)[occurs])) if occurs.any() else 0.0


def log_loss(scored: Scored, weights: np.ndarray | None = None) -> float:
    """The mean of -log of the right folder's probability, in nats."""
    shares = scored.probabilities[np.arange(len(scored.truth)), scored.truth]
    losses = -np.log(np.maximum(shares, np.finfo(np.float32).eps))
    return float(np.average(losses, weights=weights)) if len(losses) else 0.0


def scores(scored: Scored, folders: Sequence[str], counts: Sequence[int], seed: int = 0) -> dict[str, Any]:
    """What metrics.json holds of a model; every score has `value`, `low`, `high` and `count`.

    Where videos of fewer than two folders could be scored, all but `count` are None, and nothing is
    told of confidence: to name the one folder that there is to test is no skill. `note` says in words
    what the accuracy is not of, None where it is of all folders. `counts` is the number of labelled
    videos a folder; folders of one or two are marked thin. `chance` is the accuracy of always naming
    the folder that has most videos.
    Accuracy and recalls have Wilson's intervals, the others those of a bootstrap over groups.
    """
    chosen = scored.probabilities.argmax(axis=1) if len(scored.truth) else np.zeros(0, int)
    right, confidence = scored.right, scored.confidence
    is_measured = len(np.unique(scored.truth)) > 1

    def measured(weights: np.ndarray | None) -> list[float]:
        return [
            macro_f1(chosen, scored.truth, len(folders), weights),
            calibration_error(confidence, right, weights),
            log_loss(scored, weights),
        ]

    names = ("macro_f1", "calibration_error", "log_loss")
    found: dict[str, dict[str, Any]] = {name: {**UNTESTED, "count": len(right)} for name in ("accuracy", *names)}
    if is_measured:
        found["accuracy"] = share_right(right, scored.groups)
        for name, value, (low, high) in zip(
            names, measured(None), _bootstrap(measured, scored.groups, seed), strict=True
        ):
            found[name] |= {"value": value, "low": low, "high": high}
    return {
        **found,
        "chance": float(np.bincount(scored.truth).max() / len(right)) if is_measured else None,
        "note": _note(scored, folders),
        "folders": {
            name: {
                "count": int(count),
                "thin": bool(count <= THIN_VIDEOS),
                "recall": share_right(right[scored.truth == number], scored.groups[scored.truth == number]),
            }
            for number, (name, count) in enumerate(zip(folders, counts, strict=True))
        },
        "confusion": np.bincount(scored.truth * len(folders) + chosen, minlength=len(folders) ** 2)
        .reshape(len(folders), len(folders))
        .tolist(),
        "reliability": reliability(confidence, right) if is_measured else [],
        "cover_against_error": cover_against_error(confidence, right) if is_measured else [],
    }


def _note(scored: Scored, folders: Sequence[str]) -> str | None:
    """What the accuracy is not of, and what to do about it."""
    there = set(scored.truth.tolist())
    untested = [name for number, name in enumerate(folders) if number not in there]
    if not there:
        return (
            "not measured yet: of no folder could a video be left out and another be learned from; put two or more "
            "different videos into each"
        )
    if not untested:
        return None
    shown = ", ".join(untested[:SHOWN_UNTESTED]) + (" and others" if len(untested) > SHOWN_UNTESTED else "")
    rest = f"{shown} could not be tested; put two or more different videos into each"
    if len(there) > 1:
        return f"of {len(there)} of {len(folders)} folders only: {rest}"
    right = f"{scored.right.sum()} of {len(scored.truth)} videos of {folders[there.pop()]} were right"
    return f"of one folder only: {right}, and {rest}"


def _bootstrap(measured: Any, groups: np.ndarray, seed: int) -> list[tuple[float, float]]:
    """The 95 % interval of each measured value over resampled groups."""
    _, member = np.unique(groups, return_inverse=True)
    number = member.max() + 1
    rng = np.random.default_rng(seed)
    drawn = (np.bincount(rng.integers(number, size=number), minlength=number) for _ in range(RESAMPLES))
    values = np.array([measured(times[member].astype(float)) for times in drawn])
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def reliability(confidence: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """A row for each occupied tenth of confidence: its mean, the share that is right with interval, the count."""
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    rows = []
    for number in np.unique(bins):
        inside = bins == number
        low, high = wilson(right[inside].sum(), inside.sum())
        rows.append({
            "confidence": float(confidence[inside].mean()), "right": float(right[inside].mean()),
            "low": low, "high": high, "count": int(inside.sum()),
        })
    return rows


def cover_against_error(confidence: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """What a threshold buys: up to 50 rows, from the most confident on.

    Each row: `threshold`, `cover` (share of videos at or above it), `error` (share wrong among
    those) with Wilson's interval `low` to `high`, and `count`.
    """
    count = len(right)
    if not count:
        return []
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    # Videos of one confidence pass a threshold together.
    ends = np.flatnonzero(np.r_[np.diff(confidence[order]) != 0, True])
    picked = np.unique(np.linspace(0, len(ends) - 1, min(COVER_POINTS, len(ends))).round().astype(int))
    rows = []
    for end in ends[picked]:
        low, high = wilson(wrong[end], end + 1)
        rows.append({
            "threshold": float(confidence[order[end]]), "cover": float((end + 1) / count),
            "error": float(wrong[end] / (end + 1)), "low": low, "high": high, "count": int(end + 1),
        })
    return rows


def threshold_for(metrics: Mapping[str, Any], error: float) -> float | None:
    """The lowest threshold that promises at most this share of wrong moves; None where none does.

    It is the upper end of the interval that keeps the promise, so a threshold that only few videos
    pass promises little.
    """
    kept = [row["threshold"] for row in metrics["cover_against_error"] if row["high"] <= error]
    return kept[-1] if kept else None
