"""All routes put into an application, in the order in which they answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from ...insight.proposing.kept import KeptGroups
from ..answers import add_error_answers, no_such_route
from ..insights.lying import Lying
from ..likeness import Explanations
from ..meaning import Meaning
from ..metrics import Metrics
from ..sending import Kept
from ..workspace import Workspace
from . import (
    documentation,
    duplicates,
    events,
    files,
    filing,
    folders,
    insights,
    jobs,
    library,
    metrics,
    misfiled,
    moves,
    people,
    review,
    search,
    stars,
    videos,
    webhooks,
)
from .schema import completed

OWN_FOLDERS = ("/api/", "/videos/", "/posters/", "/strips/", "/playable/", "/docs/")
SUBJECTS = (
    videos, search, moves, filing, folders, jobs, files, library, misfiled, duplicates, stars, insights, review, people,
    events, metrics, documentation,
)


def add_routes(app: FastAPI, workspace: Workspace) -> None:
    """Add every route and error answer; what is mounted at "/" has to come after this."""
    app.state.workspace = workspace
    app.state.metrics = Metrics(workspace)
    app.state.explanations = Explanations(workspace)
    app.state.meaning = Meaning(workspace)
    app.state.lying = Lying(workspace)
    app.state.groups = KeptGroups(workspace.database)
    app.state.kept = Kept()
    app.router.routes.append(_First("/videos/", files.router.routes))
    for subject in SUBJECTS:
        # As they are: what `include_router` does beyond that takes longer than a request, in each application anew.
        app.router.routes.extend(subject.router.routes)
    own = [route for subject in SUBJECTS for route in subject.router.routes if isinstance(route, APIRoute)]
    app.router.routes.append(_Remainder(own))
    add_error_answers(app)
    app.webhooks.routes.extend(webhooks.router.routes)
    app.openapi = completed(app.openapi, workspace)  # type: ignore[method-assign]  # as FastAPI's documentation does


class _First(BaseRoute):
    """Asks the routes below a prefix before all others, which would take longer than to read a part of a video."""

    def __init__(self, prefix: str, routes: Sequence[BaseRoute]) -> None:
        self._prefix = prefix
        self._routes = [route for route in routes if isinstance(route, APIRoute) and route.path.startswith(prefix)]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """What the route says that answers it; what is answered by none is left to those behind."""
        if scope["type"] == "http" and get_route_path(scope).startswith(self._prefix):
            for route in self._routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    return match, found
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have that route answer."""
        await scope["route"].handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Nothing is linked here."""
        raise NoMatchFound(name, path_params)


class _Remainder(BaseRoute):
    """Answers 405 and 404 for paths of the API, which the page mounted at "/" would else swallow."""

    def __init__(self, routes: list[APIRoute]) -> None:
        self._routes = routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for a path of ours; it is asked after all the routes."""
        if scope["type"] != "http":
            return Match.NONE, {}
        is_ours = f"{scope['path']}/".startswith(OWN_FOLDERS) or self._methods(scope)
        return (Match.FULL, {}) if is_ours else (Match.NONE, {})

    async def handle(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        """Raise the fitting HTTPException."""
        raise no_such_route(scope["path"], scope["method"], self._methods(scope))

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Nothing is linked here."""
        raise NoMatchFound(name, path_params)

    def _methods(self, scope: Mapping[str, Any]) -> list[str]:
        return sorted({
            method
            for route in self._routes
            if route.matches({**scope, "method": "OPTIONS"})[0] is Match.PARTIAL
            for method in route.methods or ()
        })
