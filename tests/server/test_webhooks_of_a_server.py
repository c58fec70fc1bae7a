"""Servers as people start them tell webhooks: one process and several, and keep the secret to themselves."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from conftest import ROOT, children_of
from receiving import SECRET, receiving
from test_serve import WORKERS, running

pytestmark = pytest.mark.programs

__all__ = ["running"]

SERVE = ("-m", "vidsort", "serve", "--port", "{port}")
NAMES = ("71000000000000000.mp4", "71000000000000100.mp4", "71000000000000200.mp4")


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


@pytest.fixture
def home(tmp_path, receiver) -> Path:
    """A folder with a vidsort.toml that names the receiver."""
    made = tmp_path / "home"
    made.mkdir()
    text = f'[[webhooks]]\nurl = "{receiver.address}/token"\nsecret = "{SECRET}"\n'
    (made / "vidsort.toml").write_text(text, encoding="utf-8")
    return made


def sources(receiver) -> list[str]:
    return [move["source"] for came in receiver.came for move in json.loads(came.body)["data"].get("moves", ())]


def test_a_server_tells_and_shows_its_secret_nowhere(running, home, receiver, eventually):
    receiver.answers = [500]
    with running(*SERVE, home=home, PYTHONPATH=str(ROOT), VIDSORT_LOG_JSON="true") as server:
        assert server.client.post("/api/sort", json={"filename": NAMES[0], "folder": "food"}).status_code == 200
        assert eventually(lambda: len(receiver.came) == 2, 30)
        assert receiver.came[0].body == receiver.came[1].body
        assert sources(receiver)[0] == NAMES[0]
        counted = 'vidsort_webhook_messages_total{outcome="sent"} 1.0'
        assert eventually(lambda: counted in server.client.get("/metrics").text)
        shown = [server.client.get(path).text for path in ("/metrics", "/openapi.json", "/api/library")]
        for process in (server.process.pid, *children_of(server.process.pid)):
            with contextlib.suppress(OSError):
                shown.append(Path(f"/proc/{process}/cmdline").read_bytes().decode())
        receiver.is_open.clear()
        server.client.post("/api/sort", json={"filename": NAMES[1], "folder": "food"})
        assert eventually(lambda: NAMES[1] in sources(receiver), 30)
        assert server.client.post("/api/undo").status_code == 200
    shown.append(server.log.read_text())
    assert not [text for text in shown if SECRET in text or "/token" in text]


def test_a_wrong_entry_is_a_sentence_and_no_server(settings, home):
    (home / "vidsort.toml").write_text('[[webhooks]]\nurl = "ftp://example.org"\nsecret = "x"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "vidsort", "serve", "--port", "0", *settings.as_flags()], cwd=home, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 2
    assert "url of webhook 1 in [[webhooks]] does not fit: write a whole address" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.storm
def test_several_processes_tell_each_event_once(running, home, receiver, eventually):
    with running(*WORKERS, home=home, PYTHONPATH=str(ROOT)) as server:
        for name in NAMES:
            # Each by a connection of its own, so that any process may be the one that answers.
            answer = httpx.post(server.client.base_url.join("/api/sort"), json={"filename": name, "folder": "food"})
            assert answer.status_code == 200
        assert httpx.post(server.client.base_url.join("/api/undo")).status_code == 200
        assert eventually(lambda: any(b'"taken_back"' in came.body for came in receiver.came), 30)
    told = [(json.loads(came.body)["event"], move["id"], move["state"]) for came in receiver.came
            for move in json.loads(came.body)["data"]["moves"]]
    assert len(told) == len(set(told))
    assert set(sources(receiver)) == set(NAMES)
