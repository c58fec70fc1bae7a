"""How many of the surest videos can be filed so that at most a share of them is wrong: pure.

Three things are not known: how far calibrated confidences are off (a shift and a slope of the log odds of an error),
and how many videos are wrong however sure the model is, because nothing in them tells or their folder is a matter of
taste. Each has a prior around "the confidences are right", which answers of which the truth is known move: at few
labels the mean calibrated chance of error decides, at many the errors that were counted. A cut is promised where, over
all that may be so, no more than the promised share of just these videos is wrong in 95 of 100 cases.
"""

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
# Fewer than these are filed by hand as fast, and one wrong of them would break nearly any promise.
FEWEST_FILED = 10
# With less evidence than so many different labelled videos, nothing is promised.
FEWEST_ANSWERS = 30
# So many cuts are looked at; of a larger pile every cut stands for some videos, all counted as the least sure of them.
CUTS = 400
# What may be so. The priors were chosen on replays other than those that `benchmarks.promise` reports.
SHIFTS, SHIFT_SPREAD = np.linspace(-1.5, 2.5, 17), 0.5
SLOPES, SLOPE_MEAN, SLOPE_SPREAD = np.exp(np.linspace(-0.75, 0.45, 9)), 0.75, 0.25
HOPELESS, HOPELESS_MEAN = np.array([0.0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.03]), 0.004
# A pile that is harder than what was labelled was chosen by what the model is sure of: its confidences are too high
# there (.15 said and .23 so, .04 and .10, on themes sorted surest first), by how much nobody knows beforehand.
HARDER_SHIFT, HARDER_SPREAD = 1.0, 0.5
# No confidence is believed beyond this.
LEAST_ERROR, MOST_ERROR = 1e-4, 1 - 1e-4
# Bins of the log of the chance of error, in which labelled videos and the pile are compared.
BINS = np.linspace(np.log(LEAST_ERROR), 0.0, 14)
UNSURE_FROM = np.log(0.03)
# Beside what is most likely; less is left out of the sums.
UNLIKELY = 1e-6
# How many times the evidence is looked at, to tell what would be enough.
TIMES = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True)
class Answers:
    """What the model said and whether it was right: confidence float [n], right bool [n], weight float [n].

    A weight is the share that an answer has in its group: copies of one video are one answer together.
    """

    confidence: np.ndarray
    right: np.ndarray
    weight: np.ndarray

    @property
    def count(self) -> float:
        """How many different videos they are of."""
        return float(self.weight.sum())


@dataclass(frozen=True)
class Promise:
    """The `count` surest of a pile can be filed; of them the share `expected_wrong` is wrong, at most `upper_bound`.

    `evidence`: how many different answers it rests on, as far as they are like the pile. `harder`: by what share the
    pile is less sure than what was labelled, from 0 to 1. `enough`: how many labelled videos of the same kind would let
    something be filed where nothing is; None where not even many would.
    """

    count: int
    expected_wrong: float
    upper_bound: float
    evidence: float
    harder: float
    enough: int | None = None


def answers_of(confidence: np.ndarray, right: np.ndarray, groups: np.ndarray) -> Answers:
    """Answers of which those with the same group number count as one."""
    _, member, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return Answers(np.asarray(confidence, float), np.asarray(right, bool), 1 / sizes[member] if len(member) else groups)


def promised(pile: np.ndarray, labelled: Answers, blind: Answers, at_most_wrong: float) -> Promise:
    """What can be promised of a pile, by answers about labelled videos and about cards drawn blindly from the pile.

    pile: float [m], the confidences, in any order. labelled: answers while the video was left out of training; they
    count as far as there are as many like them in the pile. blind: answers about videos drawn from the pile itself.
    """
    errors = np.sort(_error(np.asarray(pile, float)))
    likeness, harder = _compared(errors, labelled)
    weights = labelled.weight * likeness
    evidence = float(weights.sum()) + blind.count
    if labelled.count + blind.count < FEWEST_ANSWERS or not len(errors):
        return Promise(0, 0.0, 0.0, evidence, harder, FEWEST_ANSWERS if len(errors) else None)
    given = Answers(
        np.r_[labelled.confidence, blind.confidence], np.r_[labelled.right, blind.right].astype(bool),
        np.r_[weights, blind.weight],
    )
    may = _MayBe(given, harder)
    cut = may.cut(errors, at_most_wrong)
    if cut is not None:
        return Promise(*cut, evidence, harder)
    times = next((more for more in TIMES if may.cut(errors, at_most_wrong, more) is not None), None)
    enough = None if times is None else int(np.ceil(times * labelled.count / 5)) * 5
    return Promise(0, 0.0, 0.0, evidence, harder, enough)


def harder_by(pile: np.ndarray, labelled: Answers) -> float:
    """By what share a pile of these confidences is less sure than what was labelled, from 0 to 1."""
    return _compared(np.sort(_error(np.asarray(pile, float))), labelled)[1]


class _MayBe:
    """All that may be so, each with how likely it is by the evidence."""

    def __init__(self, given: Answers, harder: float) -> None:
        grid = (each.ravel() for each in np.meshgrid(SHIFTS, SLOPES, HOPELESS, indexing="ij"))
        self._shift, self._slope, self._hopeless = (each[:, None] for each in grid)
        spread = SHIFT_SPREAD + HARDER_SPREAD * harder
        self._prior = (
            -0.5 * ((self._shift - HARDER_SHIFT * harder) / spread) ** 2
            - 0.5 * (np.log(self._slope / SLOPE_MEAN) / SLOPE_SPREAD) ** 2
            - self._hopeless / HOPELESS_MEAN
            + np.log(np.gradient(HOPELESS))[np.searchsorted(HOPELESS, self._hopeless)]
        )[:, 0]
        # Answers that are as sure to within a hundredth are counted together, so that many cost no more than some.
        sure, of = np.unique(np.log(_error(given.confidence)).round(2), return_inverse=True)
        right, wrong = (np.bincount(of, given.weight * is_so, len(sure)) for is_so in (given.right, ~given.right))
        chances = self._chances(np.clip(np.exp(sure), LEAST_ERROR, MOST_ERROR))
        self._evidence = np.log1p(-chances) @ right + np.log(chances) @ wrong

    def cut(self, errors: np.ndarray, at_most_wrong: float, times: float = 1.0) -> tuple[int, float, float] | None:
        """The most videos, the share of them that is expected to be wrong and its bound; None where there are too few.

        errors: float [m], ascending. `times`: as if there were so much more of the same evidence.
        """
        from scipy.stats import poisson

        logs = self._prior + times * self._evidence
        likely = np.exp(logs - logs.max())
        # What is as good as impossible changes nothing, and takes most of the time.
        places = likely > UNLIKELY
        likely = likely[places] / likely[places].sum()
        counts = np.unique(np.linspace(1, len(errors), min(len(errors), CUTS)).round().astype(int))
        # Of each stretch the least sure stands for all, so that nothing is thought too well of.
        chances = self._chances(errors[counts - 1], places)
        wrong = np.cumsum(chances * np.diff(counts, prepend=0), axis=1)
        allowed = np.floor(at_most_wrong * counts + 1e-9)
        kept = likely @ poisson.cdf(allowed, wrong)
        good = np.flatnonzero((kept >= LEVEL) & (counts >= FEWEST_FILED))
        if not len(good):
            return None
        place = good[-1]
        count = int(counts[place])
        numbers = np.arange(int(allowed[place]) + 1)
        bound = numbers[np.argmax(poisson.cdf(numbers, wrong[:, [place]]).T @ likely >= LEVEL)]
        return count, float(likely @ wrong[:, place] / count), float(max(bound, likely @ wrong[:, place]) / count)

    def _chances(self, errors: np.ndarray, places: np.ndarray | slice = slice(None)) -> np.ndarray:
        """How likely each is wrong, a row for each thing that may be so (of these places in the grid): float [_, n]."""
        shift, slope, hopeless = self._shift[places], self._slope[places], self._hopeless[places]
        odds = shift + slope * np.log(errors / (1 - errors))[None]
        return hopeless + (1 - hopeless) / (1 + np.exp(-odds))


def _error(confidence: np.ndarray) -> np.ndarray:
    return np.clip(1 - confidence, LEAST_ERROR, MOST_ERROR)


def _compared(errors: np.ndarray, labelled: Answers) -> tuple[np.ndarray, float]:
    """How much each answer counts, for there are as many like it in the pile; and by what share the pile is harder."""
    if not len(errors) or not len(labelled.confidence):
        return np.ones(len(labelled.confidence)), 0.0
    there = np.log(_error(labelled.confidence))
    shares = []
    for logs, weights in ((np.log(errors), np.ones(len(errors))), (there, labelled.weight)):
        counted = np.histogram(logs, BINS, weights=weights)[0]
        shares.append(counted / counted.sum())
    harder = float(np.maximum(shares[0] - shares[1], 0)[BINS[:-1] >= UNSURE_FROM - np.diff(BINS)[0]].sum())
    smooth = [np.convolve(np.pad(share, 1, mode="edge"), (0.25, 0.5, 0.25), "valid") for share in shares]
    ratio = np.clip(smooth[0] / np.maximum(smooth[1], 1e-9), 0, 1)
    return ratio[np.clip(np.digitize(there, BINS) - 1, 0, len(ratio) - 1)], harder
