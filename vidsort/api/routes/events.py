"""What changes, told to the page as it happens (server-sent events)."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from ..answers import Here
from ..workspace import Workspace
from .subject import Subject

LOOK_S = 0.5
# Proxies close a stream that says nothing for a minute.
HEARTBEAT_S = 15.0
STREAM = {200: {"content": {"text/event-stream": {}}, "description": "One event `state` at each change"}}

router = Subject("Events")


@router.get("/api/events", response_class=StreamingResponse, responses=STREAM)
async def events(here: Here, request: Request) -> StreamingResponse:
    """Folders, number of unsorted videos, the retrain job and the version of predictions, at each change."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_states(here, request), media_type="text/event-stream", headers=headers)


async def _states(here: Workspace, request: Request) -> AsyncIterator[str]:
    told, silent_s = None, 0.0
    yield "retry: 1000\n\n"
    while not await request.is_disconnected():
        state = json.dumps(await run_in_threadpool(here.state))
        if state != told:
            told, silent_s = state, 0.0
            yield f"event: state\ndata: {state}\n\n"
        elif silent_s >= HEARTBEAT_S:
            silent_s = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_S)
        silent_s += LOOK_S
