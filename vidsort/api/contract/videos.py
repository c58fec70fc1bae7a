"""Unsorted videos with their predictions, and what is told while one cannot be played yet."""

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from ...pile.order import ORDERS
from ...records import FolderScore

if TYPE_CHECKING:
    Order = str
else:
    Order = Literal[tuple(ORDERS)]


class VideoEntry(BaseModel):
    """An unsorted video with its prediction; without one: null, 0, []."""

    filename: str
    predicted_folder: str | None
    confidence: float
    top_predictions: list[FolderScore]


class VideosAnswer(BaseModel):
    """The unsorted videos; `next_cursor` is there when a page was asked for and there are more."""

    videos: list[VideoEntry]
    total: int
    next_cursor: str | None = None


class Preparing(BaseModel):
    """A copy is being made; `done` is its share from 0 to 1, null while that is not known."""

    status: Literal["preparing"] = "preparing"
    done: float | None = None
