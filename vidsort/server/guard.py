"""One ASGI guard in front of everything, the page and its streams included.

In turn: where nobody is asked who it is nobody comes in from another machine, the Host header must be a name of this
server (else a strange site could point its own name at us), what changes something must not come from another site,
it must be known who asks where that is asked, and of what there is only that is open which the table of roles has, to
whom it says.
"""

import json
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..accounts import let_in
from ..accounts.person import NOBODY_ASKED
from ..accounts.person import refusal as refusal_of
from ..settings import LOOPBACK_NAMES, Settings
from .entrance import Entrance, Refusal
from .openings import Openings, path_in
from .rules import (
    BODY_LIMIT_BYTES,
    TOO_LONG,
    require_loopback,
    require_plain,
    require_same_site,
    require_short,
    split_host,
)

LOGOUT = "/logout"
# Scripts and styles inline: Gradio starts its page so. Nothing is loaded from, sent to or framed by other hosts.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Guard:
    """Middleware around the whole application; see the module."""

    def __init__(
        self, app: ASGIApp, settings: Settings, entrance: Entrance, openings: Openings, framed_by: Sequence[str] = ()
    ) -> None:
        self.app = app
        security = _framed(framed_by) if framed_by else SECURITY_HEADERS
        self._security = [(name.encode(), value.encode("latin-1")) for name, value in security.items()]
        names = (*LOOPBACK_NAMES, settings.host, *settings.allowed_hosts)
        self._hosts = {host for host, _ in map(split_host, names)}
        self._entrance = entrance
        self._openings = openings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it; a WebSocket that is refused is closed before it opens."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            answer = await self._answer(scope, receive, Headers(scope=scope))
        except Refusal as refusal:
            answer = self._refused(scope, refusal)
        if answer is None:
            await self.app(scope, _limited(receive), _with_headers(send, self._security))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, _with_headers(send, self._security))

    async def _answer(self, scope: Scope, receive: Receive, headers: Headers) -> Response | None:
        """The answer of the way in and the way out, None where the request may go on; raises Refusal."""
        require_plain(headers)
        asks = self._entrance.asks()
        if not asks:
            require_loopback(scope)
        require_same_site(scope, headers, self._require_host(headers))
        path, method = path_in(scope), scope.get("method", "WEBSOCKET")
        if self._openings.is_for_everybody(method, path):
            answered = self._entrance.logout if path == LOGOUT else self._entrance.login
            return await answered(Request(scope, receive))
        person = await self._entrance.person(scope, headers) if asks else NOBODY_ASKED
        opening = self._openings.of(method, path)
        if not person.role.includes(opening.role):
            raise Refusal(403, refusal_of(person, opening.role, f"{opening.method} {opening.route}"))
        require_short(headers)
        let_in(person)
        return None

    def _require_host(self, headers: Headers) -> str:
        given = headers.getlist("host")
        host = split_host(given[0])[0] if len(given) == 1 else ""
        if not host or host not in self._hosts:
            raise Refusal(
                400,
                f"This server does not answer to the host name {host[:80]!r}: "
                "add it to allowed_hosts (VIDSORT_ALLOWED_HOSTS) if it is yours.",
            )
        return given[0]

    def _refused(self, scope: Scope, refusal: Refusal) -> Response:
        """A refusal as JSON; who opens a page in a browser gets the one that asks who it is instead."""
        is_page = scope["type"] == "http" and refusal.status == 401 and scope["method"] in ("GET", "HEAD")
        if is_page and "text/html" in Headers(scope=scope).get("accept", ""):
            depth = path_in(scope).count("/") - 1
            return self._entrance.page(401, action="../" * depth + "login")
        body = json.dumps({"detail": str(refusal)})
        return Response(body, refusal.status, refusal.headers, JSONResponse.media_type)


def _limited(receive: Receive) -> Receive:
    """Read no more of a body than is allowed, so that nobody can fill the memory."""
    read_bytes = 0

    async def limited() -> Message:
        nonlocal read_bytes
        message = await receive()
        if message["type"] == "http.request":
            read_bytes += len(message.get("body", b""))
            if read_bytes > BODY_LIMIT_BYTES:
                raise HTTPException(413, TOO_LONG)
        return message

    return limited


def _framed(sources: Sequence[str]) -> dict[str, str]:
    """The security headers where pages of these sources, too, may show ours inside them."""
    policy = CONTENT_POLICY.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {' '.join(sources)}")
    kept = {name: value for name, value in SECURITY_HEADERS.items() if name != "x-frame-options"}
    return kept | {"content-security-policy": policy}


def _with_headers(send: Send, security: Sequence[tuple[bytes, bytes]]) -> Send:
    """Add the security headers to the answer and take out what would let other sites read it."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [
                each for each in message.get("headers", ()) if not each[0].lower().startswith(b"access-control-")
            ]
            names = {name.lower() for name, _ in own}
            message = {**message, "headers": [*own, *(each for each in security if each[0] not in names)]}
        await send(message)

    return guarded
