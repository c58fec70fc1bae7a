"""Which role a request needs: looked up by its method and its route in the table, closed where that has no row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from starlette.routing import compile_path
from starlette.types import Scope

from ..accounts import Role
from ..api.answers import no_such_route
from .entrance import Refusal

# In place of the first name in a route that begins with a parameter.
ANY = "{}"
ALSO = {"GET": ("GET", "HEAD")}


class Opening(NamedTuple):
    """A row of the table: a route as the router has it, its method, and who may ask for it."""

    method: str
    route: str
    pattern: re.Pattern[str]
    role: Role


class Openings:
    """The table, ready to be asked."""

    def __init__(self, roles: Mapping[Role, Sequence[str]], everybody: Sequence[str] = ()) -> None:
        """`roles` has what opens with each role, as `METHOD /route`, and `everybody` what nobody is asked for."""
        # By the first name in their paths, too, so that a request is held against few of them.
        self._by_method: dict[str, dict[str, list[Opening]]] = {}
        self._everybody = set(_each(everybody))
        for role, rows in roles.items():
            for method, route in _each(rows):
                # The router's own pattern, so that both mean the same requests by it.
                opening = Opening(method, route, compile_path(route)[0], role)
                self._by_method.setdefault(method, {}).setdefault(_first_in(route), []).append(opening)

    def is_for_everybody(self, method: str, path: str) -> bool:
        """Whether it is answered before anybody is asked who it is."""
        return (method, path) in self._everybody

    def of(self, method: str, path: str) -> Opening:
        """The row of a request; raises Refusal, 404 or 405, where it has none.

        Where several routes could answer a path, whichever of them does, it is the row that asks for most.
        """
        found = self._matching(method, path)
        if not found:
            others = {each for each in self._by_method if self._matching(each, path)}
            others |= {each for each, known in self._everybody if known == path}
            refusal = no_such_route(path, method, sorted(others))
            raise Refusal(refusal.status_code, refusal.detail, dict(refusal.headers or {}))
        return max(found, key=lambda opening: list(Role).index(opening.role))

    def _matching(self, method: str, path: str) -> list[Opening]:
        openings = self._by_method.get(method, {})
        likely = (*openings.get(_first_in(path), ()), *openings.get(ANY, ()))
        return [opening for opening in likely if opening.pattern.match(path)]


def _each(rows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Method and route of each row, of GET once more with HEAD."""
    for method, route in (row.split(" ") for row in rows):
        for each in ALSO.get(method, (method,)):
            yield each, route


def _first_in(path: str) -> str:
    """The first name in a path as it is matched, ANY for a route that has something else there."""
    # A line's end behind a route is taken for the route.
    first = path.removesuffix("\n").split("/", 2)[1] if path.startswith("/") else path
    return ANY if "{" in first else first


def path_in(scope: Scope) -> str:
    """The path that the router goes by: without the prefix under which a proxy has put the server."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    is_under_it = root and (path == root or path.startswith(f"{root}/"))
    return path[len(root) :] or "/" if is_under_it else path
