"""What the review page needs beside the documented routes."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from ...records import Folder, Move
from .bounds import LEASE_LIMIT, PAGE_LIMIT, Body, Filename
from .jobs import LookStatus, RetrainStatus
from .videos import Order, VideoEntry

Key = Annotated[str, Field(min_length=1, max_length=32)]


class SkipBody(Body):
    """The video to put off."""

    filename: Filename


class EntriesBody(Body):
    """The videos that are asked for."""

    filenames: Annotated[list[str], Field(max_length=PAGE_LIMIT)]


class QueueEntry(VideoEntry):
    """A video as the review page needs it; facts are null until the video was looked at.

    `blind`: the page does not show the guesses, so that it is known how good they are; they are here all the same.
    `playable`: the browser plays the file itself, or its H.264 copy (`/playable/…`), or neither.
    """

    skipped: bool = False
    blind: bool = False
    unreadable: str | None = None
    playable: Literal["direct", "copy", "none"] = "direct"
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    caption: str | None = None


class QueueAnswer(BaseModel):
    """A page of the queue; videos put off come last and count in `skipped`; `predictions` as the events name them.

    `elsewhere`: how many of the pile were left out because other browsers show them now.
    """

    videos: list[QueueEntry]
    total: int
    skipped: int
    elsewhere: int = 0
    predictions: str
    next_cursor: str | None = None


class LeasesBody(Body):
    """The videos that a browser shows, and those that it shows next."""

    filenames: Annotated[list[Filename], Field(max_length=LEASE_LIMIT)]


class LeasesAnswer(BaseModel):
    """Which of them are offered to no other browser for `lease_s`, and which are on show in another one."""

    here: list[str]
    elsewhere: list[str]
    lease_s: float


class BlindAnswer(BaseModel):
    """The cards of the pile that are blind now, sorted; those of the queue say so themselves."""

    filenames: list[str]


class Preferences(Body):
    """What the page remembers for every browser: keys of folders and actions, the order, the player, the colours."""

    folder_keys: dict[Annotated[str, Field(max_length=255)], Key] = Field({}, max_length=1000)
    keys: dict[Annotated[str, Field(max_length=64)], Key] = Field({}, max_length=100)
    order: Order | None = None
    muted: bool | None = None
    volume: Annotated[float, Field(ge=0, le=1)] | None = None
    speed: Annotated[float, Field(gt=0, le=16)] | None = None
    colours: Literal["light", "dark"] | None = None


class Moved(BaseModel):
    """What was filed, moved, taken back or done again since the last event of this kind, in that order.

    `by` says which browser did it. Of very many only the last are told, and `left_out` says how many more there were.
    """

    moves: list[Move]
    left_out: int = 0


class State(BaseModel):
    """What the page is told when it changes; `away` and `heirs` as GET /api/library has them.

    `predictions` is another text when other predictions are in force.
    """

    away: str | None
    folders: list[Folder]
    heirs: dict[str, str]
    total: int
    retrain: RetrainStatus
    look: LookStatus
    predictions: str
