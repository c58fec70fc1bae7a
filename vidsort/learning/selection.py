"""Which head: a race of candidates over grouped folds, and scores that no choice has flattered."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .calibration import Calibration
from .fusion import Weighing
from .heads import Candidate, logits
from .rows.sums import Sums, blocks
from .scores import UNTESTED, share_right

# A candidate this many standard errors behind the leader is out of the race; one that is more
# complex than the leader sooner, for it would have to be ahead to be chosen.
FAR_BEHIND = 2.0
FAR_BEHIND_SIMPLER = 1.5
# Of so many rows sums are kept by fold: each fit would copy most of them.
SUMMED_FROM = 3000


@dataclass
class Trials:
    """Fits of candidates on all folds but some, each made once; their answers on the folds left out.

    rows: float32 [n, r], or sparse; labels: int [n], all of 0..columns-1; fold_of: int [n]; mask:
    bool [n], the rows that have this kind of evidence: of the others nothing is learned or known.
    given: scores, float [n, k], of a kind that learns nothing from labels, and `toward` its temperature before them.
    """

    rows: Any
    labels: np.ndarray
    fold_of: np.ndarray
    columns: int
    seed: int
    mask: np.ndarray
    given: np.ndarray | None = None
    toward: Calibration | None = None
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
        if self.given is not None:
            return np.asarray(self.given[self.fold_of == asked])
        out = frozenset({asked} if also_out is None else {asked, also_out})
        key = (candidate.name, out)
        held_out = np.flatnonzero(np.isin(self.fold_of, list(out)))
        if key not in self._made:
            known = self.labels[np.isin(self.fold_of, list(out), invert=True) & self.mask]
            is_there = self.mask[held_out]
            # Of the rows that were left out alone, as narrow as the head gives them.
            found = np.full((len(held_out), self.columns), -np.inf, np.float32)
            if len(known) and known.min() != known.max() and is_there.any():
                said = self._said(candidate, self.fitted(candidate, out), held_out[is_there])
                found = found.astype(said.dtype)
                found[is_there] = said
            self._made[key] = found
        return np.asarray(self._made[key][self.fold_of[held_out] == asked], np.float64)

    def fitted(self, candidate: Candidate, out: Set[int] = frozenset()) -> Any:
        """A candidate, fitted on all rows that have this kind of evidence but those of some folds."""
        if candidate.fit_sums is not None and len(self.labels) >= SUMMED_FROM:
            return candidate.fit_sums(self._sums.of(set(self.folds) - out))
        learned = np.isin(self.fold_of, list(out), invert=True) & self.mask
        rows = self.rows if learned.all() else self.rows[learned]
        return candidate.fit(rows, self.labels[learned], self.seed)

    def _said(self, candidate: Candidate, fitted: Any, asked: np.ndarray) -> np.ndarray:
        """Its logits of these rows, int [m]; those of discriminants are had from some rows at a time."""
        some = blocks(len(asked)) if candidate.fit_sums is not None else [slice(None)]
        return np.concatenate([logits(fitted, self.rows[asked[one]], self.columns) for one in some])

    @cached_property
    def _sums(self) -> Sums:
        return Sums(self.rows, self.labels, np.where(self.mask, self.fold_of, -1))

    def unseen(self, candidate: Candidate, also_out: int | None = None) -> np.ndarray:
        """`answers` for every row by a fit without its fold; of the fold `also_out` nothing: float [n, k]."""
        found = np.full((len(self.labels), self.columns), -np.inf)
        for fold in self.folds:
            if fold != also_out:
                found[self.fold_of == fold] = self.answers(candidate, fold, also_out)
        return found

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


@dataclass(frozen=True)
class Unflattered:
    """Probabilities, float [n, k], of every video by a procedure that has not seen its fold.

    calibrated: by all kinds of evidence; raw: the same without calibration. alone and without: by one
    kind of evidence, and by all the others; of a single kind neither tells anything new.
    """

    calibrated: np.ndarray
    raw: np.ndarray
    alone: Mapping[str, np.ndarray]
    without: Mapping[str, np.ndarray]


def nested(
    trials: Mapping[str, Trials], candidates: Mapping[str, Sequence[Candidate]], groups: np.ndarray,
    tell: Callable[[], None],
) -> Unflattered:
    """What the whole procedure says of every video when its fold is left out: race, choice, temperatures, weights.

    trials and candidates: by kind of evidence, all with the same folds. So what is measured is the
    procedure, and neither the choice nor the calibration flatters the score.
    """
    first = next(iter(trials.values()))
    count = (len(first.labels), first.columns)
    found = Unflattered(
        np.zeros(count), np.zeros(count), *({name: np.zeros(count) for name in trials} for _ in range(2))
    )
    for asked in first.folds:
        inside = first.fold_of == asked
        known, answers, calibrations = {}, {}, {}
        for name, trial in trials.items():
            winner = _raced(trial, candidates[name], groups, asked)
            unseen = trial.unseen(winner, asked)
            answers[name] = trial.answers(winner, asked)
            calibrations[name] = Calibration.fit(unseen[~inside], trial.labels[~inside], trial.toward)
            known[name] = calibrations[name].logs(unseen[~inside])
        named = tuple(name for name, trial in trials.items() if trial.given is not None)
        weighing = Weighing.learn(known, first.labels[~inside], groups[~inside], named)
        said = {name: calibrations[name].logs(answers[name]) for name in trials}
        fusion = weighing.best()
        found.calibrated[inside] = fusion.apply(said)
        found.raw[inside] = fusion.apply({name: Calibration().logs(values) for name, values in answers.items()})
        for name in trials:
            found.alone[name][inside] = weighing.best([name]).apply(said)
            found.without[name][inside] = weighing.best([other for other in trials if other != name]).apply(said)
        tell()
    return found


def _raced(trial: Trials, candidates: Sequence[Candidate], groups: np.ndarray, left_out: int) -> Candidate:
    """The winner among candidates on all folds but one."""
    if len(candidates) == 1:
        return candidates[0]
    # Starting after the fold itself, so that the first fits of all races together are few.
    race = Race(candidates, groups)
    for inner in (*trial.folds[left_out + 1 :], *trial.folds[:left_out]):
        for candidate in race.running:
            race.note(candidate, trial.fold_of == inner, trial.right(candidate, inner, left_out))
        race.drop_far_behind()
    return race.winner()
