"""What the page's framework refuses, said as everything here is: JSON with a sentence."""

import errno

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...api.answers import UNFORESEEN, no_such_route


class Refusals:
    """Middleware around the framework alone: from its refusals, and from what it lets fail, it makes our own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a good answer on; raises HTTPException for any other, before anything of it was sent."""
        refusal: Message | None = None

        async def watched(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start" and message["status"] >= 400:
                refusal = message
            if refusal is None:
                await send(message)

        try:
            await self.app(scope, receive, watched)
        except OSError as error:
            # It looks for files by whatever name it is asked for.
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise no_such_route(scope["path"], scope["method"], []) from error
        if refusal is not None:
            if refusal["status"] >= 500:
                raise HTTPException(500, UNFORESEEN)
            allowed = Headers(raw=refusal["headers"]).get("allow", "")
            raise no_such_route(scope["path"], scope["method"], [name for name in allowed.split(", ") if name])
