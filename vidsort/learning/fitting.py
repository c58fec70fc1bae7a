"""The pure part of training: what is seen and said, and folders, to a calibrated classifier and its evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import NotEnoughLabelsError
from .calibration import Calibration
from .classifier import Classifier, Expert, Prepared, prepare
from .fusion import Fusion, Weighing
from .heads import Candidate, candidates, cheap_candidates, logits
from .offered import TrainConfig
from .rows.folds import grouped_folds
from .rows.names import NO_NAMES, Named, Names
from .rows.parts import Part, Preparation
from .scores import UNTESTED, Scored, scores, share_right
from .selection import Choice, Trials, Unflattered, choose, nested

# Below this many videos one thread is faster than two, and leaves the other core to the rest of the machine.
THREADS_FROM = 3000
# Of few videos a fifth is much: what is learned without it is worse than what is learned from all, and confidences
# that are fitted on it are too low (exercise of the shared sets: by .08 with 5 folds, by .06 with 8).
FOLDS, FOLDS_OF_FEW, FEW_VIDEOS = 5, 8, 300
NO_GAIN = "the others are as good without it"
TOO_FEW = "it is there in videos of fewer than two folders"
SPLIT = (
    "stratified grouped cross-validation, nested: heads, temperatures and the weights of kinds of evidence are chosen "
    "without the fold"
)
UNCALIBRATED = ("calibration_error", "log_loss", "reliability")
NO_HEADS: Mapping[str, Any] = {}
# Names are a head that nothing is fitted for.
BY_NAMES = Candidate("names", lambda _rows, _labels, _seed: None)


@dataclass(frozen=True)
class Trained(Classifier):
    """A classifier with the evidence for it.

    metrics: what metrics.json holds. choice: the race of heads, of the first kind of evidence.
    probabilities: float [n, folders], of each video when it was left out of training; scored: bool [n],
    whether it could be known then. undoubted: float [n, folders], unnormalised logs of the same without the share of
    doubt, which lets what is surest look alike.
    """

    metrics: dict[str, Any]
    choice: Choice
    probabilities: np.ndarray
    scored: np.ndarray
    undoubted: np.ndarray


def fit_classifier(
    parts: Mapping[str, Part],
    y: Sequence[str],
    groups: np.ndarray,
    config: TrainConfig,
    tell: Callable[[int, int, str], None] = lambda _done, _total, _message: None,
    names: Names = NO_NAMES,
    own: Mapping[str, Any] = NO_HEADS,
    ready: dict[str, Prepared] | None = None,
) -> Trained:
    """Choose, fit, calibrate and weigh a classifier; pure, and the same for the same input.

    parts: by kind of evidence, n rows each, as they are stored. y: the folder of each. groups: int [n],
    rows of one number are never on both sides of a split. `tell` is called with folds done, folds in
    all and what is being done. names: what is known of folders by what they are called; those without a
    video take part by it. own: classifiers of others, by the names that `config.heads` has of them.
    ready: takes what is prepared of the parts, which a learning curve needs again. Raises
    NotEnoughLabelsError for fewer than two folders with videos, VidsortError where one of those cannot learn.
    """
    import sklearn.linear_model  # noqa: F401 (libraries that are loaded later would not be limited below)
    from threadpoolctl import threadpool_limits

    folders = sorted({*map(str, y), *names.folders})
    number_of = {name: number for number, name in enumerate(folders)}
    labels = np.array([number_of[str(name)] for name in y], int)
    known = {name: part for name, part in parts.items() if len(np.unique(labels[part.mask])) > 1}
    if len(np.unique(labels)) < 2 or not known:
        raise NotEnoughLabelsError(
            f"Training needs videos in at least two folders and found {min(len(folders), 1)}: sort a few videos first."
        )
    with threadpool_limits(1 if len(labels) < THREADS_FROM else None):
        return _Fitting(folders, labels, np.asarray(groups), config, own, tell).fit(
            parts, known, names, {} if ready is None else ready
        )


def fit_names(names: Names, config: TrainConfig) -> Trained:
    """A classifier that goes by what folders are called alone; nothing is known of how good it is, and so it says."""
    folders, even = names.folders, dict.fromkeys(names.kinds, 1 / len(names.kinds))
    nothing = Scored(np.zeros((0, len(folders))), np.zeros(0, int), np.zeros(0, int))
    metrics = scores(nothing, folders, [0] * len(folders), config.seed)
    untested = {"alone": {**UNTESTED}, "without": {**UNTESTED}}
    told = {name: _of_kind(even[name], 0.0, named.videos) | untested for name, named in names.kinds.items()}
    return Trained(
        folders=folders, experts={name: Expert.of_names(named) for name, named in names.kinds.items()},
        fusion=Fusion(even, even, tuple(names.kinds)),
        metrics=metrics | {
            "note": f"not known: it rests on {names.rests_on}", "modalities": told,
            "before_calibration": {name: metrics[name] for name in UNCALIBRATED},
            "split": {"kind": "none: there is nothing to be left out", "folds": 0, "videos": 0, "groups": 0},
        },
        choice=Choice(BY_NAMES, []), probabilities=nothing.probabilities, scored=np.zeros(0, bool),
        undoubted=nothing.probabilities,
    )


class _Fitting:
    """One training: what all kinds of evidence have in common, and how far it has come."""

    def __init__(
        self, folders: Sequence[str], labels: np.ndarray, groups: np.ndarray, config: TrainConfig,
        own: Mapping[str, Any], tell: Callable[[int, int, str], None],
    ) -> None:
        self._folders, self._labels, self._groups, self._config, self._tell = folders, labels, groups, config, tell
        self._own = own
        self._folds = config.folds or (FOLDS_OF_FEW if len(labels) < FEW_VIDEOS else FOLDS)
        self._part = _selection_part(labels, groups, config)
        self._fold_of = [
            grouped_folds(labels[self._part], groups[self._part], self._folds, config.seed + repeat)
            for repeat in range(config.repeats)
        ]
        self._done, self._total = 0, (int(self._fold_of[0].max()) + 1) * (config.repeats + 1)

    def fit(
        self, parts: Mapping[str, Part], known: Mapping[str, Part], names: Names, learned: dict[str, Prepared]
    ) -> Trained:
        """The classifier from those parts that are known in two folders or more; the others are only told of."""
        labels, groups = self._labels, self._groups
        learned |= {name: prepare(part) for name, part in known.items()}
        heads = {name: _raced(part.rows, self._config, self._own) for name, part in known.items()}
        everything = len(self._part) == len(labels)
        fold_of = self._fold_of[0] if everything else grouped_folds(
            labels, groups, self._folds, self._config.seed
        )
        whole = {name: self._trials(one, np.arange(len(labels)), fold_of) for name, one in learned.items()}
        choices = self._choices(learned, heads, whole if everything else None)
        winners = {name: choice.winner for name, choice in choices.items()}
        # Of a large library the videos that took part in the choice do not count in the scores.
        raced = {name: heads[name] if everything else (winner,) for name, winner in winners.items()}
        by_name = {name: named for name, named in names.kinds.items() if named.reads in parts}
        for name, named in by_name.items():
            raced[name] = (BY_NAMES,)
            whole[name] = self._named(named, parts[named.reads], fold_of)
            parts = {**parts, name: parts[named.reads]}
        unflattered = nested(whole, raced, groups, self._tick("scoring the choice"))
        counted = np.full(len(labels), True) if everything else np.isin(np.arange(len(labels)), self._part, invert=True)
        experts, answers = {}, {}
        for name, one in learned.items():
            experts[name], answers[name] = self._expert(one, whole[name], winners[name])
        for name, named in by_name.items():
            answers[name] = whole[name].unseen(BY_NAMES)
            experts[name] = Expert.of_names(named, Calibration.fit(answers[name], labels, whole[name].toward))
        logs = {name: expert.calibration.logs(answers[name]) for name, expert in experts.items()}
        fusion = Weighing.learn(logs, labels, groups, tuple(by_name)).best()
        counts = np.bincount(labels, minlength=len(self._folders))
        scored = np.isfinite(fusion.scores(logs)[np.arange(len(labels)), labels])
        self._tell(self._total, self._total, "done")
        return Trained(
            folders=tuple(self._folders), experts=experts, fusion=fusion,
            metrics=self._metrics(unflattered, scored & counted, counts) | {
                "modalities": self._told(unflattered, scored & counted, parts, fusion)
            },
            choice=next(iter(choices.values())), probabilities=unflattered.calibrated, scored=scored,
            undoubted=fusion.scores({
                name: replace(expert.calibration, doubt=0.0).logs(answers[name]) for name, expert in experts.items()
            }),
        )

    def _trials(self, one: Prepared, rows: np.ndarray, fold_of: np.ndarray) -> Trials:
        some = one.rows if len(rows) == len(self._labels) else one.rows[rows]
        return Trials(some, self._labels[rows], fold_of, len(self._folders), self._config.seed, one.part.mask[rows])

    def _named(self, named: Named, part: Part, fold_of: np.ndarray) -> Trials:
        """What names say, which is the same whatever is left out."""
        count, before = len(self._folders), Calibration(named.inverse_temperature)
        given = Expert.of_names(named, Calibration()).logs(part, count)
        return Trials(np.empty((len(given), 0)), self._labels, fold_of, count, 0, part.mask, given, before)

    def _choices(
        self, learned: Mapping[str, Prepared], heads: Mapping[str, Sequence[Candidate]],
        whole: Mapping[str, Trials] | None,
    ) -> dict[str, Choice]:
        """The winner of each kind; only kinds with several heads take time."""
        tick = self._tick("comparing heads")
        found = {}
        for name, one in learned.items():
            is_race = len(heads[name]) > 1
            # The fits of the first repeat are those that the scores need too.
            trials = [
                whole[name] if whole is not None and not repeat else self._trials(one, self._part, fold_of)
                for repeat, fold_of in enumerate(self._fold_of)
            ]
            found[name] = choose(
                trials if is_race else trials[:1], heads[name], self._groups[self._part],
                tick if is_race else lambda: None,
            )
        return found

    def _expert(self, one: Prepared, trials: Trials, winner: Candidate) -> tuple[Expert, np.ndarray]:
        """What one kind has learned from all videos, and its logits of each when that is left out."""
        answers = trials.unseen(winner)
        mask, labels = one.part.mask, self._labels
        fitted = trials.fitted(winner)
        # Where no folder has a second video, what was learned is all there is; its count keeps it modest.
        scored = np.isfinite(answers[np.arange(len(labels)), labels]).any()
        calibration = Calibration.fit(
            answers[mask] if scored else logits(fitted, one.rows[mask], len(self._folders)), labels[mask]
        )
        preparation, head = one.whole(fitted)
        return Expert(preparation, head, calibration, np.asarray(fitted.classes_)), answers

    def _metrics(self, found: Unflattered, judged: np.ndarray, counts: np.ndarray) -> dict[str, Any]:
        labels, groups, config = self._labels[judged], self._groups[judged], self._config
        after, before = (
            scores(Scored(shares[judged], labels, groups), self._folders, counts.tolist(), config.seed)
            for shares in (found.calibrated, found.raw)
        )
        return after | {
            "before_calibration": {name: before[name] for name in UNCALIBRATED},
            "split": {
                "kind": SPLIT, "folds": self._folds, "videos": len(labels), "groups": len(np.unique(groups)),
                "intervals": "95 %: Wilson over groups for accuracy and recalls, bootstrap over groups for the others",
            },
        }

    def _told(
        self, found: Unflattered, judged: np.ndarray, parts: Mapping[str, Part], fusion: Fusion
    ) -> dict[str, dict[str, Any]]:
        """Of each kind its weight and skill, what it is worth alone, what the others are without it, why it is 0."""
        told = {}
        for name, part in parts.items():
            is_known, weight = name in fusion.weights, fusion.weights.get(name, 0.0)
            reason = None if weight else NO_GAIN if is_known else TOO_FEW
            own = judged & part.mask
            without = found.without[name] if is_known and len(fusion.weights) > 1 else None
            told[name] = _of_kind(weight, fusion.skills.get(name, 0.0), int(part.mask.sum()), reason) | {
                "alone": self._accuracy(found.alone[name] if is_known else None, own),
                "without": self._accuracy(without, judged),
            }
        return told

    def _accuracy(self, shares: np.ndarray | None, judged: np.ndarray) -> dict[str, Any]:
        """Accuracy with its interval on these videos; untested where there is nothing to tell apart."""
        labels = self._labels[judged]
        if shares is None or len(np.unique(labels)) < 2:
            return {**UNTESTED, "count": int(judged.sum())}
        return share_right(Scored(shares[judged], labels, self._groups[judged]).right, self._groups[judged])

    def _tick(self, message: str) -> Callable[[], None]:
        def count() -> None:
            self._done += 1
            self._tell(self._done, self._total, message)

        return count


def _of_kind(weight: float, skill: float, videos: int, reason: str | None = None) -> dict[str, Any]:
    return {"weight": weight, "skill": float(skill), "videos": videos, "reason": reason}


def heads_of(
    parts: Mapping[str, Part], winner: str, config: TrainConfig, own: Mapping[str, Any] = NO_HEADS
) -> dict[str, Candidate]:
    """The head of each kind of evidence: of those that race the one of this name, else the only one."""
    raced = {name: _raced(part.rows, config, own) for name, part in parts.items()}
    return {name: next((one for one in among if one.name == winner), among[0]) for name, among in raced.items()}


def _raced(rows: Preparation, config: TrainConfig, own: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """The heads that a kind of evidence with such rows chooses from, simplest first."""
    if rows != "rooted":
        return cheap_candidates(rows)
    return candidates(config.heads, config.strengths, own, config.trusted_types)


def _selection_part(labels: np.ndarray, groups: np.ndarray, config: TrainConfig) -> np.ndarray:
    """The rows that decide on the head: all, or of a large library whole groups of every folder alike."""
    if len(labels) <= config.selection_videos:
        return np.arange(len(labels))
    parts = -(-len(labels) // config.selection_videos)
    return np.flatnonzero(grouped_folds(labels, groups, parts, config.seed) == 0)
