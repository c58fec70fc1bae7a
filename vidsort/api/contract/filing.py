"""Filing without a person: what is asked for, what would be done or was, and on what it rests."""

from typing import Annotated

from pydantic import BaseModel, Field

from ...records import Folder
from .bounds import Body
from .folders import FoldersAnswer
from .moves import SortOutcome, SortWish


class AutofileBody(Body):
    """So large a share may be wrong; nothing is moved while `dry_run` is true."""

    at_most_wrong: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.02
    dry_run: bool = True


class SureGuess(SortWish):
    """A video that would be filed, and how sure its guess is."""

    confidence: float


class RealisedWrong(BaseModel):
    """Of blind cards that would have been filed, so many were wrong; `low` to `high`: 90 % interval of the share."""

    wrong: int
    checked: int
    low: float
    high: float
    holds: bool


class Basis(BaseModel):
    """On what a promise rests: different labelled videos left out, blind cards, how much of that is like the pile.

    `harder`: by what share the pile is less sure than what was labelled. `least_confidence`: of what would be filed.
    `enough`: how many labelled videos would let something be filed, where nothing is; null where that is not known.
    """

    labelled: int
    blind: int
    evidence: float
    pile: int
    harder: float
    least_confidence: float | None
    enough: int | None
    realised: RealisedWrong


class AutofileAnswer(FoldersAnswer):
    """What would be filed or, as `batch`, was; of it the share `expected_wrong` is wrong, `upper_bound` at the most.

    `reason` says in words on what that rests, or why nothing is filed. `held`: what stays in the pile, as blind cards.
    `counts`: how many go into each folder. `least_sure`: the ten that are most likely wrong. `skipped`: what could not
    be moved. `left`: how many more could be filed by the next call.
    """

    moves: list[SortWish]
    expected_wrong: float
    upper_bound: float
    reason: str
    batch: str | None
    held: list[str]
    counts: list[Folder]
    least_sure: list[SureGuess]
    skipped: list[SortOutcome]
    left: int
    rests_on: Basis
