"""How the server is, for Prometheus."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from ..metrics import Metrics
from .subject import Subject


async def _metrics(request: Request) -> Metrics:
    return request.app.state.metrics


router = Subject("Library and health")
TEXT = "text/plain; version=0.0.4; charset=utf-8"
ANSWER = {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "In Prometheus's text format"}


@router.get("/metrics", summary="How the server is, for Prometheus", response_class=Response, responses={200: ANSWER})
def metrics(known: Annotated[Metrics, Depends(_metrics)]) -> Response:
    """Requests, the pile, moves, jobs, how long learning takes, what is left out, and room on the disk.

    Of a server of several processes whichever is asked tells of all. Where it is asked who comes, a scraper sends a
    viewer's token as `Authorization: Bearer <token>`.
    """
    return Response(known.text(), media_type=TEXT)
