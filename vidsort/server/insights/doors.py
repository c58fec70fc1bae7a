"""What of Gradio is let in for the Insights page: the page, its colours, and its events, each by path and method."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Uploads, a file server, a proxy and calls from outside: the review page talks to our own routes and needs none of it.
GRADIO_API = "/gradio_api"
PATH = "/insights"
PAGE = ("GET", "HEAD")
# The page, its colours, and a script for frames that Gradio's page would else miss in the browser's log.
FILES = frozenset({PATH, f"{PATH}/theme.css", f"{PATH}/static/js/iframeResizer.contentWindow.min.js"})
# What its components ask: the function that they mean stands in the body, and none of them takes or gives files.
EVENTS = frozenset({("POST", f"{PATH}{GRADIO_API}/run/predict")})
# Gradio believes to know its own address; behind a proxy that puts the page under a prefix only the browser does.
ROOT = """<script>
(() => {
  let config;
  const root = location.origin + location.pathname.replace(/[/]+$/, "");
  Object.defineProperty(window, "gradio_config", {
    configurable: true, get: () => config, set: (given) => { config = given && { ...given, root }; },
  });
})();
</script>"""


class Doors(BaseRoute):
    """Answers for the page's paths, and for no others; the page itself without a slash behind it and no redirect."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        """make: gives Gradio's application of the page; called once, when it is first asked for."""
        self._make = make
        self._gradio: ASGIApp | None = None
        self._making = threading.Lock()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for exactly what the page needs."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path, method = _path(scope), scope["method"]
        is_ours = (path in FILES and method in PAGE) or (method, path) in EVENTS
        return (Match.FULL, {}) if is_ours else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Gradio answer as if it were mounted there."""
        path, root = _path(scope), scope.get("root_path", "")
        inner = f"{root}{path}/" if path == PATH else f"{root}{path}"
        mounted = {**scope, "root_path": root + PATH, "app_root_path": root, "path": inner}
        gradio = self._gradio
        if gradio is None:
            gradio = await run_in_threadpool(self._made)
        await (Rooted(gradio) if path == PATH else gradio)(mounted, receive, send)

    def _made(self) -> ASGIApp:
        with self._making:
            made = self._gradio
            if made is None:
                # Gradio opens loops of its own where none runs, and leaves them open.
                made = self._gradio = asyncio.run(self._made_in_a_loop())
            return made

    async def _made_in_a_loop(self) -> ASGIApp:
        return self._make()

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Nothing is linked here."""
        raise NoMatchFound(name, path_params)


class Rooted:
    """Middleware around pages of the framework: the one at `path`, or any, is told its address."""

    def __init__(self, app: ASGIApp, path: str | None = None) -> None:
        self.app = app
        self._page = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, the page with ROOT in its head."""
        if scope["type"] == "http" and self._page in (None, _path(scope)):
            # As text: what is compressed nothing can be put into.
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self.app({**scope, "headers": headers}, receive, _with_root(send))
        else:
            await self.app(scope, receive, send)


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def _with_root(send: Send) -> Send:
    """Put ROOT before all else in the page's head."""
    start: Message = {}
    body = b""

    async def rooted(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        page = body.replace(b"<head>", b"<head>" + ROOT.encode(), 1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        length = len(page) if page else next((int(v) for n, v in start["headers"] if n.lower() == b"content-length"), 0)
        await send({**start, "headers": [*headers, (b"content-length", str(length).encode())]})
        await send({"type": "http.response.body", "body": page})

    return rooted
