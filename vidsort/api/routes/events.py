"""What changes, told to the page as it happens (server-sent events)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from ..answers import Here
from ..contract import State
from .subject import Subject

LOOK_S = 0.5
RETRY_MS = 1000

router = Subject("Events")


class _Events(EventSourceResponse):
    """FastAPI's own, which sends a sign of life when nothing has changed for 15 s; its errors are JSON."""

    media_type: Any = None


@router.get("/api/events", response_class=_Events, response_description="One event `state` at each change")
async def events(here: Here) -> AsyncIterator[State]:
    """Folders, number of unsorted videos, the retrain job and the version of predictions, at each change."""
    told = None
    while True:
        state = await run_in_threadpool(here.state)
        if state != told:
            yield _event(State.model_validate(state), None if told else RETRY_MS)
            told = state
        await asyncio.sleep(LOOK_S)


def _event(state: State, retry_ms: int | None) -> Any:
    """What FastAPI takes in the place of the state: the schema has the state, and the event a name."""
    return ServerSentEvent(event="state", data=state, retry=retry_ms)
