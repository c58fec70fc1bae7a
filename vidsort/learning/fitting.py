"""The pure part of training: features and folders to a calibrated classifier and the evidence for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from ..errors import NotEnoughLabelsError
from ..steps import StepConfig
from .basis import root, span
from .calibration import Calibration
from .classifier import Classifier
from .heads import Name, candidates, expand, logits
from .scores import Scored, scores
from .selection import Choice, Trials, choose, grouped_folds, nested

# Below this many videos one thread is faster than two, and leaves the other core to the rest of the machine.
THREADS_FROM = 3000


class TrainConfig(StepConfig):
    """What decides a model, beside the videos; every field is in the model's manifest."""

    seed: int = Field(0, ge=0, lt=2**32, description="what folds and the MLP's start are drawn from")
    folds: int = Field(5, ge=2, le=20, description="folds of the cross-validation")
    repeats: int = Field(3, ge=1, le=20, description="how often candidates that are close are compared anew")
    heads: tuple[Name, ...] = Field(
        ("centroid", "lda", "logistic", "neighbours", "mlp"), min_length=1, description="the heads that may be chosen"
    )
    strengths: tuple[float, ...] = Field((3.0, 30.0), min_length=1, description="values of C of logistic regression")
    selection_videos: int = Field(
        4000, ge=100, description="of a larger library, so many videos decide on the head; the others give the scores"
    )


@dataclass(frozen=True)
class Trained(Classifier):
    """A classifier with the evidence for it.

    metrics: what metrics.json holds. choice: the race of heads. probabilities: float [n, folders], of
    each video when it was left out of training; scored: bool [n], whether it could be known then.
    """

    metrics: dict[str, Any]
    choice: Choice
    probabilities: np.ndarray
    scored: np.ndarray


def fit_classifier(
    X: np.ndarray,  # noqa: N803 (the customary name)
    y: Sequence[str],
    groups: np.ndarray,
    config: TrainConfig,
    tell: Callable[[int, int, str], None] = lambda _done, _total, _message: None,
) -> Trained:
    """Choose, fit and calibrate a classifier; pure, and the same for the same input.

    X: float32 [n, d], features as they are stored. y: the folder of each. groups: int [n], rows of
    one number are never on both sides of a split. `tell` is called with folds done, folds in all
    and what is being done. Raises NotEnoughLabelsError for fewer than two folders.
    """
    import sklearn.linear_model  # noqa: F401 (libraries that are loaded later would not be limited below)
    from threadpoolctl import threadpool_limits

    folders, labels, counts = np.unique(np.array(y, dtype=str), return_inverse=True, return_counts=True)
    if len(folders) < 2:
        raise NotEnoughLabelsError(
            f"Training needs videos in at least two folders and found {len(folders)}: sort a few videos first."
        )
    with threadpool_limits(1 if len(X) < THREADS_FROM else None):
        return _fit(X, tuple(folders.tolist()), labels, counts, np.asarray(groups), config, tell)


def _fit(
    X: np.ndarray,  # noqa: N803
    folders: tuple[str, ...],
    labels: np.ndarray,
    counts: np.ndarray,
    groups: np.ndarray,
    config: TrainConfig,
    tell: Callable[[int, int, str], None],
) -> Trained:
    rooted = root(X)
    basis = span(rooted)
    rows = basis.rows(rooted)
    del rooted
    heads = candidates(config.heads, config.strengths)
    part = _selection_part(labels, groups, config)
    trials = [
        Trials(rows[part], labels[part], grouped_folds(labels[part], groups[part], config.folds, config.seed + repeat),
               len(folders), config.seed)
        for repeat in range(config.repeats)
    ]
    folds = len(trials[0].folds)
    done, total = 0, folds * (config.repeats + 1)

    def tick(message: str) -> Callable[[], None]:
        def count() -> None:
            nonlocal done
            done += 1
            tell(done, total, message)

        return count

    choice = choose(trials, heads, groups[part], tick("comparing heads"))
    if len(part) == len(rows):
        whole = trials[0]
        calibrated, raw = nested(whole, heads, groups, tick("scoring the choice"))
        counted = np.ones(len(rows), bool)
    else:
        # The videos that took part in the choice do not count in the scores; the others are unbiased.
        fold_of = grouped_folds(labels, groups, config.folds, config.seed)
        whole = Trials(rows, labels, fold_of, len(folders), config.seed)
        calibrated, raw = nested(whole, [choice.winner], groups, tick("scoring the choice"))
        counted = np.isin(np.arange(len(rows)), part, invert=True)
    answers = np.full((len(rows), len(folders)), -np.inf)
    for fold in whole.folds:
        answers[whole.fold_of == fold] = whole.answers(choice.winner, fold)
    scored = np.isfinite(answers[np.arange(len(rows)), labels])
    fitted = choice.winner.fit(rows, labels, config.seed)
    # Where no folder has a second video, what was learned is all there is; its count keeps it modest.
    calibration = Calibration.fit(answers if scored.any() else logits(fitted, rows, len(folders)), labels)
    tell(total, total, "done")
    judged = scored & counted
    return Trained(
        folders=folders, mean=basis.mean, scale=basis.scale, head=expand(fitted, basis.directions),
        calibration=calibration,
        metrics=_metrics(calibrated[judged], raw[judged], labels[judged], groups[judged], folders, counts, config),
        choice=choice, probabilities=calibrated, scored=scored,
    )


def _selection_part(labels: np.ndarray, groups: np.ndarray, config: TrainConfig) -> np.ndarray:
    """The rows that decide on the head: all, or of a large library whole groups of every folder alike."""
    if len(labels) <= config.selection_videos:
        return np.arange(len(labels))
    parts = -(-len(labels) // config.selection_videos)
    return np.flatnonzero(grouped_folds(labels, groups, parts, config.seed) == 0)


def _metrics(
    calibrated: np.ndarray, raw: np.ndarray, labels: np.ndarray, groups: np.ndarray,
    folders: tuple[str, ...], counts: np.ndarray, config: TrainConfig,
) -> dict[str, Any]:
    found = scores(Scored(calibrated, labels, groups), folders, counts.tolist(), config.seed)
    before = scores(Scored(raw, labels, groups), folders, counts.tolist(), config.seed)
    return found | {
        "before_calibration": {name: before[name] for name in ("calibration_error", "log_loss", "reliability")},
        "split": {
            "kind": "stratified grouped cross-validation, nested: head and temperature are chosen without the fold",
            "folds": config.folds, "videos": len(labels), "groups": len(np.unique(groups)),
            "intervals": "95 %: Wilson over groups for accuracy and recalls, bootstrap over groups for the others",
        },
    }
