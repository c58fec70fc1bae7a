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
    filenames = list(filenames)
    blind = pile.blind_among(predictions, filenames, blind_share) if one_by_one else {}
    found = {}
    for name in filenames:
        said = predictions.by_video.get(name)
        if said is None:
            continue
        held = blind.get(name)
        found[name] = Decided(
            "", said.predicted_folder, said.confidence, name in blind,
            *((held.folder, held.at_most_wrong) if held else ()),
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
