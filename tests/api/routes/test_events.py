"""The stream of events as a browser reads it: names, retry, a sign of life, and its end with the connection."""

import asyncio
import contextlib
import json

import fastapi.routing
import pytest
from test_routes import FIRST, SECOND, client, make_client, sort

from vidsort.accounts import PERSON, Person, Role
from vidsort.api.contract import Moved, State
from vidsort.api.contract.events import AnyEvent
from vidsort.api.routes import events

__all__ = ["client", "make_client"]

DEADLINE_S = 20
SCOPE = {
    "type": "http", "method": "GET", "path": "/api/events", "raw_path": b"/api/events", "root_path": "",
    "query_string": b"", "headers": [(b"host", b"testserver")], "http_version": "1.1", "scheme": "http",
}


@contextlib.asynccontextmanager
async def listening(app):
    """`next_block()`: what came up to the next empty line; leaving the block closes the connection."""
    blocks, gone = asyncio.Queue(), asyncio.Event()

    async def receive():
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        await blocks.put(message)

    async def next_block():
        return await asyncio.wait_for(blocks.get(), DEADLINE_S)

    answering = asyncio.create_task(app(SCOPE, receive, send))
    try:
        yield next_block
    finally:
        gone.set()
        await asyncio.wait_for(answering, DEADLINE_S)


def fields(message) -> dict[str, str]:
    lines = message["body"].decode().strip("\n").split("\n")
    return dict(line.split(": ", 1) for line in lines)


def test_each_change_is_an_event_state_and_the_first_says_when_to_try_again(client):
    async def listen():
        async with listening(client.app) as next_block:
            start = await next_block()
            first = fields(await next_block())
            await asyncio.to_thread(sort, client, FIRST, "food")
            moved = fields(await next_block())
            assert AnyEvent.validate_python(moved).data.moves[0].source == FIRST
            assert (moved["event"], "retry" in moved) == ("moved", False)
            return start, first, fields(await next_block())

    start, first, second = asyncio.run(listen())
    headers = dict(start["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert (headers[b"cache-control"], headers[b"x-accel-buffering"]) == (b"no-cache", b"no")
    assert (first["event"], first["retry"]) == ("state", "1000")
    assert (second["event"], "retry" in second) == ("state", False)
    assert json.loads(first["data"])["total"] == json.loads(second["data"])["total"] + 1
    assert State.model_validate_json(second["data"]).retrain.running is False


def test_what_anyone_moves_is_told_with_who_it_was(client):
    by_ann, moves = {"X-Vidsort-Browser": "ann"}, []

    def act():
        assert client.post("/api/sort", json={"filename": FIRST, "folder": "food"}, headers=by_ann).status_code == 200
        assert client.post("/api/undo").status_code == 200
        assert client.post("/api/sort", json={"filename": SECOND, "folder": "food"}, headers=by_ann).status_code == 200

    async def listen():
        async with listening(client.app) as next_block:
            for _ in range(2):
                await next_block()
            await asyncio.to_thread(act)
            while len(moves) < 2:
                block = fields(await next_block())
                if block["event"] == "moved":
                    moves.extend(Moved.model_validate_json(block["data"]).moves)

    asyncio.run(listen())
    told = {(move.source, move.state, move.by) for move in moves}
    assert {(FIRST, "undone", None), (SECOND, "done", "ann")} <= told


def test_of_very_many_moves_the_last_are_told_and_how_many_more_there_were(client, monkeypatch):
    monkeypatch.setattr(events, "MOST_TOLD", 1)

    async def listen():
        async with listening(client.app) as next_block:
            for _ in range(2):
                await next_block()
            wishes = [{"filename": name, "folder": "food"} for name in (FIRST, SECOND)]
            await asyncio.to_thread(client.post, "/api/sort/batch", json={"moves": wishes})
            return Moved.model_validate_json(fields(await next_block())["data"])

    moved = asyncio.run(listen())
    assert ([move.source for move in moved.moves], moved.left_out) == ([SECOND], 1)


def test_a_stream_in_which_nothing_changes_gives_a_sign_of_life(client, monkeypatch):
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)

    async def listen():
        async with listening(client.app) as next_block:
            blocks = [await next_block() for _ in range(3)]
            while not blocks[-1]["body"].startswith(b":"):
                blocks.append(await next_block())
            return blocks[-1]["body"]

    assert asyncio.run(listen()).endswith(b"\n\n")


def test_the_schema_says_that_errors_are_json(client):
    answers = client.get("/openapi.json").json()["paths"]["/api/events"]["get"]["responses"]
    assert set(answers["401"]["content"]) == {"application/json"}


@pytest.mark.parametrize("version", ["1.0", "1.1", "2"])
def test_head_ends_whatever_the_version_of_http(client, version):
    async def ask():
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {**SCOPE, "method": "HEAD", "http_version": version}
        await asyncio.wait_for(client.app(scope, receive, send), DEADLINE_S)
        return sent

    start, body = asyncio.run(ask())
    assert (start["status"], body["body"], body.get("more_body", False)) == (200, b"", False)


def test_the_stream_ends_with_the_session(client):
    """Who is let in no more is told nothing more, and a page that asks anew is asked who it is."""
    is_in = [True]

    async def listen():
        PERSON.set(Person("rita", Role.REVIEWER, "account", lambda: is_in[0]))
        async with listening(client.app) as next_block:
            await next_block()
            assert fields(await next_block())["event"] == "state"
            is_in[0] = False
            last = await next_block()
            assert (last["body"], last.get("more_body", False)) == (b"", False)

    asyncio.run(listen())
