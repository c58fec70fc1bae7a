"""Scores to probabilities that mean what they say: one temperature, fitted on answers about videos left out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

# The inverse temperature is looked for between these powers of e.
LOWEST, HIGHEST = -12.0, 8.0
# As much as so many videos a temperature counts that was known before any was labelled.
DRAWN_VIDEOS = 15.0
# Confidences are written with six digits.
EXACTNESS = 1e-8


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities, float64 [n, k], of unnormalised logs; -inf is 0, a row of nothing but -inf is even."""
    scores = np.asarray(scores, np.float64)
    peak = scores.max(axis=1, keepdims=True)
    shares = np.exp(np.where(np.isfinite(peak), scores - np.where(np.isfinite(peak), peak, 0), 0))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Calibration:
    """Temperature scaling (Guo 2017): scores are multiplied by one number before they become probabilities."""

    inverse_temperature: float = 1.0

    @classmethod
    def fit(cls, scores: np.ndarray, truth: np.ndarray, toward: "Calibration | None" = None) -> "Calibration":
        """The one that makes the log-loss of these answers least, drawn `toward` one that was known before.

        scores: float [n, k], logits of held-out videos; truth: int [n]. Rows whose right folder has no
        score, or that have just one score, tell nothing and are left out. The right folder is asked to
        get (n + 1) / (n + 2), not 1, so that ten right answers of ten do not make for certainty (Platt
        1999; the rest is spread evenly). With no telling row at all: 1 over the spread of the scores, or
        `toward`, which counts as much as DRAWN_VIDEOS.
        """
        from scipy.optimize import minimize_scalar

        there = np.isfinite(scores)
        telling = there[np.arange(len(truth)), truth] & (there.sum(axis=1) > 1)
        # Logits of one scale whatever the head, so that the same range of temperatures is searched.
        spread = float(np.std(scores[there])) if there.any() else 0.0
        unit = spread if spread > 0 else 1.0
        if not telling.any():
            return cls(1.0 / unit) if toward is None else toward
        scores, there, truth = scores[telling] / unit, there[telling], truth[telling]
        count = len(truth)
        sure = (count + 1) / (count + 2)
        others = (1 - sure) / (there.sum(axis=1, keepdims=True) - 1)
        targets = np.where(there, others, 0.0)
        targets[np.arange(count), truth] = sure
        finite = np.where(there, scores, 0.0)
        finite -= np.where(there, scores, -np.inf).max(axis=1, keepdims=True)
        wanted = (targets * finite).sum(axis=1)

        def loss(log_beta: float) -> float:
            beta = np.exp(log_beta)
            return float(np.mean(np.log(np.where(there, np.exp(beta * finite), 0.0).sum(axis=1)) - beta * wanted))

        best = minimize_scalar(loss, bounds=(LOWEST, HIGHEST), method="bounded", options={"xatol": EXACTNESS}).x
        found = float(np.exp(best)) / unit
        if toward is None:
            return cls(found)
        # Between the two by their logs, as temperatures are.
        share = count / (count + DRAWN_VIDEOS)
        return cls(found**share * toward.inverse_temperature ** (1 - share))

    def apply(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities, float64 [n, k], of scores float [n, k]; -inf is 0."""
        return softmax(scores * self.inverse_temperature)

    def logs(self, scores: np.ndarray) -> np.ndarray:
        """Logs of the probabilities, float64 [n, k]; rows of nothing but -inf, which tell nothing, stay so."""
        scaled = np.asarray(scores, np.float64) * self.inverse_temperature
        peak = scaled.max(axis=1, keepdims=True)
        scaled -= np.where(np.isfinite(peak), peak, 0)
        whole = np.exp(scaled).sum(axis=1, keepdims=True)
        return np.asarray(scaled - np.log(np.where(whole > 0, whole, 1)))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """What a model file keeps of it."""
        return {"inverse_temperature": np.array(self.inverse_temperature)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Calibration":
        """What `to_arrays` gave; raises KeyError and ValueError where it is something else."""
        value = float(arrays["inverse_temperature"])
        if not value > 0:
            raise ValueError(f"the inverse temperature is {value:g}")
        return cls(value)
