"""A long copy, or pictures that take long, keep nobody waiting who only reads."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import filelock
import httpx
import pytest
import uvicorn
from anyio import to_thread
from fastapi import FastAPI
from test_workspace import workspace

from vidsort.api import turns
from vidsort.api.routes import add_routes
from vidsort.library.moves.files.alone import LOCK_NAME

__all__ = ["workspace"]
# More than the server has threads.
MANY = 60
PATIENCE_S = 60


@pytest.fixture
def server(workspace, settings, eventually):
    """A client of a server with many unsorted files; `server.received` counts requests by path."""
    for number in range(MANY):
        (settings.data_dir / f"{number}.mp4").touch()
    app = FastAPI()
    add_routes(app, workspace)
    received = []

    async def counting(scope, receive, send):
        received.append(scope["path"])
        await app(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = uvicorn.Server(uvicorn.Config(counting, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        eventually(lambda: running.started, 30)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        limits = httpx.Limits(max_connections=2 * MANY)
        with httpx.Client(base_url=address, timeout=PATIENCE_S, limits=limits) as client:
            client.received = received
            yield client
        running.should_exit = True
        thread.join(20)


def hold_the_moves(settings) -> filelock.FileLock:
    """What another process does while it copies something big to another drive."""
    lock = filelock.FileLock(settings.artifacts_dir / LOCK_NAME)
    lock.acquire()
    return lock


@pytest.mark.programs
def test_readers_are_never_behind_a_long_copy(server, settings, eventually):
    lock = hold_the_moves(settings)
    try:
        with ThreadPoolExecutor(MANY) as pool:
            sorts = [
                pool.submit(server.post, "/api/sort", json={"filename": f"{number}.mp4", "folder": "food"})
                for number in range(MANY)
            ]
            eventually(lambda: server.received.count("/api/sort") == MANY, 30)
            for path in (
                "/healthz", "/readyz", "/api/videos", "/api/videos?limit=5", "/api/queue", "/api/folders",
                "/api/folders/food/videos", "/api/library", "/api/history", "/api/pace", "/api/retrain/status",
                "/videos/7.mp4",
                "/posters/71000000000000000.mp4.webp",
            ):
                assert server.get(path).status_code == 200, path
            assert not any(sort.done() for sort in sorts)
            lock.release()
            assert {sort.result().status_code for sort in sorts} == {200}
    finally:
        lock.release()
    assert len(server.get("/api/history?limit=100").json()["moves"]) == MANY


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/api/sort", {"filename": "1.mp4", "folder": "food"}),
    ("POST", "/api/sort/batch", {"moves": [{"filename": "1.mp4", "folder": "food"}]}),
    ("POST", "/api/move", {"filename": "1.mp4", "from": None, "to": "food"}),
    ("POST", "/api/move/batch", {"moves": [{"filename": "1.mp4", "from": None, "to": "food"}]}),
    ("POST", "/api/undo", None),
    ("POST", "/api/redo", None),
    ("POST", "/api/folders", {"name": "new"}),
    ("PATCH", "/api/folders/food", {"name": "new"}),
    ("POST", "/api/folders/food/merge", {"into": "dance"}),
    ("DELETE", "/api/folders/food", None),
])
def test_whatever_moves_waits_its_turn_and_says_so_when_that_takes_long(
    server, settings, monkeypatch, method, path, body
):
    monkeypatch.setattr(turns.moving, "_patience_s", 0.1)
    begun = threading.Event()

    def run_sync(*values, **named):
        begun.set()
        return to_thread.run_sync(*values, **named)

    monkeypatch.setattr(turns, "to_thread", SimpleNamespace(run_sync=run_sync))
    lock = hold_the_moves(settings)
    try:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(server.post, "/api/sort", json={"filename": "0.mp4", "folder": "food"})
            assert begun.wait(30)
            answer = server.request(method, path, json=body)
            assert answer.status_code == 409
            assert "under way" in answer.json()["detail"]
            lock.release()
            assert first.result().status_code == 200
    finally:
        lock.release()


def test_readers_are_never_behind_pictures_that_are_being_made(server, workspace, eventually, monkeypatch):
    may_go_on = threading.Event()
    monkeypatch.setattr(workspace.pictures, "get", lambda *_: may_go_on.wait(PATIENCE_S) and b"a picture")
    with ThreadPoolExecutor(MANY) as pool:
        try:
            posters = [pool.submit(server.get, "/posters/71000000000000000.mp4.webp") for _ in range(MANY)]
            eventually(lambda: len(server.received) == MANY, 30)
            for path in ("/healthz", "/api/queue", "/api/folders"):
                assert server.get(path).status_code == 200
            assert server.post("/api/sort", json={"filename": "1.mp4", "folder": "food"}).status_code == 200
            assert not any(poster.done() for poster in posters)
        finally:
            may_go_on.set()
        assert {poster.result().content for poster in posters} == {b"a picture"}
