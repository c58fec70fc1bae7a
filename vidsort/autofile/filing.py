"""File what is surely right, so that at most a promised share of it is wrong: planned, then done as one action."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from ..library import Snapshot
from ..library.moves import Outcome
from ..library.moves.mover import Mover
from ..library.moves.plans import Wish
from ..pile.filing.blind import held_back
from ..pile.filing.promise import FEWEST_ANSWERS, FEWEST_FILED, LEVEL, Promise, promised
from ..pile.predictions import Predictions
from ..steps import counted, percent
from ..store.people.decisions import Decisions
from ..store.people.review import Review
from .evidence import Realised, blind_answers, labelled_answers, realised

# What one batch may hold; the rest is for the next one.
MOST_FILED = 10_000
LEAST_SURE = 10
# From such a share on it is said that the pile is harder than what was labelled.
HARDER_FROM = 0.15


class OpenedLibrary(Protocol):
    """What filing needs of a library."""

    artifacts_dir: Path
    decisions: Decisions
    review: Review
    mover: Mover

    def snapshot(self) -> Snapshot:
        """The names now."""

    def why_away(self) -> str | None:
        """Why this is plainly not the library that it was."""


class Choice(NamedTuple):
    """A video, the folder that it is predicted in, and how surely."""

    filename: str
    folder: str
    confidence: float


@dataclass(frozen=True)
class Plan:
    """What would be filed (the surest first) and what of that is asked about instead; `reason` says on what it rests.

    labelled, blind: how many different answers of each kind there are. pile: how many videos it was chosen from.
    left: how many more could be filed, and wait for the next batch.
    """

    at_most_wrong: float
    moves: tuple[Choice, ...]
    held: tuple[Choice, ...]
    promise: Promise
    labelled: int
    blind: int
    pile: int
    left: int
    realised: Realised
    reason: str

    @property
    def least_sure(self) -> tuple[Choice, ...]:
        """Those of the moves that are most likely wrong, the least sure first."""
        return self.moves[: -LEAST_SURE - 1 : -1]

    @property
    def folders(self) -> dict[str, int]:
        """How many go into each folder, by its name."""
        return dict(sorted(Counter(each.folder for each in self.moves).items()))


def plan(library: OpenedLibrary, predictions: Predictions, at_most_wrong: float, blind_share: float) -> Plan:
    """What can be filed now so that at most this share of it is wrong; nothing is moved.

    Videos that were put off, or are asked about as blind cards since an earlier batch, are left to the person, and so
    is what is predicted in a folder that is not there.
    """
    snapshot, away = library.snapshot(), library.why_away()
    left_to_person = library.review.skipped().keys() | library.decisions.held().keys()
    known = (predictions.by_video.get(name) for name in snapshot.unsorted if name not in left_to_person)
    pile = sorted(
        (Choice(each.video, each.predicted_folder, each.confidence) for each in known
         if each is not None and each.predicted_folder in snapshot.folders),
        key=lambda each: (-each.confidence, each.filename),
    )
    answers, nothing_known = labelled_answers(library.artifacts_dir, library.decisions.filed_alone())
    decided = library.decisions.blind()
    blind = blind_answers(decided)
    found = promised(np.array([each.confidence for each in pile]), answers, blind, at_most_wrong)
    chosen = pile[: found.count]
    came_true = realised(decided, at_most_wrong, chosen[-1].confidence if chosen else None)
    if away is not None or not came_true.holds:
        chosen, found = [], Promise(0, 0.0, 0.0, found.evidence, found.harder)
    later, chosen = chosen[MOST_FILED:], chosen[:MOST_FILED]
    asked = set(held_back([each.filename for each in chosen], library.decisions.seed(), blind_share))
    made = Plan(
        at_most_wrong, tuple(each for each in chosen if each.filename not in asked),
        tuple(each for each in chosen if each.filename in asked), found, round(answers.count), round(blind.count),
        len(pile), len(later), came_true, "",
    )
    return Plan(**vars(made) | {"reason": away or _reason(made, chosen, nothing_known)})


def file(library: OpenedLibrary, planned: Plan) -> list[Outcome]:
    """File what was planned as one batch, which one undo takes back; each with its own outcome, as sorting has it."""
    if not planned.moves:
        return []
    noting = library.decisions.filed_alone_as(
        planned.at_most_wrong, [(each.filename, each.folder) for each in planned.held]
    )
    return library.mover.move_batch([Wish(each.filename, None, each.folder) for each in planned.moves], noting=noting)


def batch_of(outcomes: Sequence[Outcome]) -> str | None:
    """What one undo takes back; None where nothing was moved."""
    return next((outcome.move.batch for outcome in outcomes if outcome.move), None)


def told_if_harder(share: float) -> str | None:
    """The sentence for a pile of which this share is less sure than what was labelled; None where that is little."""
    if share < HARDER_FROM:
        return None
    return (
        f"The pile is harder than what was labelled: {percent(share)} of it is less sure than that, so that little is "
        "known of it; blind cards tell more."
    )


def _reason(made: Plan, chosen: Sequence[Choice], nothing_known: str | None) -> str:
    """Why so much is filed, or nothing."""
    asked = percent(made.at_most_wrong, 1 if made.at_most_wrong < 0.01 else 0)
    if not made.realised.holds:
        return (
            f"Of {counted(made.realised.checked, 'blind card')} that would have been filed so, {made.realised.wrong} "
            f"{'was' if made.realised.wrong == 1 else 'were'} wrong (90 % interval {percent(made.realised.low, 1)} to "
            f"{percent(made.realised.high, 1)}), so at most {asked} wrong is not promised any more: allow more, or "
            "sort on and retrain until the blind cards say otherwise."
        )
    if not made.pile:
        return "No unsorted video has a prediction in a folder that is there: sort a few, then retrain."
    rests = f"{counted(made.labelled, 'labelled video')} and {counted(made.blind, 'blind card')}"
    warning = told_if_harder(made.promise.harder)
    harder = f" {warning}" if warning else ""
    if chosen:
        return (
            f"{len(chosen)} of {counted(made.pile, 'video')} have a confidence of {percent(chosen[-1].confidence, 1)} "
            f"or more; by {rests} at most {asked} of them are wrong in {LEVEL:.0%} of such cases.{harder}"
        )
    if made.labelled + made.blind < FEWEST_ANSWERS:
        why = f", for {nothing_known}" if nothing_known else ""
        return (
            f"There is too little to go by: {rests}{why}. {FEWEST_ANSWERS} different ones, in two folders or more, are "
            "the least: sort more, then retrain."
        )
    enough = (
        f"About {made.promise.enough} labelled videos would be enough if they are guessed as well: sort more, then "
        "retrain." if made.promise.enough else
        f"More of the same would not be enough: too few of the pile are sure. Allow more than {asked}, or sort the "
        "least sure and retrain."
    )
    return (
        f"By {rests} no {counted(FEWEST_FILED, 'video')} of the pile can be filed with at most {asked} wrong. "
        f"{enough}{harder}"
    )
