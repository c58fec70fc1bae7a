"""What all routes have in common: HEAD, bodies in UTF-8, and errors that come from anywhere."""

import json

import pytest
from test_routes import FIRST, client, make_client

__all__ = ["client", "make_client"]

JSON = {"content-type": "application/json"}
SORT = json.dumps({"filename": FIRST, "folder": "food"})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_a_body_that_is_no_utf8_is_422_and_moves_nothing(client, settings, encoding):
    body = SORT.replace("food", "fööd").encode(encoding)
    assert client.post("/api/sort", content=body, headers=JSON).status_code == 422
    assert (settings.data_dir / FIRST).is_file()


def test_a_body_in_utf8_is_read_with_and_without_its_mark(client):
    client.post("/api/folders", content='{"name": "fööd"}'.encode(), headers=JSON)
    answer = client.post("/api/sort", content=SORT.replace("food", "fööd").encode("utf-8-sig"), headers=JSON)
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [
    b"\xff", b'{"id": \xff}', b"[" * 100_000, b'{"id": ' + b"1" * 5000 + b"}", b'{"id": 1', b"\xef\xbb\xbf",
], ids=lambda body: repr(body[:12]))
def test_what_cannot_be_read_as_json_is_422(client, body):
    assert client.post("/api/undo", content=body, headers=JSON).status_code == 422


@pytest.mark.programs
def test_head_answers_as_get_does_without_a_body(client):
    for path in (
        "/api/videos", "/api/folders", "/api/folders/food/videos", "/api/queue", "/docs", "/readyz",
        f"/posters/{FIRST}.webp",
    ):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers == whole.headers


def test_head_of_a_stream_that_never_ends_ends(client):
    head = client.head("/api/events")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")
