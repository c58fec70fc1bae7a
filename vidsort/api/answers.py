"""How everything is answered, errors always as JSON with a sentence in `detail`; and who asks for what."""

import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ..accounts import PERSON, Role
from ..errors import VideoDecodeError, VidsortError
from ..logs import REQUEST_ID
from ..store.database import explained
from ..store.journal import AUTHOR
from .contract import BROWSER_HEADER, BROWSER_PATTERN, Fault, Misfit
from .workspace import Workspace

log = logging.getLogger(__name__)

UNFORESEEN = "Something went wrong that should not: the server's log says what."
SEE_DOCS = "see /docs for what this server answers."
MEANINGS = {
    400: "A name that is not allowed or not known, also that of this server",
    401: "A session, a token or the password is asked for",
    403: "It is for another role than that of who asks; or it comes from another site, or from another machine while "
    "nobody is asked who it is",
    404: "Not there",
    409: "The place is taken, there is nothing to do, or a disk is away; nothing was changed",
    413: "The body is too long",
    416: "Outside the file",
    422: "The request has the wrong shape",
    429: "Too many wrong passwords",
    500: "The disk did not do what was asked, or a file in artifacts is missing or damaged",
    503: "Who may come in cannot be seen now",
}


class Json(JSONResponse):
    """JSON in ASCII, so that a name which is no valid Unicode can be told as well."""

    def render(self, content: object) -> bytes:
        """The content as JSON; raises ValueError for NaN and infinity."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers these errors."""
    return {
        status: {"model": Misfit if status == 422 else Fault, "description": MEANINGS[status]} for status in statuses
    }


async def _workspace(request: Request) -> Workspace:
    return request.app.state.workspace


Here = Annotated[Workspace, Depends(_workspace)]


_SAID = Header(alias=BROWSER_HEADER, pattern=BROWSER_PATTERN, description="Which browser asks, by any id of its own")


async def _browser(said: Annotated[str | None, _SAID] = None) -> str | None:
    # Who only watches keeps no card from those who sort.
    browser = said if PERSON.get().role.includes(Role.REVIEWER) else None
    AUTHOR.set(browser)
    return browser


# Whose request it is, where it says so, or must; what is moved to answer it is noted as moved by that browser.
Browser = Annotated[str | None, Depends(_browser)]
KnownBrowser = Annotated[str, _SAID]
OF_BROWSER = Depends(_browser)


def no_such_route(path: str, method: str, allowed: Sequence[str]) -> HTTPException:
    """405 where the path has other methods, 404 where it has none."""
    if allowed:
        names = ", ".join(allowed)
        return HTTPException(405, f"{method} is not answered at {path[:200]}: use {names}.", {"allow": names})
    return HTTPException(404, f"There is nothing at {path[:200]}: {SEE_DOCS}")


def _answer(status: int, detail: str, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    return Json({"detail": detail} | more, status, headers)


def _complaints(error: RequestValidationError) -> list[dict[str, object]]:
    """FastAPI's own list; what was sent is shown as text where JSON has no words for it, like NaN."""
    found = error.errors()
    try:
        text = json.dumps(found, default=repr)
    except RecursionError:
        text = json.dumps([{name: one[name] for name in ("type", "loc", "msg")} for one in found])
    return json.loads(text, parse_constant=str)


def _misfit(complaint: Mapping[str, Any]) -> str:
    """The sentence for a request of the wrong shape, by the first complaint about it."""
    place, *names = complaint["loc"]
    is_unread = complaint["type"] == "json_invalid"
    reason = complaint["ctx"]["error"] if is_unread else complaint["msg"]
    reason = reason[:1].lower() + reason[1:]
    if is_unread:
        return f"The body cannot be read ({reason}): send JSON in UTF-8."
    shown = ".".join(map(str, names))[:80]
    what = f"{shown if shown.isprintable() else ascii(shown)} in the {place}" if names else f"The {place}"
    return f"{what} does not fit ({reason}): {SEE_DOCS}"


def add_error_answers(app: FastAPI) -> None:
    """Make every error of this application JSON."""
    # What comes to each is of the class that it is added for below; starlette's types know only Exception.

    async def known(_: Request, error: Any) -> Response:
        if error.status >= 500:
            log.error("%s", error)
        # A decoder's reason is short, because it is shown beside its video as well.
        about = "The video cannot be decoded: " if isinstance(error, VideoDecodeError) else ""
        return _answer(error.status, about + str(error))

    async def of_database(request: Request, error: Any) -> Response:
        told = explained(request.app.state.workspace.database.path, error)
        log.error("%s", told)
        return _answer(told.status, str(told))

    async def of_http(request: Request, error: Any) -> Response:
        if error.detail in ("Not Found", "Method Not Allowed"):  # of a mount, which has no sentence for it
            allowed = (error.headers or {}).get("Allow", "")
            error = no_such_route(request.url.path, request.method, [name for name in allowed.split(", ") if name])
        return _answer(error.status_code, error.detail, error.headers)

    async def of_body(_: Request, error: Any) -> Response:
        found = _complaints(error)
        return _answer(422, _misfit(found[0]), errors=found)

    async def of_disk(request: Request, error: Any) -> Response:
        log.exception("%s %s failed.", request.method, request.url.path, exc_info=error)
        return _answer(500, f"The disk did not do what was asked ({error.strerror or error}): see the server's log.")

    async def unforeseen(_: Request, __: Exception) -> Response:
        # This answer is made outside of all that gives the others their id.
        request_id = REQUEST_ID.get()
        return _answer(500, UNFORESEEN, {"x-request-id": request_id} if request_id else None)

    app.add_exception_handler(VidsortError, known)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_body)
    app.add_exception_handler(OSError, of_disk)
    app.add_exception_handler(sqlite3.DatabaseError, of_database)
    app.add_exception_handler(Exception, unforeseen)
