"""What other programs are told by webhooks, of which the schema tells beside the routes."""

from typing import Literal

from pydantic import BaseModel

from .jobs import RetrainStatus
from .review import Moved


class Told(BaseModel):
    """What each message has: `id` stays the same where it is sent again; `time`: when it happened, UTC, ISO 8601."""

    id: str
    time: str


class MovesTold(Told):
    """Videos were filed (from the pile into a folder), or that was taken back, or anything else was moved."""

    event: Literal["filed", "moved", "taken_back"]
    data: Moved


class RetrainTold(Told):
    """A retrain has ended: `last_result` says how, and `verdict` whether its model was promoted."""

    event: Literal["retrained"]
    data: RetrainStatus
