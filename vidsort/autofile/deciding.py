"""What was predicted of videos at the moment when a person decides on them, remembered beside the decision."""

import dataclasses
import logging
from collections.abc import Iterable

from ..errors import VidsortError
from ..pile.pages import Pile
from ..pile.predictions import Predictions
from ..records import Move
from ..store.people.decisions import Decided, Decisions

log = logging.getLogger(__name__)


def guessed(
    pile: Pile, predictions: Predictions, filenames: Iterable[str], blind_share: float, *, one_by_one: bool
) -> dict[str, Decided]:
    """What is predicted of these videos now, to be remembered once they are sorted; without a prediction: nothing.

    A video that is sorted alone was not seen with its guess if it is a blind card; many at a time were chosen by it.
    """
    cards = pile.blind(predictions, blind_share) if one_by_one else None
    found = {}
    for name in filenames:
        said = predictions.by_video.get(name)
        if said is None:
            continue
        is_blind = cards is not None and name in cards.names
        held = cards.held.get(name) if cards is not None and is_blind else None
        found[name] = Decided(
            "", said.predicted_folder, said.confidence, is_blind, *((held.folder, held.at_most_wrong) if held else ())
        )
    return found


def remember(decisions: Decisions, guesses: dict[str, Decided], moves: Iterable[Move]) -> None:
    """Write down what became of these guesses; the videos are sorted by then, so that a failure is only told."""
    decided = {
        move.id: dataclasses.replace(guesses[move.source], folder=move.target.rpartition("/")[0])
        for move in moves if move.source in guesses and move.target.count("/")
    }
    try:
        decisions.note(decided)
    except VidsortError as error:
        log.warning("What was predicted of sorted videos was not written down: %s", error)
