"""What changes, told to the page as it happens (server-sent events)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from ...accounts import PERSON
from ...records import Move
from ..answers import Here
from ..contract import Moved, State
from ..workspace import Workspace
from .subject import Subject

LOOK_S = 0.5
RETRY_MS = 1000
# So many moves are told at once; whoever follows looks at the pile anew where there were more.
MOST_TOLD = 500

router = Subject("Events")


class _Events(EventSourceResponse):
    """FastAPI's own, which sends a sign of life when nothing has changed for 15 s; its errors are JSON."""

    media_type: Any = None


class _Mark(NamedTuple):
    """Up to where the moves of which library were told."""

    library: str
    number: int


@router.get(
    "/api/events", summary="Follow what changes", response_class=_Events,
    response_description="An event `moved` after moves of anyone, and one `state` at each change",
)
async def events(here: Here) -> AsyncIterator[State | Moved]:
    """What was filed, moved and taken back; then folders, number of unsorted videos, job, version of predictions.

    It ends with the session, and where the role has become another one.
    """
    told, mark = None, None
    person = PERSON.get()
    while await run_in_threadpool(person.is_still_in):
        moves, mark = await run_in_threadpool(_moved, here, mark)
        state = await run_in_threadpool(here.state)
        retry_ms = RETRY_MS if told is None else None
        if moves:
            yield _event("moved", Moved(moves=moves[-MOST_TOLD:], left_out=max(0, len(moves) - MOST_TOLD)), retry_ms)
        if state != told:
            yield _event("state", State.model_validate(state), retry_ms)
            told = state
        await asyncio.sleep(LOOK_S)


def _moved(here: Workspace, mark: _Mark | None) -> tuple[list[Move], _Mark]:
    """What was moved since then, and where the journal is now."""
    library = here.library
    if mark is None or mark.library != library.history:
        return [], _Mark(library.history, library.activity.mark())
    number = library.activity.mark()
    if number == mark.number:
        return [], mark
    return library.activity.between(mark.number, number), _Mark(mark.library, number)


def _event(name: str, data: State | Moved, retry_ms: int | None) -> Any:
    """What FastAPI takes in the place of the data: the schema has those, and the event a name."""
    return ServerSentEvent(event=name, data=data, retry=retry_ms)
