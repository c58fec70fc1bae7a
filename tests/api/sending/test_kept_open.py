"""Videos that are kept open: only what would be opened now, only for a moment, and closed in the end."""

import os

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from vidsort.api.routes import add_routes
from vidsort.api.sending import kept as module
from vidsort.api.workspace import Workspace
from vidsort.library.live import LiveLibrary
from vidsort.library.opened import HAS_DESCRIPTORS

FIRST = "71000000000000000.mp4"
pytestmark = pytest.mark.skipif(not HAS_DESCRIPTORS, reason="nothing is kept open where that keeps it from being moved")


@pytest.fixture
def client(settings):
    workspace, app = Workspace(settings), FastAPI(docs_url=None, redoc_url=None)
    add_routes(app, workspace)
    yield TestClient(app, raise_server_exceptions=False)
    workspace.stop()


@pytest.fixture
def keeping(client, settings):
    """A client whose server keeps videos open, in one event loop; the videos that are open by name."""
    (settings.data_dir / "7.mp4").write_bytes(b"seven")
    # The first look at the library is a change of it, which lets go of what is kept.
    client.app.state.workspace.library.live.poll()
    state = client.app.state.kept
    with client, state.keeping():
        yield client, state._open


@pytest.fixture
def looked_for(monkeypatch) -> list[str]:
    names, real = [], LiveLibrary.find
    monkeypatch.setattr(LiveLibrary, "find", lambda live, name: (names.append(name), real(live, name))[1])
    return names


def test_many_parts_of_a_video_open_it_once_and_it_is_closed_in_the_end(keeping, looked_for, eventually):
    client, held = keeping
    parts = [client.get("/videos/7.mp4", headers={"range": f"bytes={at}-{at}"}).content for at in range(5)]
    assert b"".join(parts) == b"seven"
    assert looked_for == ["7.mp4"]
    file = held["7.mp4"][1].file
    eventually(lambda: file.closed)
    assert not held


def test_what_was_written_replaced_or_deleted_is_opened_anew(keeping, settings):
    client, _ = keeping
    path = settings.data_dir / "7.mp4"
    assert client.get("/videos/7.mp4").content == b"seven"
    path.write_bytes(b"written")
    assert client.get("/videos/7.mp4").content == b"written"
    (settings.data_dir / "beside").write_bytes(b"replaced")
    os.replace(settings.data_dir / "beside", path)  # noqa: PTH105
    assert client.get("/videos/7.mp4").content == b"replaced"
    path.unlink()
    assert client.get("/videos/7.mp4").status_code == 404


def test_after_a_move_the_video_that_has_the_name_now_is_sent(keeping, settings):
    client, _ = keeping
    before = client.get(f"/videos/{FIRST}").content
    (settings.data_dir / "dance" / FIRST).write_bytes(b"another of its name")
    assert client.post("/api/sort", json={"filename": FIRST, "folder": "food"}).status_code == 200
    assert (settings.data_dir / "food" / FIRST).read_bytes() == before
    assert client.get(f"/videos/{FIRST}").content == b"another of its name"


def test_only_so_many_are_kept_and_all_are_sent(keeping, settings, monkeypatch):
    client, held = keeping
    monkeypatch.setattr(module, "MOST", 2)
    for number in range(4):
        (settings.data_dir / f"{number}.mp4").write_bytes(b"%d" % number)
        assert client.get(f"/videos/{number}.mp4").content == b"%d" % number
    assert len(held) <= 2


def test_nothing_is_kept_where_nobody_would_close_it(client, settings):
    (settings.data_dir / "7.mp4").write_bytes(b"seven")
    assert client.get("/videos/7.mp4").content == b"seven"
    assert not client.app.state.kept._open
