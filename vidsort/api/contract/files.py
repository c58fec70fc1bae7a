"""Files for playback."""

from typing import Literal

from pydantic import BaseModel


class Preparing(BaseModel):
    """A copy is being made; `done` is its share from 0 to 1, null while that is not known."""

    status: Literal["preparing"] = "preparing"
    done: float | None = None
