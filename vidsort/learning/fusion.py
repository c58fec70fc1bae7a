"""What several kinds of evidence say together: a weight for each, learned on answers about videos left out.

Logs are calibrated log-probabilities of folders by kind of evidence, float [n, k]: a row of nothing but
-inf is a video that lacks this kind, and a column of -inf a folder that the kind has not seen. Kinds that go by
what folders are called (*named*) need no label, so they are part of every choice: what they weigh shrinks as far as the
others, which learn, are better.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .calibration import softmax

# How strongly weights are drawn toward what each kind's skill alone would give it, and the last temperature toward
# 1: as much as so many videos.
DRAWN_VIDEOS = 15.0
# What a name is worth before any label (nats of log-loss, squared), as much as if DRAWN_VIDEOS had told so.
NAMED_SKILL = 1.0
# So many standard errors what is learned has to be better than names alone: of a few videos the best of many sets of
# kinds is soon one error ahead by luck.
CAUTION = 2.0
# The powers of e between which the last temperature is looked for.
LAST = 2.0
# Two videos are no evidence for one more kind, however one-sided they are: the standard error of a gain counts
# one more video than there are, by which the odds of two folders would change places.
ONE_MORE = np.log(2.0)
# A few weights are known well enough from so many videos.
MOST_VIDEOS = 2000
# Of each answer so much is spread evenly when sets of kinds are compared, so that one folder unseen is not all.
SPREAD = 0.01
NEARLY_NOTHING = 1e-3


@dataclass(frozen=True)
class Fusion:
    """A weight for each kind of evidence in force, and what the others would weigh where none of those is there.

    named: the kinds that go by what folders are called.
    """

    weights: Mapping[str, float]
    skills: Mapping[str, float]
    named: tuple[str, ...] = ()

    @property
    def in_force(self) -> tuple[str, ...]:
        """The kinds that count."""
        return tuple(name for name, weight in self.weights.items() if weight > 0)

    def row_weights(self, there: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The weights of each video, float [n], by what it has: bool [n] for each kind.

        What is missing gives its weight to the rest. A video that has nothing of what is in force is
        judged by what it has, each by its skill.
        """
        masks = np.array([there[name] for name in self.weights], float)
        weights = np.array(list(self.weights.values()))[:, None] * masks
        left = weights.sum(axis=0)
        weights *= np.where(left > 0, sum(self.weights.values()) / np.where(left > 0, left, 1), 0)
        skills = np.array([self.skills[name] for name in self.weights])[:, None] * masks
        whole = skills.sum(axis=0)
        weights += np.where((left > 0) | (whole <= 0), 0, skills / np.where(whole > 0, whole, 1))
        return dict(zip(self.weights, weights, strict=True))

    def scores(self, logs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Weighed sums of logs, float [n, k]; -inf for folders that no kind in force has seen.

        A kind that has not seen a folder abstains on it: it finds it as likely as folders are on average. A folder
        that is known by its name alone is to all others a folder like any: a sure kind leaves little to it.
        """
        weights = self.row_weights({name: is_there(logs[name]) for name in self.weights})
        shape = next(iter(logs.values())).shape
        total, seen, met = 0.0, np.zeros(shape, bool), np.zeros(shape, bool)
        for name, weight in weights.items():
            known = np.isfinite(logs[name]) & (weight > 0)[:, None]
            seen |= known
            met |= known & (name not in self.named)
        for name, weight in weights.items():
            values = abstaining(logs[name])
            if self.named and name not in self.named:
                values = np.where(met, values, typical(logs[name]))
            total = total + weight[:, None] * values
        return np.where(seen, total, -np.inf)

    def apply(self, logs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Probabilities, float64 [n, k]; even for a video of which nothing is known."""
        return softmax(self.scores(logs))


def is_there(logs: np.ndarray) -> np.ndarray:
    """The videos that have this kind of evidence: bool [n]."""
    return np.asarray(np.isfinite(logs).any(axis=1))


def abstaining(logs: np.ndarray) -> np.ndarray:
    """The same with a finite number for folders that are not known: the mean probability of those that are."""
    known = np.isfinite(logs)
    return np.where(known, logs, -np.log(np.maximum(known.sum(axis=1, keepdims=True), 1)))


def typical(logs: np.ndarray) -> np.ndarray:
    """The mean of the logs of the folders that are known to each video, float [n, 1]; 0 where none is."""
    known = np.isfinite(logs)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.where(known, logs, 0).sum(axis=1, keepdims=True) / count)


@dataclass
class Weighing:
    """Weights for any set of kinds of evidence, each set learned once, and which set is to be in force."""

    logs: Mapping[str, np.ndarray]
    truth: np.ndarray
    groups: np.ndarray
    skills: Mapping[str, float]
    named: tuple[str, ...] = ()
    _made: dict[frozenset[str], tuple[Fusion, np.ndarray]] = field(default_factory=dict)

    @classmethod
    def learn(
        cls, logs: Mapping[str, np.ndarray], truth: np.ndarray, groups: np.ndarray, named: tuple[str, ...] = ()
    ) -> "Weighing":
        """From out-of-fold logs, the right column of each video, int [n], and groups, int [n]."""
        rows = np.arange(len(truth))
        telling = np.flatnonzero(np.any([np.isfinite(values[rows, truth]) for values in logs.values()], axis=0))
        if len(telling) > MOST_VIDEOS:
            telling = telling[np.linspace(0, len(telling) - 1, MOST_VIDEOS).astype(int)]
        logs, truth = {name: values[telling] for name, values in logs.items()}, truth[telling]
        skills = {name: _skill(values, truth) for name, values in logs.items()}
        for name in named:
            # What no labelled video has told of yet is believed as it was without any.
            count = is_there(logs[name]).sum()
            skills[name] = (count * skills[name] + DRAWN_VIDEOS * NAMED_SKILL) / (count + DRAWN_VIDEOS)
        return cls(logs, truth, groups[telling], skills, named)

    def best(self, among: Sequence[str] | None = None) -> Fusion:
        """The fewest of these kinds, or of all, that are within one standard error of the best set of them.

        Those that go by names are in every set, and are one themselves where they are clearly better than chance.
        """
        names = [name for name in self.logs if among is None or name in among]
        told = [
            name for name in names if name in self.named or (len(self.truth) and is_there(self.logs[name]).any())
        ]
        if len(told) < 2 or not len(self.truth):
            return self._fusion(told or names[:1], names)
        always = frozenset(told).intersection(self.named)
        learned = [name for name in told if name not in always]
        sets = [
            always.union(chosen)
            for size in range(0 if self._is_telling(always) else 1, len(learned) + 1)
            for chosen in itertools.combinations(learned, size)
        ] or [always]
        leader = min(sets, key=lambda chosen: self._losses(chosen).mean())
        near = [chosen for chosen in sets if self._is_near(chosen, leader, CAUTION if chosen == always else 1.0)]
        fewest = min(near, key=lambda chosen: (len(chosen), self._losses(chosen).mean()))
        return self._fusion(fewest, names)

    def _is_near(self, chosen: frozenset[str], leader: frozenset[str], errors: float) -> bool:
        gaps = self._losses(chosen) - self._losses(leader)
        return bool(chosen == leader or gaps.mean() <= errors * self._error(gaps))

    def _is_telling(self, always: frozenset[str]) -> bool:
        """Whether these are clearly better than no evidence at all."""
        if not any(is_there(self.logs[name]).any() for name in always):
            return False
        gains = np.log(next(iter(self.logs.values())).shape[1]) - self._losses(always)
        return bool(gains.mean() > self._error(gains))

    def _error(self, gaps: np.ndarray) -> float:
        """The standard error of the mean of these, one a video, over groups."""
        _, member = np.unique(self.groups, return_inverse=True)
        spread = np.square(np.bincount(member, gaps - gaps.mean())).sum()
        return float(np.sqrt(spread + ONE_MORE**2) / len(gaps))

    def _losses(self, chosen: frozenset[str]) -> np.ndarray:
        """-log of the right folder's probability for each video, by these kinds."""
        if chosen not in self._made:
            fusion = Fusion(self._weights(chosen), dict.fromkeys(self.logs, 0.0), self.named)
            shares = fusion.apply(self.logs)
            right = shares[np.arange(len(self.truth)), self.truth]
            self._made[chosen] = fusion, -np.log((1 - SPREAD) * right + SPREAD / shares.shape[1])
        return self._made[chosen][1]

    def _fusion(self, chosen: Iterable[str], allowed: Sequence[str]) -> Fusion:
        weights = self._weights(frozenset(chosen))
        return Fusion(
            {name: weights[name] for name in self.logs},
            {name: self.skills[name] if name in allowed else 0.0 for name in self.logs},
            self.named,
        )

    def _weights(self, chosen: frozenset[str]) -> dict[str, float]:
        if chosen in self._made:
            return dict(self._made[chosen][0].weights)
        names = [name for name in self.logs if name in chosen]
        # A kind that is the only one there is has its own temperature, and no choice among kinds behind it.
        is_learned = len(self.logs) > 1 and len(self.truth) > 0
        weights = self._learned(names) if is_learned else np.ones(len(names))
        found = dict.fromkeys(self.logs, 0.0) | dict(zip(names, weights.tolist(), strict=True))
        last = self._last_temperature(found) if is_learned else 1.0
        return {name: weight * last for name, weight in found.items()}

    def _last_temperature(self, weights: Mapping[str, float]) -> float:
        """By what all weights are to be multiplied, so that what is said together is as sure as it should be."""
        from scipy.optimize import minimize_scalar

        scores = Fusion(weights, dict.fromkeys(weights, 0.0), self.named).scores(self.logs)
        right = scores[np.arange(len(self.truth)), self.truth]
        known = np.isfinite(right)
        scores, right = scores[known], right[known]

        def loss(power: float) -> float:
            beta = np.exp(power)
            peak = scores.max(axis=1)
            whole = beta * peak + np.log(np.exp(beta * (scores - peak[:, None])).sum(axis=1))
            return float((whole - beta * right).sum() + DRAWN_VIDEOS * power**2)

        return float(np.exp(minimize_scalar(loss, bounds=(-LAST, LAST), method="bounded").x)) if len(right) else 1.0

    def _learned(self, names: Sequence[str]) -> np.ndarray:
        """The weights that make the log-loss least, near those by skill."""
        from scipy.optimize import minimize

        skills = np.array([self.skills[name] for name in names])
        prior = skills / skills.sum() if skills.sum() > 0 else np.full(len(names), 1 / len(names))
        there = np.array([is_there(self.logs[name]) for name in names], float)
        logs = np.array([abstaining(self.logs[name]) for name in names]) * there[:, :, None]
        count, rows = len(self.truth), np.arange(len(self.truth))

        def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
            # What is missing gives its weight to the rest; nearly nothing keeps this smooth at 0.
            left = weights @ there + NEARLY_NOTHING
            ratio = (weights.sum() + NEARLY_NOTHING) / left
            bare = np.tensordot(weights, logs, 1)
            shares = softmax(ratio[:, None] * bare)
            found = -np.log(np.maximum(shares[rows, self.truth], np.finfo(np.float32).tiny)).mean()
            shares[rows, self.truth] -= 1
            by_kind, by_all = np.einsum("nk,jnk->jn", shares, logs), (shares * bare).sum(axis=1)
            slope = (ratio * there * by_kind + by_all / left * (1 - ratio * there)).mean(axis=1)
            gap = weights - prior
            pull = DRAWN_VIDEOS / count
            return float(found + pull * gap @ gap), slope + 2 * pull * gap

        start = {"jac": True, "bounds": [(0, None)] * len(names), "method": "L-BFGS-B"}
        return np.asarray(minimize(loss, prior, **start).x)


def _skill(logs: np.ndarray, truth: np.ndarray) -> float:
    """How much better than chance a kind is on videos that have it: nats of log-loss, squared."""
    right = logs[np.arange(len(truth)), truth]
    known = np.isfinite(right)
    if not known.any():
        return 0.0
    chance = np.log(np.isfinite(logs[known]).sum(axis=1)).mean()
    return float(max(0.0, chance + right[known].mean()) ** 2)
