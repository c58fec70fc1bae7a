"""No name that a disk can hold breaks an answer: lists, the queue, the journal, the client that reads them.

Which names are videos is a rule of `library.names`; here every file is one.
"""

import json
import os

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from naming import ANY_NAMES, HOSTILE
from test_routes import client, make_client

from vidsort.client import VidsortClient
from vidsort.library import listed
from vidsort.library.moves import carrying, plans
from vidsort.library.names import FILENAME_PATTERNS
from vidsort.pile.order import ORDERS

__all__ = ["client", "make_client"]


@pytest.fixture
def names(settings, monkeypatch) -> list[str]:
    """The names of the unsorted videos, hostile ones among them, in order."""
    for module in (listed, carrying):
        monkeypatch.setattr(module, "is_filename", lambda *_: True)
    monkeypatch.setattr(plans, "check_filename", lambda name, _: name)
    for name in HOSTILE:
        (settings.data_dir / name).touch()
    return sorted(entry.name for entry in os.scandir(settings.data_dir) if entry.is_file())


@pytest.fixture
def server(client) -> VidsortClient:
    """The client for programs, on the same application."""
    server = VidsortClient("http://127.0.0.1")
    server._http = client
    return server


def journaled(names) -> list[str]:
    """Those that the journal can hold, which is text: valid Unicode."""
    return [name for name in names if name.encode("utf-8", "replace").decode() == name]


def filenames(answer) -> list[str]:
    return [video.filename for video in answer.videos]


def test_the_whole_list_has_every_name(client, server, names):
    assert [video["filename"] for video in client.get("/api/videos").json()["videos"]] == names
    assert filenames(server.videos()) == names


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("ask", [VidsortClient.videos, VidsortClient.queue])
def test_page_by_page_every_name_comes_once(server, names, order, ask):
    seen, cursor = [], None
    while True:
        answer = ask(server, order=order, limit=2, cursor=cursor)
        assert answer.total == len(names)
        seen += filenames(answer)
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == names
    if order == "filename":
        assert seen == names


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(asked=st.lists(ANY_NAMES, max_size=5))
def test_entries_are_given_for_any_names(client, names, asked):
    body = json.dumps({"filenames": asked})
    answer = client.post("/api/queue/entries", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert [video["filename"] for video in answer.json()["videos"]] == [name for name in asked if name in names]


def test_every_name_is_sorted_told_by_the_journal_and_taken_back(client, server, names, settings):
    for name in journaled(names):
        assert server.sort(name, "food").filename == name
        assert (settings.data_dir / "food" / name).exists()
        assert server.videos().total == len(names) - 1
        assert server.undo().moves[0].source == name
        assert server.history(1).moves[0].source == name
        assert client.get("/api/history/actions?limit=1").json()["actions"][0]["move"]["source"] == name
    assert filenames(server.videos()) == names


def test_a_batch_of_all_names_has_an_outcome_for_each(server, names):
    wanted = journaled(names)
    answer = server.sort_batch([(name, "food") for name in wanted])
    assert answer.success
    assert [outcome.filename for outcome in answer.outcomes] == wanted
    assert filenames(server.videos()) == [name for name in names if name not in wanted]


def test_the_schema_has_the_rule_of_the_setting(make_client, settings):
    for rule in ("digits", "any"):
        made = make_client(settings.model_copy(update={"video_names": rule})).get("/openapi.json").json()
        parts = (
            made["components"]["schemas"]["SortBody"]["properties"]["filename"],
            made["paths"]["/videos/{filename}"]["get"]["parameters"][0]["schema"],
        )
        assert {part["pattern"] for part in parts} == {FILENAME_PATTERNS[rule]}
