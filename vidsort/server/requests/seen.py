"""Middleware around the guard that gives each request an id, counts it, and has a line of the log for it."""

import logging
import re
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...api.metrics import Metrics
from ...api.routes.subject import Route
from ...logs import REQUEST_ID, TOLD

log = logging.getLogger(__name__)

HEADER = b"x-request-id"
# What may stand in logs, headers and a shell as it is.
SANE = re.compile(rb"[A-Za-z0-9._=+/-]{1,64}")
# What is not of the documented routes: what the pages are made of, and what is not there or refused before it is known.
PAGE, NONE = "page", "none"


class Seen:
    """Each answer carries `X-Request-ID`: the one that came with the request where it is sane, else a new one."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._count = metrics.requests.count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _id_of(scope)
        # Not taken back: what goes wrong is logged after this has ended, in the same task.
        REQUEST_ID.set(request_id)
        begun_s, is_answered = time.perf_counter(), False

        async def watched(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start" and not is_answered:
                is_answered = True
                headers = [*message.get("headers", ()), (HEADER, request_id.encode("ascii"))]
                message = {**message, "headers": headers}
                self._tell(scope, message["status"], time.perf_counter() - begun_s)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if not is_answered:
                self._tell(scope, 500, time.perf_counter() - begun_s)
            raise

    def _tell(self, scope: Scope, status: int, took_s: float) -> None:
        route = _route_of(scope, status)
        self._count(route, scope["method"], status, took_s)
        if log.isEnabledFor(logging.INFO):
            told = {
                "method": scope["method"], "path": scope["path"], "route": route, "status": status,
                "took_s": round(took_s, 6),
            }
            log.info("%s %s %d", scope["method"], scope["path"], status, extra={TOLD: told})


def _id_of(scope: Scope) -> str:
    given = [value for name, value in scope["headers"] if name == HEADER]
    if len(given) == 1 and SANE.fullmatch(given[0]):
        return given[0].decode("ascii")
    return secrets.token_hex(8)


def _route_of(scope: Scope, status: int) -> str:
    """The template of the route that answered, or what else did."""
    route = scope.get("route")
    if isinstance(route, Route):
        return route.path_format
    return PAGE if route is not None or status < 400 else NONE
