"""One ASGI guard in front of everything, the page and its streams included.

In turn: without a password nobody comes in from another machine, the Host header must be a name of
this server (else a strange site could point its own name at us), what changes something must not
come from another site, the password must be known where one is set, and of the page's framework
only what the page needs is open.
"""

import html
import json
import string
from importlib import resources
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import ArtifactError
from ..settings import LOOPBACK_NAMES, Settings
from ..store.sessions import EndedSessions
from .passwords import SESSION_S, PasswordCheck, Sessions, TooManyTriesError
from .rules import (
    BODY_LIMIT_BYTES,
    TOO_LONG,
    Refusal,
    require_loopback,
    require_open,
    require_plain,
    require_same_site,
    require_short,
    split_host,
)

COOKIE = "vidsort_session"
LOGIN_LIMIT_BYTES = 4096
# Scripts inline and eval: Gradio starts its page so. Nothing is loaded from, sent to or framed by other hosts.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
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

    def __init__(self, app: ASGIApp, settings: Settings, ended: EndedSessions) -> None:
        self.app = app
        names = (*LOOPBACK_NAMES, settings.host, *settings.allowed_hosts)
        self._hosts = {host for host, _ in map(split_host, names)}
        password = settings.password.get_secret_value() if settings.password else None
        self._check = PasswordCheck(password) if password else None
        self._sessions = Sessions(password) if password else None
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it; a WebSocket that is refused is closed before it opens."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
            require_plain(headers)
            if self._check is None:
                require_loopback(scope)
            host = self._require_host(headers)
            require_same_site(scope, headers, host)
            answer = await self._entrance(scope, receive, headers)
            require_open(scope)
            require_short(headers)
        except Refusal as refusal:
            answer = _refused(scope, refusal)
        if answer is None:
            await self.app(scope, _limited(receive), _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, _with_headers(send))

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

    async def _entrance(self, scope: Scope, receive: Receive, headers: Headers) -> Response | None:
        """The answer of the login and logout paths; None where the request may go on. Raises Refusal."""
        path = _path(scope)
        if scope["type"] == "http" and path == "/logout" and scope["method"] == "POST":
            answer = RedirectResponse("login", 303)
            await self._end_session(headers)
            answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
            return answer
        if scope["type"] == "http" and path == "/login":
            return await self._login(Request(scope, receive))
        if self._check is None or await self._is_let_in(scope, headers):
            return None
        raise Refusal(
            401,
            "This server asks for a password: log in at /login, or send it as `Authorization: Bearer <password>`.",
            {"www-authenticate": 'Bearer realm="vidsort"'},
        )

    async def _end_session(self, headers: Headers) -> None:
        """Let the token that is sent in no more; raises Refusal, since who logs out must not believe it in vain."""
        token = _token(headers)
        if token is None or self._sessions is None or not self._sessions.is_valid(token):
            return
        try:
            await run_in_threadpool(self._ended.end, token, self._sessions.expires_at(token))
        except ArtifactError as error:
            raise Refusal(503, f"You are not logged out: {error}") from error

    async def _is_let_in(self, scope: Scope, headers: Headers) -> bool:
        token = _token(headers)
        if token is not None and self._sessions is not None and self._sessions.is_valid(token):
            try:
                if not self._ended.has(token):
                    return True
            except ArtifactError as error:
                raise Refusal(503, f"Whether you are still logged in cannot be seen: {error}") from error
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return False
        return await self._is_right(given.strip().encode("latin-1"), scope)

    async def _is_right(self, given: bytes, scope: Scope) -> bool:
        address = (scope.get("client") or ("unknown", 0))[0]
        try:
            return self._check is not None and await self._check.is_right(given, address)
        except TooManyTriesError as error:
            raise Refusal(429, str(error), {"retry-after": f"{error.wait_s:.0f}"}) from error

    async def _login(self, request: Request) -> Response:
        if self._check is None or self._sessions is None:
            return RedirectResponse("./", 303)
        if request.method != "POST":
            return _login_page(200)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LOGIN_LIMIT_BYTES:
                raise Refusal(413, "This is too long for a password: send the form of the login page.")
        given = parse_qs(body, keep_blank_values=True).get(b"password", [b""])[0]
        if not await self._is_right(given, request.scope):
            return _login_page(401, "That is not the password. Try again.")
        answer = RedirectResponse("./", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, self._sessions.issue(), max_age=SESSION_S, httponly=True, samesite="strict", secure=secure
        )
        return answer


def _token(headers: Headers) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(COOKIE)


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


def _path(scope: Scope) -> str:
    return scope["path"].removeprefix(scope.get("root_path", "")) or "/"


def _refused(scope: Scope, refusal: Refusal) -> Response:
    """A refusal as JSON; who opens a page in a browser gets the login form instead."""
    wants_page = (
        refusal.status == 401 and scope["method"] in ("GET", "HEAD") if scope["type"] == "http" else False
    ) and "text/html" in Headers(scope=scope).get("accept", "")
    if wants_page:
        depth = _path(scope).count("/") - 1
        return _login_page(401, action="../" * depth + "login")
    body = json.dumps({"detail": str(refusal)})
    return Response(body, refusal.status, refusal.headers, JSONResponse.media_type)


def _login_page(status: int, message: str = "", action: str = "login") -> Response:
    template = string.Template((resources.files(__package__) / "login.html").read_text(encoding="utf-8"))
    page = template.substitute(message=html.escape(message), action=html.escape(action))
    return HTMLResponse(page, status, {"cache-control": "no-store"})


def _with_headers(send: Send) -> Send:
    """Add the security headers to the answer and take out what would let other sites read it."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name in {name for name in headers if name.startswith("access-control-")}:
                del headers[name]
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            message = {**message, "headers": headers.raw}
        await send(message)

    return guarded
