"""Sorting and undoing, and what was done."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...records import Action, Move
from .bounds import BATCH_LIMIT, Body, Filename, FolderName, MoveId, NewFolderName
from .folders import FoldersAnswer


class SortBody(Body):
    """One video and the folder it goes into."""

    filename: Filename
    folder: FolderName


class SortWish(Body):
    """The same in a batch, where a name against the rules is an outcome like any other."""

    filename: str
    folder: str


class SortBatchBody(Body):
    """Many of them, which one undo takes back; `makes` is a folder that is made first, by the same action."""

    moves: Annotated[list[SortWish], Field(min_length=1, max_length=BATCH_LIMIT)]
    makes: NewFolderName | None = None


class MoveBody(Body):
    """One video, the folder that it is `from` and the one that it goes `to`; null is the root, of the unsorted ones."""

    filename: Filename
    origin: Annotated[FolderName | None, Field(alias="from")]
    to: FolderName | None


class MoveWish(Body):
    """The same in a batch, where a name against the rules is an outcome like any other."""

    filename: str
    origin: Annotated[str | None, Field(alias="from")]
    to: str | None


class MoveBatchBody(Body):
    """Many of them, which one undo takes back."""

    moves: Annotated[list[MoveWish], Field(min_length=1, max_length=BATCH_LIMIT)]


class UndoBody(Body):
    """What is taken back: the move of this id, all of this batch, or else the last move with its whole batch."""

    id: MoveId | None = None
    batch: Annotated[str, Field(max_length=64)] | None = None


class SortAnswer(FoldersAnswer):
    """The video is in the folder now."""

    success: Literal[True] = True
    filename: str
    folder: str


class MoveAnswer(FoldersAnswer):
    """The video is there now."""

    model_config = ConfigDict(populate_by_name=True)

    success: Literal[True] = True
    filename: str
    origin: Annotated[str | None, Field(alias="from")]
    to: str | None


class OneOutcome(BaseModel):
    """What came of one video of a batch; `status` is what it would be if it were asked for alone."""

    filename: str
    success: bool
    status: int
    detail: str | None = None


class SortOutcome(OneOutcome):
    """The same of a sort."""

    folder: str


class MoveOutcome(OneOutcome):
    """The same of a move."""

    model_config = ConfigDict(populate_by_name=True)

    origin: Annotated[str | None, Field(alias="from")]
    to: str | None


class MoveBatchAnswer(FoldersAnswer):
    """Each with its own outcome; `success` when all went well. `batch`: what one undo takes back, if anything."""

    success: bool
    batch: str | None
    outcomes: list[MoveOutcome]


class SortBatchAnswer(FoldersAnswer):
    """Each with its own outcome; `success` when all went well. `batch`: what one undo takes back, if anything."""

    success: bool
    batch: str | None
    outcomes: list[SortOutcome]


class MovesAnswer(FoldersAnswer):
    """The moves that were made, undone or done again; `heirs`: which folder took the place of one that has gone.

    `told`: a sentence for each file beside a video that has gone or was changed since it went along, and for a
    merged folder that stays because of what else it holds.
    """

    moves: list[Move]
    heirs: dict[str, str]
    told: list[str]


class HistoryAnswer(BaseModel):
    """The last moves, newest first."""

    moves: list[Move]


class ActionsAnswer(BaseModel):
    """What was done last, newest first: a batch counts as one."""

    actions: list[Action]
