"""One ASGI guard in front of everything, the page and its streams included.

In turn: without a password nobody comes in from another machine, the Host header must be a name of
this server (else a strange site could point its own name at us), what changes something must not
come from another site, the password must be known where one is set, and of the page's framework
only what the page needs is open.
"""

import html
import ipaddress
import json
import re
import string
from importlib import resources
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..settings import LOOPBACK_NAMES, Settings
from .passwords import SESSION_S, PasswordCheck, Sessions, TooManyTriesError

COOKIE = "vidsort_session"
READING = ("GET", "HEAD", "OPTIONS")
LOGIN_LIMIT_BYTES = 4096
# The largest that is ever sent is a batch of sorts, some hundred bytes each.
BODY_LIMIT_BYTES = 4 * 1024 * 1024
TOO_LONG = f"The body is longer than {BODY_LIMIT_BYTES // 1024**2} MiB: send less at a time."

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

# Uploads, a file server, a proxy and calls from outside: the page talks to our own routes and needs none of it.
GRADIO_API = "/gradio_api"


class Refusal(Exception):
    """A request that is not let in: status, a sentence, and headers that go with it."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = headers or {}


class Guard:
    """Middleware around the whole application; see the module."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        names = (*LOOPBACK_NAMES, settings.host, *settings.allowed_hosts)
        self._hosts = {host for host, _ in map(split_host, names)}
        password = settings.password.get_secret_value() if settings.password else None
        self._check = PasswordCheck(password) if password else None
        self._sessions = Sessions(password) if password else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it; a WebSocket that is refused is closed before it opens."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
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

    async def _is_let_in(self, scope: Scope, headers: Headers) -> bool:
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if token is not None and self._sessions is not None and self._sessions.is_valid(token):
            return True
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


def require_loopback(scope: Scope) -> None:
    """Raise Refusal where the request came in by an address that other machines reach.

    Who starts uvicorn by hand gives the host to it, not to our settings.
    """
    try:
        address = ipaddress.ip_address((scope.get("server") or ("",))[0])
    except ValueError:
        return  # a socket file
    if not (getattr(address, "ipv4_mapped", None) or address).is_loopback:
        raise Refusal(403, "Other machines are let in with a password only: set VIDSORT_PASSWORD and start again.")


def split_host(value: str) -> tuple[str, str]:
    """A Host header as (name or address in lower case, port or empty); the name is empty where it is malformed."""
    value = value.strip()
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:\s/@?#\\]+)(?::([0-9]{1,5}))?", value)
    if match is None:
        try:
            return str(ipaddress.IPv6Address(value)), ""  # as settings may have it, without brackets
        except ValueError:
            return "", ""
    host, port = match.group(1), match.group(2) or ""
    if not host.startswith("["):
        return host.lower().rstrip("."), port
    try:
        return str(ipaddress.IPv6Address(host[1:-1])), port
    except ValueError:
        return "", ""


def require_same_site(scope: Scope, headers: Headers, host: str) -> None:
    """Raise Refusal where another site is behind a request that changes something, or embeds what is ours.

    A browser says so by itself: Sec-Fetch-Site, or Origin where it is older. Scripts send neither.
    """
    is_reading = scope["type"] == "http" and scope["method"] in READING
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_foreign = site not in (None, "same-origin", "none")
    if is_reading:
        # A link to us is followed; pictures, videos and frames of other sites are not served.
        is_refused = is_foreign and headers.get("sec-fetch-mode", "navigate") != "navigate"
    else:
        is_refused = is_foreign or (origin is not None and not _is_origin_of(origin, host))
    if is_refused:
        raise Refusal(403, "This request comes from another site and is refused: use the page of this server itself.")


def _is_origin_of(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    default_port = {"http": "80", "https": "443"}.get(parts.scheme)
    if default_port is None:
        return False
    name, port = split_host(parts.netloc)
    own_name, own_port = split_host(host)
    return bool(name) and (name, port or default_port) == (own_name, own_port or default_port)


def require_open(scope: Scope) -> None:
    """Raise Refusal for what the page's framework offers and the page does not need."""
    if GRADIO_API in scope["path"]:
        raise Refusal(404, "There is nothing here: see /docs for what this server answers.")


def require_short(headers: Headers) -> None:
    """Raise Refusal where a body says of itself that it is too long; see `_limited` for those that do not say."""
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 15 or int(length) > BODY_LIMIT_BYTES):
        raise Refusal(413, TOO_LONG)


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
