"""Scores to probabilities that mean what they say: temperature and doubt, fitted on answers about videos left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

# The inverse temperature is looked for between these powers of e, and the odds of doubt, which is at most a half.
LOWEST, HIGHEST = -12.0, 8.0
LEAST_DOUBT, MOST_DOUBT = -12.0, 0.0
# Of doubt so much is known before any answer: as if scores had told nothing of so many videos, and something of others.
# Measured on other folds than those that are reported, and with two to eight videos a folder.
TOLD_NOTHING, TOLD_SOMETHING = 0.1, 1.0
# There may be two such pairs, one with and one without doubt, each the best around: powers of e, as above.
STARTS = ((0.0, -4.0), (1.5, -1.5))
# As much as so many videos a temperature counts that was known before any was labelled.
DRAWN_VIDEOS = 15.0
# Two numbers are known well enough from so many videos.
MOST_VIDEOS = 4000


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities, float64 [n, k], of unnormalised logs; -inf is 0, a row of nothing but -inf is even."""
    scores = np.asarray(scores, np.float64)
    peak = scores.max(axis=1, keepdims=True)
    shares = np.exp(np.where(np.isfinite(peak), scores - np.where(np.isfinite(peak), peak, 0), 0))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Calibration:
    """Temperature scaling (Guo 2017) with a share of doubt.

    Scores are multiplied by one number before they become probabilities; those of as many videos as `doubt` says (a
    share, 0 to a half) tell nothing, so that this much of the probability is spread evenly. Without doubt a few videos
    that scores are plainly wrong about would make all others look unsure.
    """

    inverse_temperature: float = 1.0
    doubt: float = 0.0

    @classmethod
    def fit(cls, scores: np.ndarray, truth: np.ndarray, toward: "Calibration | None" = None) -> "Calibration":
        """The one that makes the log-loss of these answers least, drawn `toward` one that was known before.

        scores: float [n, k], logits of held-out videos; truth: int [n]. Rows whose right folder has no
        score, or that have just one score, tell nothing and are left out. The right folder is asked to
        get (n + 1) / (n + 2), not 1, so that ten right answers of ten do not make for certainty (Platt
        1999; the rest is spread evenly). With no telling row at all: 1 over the spread of the scores, or
        `toward`, which counts as much as DRAWN_VIDEOS.
        """
        there = np.isfinite(scores)
        telling = there[np.arange(len(truth)), truth] & (there.sum(axis=1) > 1)
        # Logits of one scale whatever the head, so that the same range of temperatures is searched.
        spread = float(np.std(scores[there], dtype=np.float64)) if there.any() else 0.0
        unit = spread if spread > 0 else 1.0
        if not telling.any():
            return cls(1.0 / unit) if toward is None else toward
        chosen = np.flatnonzero(telling)
        if len(chosen) > MOST_VIDEOS:
            chosen = chosen[np.linspace(0, len(chosen) - 1, MOST_VIDEOS).astype(int)]
        found = _Answers.of(np.asarray(scores[chosen], float) / unit, truth[chosen]).best()
        inverse_temperature, doubt = found.inverse_temperature / unit, found.doubt
        if toward is None:
            return cls(inverse_temperature, doubt)
        # Between the two, temperatures by their logs.
        share = telling.sum() / (telling.sum() + DRAWN_VIDEOS)
        return cls(
            float(inverse_temperature**share * toward.inverse_temperature ** (1 - share)),
            float(share * doubt + (1 - share) * toward.doubt),
        )

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities, float64 [n, k], of scores float [n, k]; -inf is 0."""
        return softmax(self.logs(scores))

    def logs(self, scores: np.ndarray) -> np.ndarray:
        """Logs of the probabilities, float64 [n, k]; rows of nothing but -inf, which tell nothing, stay so."""
        scaled = np.asarray(scores, np.float64) * self.inverse_temperature
        peak = scaled.max(axis=1, keepdims=True)
        scaled -= np.where(np.isfinite(peak), peak, 0)
        whole = np.exp(scaled).sum(axis=1, keepdims=True)
        logs = np.asarray(scaled - np.log(np.where(whole > 0, whole, 1)))
        if not self.doubt:
            return logs
        known = np.isfinite(logs)
        even = self.doubt / np.maximum(known.sum(axis=1, keepdims=True), 1)
        return np.asarray(np.log((1 - self.doubt) * np.exp(logs) + even, out=logs, where=known))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """What a model file keeps of it."""
        return {"inverse_temperature": np.array(self.inverse_temperature), "doubt": np.array(self.doubt)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Calibration":
        """What `to_arrays` gave, also without a doubt; raises KeyError and ValueError where it is something else."""
        value, doubt = float(arrays["inverse_temperature"]), float(arrays["doubt"]) if "doubt" in arrays else 0.0
        if not value > 0:
            raise ValueError(f"the inverse temperature is {value:g}")
        if not 0 <= doubt < 1:
            raise ValueError(f"the doubt is {doubt:g}")
        return cls(value, doubt)


@dataclass(frozen=True)
class _Answers:
    """Scores less the highest of their row, 0 where there is none; which there are; what each folder should get."""

    scores: np.ndarray
    there: np.ndarray
    targets: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, truth: np.ndarray) -> "_Answers":
        there, count = np.isfinite(scores), len(truth)
        sure = (count + 1) / (count + 2)
        targets = np.where(there, (1 - sure) / (there.sum(axis=1, keepdims=True) - 1), 0.0)
        targets[np.arange(count), truth] = sure
        return cls(np.where(there, scores - scores.max(axis=1, keepdims=True), 0.0), there, targets)

    @cached_property
    def even(self) -> np.ndarray:
        return np.asarray(1 / self.there.sum(axis=1, keepdims=True))

    def best(self) -> Calibration:
        """The pair that makes the loss least."""
        from scipy.optimize import minimize

        bounds = [(LOWEST, HIGHEST), (LEAST_DOUBT, MOST_DOUBT)]
        exact = {"ftol": 1e-15, "gtol": 1e-9}
        tried = [
            minimize(self._loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=exact) for start in STARTS
        ]
        power, odds = min(tried, key=lambda one: one.fun).x
        return Calibration(float(np.exp(power)), float(1 / (1 + np.exp(-odds))))

    def _loss(self, at: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss of a power of the inverse temperature and one of the odds of doubt, and its slope."""
        beta, doubt = np.exp(at[0]), 1 / (1 + np.exp(-at[1]))
        shares = np.where(self.there, np.exp(beta * self.scores), 0.0)
        shares /= shares.sum(axis=1, keepdims=True)
        mixed = (1 - doubt) * shares + doubt * self.even
        wanted = self.targets / mixed
        middle = (shares * self.scores).sum(axis=1, keepdims=True)
        count = len(self.targets)
        known = TOLD_NOTHING * np.log(doubt) + TOLD_SOMETHING * np.log(1 - doubt)
        slopes = (
            (1 - doubt) * beta * (wanted * shares * (self.scores - middle)).sum(),
            doubt * (1 - doubt) * (wanted * (self.even - shares)).sum()
            + TOLD_NOTHING * (1 - doubt) - TOLD_SOMETHING * doubt,
        )
        return float(-(self.targets * np.log(mixed)).sum() - known) / count, -np.array(slopes) / count
