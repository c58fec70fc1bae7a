"""Who asks, where a reverse proxy stands between: X-Forwarded-* headers count only from proxies that are trusted.

Anybody can send these headers. Believed from everybody they would give each try of a password another sender.
"""

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

FORWARDED = b"x-forwarded-"
SCHEME = b"x-forwarded-proto"
# A server that was started by hand may have believed the headers before us: so one sender for all, and one scheme.
PLAIN = {"http": "http", "websocket": "ws"}
UNTRUSTED = ("behind a proxy that is not trusted", 0)


class Proxies:
    """Middleware that takes the client and the scheme from a trusted proxy's headers, and these from all others."""

    def __init__(self, app: ASGIApp, trusted: list[str]) -> None:
        self.app = app
        self._believing = ProxyHeadersMiddleware(app, trusted)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request as its real sender's."""
        if scope["type"] not in ("http", "websocket") or not _is_forwarded(scope):
            await self.app(scope, receive, send)
        elif (scope.get("client") or ("",))[0] in self._believing.trusted_hosts:
            await self._believing(scope, receive, send)  # type: ignore[arg-type]
        else:
            headers = [(name, value) for name, value in scope["headers"] if not name.startswith(FORWARDED)]
            told = {"headers": headers, "client": UNTRUSTED}
            if any(name == SCHEME for name, _ in scope["headers"]):
                # Which it really was is not known any more; as a plain one it is promised nothing.
                told["scheme"] = PLAIN[scope["type"]]
            await self.app({**scope, **told}, receive, send)


def _is_forwarded(scope: Scope) -> bool:
    return any(name.startswith(FORWARDED) for name, _ in scope["headers"])
