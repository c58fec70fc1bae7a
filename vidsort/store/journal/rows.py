"""The rows of the journal: a change that shall be made, as it is journaled, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from ...records import Move

Direction = Literal["forth", "back"]
# Kinds of moves of one video each, which can be taken back alone also where they are of a batch; and all of videos.
OF_ONE_VIDEO = ("sort", "move")
OF_VIDEOS = (*OF_ONE_VIDEO, "merge")
# Of the table `moves`, as a Move has them, in this order.
MOVE_COLUMNS = "id, batch, kind, source, target, state, at, author, account"
OF_MOVE = len(MOVE_COLUMNS.split())


def move_of(row: Sequence[Any]) -> Move:
    """The move that these columns are of."""
    names = ("id", "batch", "kind", "source", "target", "state", "at", "by", "account")
    return Move(**dict(zip(names, row, strict=True)))


class Fate(Enum):
    """What came of a pending row."""

    REACHED = "the disk is as the row's direction says"
    STAYED = "nothing was changed; undo or redo may try again"
    DROPPED = "nothing was changed, nor can it be: undo and redo go on to the row before"


@dataclass(frozen=True)
class Sidecar:
    """A file that changes places with the video beside it, as it was when it was looked at last.

    `shared_with`: the other videos that it belongs to, where they leave before this one in the same action.
    """

    name: str
    size_bytes: int
    mtime_ns: int
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intent:
    """One change that shall be made; places are relative to the library, an empty one means nothing is there.

    `size_bytes` is a video's before the move, `mode` the permissions of a folder to be removed, `sidecars` go along.
    """

    kind: str
    source: str
    target: str
    size_bytes: int | None = None
    mode: int | None = None
    sidecars: tuple[Sidecar, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A journaled move with what recovery needs to know; `direction` is None unless it is pending.

    `sidecars`: what goes along with the video while that is pending, else what went along.
    """

    move: Move
    size_bytes: int | None
    mode: int | None
    direction: Direction | None
    sidecars: tuple[Sidecar, ...] = ()

    @property
    def is_of_video(self) -> bool:
        """Whether a video is moved, not a folder."""
        return self.move.kind in OF_VIDEOS

    @property
    def origin(self) -> str:
        """Where the thing is before this entry's direction is carried out."""
        return self.move.target if self.direction == "back" else self.move.source

    @property
    def destination(self) -> str:
        """Where the thing is afterwards."""
        return self.move.source if self.direction == "back" else self.move.target
