"""What the review page needs beside the documented routes."""

from fastapi import APIRouter, Query

from ...library.names import check_filename
from ...pile.pace import Pace
from ..answers import Here, faults
from ..contract import PAGE_LIMIT, EntriesBody, Order, Preferences, QueueAnswer, SkipBody
from .videos import Cursor


def add_routes(router: APIRouter) -> None:
    """Add them."""
    router.get("/api/queue", responses=faults(400))(queue)
    router.post("/api/queue/entries")(entries)
    router.post("/api/skip", responses=faults(400))(skip)
    router.delete("/api/skip/{filename}", responses=faults(400))(unskip)
    router.get("/api/preferences")(preferences)
    router.put("/api/preferences")(set_preferences)
    router.get("/api/pace")(pace)


def queue(
    here: Here, order: Order = "confident", limit: int = Query(50, ge=1, le=PAGE_LIMIT), cursor: Cursor = None
) -> QueueAnswer:
    """The pile in the order of review, with what the page shows of each video; those put off come last."""
    return QueueAnswer.model_validate(here.queue(limit, cursor, order))


def entries(here: Here, body: EntriesBody) -> QueueAnswer:
    """The same of these videos, as far as they are unsorted; nothing is changed."""
    return QueueAnswer.model_validate(here.entries(body.filenames))


def skip(here: Here, body: SkipBody) -> SkipBody:
    """Put a video off: it comes last in the queue."""
    here.library.review.skip(check_filename(body.filename))
    return body


def unskip(here: Here, filename: str) -> SkipBody:
    """Put a video back in its place in the queue."""
    here.library.review.unskip(check_filename(filename))
    return SkipBody(filename=filename)


def preferences(here: Here) -> Preferences:
    """The page's preferences, the same for every browser."""
    return Preferences.model_validate(here.library.review.preferences())


def set_preferences(here: Here, body: Preferences) -> Preferences:
    """Replace them."""
    here.library.review.set_preferences(body.model_dump(exclude_none=True))
    return body


def pace(here: Here) -> Pace:
    """How fast the person sorts, and when the pile will be empty."""
    return here.pace()
