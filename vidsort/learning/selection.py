"""Which head: a race of candidates over grouped folds, and a score that the choice has not flattered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .calibration import Calibration
from .heads import Candidate, logits
from .scores import UNTESTED, share_right

# A candidate this many standard errors behind the leader is out of the race; one that is more
# complex than the leader sooner, for it would have to be ahead to be chosen.
FAR_BEHIND = 2.0
FAR_BEHIND_SIMPLER = 1.5


def grouped_folds(labels: np.ndarray, groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """The fold of each row, int [n]: groups stay together, and every folder is spread as evenly as they allow.

    Like scikit-learn's StratifiedGroupKFold, but takes folders with fewer groups than folds, and
    100 000 videos in a second. There are never more folds than groups.
    """
    number, member = np.unique(groups, return_inverse=True)
    folds = max(1, min(folds, len(number)))
    order = np.random.default_rng(seed).permutation(len(number))
    rows_of = np.argsort(member, kind="stable")
    bounds = np.r_[0, np.cumsum(np.bincount(member, minlength=len(number)))]
    held = np.zeros((folds, int(labels.max()) + 1), int)
    totals = np.zeros(folds, int)
    fold_of = np.empty(len(number), int)
    for group in sorted(order, key=lambda group: bounds[group] - bounds[group + 1]):
        inside = labels[rows_of[bounds[group] : bounds[group + 1]]]
        fold = min(range(folds), key=lambda fold: (held[fold, inside].sum(), totals[fold], fold))
        np.add.at(held[fold], inside, 1)
        totals[fold] += len(inside)
        fold_of[group] = fold
    return fold_of[member]


@dataclass
class Trials:
    """Fits of candidates on all folds but some, each made once; their answers on the folds left out.

    rows: float32 [n, r]; labels: int [n], all of 0..columns-1; fold_of: int [n].
    """

    rows: np.ndarray
    labels: np.ndarray
    fold_of: np.ndarray
    columns: int
    seed: int
    _made: dict[tuple[str, frozenset[int]], np.ndarray] = field(default_factory=dict)

    @property
    def folds(self) -> range:
        """The numbers of the folds; a single fold leaves nothing to train on."""
        return range(int(self.fold_of.max()) + 1)

    def answers(self, candidate: Candidate, asked: int, also_out: int | None = None) -> np.ndarray:
        """Logits for the rows of one fold by a fit without that fold and without `also_out`: float [m, k].

        A fit without two folds answers for both, so a nested race needs half the fits. All -inf
        where the rest holds fewer than two folders.
        """
        out = frozenset({asked} if also_out is None else {asked, also_out})
        key = (candidate.name, out)
        if key not in self._made:
            held_out = np.isin(self.fold_of, list(out))
            known = self.labels[~held_out]
            found = np.full((len(self.rows), self.columns), -np.inf)
            if len(known) and known.min() != known.max():
                fitted = candidate.fit(self.rows[~held_out], known, self.seed)
                found[held_out] = logits(fitted, self.rows[held_out], self.columns)
            self._made[key] = found
        return np.asarray(self._made[key][self.fold_of == asked])

    def right(self, candidate: Candidate, asked: int, also_out: int | None = None) -> np.ndarray:
        """1.0 or 0.0 for each row of a fold; NaN where no other video of its folder was there to learn from."""
        found, truth = self.answers(candidate, asked, also_out), self.labels[self.fold_of == asked]
        known = np.isfinite(found[np.arange(len(truth)), truth])
        return np.where(known, found.argmax(axis=1) == truth, np.nan)


class Race:
    """Candidates, simplest first, compared on the same rows; `running` are those still in it."""

    def __init__(self, candidates: Sequence[Candidate], groups: np.ndarray) -> None:
        self.running = list(candidates)
        self._groups = groups
        self._sums = {candidate.name: np.zeros(len(groups)) for candidate in candidates}
        self._counts = {candidate.name: np.zeros(len(groups)) for candidate in candidates}

    def note(self, candidate: Candidate, rows: np.ndarray, right: np.ndarray) -> None:
        """Add a candidate's answers (1, 0 or NaN) for rows, a bool mask over all."""
        known = np.isfinite(right)
        self._sums[candidate.name][rows] += np.where(known, right, 0)
        self._counts[candidate.name][rows] += known

    def accuracy(self, candidate: Candidate) -> float:
        """The mean over the rows that were scored, each row by its mean over repeats; 0 for none."""
        counts = self._counts[candidate.name]
        seen = counts > 0
        return float((self._sums[candidate.name][seen] / counts[seen]).mean()) if seen.any() else 0.0

    def behind(self, candidate: Candidate, leader: Candidate) -> tuple[float, float]:
        """How far a candidate is behind another, and the standard error of that over groups.

        The error counts one more row that differs than there are: two or three rows are no
        evidence, however one-sided they are.
        """
        one, other = (self._counts[each.name] for each in (candidate, leader))
        seen = (one > 0) & (other > 0)
        if not seen.any():
            return 0.0, 0.0
        gaps = self._sums[leader.name][seen] / other[seen] - self._sums[candidate.name][seen] / one[seen]
        mean = gaps.mean()
        _, member = np.unique(self._groups[seen], return_inverse=True)
        spread = np.square(np.bincount(member, gaps - mean)).sum()
        return float(mean), float(np.sqrt(spread + 1) / len(gaps))

    def leader(self) -> Candidate:
        """The best so far, the simplest of equals."""
        return max(self.running, key=self.accuracy)

    def drop_far_behind(self) -> None:
        """Take out what has no prospect of being chosen: see FAR_BEHIND."""
        leader = self.leader()
        place = self.running.index(leader)
        kept = []
        for number, candidate in enumerate(self.running):
            gap, error = self.behind(candidate, leader)
            if gap <= error * (FAR_BEHIND if number < place else FAR_BEHIND_SIMPLER):
                kept.append(candidate)
        self.running = kept

    def score(self, candidate: Candidate, labels: np.ndarray) -> dict[str, Any]:
        """A candidate's accuracy as `share_right` gives one, over the rows that it has been scored on.

        Not measured where these are of one folder alone, whose name is then all there is to say.
        """
        seen = self._counts[candidate.name] > 0
        if len(np.unique(labels[seen])) < 2:
            return {**UNTESTED, "count": int(seen.sum())}
        return share_right(self._sums[candidate.name][seen] / self._counts[candidate.name][seen], self._groups[seen])

    def drop_needless(self) -> None:
        """Take out what is no better than something simpler: it could not be chosen."""
        kept: list[Candidate] = []
        for candidate in self.running:
            if all(self.accuracy(candidate) > self.accuracy(simpler) for simpler in kept):
                kept.append(candidate)
        self.running = kept

    def winner(self) -> Candidate:
        """The simplest that is within one standard error (of the difference) of the leader."""
        leader = self.leader()
        return next(
            candidate for candidate in self.running
            if candidate is leader or (gap := self.behind(candidate, leader))[0] <= gap[1]
        )


@dataclass(frozen=True)
class Choice:
    """The winner, and what is known of each candidate.

    A row of `table`: head; accuracy over the `videos` it was scored on before it fell out of the
    race, if it did, with its interval `low` to `high`, None where not measured; full_repeats it ran; how
    far it is `behind` the winner on the videos that both were scored on, with the standard_error of
    that; chosen.
    """

    winner: Candidate
    table: list[dict[str, float | str | bool | None]]


def choose(
    trials: Sequence[Trials], candidates: Sequence[Candidate], groups: np.ndarray, tell: Callable[[], None]
) -> Choice:
    """Race candidates over repeats of grouped cross-validation, until one is left or the repeats are over.

    `tell` is called after each fold.
    """
    race = Race(candidates, groups)
    rounds = dict.fromkeys((candidate.name for candidate in candidates), 0)
    for trial in trials:
        for asked in trial.folds:
            for candidate in race.running:
                race.note(candidate, trial.fold_of == asked, trial.right(candidate, asked))
            race.drop_far_behind()
            tell()
        for candidate in race.running:
            rounds[candidate.name] += 1
        race.drop_needless()
        if len(race.running) == 1:
            break
    winner = race.winner()
    table: list[dict[str, float | str | bool | None]] = [
        {
            "head": candidate.name, "videos": (score := race.score(candidate, trials[0].labels))["count"],
            "accuracy": score["value"], "low": score["low"], "high": score["high"],
            "full_repeats": rounds[candidate.name],
            "behind": (gap := race.behind(candidate, winner))[0], "standard_error": gap[1],
            "chosen": candidate is winner,
        }
        for candidate in candidates
    ]
    return Choice(winner, table)


def nested(
    trial: Trials, candidates: Sequence[Candidate], groups: np.ndarray, tell: Callable[[], None]
) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities, float [n, k], of every video by a head that was chosen without its fold.

    For each fold the whole procedure is repeated on the other folds: race, choice, temperature. So
    what is measured is the procedure, and neither the choice nor the calibration flatters the
    score. Also returns the same without calibration.
    """
    calibrated = np.zeros((len(trial.rows), trial.columns))
    raw = np.zeros_like(calibrated)
    for asked in trial.folds:
        # Starting after the fold itself, so that the first fits of all races together are few.
        others = [*trial.folds[asked + 1 :], *trial.folds[:asked]]
        race = Race(candidates, groups)
        for inner in others:
            for candidate in race.running:
                race.note(candidate, trial.fold_of == inner, trial.right(candidate, inner, asked))
            race.drop_far_behind()
        winner = race.winner()
        inside = trial.fold_of == asked
        found = trial.answers(winner, asked)
        known = np.full_like(calibrated, -np.inf)
        for inner in others:
            known[trial.fold_of == inner] = trial.answers(winner, inner, asked)
        raw[inside] = Calibration().apply(found)
        calibrated[inside] = Calibration.fit(known[~inside], trial.labels[~inside]).apply(found)
        tell()
    return calibrated, raw
