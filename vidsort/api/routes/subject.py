"""What all routes have in common: a GET answers HEAD too, bodies are JSON in UTF-8, some errors come from anywhere."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..answers import OF_BROWSER, Json, faults

# The guard's, and those of a disk that fails.
FROM_ANYWHERE = faults(400, 401, 403, 413, 429, 500, 503)


class _Rest(Convertor[str]):
    """The rest of a path, slashes and line ends included, so that a bad filename is told so and not cut."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("rest", _Rest())


Bare = Callable[..., Coroutine[Any, Any, Response]]


def bare(endpoint: Bare) -> Bare:
    """Mark a route's function as one that takes (workspace, request, what is in its path) and nothing else.

    It is called by just that: what FastAPI does to find out what any function takes is more than a part of a video.
    """
    endpoint.is_bare = True  # type: ignore[attr-defined]
    return endpoint


class Subject(APIRouter):
    """The routes of one subject, under the title that /docs shows.

    `moves`: they change places in the library, and it is written down which browser asked for that.
    """

    def __init__(self, title: str, *, moves: bool = False) -> None:
        super().__init__(
            tags=[title], route_class=Route, default_response_class=Json, responses=FROM_ANYWHERE
        )
        self._moves = moves

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add the route, and for GET one that answers HEAD in the same way."""
        if self._moves and "GET" not in options["methods"]:
            options |= {"dependencies": [*(options.get("dependencies") or ()), OF_BROWSER]}
        if hasattr(endpoint, "is_bare"):
            options |= {"route_class_override": _BareRoute}
        super().add_api_route(path, endpoint, **options)
        if "GET" in options["methods"]:
            super().add_api_route(path, endpoint, **options | {"methods": ["HEAD"], "include_in_schema": False})


class Route(APIRoute):
    """A route whose body is read by `_Utf8Request`, and which sends no body to HEAD."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers its requests."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response = await answer(_Utf8Request(request.scope, request.receive))
            if request.method != "HEAD":
                return response
            # A stream that never ends would keep the connection for a body that nobody reads.
            bare = Response(status_code=response.status_code)
            bare.raw_headers = response.raw_headers
            return bare

        return answered


class _BareRoute(Route):
    """A route whose function is called without FastAPI, and sends no body to HEAD by itself; see `bare`."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, whose method is the route's: each has a route of its own."""
        here, request = scope["app"].state.workspace, Request(scope, receive)
        answer = await self.endpoint(here, request, **scope["path_params"])
        await answer(scope, receive, send)


class _Utf8Request(Request):
    """A request whose JSON is UTF-8, whatever else Python could guess; any other is told as a body of a wrong shape."""

    async def json(self) -> Any:
        body = await self.body()
        try:
            return json.loads(body.decode("utf-8-sig"))
        except json.JSONDecodeError:
            raise
        except UnicodeDecodeError as error:
            raise json.JSONDecodeError("It is no UTF-8", "", error.start) from error
        except (RecursionError, ValueError) as error:
            # Nested a hundred thousand deep, or a number of five thousand digits.
            raise json.JSONDecodeError("It is more than can be read", "", 0) from error
