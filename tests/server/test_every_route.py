"""Every route there is, the framework's included, by every method: who is let in, and who is not.

A new route of ours without a row in the table fails here; a new one of the framework is closed.
"""

import asyncio
import collections
import itertools
import json
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pytest
from peopled import PASSWORDS, ROLES, write_people
from starlette.routing import BaseRoute, Mount, WebSocketRoute

from vidsort.accounts import Role
from vidsort.api.routes import EVERYBODY
from vidsort.api.routes import ROLES as TABLE
from vidsort.server.entrance import COOKIE
from vidsort.server.guard import Guard
from vidsort.server.insights.doors import PATH as INSIGHTS
from vidsort.server.insights.doors import Doors
from vidsort.server.web import create_app
from vidsort.settings import Settings

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "WEBSOCKET")
ORDER = (Role.VIEWER, Role.REVIEWER, Role.ADMIN)
NEEDED = {row: role for role, rows in TABLE.items() for row in rows}
TOKENS = {f"script-{role}": (role, f"vidsort_{role}") for role in Role}
FORBIDDEN = re.compile(r"\w+ \S+ is for an? \w+, and [\w-]+ is an? \w+: ask an admin to do it, or for that role\.")
BEARER = {role: {"authorization": f"Bearer vidsort_{role}"} for role in Role}


def unwrapped(app) -> list[BaseRoute]:
    """The routes behind whatever lies around an application; none of what has none, like static files."""
    while not hasattr(app, "routes") and hasattr(app, "app"):
        app = app.app
    return getattr(app, "routes", [])


class There(NamedTuple):
    """A route that there is; `is_ours`: not the framework's."""

    method: str
    route: str
    is_ours: bool = True


def walked(routes: list[BaseRoute], prefix: str = "", *, is_ours: bool = True) -> Iterator[There]:
    """All that answers, however deep it is mounted."""
    for route in routes:
        if hasattr(route, "original_router"):  # what FastAPI makes of an included router
            inner = prefix + route.include_context.prefix
            yield from walked(route.original_router.routes, inner, is_ours=is_ours)
        elif isinstance(route, Mount) and unwrapped(route.app):
            yield from walked(unwrapped(route.app), prefix + route.path, is_ours=False)
        elif isinstance(route, Mount):
            yield from (There(method, f"{prefix}{route.path}/{{path:path}}", is_ours) for method in ("GET", "HEAD"))
        elif isinstance(route, Doors):
            for method, path, _ in walked(unwrapped(route._made()), INSIGHTS):
                yield There(method, INSIGHTS if path == f"{INSIGHTS}/" else path, is_ours=False)
        elif isinstance(route, WebSocketRoute):
            yield There("WEBSOCKET", prefix + route.path, is_ours)
        elif getattr(route, "methods", None):
            yield from (There(method, prefix + route.path, is_ours) for method in route.methods)
        else:
            # One asks routes that are walked in their own place, the other has none.
            is_known = type(route).__name__ in ("_First", "_Remainder")
            assert is_known, f"{route} is of a kind that this test does not know"


def row_of(method: str, route: str) -> str:
    return f"{'GET' if method == 'HEAD' else method} {route}"


def path_of(route: str) -> str:
    """A path that the route answers."""
    return re.sub(r"{[^}]+}", "7", route)


@pytest.fixture(scope="module")
def app(library_template, tmp_path_factory):
    """A server with accounts of each role, and a token for each."""
    home = tmp_path_factory.mktemp("everybody")
    write_people(home / "users.toml", tokens=TOKENS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return create_app(Settings(data_dir=library_template, artifacts_dir=home / "artifacts"))


@pytest.fixture(scope="module")
def routes(app) -> set[There]:
    return set(walked(app.router.routes))


@pytest.fixture(scope="module")
def behind(app) -> Guard:
    """The guard of that server, with something behind it that says yes to everything and does nothing."""

    async def yes(scope, receive, send):
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    (guard,) = [one for one in app.user_middleware if one.cls is Guard]
    return Guard(yes, **guard.kwargs)


async def asked(app, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, dict, bytes]:
    """Status, headers and body of an answer; of a WebSocket 299 where it is opened, 403 where it is not."""
    given = {"host": "127.0.0.1"} | headers
    scope = {
        "type": "websocket" if method == "WEBSOCKET" else "http", "path": path, "raw_path": quote(path).encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()], "http_version": "1.1",
    } | ({} if method == "WEBSOCKET" else {"method": method})
    sent = []

    async def receive():
        kind = "websocket.connect" if method == "WEBSOCKET" else "http.request"
        return {"type": kind, "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    if method == "WEBSOCKET":
        return (299 if sent[0]["type"] == "websocket.accept" else 403), {}, b""
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture(scope="module")
def sessions(app) -> dict[Role, dict[str, str]]:
    """The cookie of somebody of each role who has signed in."""

    async def sign_in(name: str) -> dict[str, str]:
        form = urlencode({"name": name, "password": PASSWORDS[name]}).encode()
        status, headers, _ = await asked(app, "POST", "/login", {}, form)
        assert status == 303
        return {"cookie": f"{COOKIE}={SimpleCookie(headers['set-cookie'])[COOKIE].value}"}

    async def all_of_them():
        return {ROLES[name]: await sign_in(name) for name in PASSWORDS}

    return asyncio.run(all_of_them())


def test_every_route_of_ours_has_a_row(routes):
    without = {row_of(each.method, each.route) for each in routes if each.is_ours} - NEEDED.keys()
    assert not without, "say in api/routes/roles.py who may ask for it"


def test_every_row_is_of_a_route_that_there_is(routes):
    for method, path in (row.split(" ") for row in NEEDED):
        there = [each.route for each in routes if each.method == method]
        assert any(is_of(route, path_of(path)) for route in there), (method, path)


def test_what_is_walked_has_the_routes_of_the_framework(routes):
    assert {("GET", "/gradio_api/info"), ("POST", "/gradio_api/upload"), ("GET", "/monitoring")} <= {
        each[:2] for each in routes if not each.is_ours
    }
    assert len(routes) > 150


def test_no_row_stands_twice_and_nothing_is_changed_by_who_only_watches():
    rows = [row for rows in TABLE.values() for row in rows]
    assert len(rows) == len(set(rows))
    assert [row for row in TABLE[Role.VIEWER] if not row.startswith("GET ")] == [
        f"POST {INSIGHTS}/gradio_api/run/predict", "POST /api/queue/entries",
    ]
    assert [row for row in rows if row.startswith("GET ") and NEEDED[row] is not Role.VIEWER] == [
        "GET /api/library/preview",
    ]


def every_request(routes) -> list[tuple[str, str]]:
    """(method, path): each route that there is with every method, but for what everybody may."""
    paths = sorted({path_of(each.route) for each in routes})
    requests = [(method, path) for path in paths for method in METHODS]
    return [(method, path) for method, path in requests if row_of(method, path) not in EVERYBODY]


def is_of(route: str, path: str) -> bool:
    """Whether a route answers a path."""
    pattern = re.sub(r"{[^}]*?:(rest|path)}", "ANY", route)
    pattern = re.escape(re.sub(r"{[^}]*}", "ONE", pattern))
    return bool(re.fullmatch(pattern.replace("ANY", ".*").replace("ONE", "[^/]+"), path))


def wanted_for(method: str, path: str) -> Role | None:
    """The role that a request needs: the highest of all rows that it can be meant by; None where it is closed."""
    rows = (row.split(" ") for row in NEEDED)
    found = [NEEDED[f"{own} {route}"] for own, route in rows if f"{own} " == row_of(method, "") and is_of(route, path)]
    return max(found, key=ORDER.index, default=None)


def test_who_is_nobody_is_let_in_nowhere(app, routes):
    async def walk():
        for method, path in every_request(routes):
            status, told, body = await asked(app, method, path, {})
            if method == "WEBSOCKET":
                assert status == 403
                continue
            assert status == 401, (method, path)
            assert told["www-authenticate"].startswith("Bearer")
            assert json.loads(body)["detail"].startswith("This server asks who you are: sign in at /login")

    asyncio.run(walk())


@pytest.mark.parametrize("headers", [
    {"cookie": f"{COOKIE}=99999999999.x.cml0YQ.0"}, {"authorization": "Bearer vidsort_nobody"},
    {"authorization": f"Bearer {PASSWORDS['adam']}"}, {"authorization": "Basic YWRhbTo="},
], ids=["session", "token", "password", "basic"])
def test_what_is_no_session_and_no_token_opens_nothing(app, headers):
    assert asyncio.run(asked(app, "GET", "/api/videos", headers))[0] == 401


def test_each_role_is_let_in_where_its_row_says_by_session_and_by_token_and_nowhere_else(behind, routes, sessions):
    async def walk() -> collections.Counter:
        came = collections.Counter()
        for (method, path), role in itertools.product(every_request(routes), ORDER):
            wanted = wanted_for(method, path)
            for headers in (sessions[role], BEARER[role]):
                status, _, body = await asked(behind, method, path, headers)
                came[status] += 1
                if wanted is None:
                    assert status in ((403,) if method == "WEBSOCKET" else (404, 405)), (method, path, status)
                elif role.includes(wanted):
                    assert status == 299, (method, path, role)
                else:
                    assert status == 403, (method, path, role)
                    assert FORBIDDEN.fullmatch(json.loads(body)["detail"])
        return came

    assert set(asyncio.run(walk())) == {299, 403, 404, 405}


def test_what_is_refused_is_refused_by_the_whole_server(app, routes):
    """The same where something would answer; what is let in would do what it is asked to."""

    async def walk():
        for method, path in every_request(routes):
            wanted = wanted_for(method, path)
            if wanted is Role.VIEWER:
                continue
            role = Role.ADMIN if wanted is None else ORDER[ORDER.index(wanted) - 1]
            status, _, body = await asked(app, method, path, BEARER[role])
            assert status in ((403,) if method == "WEBSOCKET" or wanted else (404, 405)), (method, path, role)
            assert method == "WEBSOCKET" or json.loads(body)["detail"].endswith(".")

    asyncio.run(walk())


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1, evil.example"])
def test_a_foreign_host_gets_nowhere_whoever_asks(app, routes, host):
    async def walk():
        for method, path in every_request(routes):
            status, _, _ = await asked(app, method, path, BEARER[Role.ADMIN] | {"host": host})
            assert status == (403 if method == "WEBSOCKET" else 400), (method, path)

    asyncio.run(walk())


@pytest.mark.parametrize("foreign", [
    {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:8001"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
], ids=str)
def test_another_site_changes_nothing_whoever_asks(app, routes, foreign):
    async def walk():
        for method, path in every_request(routes):
            if method not in ("GET", "HEAD", "OPTIONS"):
                status, _, body = await asked(app, method, path, BEARER[Role.ADMIN] | foreign)
                assert status == 403, (method, path)
                assert method == "WEBSOCKET" or b"another site" in body

    asyncio.run(walk())


def test_another_site_shows_nothing_of_it_whoever_asks(app, routes):
    async def walk():
        foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
        for method, path in every_request(routes):
            if method in ("GET", "HEAD"):
                status, told, _ = await asked(app, method, path, BEARER[Role.ADMIN] | foreign)
                assert status == 403, (method, path)
                assert not [name for name in told if name.startswith("access-control-")]

    asyncio.run(walk())
