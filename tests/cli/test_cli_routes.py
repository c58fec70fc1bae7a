"""What the API can the command line can, and the client: one table over every documented route."""

import inspect
import re
import sys

import pytest
from conftest import ROOT
from fastapi import FastAPI

from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.cli.program import actions_of, build_parser
from vidsort.cli.routes import ROUTES
from vidsort.cli.verbs import COMMANDS
from vidsort.client import AsyncVidsortClient, VidsortClient
from vidsort.client.following import Following

sys.path.insert(0, str(ROOT / "tools"))


def test_every_documented_route_has_a_method_and_a_command_or_a_reason(settings):
    workspace = Workspace(settings)
    app = FastAPI()
    add_routes(app, workspace)
    paths = app.openapi()["paths"]
    workspace.stop()
    assert set(ROUTES) == {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    for route, way in ROUTES.items():
        assert way.method, route
        if not way.command:
            assert way.reason.endswith("."), route


def test_every_command_of_the_table_is_one_that_can_be_typed():
    whole = actions_of(build_parser(COMMANDS))
    for way in filter(None, (way.command for way in ROUTES.values())):
        name, *rest = way.split()
        parser = whole[name]
        if actions_of(parser):
            parser, rest = actions_of(parser)[rest[0]], rest[1:]
        flags = [word for word in rest if word.startswith("-")]
        text = parser.format_help()
        assert all(flag in text for flag in flags), way
        given = [one.dest for one in parser._actions if not one.option_strings]
        wanted = [word for word in rest if word not in flags and word != "…"][: 0 if flags and name != "skip" else None]
        assert len(wanted) <= len(given), way


@pytest.mark.parametrize("client", [VidsortClient, AsyncVidsortClient])
def test_every_method_of_the_client_is_in_the_table_and_asks_that_route(client):
    methods = {
        name for name, _ in inspect.getmembers(client, inspect.isfunction)
        if not name.startswith("_") and name != "close" and name not in vars(Following)
    }
    assert methods == {way.method for way in ROUTES.values() if way.method}
    for route, way in ROUTES.items():
        if way.method:
            source = inspect.getsource(getattr(client, way.method))
            method, path = route.split(" ")
            assert f'"{method}"' in source, route
            beginning, _, end = re.sub(r"{\w+}", "{", path).partition("{")
            assert beginning in source, route
            assert end in source, route


def test_the_page_of_the_table_is_what_the_code_says():
    from api_and_commands import PAGE, written

    assert PAGE.read_text(encoding="utf-8") == written(), "run: python tools/api_and_commands.py"
