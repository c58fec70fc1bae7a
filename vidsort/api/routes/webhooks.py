"""What this server sends to the addresses of [[webhooks]], for the schema: nothing here is asked of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Header

from ..contract.webhooks import MovesTold, RetrainTold

TITLE = "Webhooks"
Id = Annotated[str, Header(alias="X-Vidsort-Id", description="The same where a message is sent again")]
Timestamp = Annotated[str, Header(alias="X-Vidsort-Timestamp", description="When it was sent, seconds since the epoch")]
Signature = Annotated[
    str, Header(alias="X-Vidsort-Signature", description="sha256= and the HMAC of timestamp, a dot and the body")
]

TAKEN_OR_NOT: dict[int | str, dict[str, Any]] = {"default": {"description": "Not taken: it is sent again, a few times"}}

router = APIRouter(tags=[TITLE], responses=TAKEN_OR_NOT)


@router.post("filed", summary="Videos were filed", status_code=204, response_description="Taken")
def filed(body: MovesTold, message: Id, timestamp: Timestamp, signature: Signature) -> None:
    """Videos went from the pile into folders, whoever did it. Any 2xx takes the message."""


@router.post("moved", summary="Videos or folders were moved", status_code=204, response_description="Taken")
def moved(body: MovesTold, message: Id, timestamp: Timestamp, signature: Signature) -> None:
    """Sorted videos went elsewhere, or folders were made, renamed, merged or removed."""


@router.post("taken_back", summary="Something was taken back", status_code=204, response_description="Taken")
def taken_back(body: MovesTold, message: Id, timestamp: Timestamp, signature: Signature) -> None:
    """Moves of any kind were undone."""


@router.post("retrained", summary="A retrain has ended", status_code=204, response_description="Taken")
def retrained(body: RetrainTold, message: Id, timestamp: Timestamp, signature: Signature) -> None:
    """A retrain has ended, well or not; `data` is what `GET /api/retrain/status` answers."""
