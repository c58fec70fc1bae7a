"""What is known of how often the predictions in force are right: of labelled videos left out, and of blind cards."""

import functools
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..artifacts import current, model_dir, predictions_path
from ..errors import ArtifactError, NotFoundError
from ..insight.comparison import OutOfFold, read_out_of_fold
from ..pile.filing.promise import Answers, answers_of
from ..store.people.decisions import Decided

# Two-sided; where its lower end is above what was promised, the promise did not hold.
REALISED_LEVEL = 0.90
NOBODY = Answers(np.zeros(0), np.zeros(0, bool), np.zeros(0))


@dataclass(frozen=True)
class Realised:
    """How many of the blind cards that would have been filed were wrong, with the 90 % interval of that share."""

    wrong: int
    checked: int
    low: float
    high: float
    holds: bool


def labelled_answers(artifacts_dir: Path, filed_alone: Container[str]) -> tuple[Answers, str | None]:
    """What the model in force said of labelled videos while they were left out; and why nothing is known, if so.

    `filed_alone`: filenames of videos that were filed without a person, whose folder proves nothing.
    """
    try:
        now = current(artifacts_dir)
        if now is None or now.model_id is None or _is_replaced(artifacts_dir):
            return NOBODY, "the predictions come from another program, and nothing is known of how often they are right"
        found = _answers_in(model_dir(artifacts_dir, now.model_id))
    except (ArtifactError, NotFoundError) as error:
        return NOBODY, f"what the model in force said of labelled videos cannot be read ({error})"
    rows = [
        row for row, name in enumerate(found.filenames) if found.scored[row] and name not in filed_alone
        and found.ranked[row]
    ]
    return answers_of(
        np.array([found.ranked[row][0][1] for row in rows], float),
        np.array([found.ranked[row][0][0] == found.labels[row] for row in rows], bool),
        np.array([found.groups[row] for row in rows], int),
    ), None


def blind_answers(decided: Sequence[Decided]) -> Answers:
    """What was predicted of cards that showed no guess, beside what the person said."""
    return answers_of(
        np.array([each.confidence for each in decided], float),
        np.array([each.predicted == each.folder for each in decided], bool),
        np.arange(len(decided)),
    )


def realised(decided: Sequence[Decided], at_most_wrong: float, least_confidence: float | None) -> Realised:
    """What came of promises of at most this share: cards held back under one, and others as sure as what is filed."""
    from scipy.stats import beta

    wrong, checked = 0, 0
    for each in decided:
        if each.held is not None and each.at_most_wrong is not None and each.at_most_wrong <= at_most_wrong:
            said = each.held
        elif least_confidence is not None and each.confidence >= least_confidence:
            said = each.predicted
        else:
            continue
        checked += 1
        wrong += said != each.folder
    tail = (1 - REALISED_LEVEL) / 2
    low = float(beta.ppf(tail, wrong, checked - wrong + 1)) if wrong else 0.0
    high = float(beta.ppf(1 - tail, wrong + 1, checked - wrong)) if wrong < checked else 1.0
    return Realised(wrong, checked, low, high, low <= at_most_wrong)


def _is_replaced(artifacts_dir: Path) -> bool:
    """Whether another program has written predictions.json since ours were published."""
    ours, there = artifacts_dir / "current.json", predictions_path(artifacts_dir)
    try:
        if there.stat().st_mtime_ns <= ours.stat().st_mtime_ns:
            return False
        now = current(artifacts_dir)
        kept = artifacts_dir / "predictions" / now.predictions_id / "predictions.json" if now else there
        return there.read_bytes() != kept.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{there} cannot be read ({error})") from error


@functools.lru_cache(maxsize=2)
def _answers_in(folder: Path) -> OutOfFold:
    """Kept, for a version never changes."""
    return read_out_of_fold(folder)
