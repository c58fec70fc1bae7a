"""What is sorted is learned at once: by a real child process, over what predictions.json says."""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest
from conftest import children_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from labelled import make_library, store_features

from vidsort import predict, train
from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.live.guesses import guesses_path
from vidsort.settings import Settings

WITHIN_S = 30
COUNTS = {"food": 6, "sport": 6, None: 12}


class Server:
    """A started server without a network: `get`, `post`, and what it serves."""

    def __init__(self, settings: Settings) -> None:
        self.workspace = Workspace(settings)
        app = FastAPI(docs_url=None, redoc_url=None)
        add_routes(app, self.workspace)
        self.client = TestClient(app, raise_server_exceptions=False)
        self.workspace.start()

    def guesses(self) -> dict[str, dict]:
        return {video["filename"]: video for video in self.client.get("/api/videos").json()["videos"]}

    @property
    def live(self) -> dict | None:
        return self.client.get("/api/retrain/status").json()["live"]

    def sort(self, filename: str, folder: str) -> None:
        answer = self.client.post("/api/sort", json={"filename": filename, "folder": folder})
        assert answer.status_code == 200, answer.text

    @property
    def learner(self) -> int | None:
        child = self.workspace.library.learning._child
        return child.pid if child is not None and child.poll() is None else None


@pytest.fixture
def serve(settings):
    with contextlib.ExitStack() as stack:
        def start(settings=settings) -> Server:
            server = Server(settings)
            stack.callback(server.workspace.stop)
            return server

        yield start


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Two folders of six videos, twelve unsorted ones that are like either by turns; features of all, and a model."""
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, COUNTS)
    store_features(settings)
    train.run(settings)
    predict.run(settings)
    return settings


def told(settings: Settings) -> dict[str, dict]:
    found = json.loads((settings.artifacts_dir / "predictions.json").read_text())
    return {entry.pop("video"): entry for entry in found}


def plain(guesses: dict[str, dict]) -> dict[str, dict]:
    return {name: {key: value for key, value in entry.items() if key != "filename"} for name, entry in guesses.items()}


def pile(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.data_dir.glob("*.mp4"))


def test_a_sort_changes_the_guesses_of_others_without_a_retrain_and_undo_takes_it_back(serve, settings, eventually):
    server = serve()
    before = told(settings)
    assert plain(server.guesses()) == before
    assert server.live is None
    first, *others = pile(settings)
    assert server.client.post("/api/folders", json={"name": "new"}).status_code == 201
    server.sort(first, "new")
    # What is like it is offered the folder that it alone lies in.
    eventually(lambda: any(
        score["folder"] == "new" for entry in server.guesses().values() for score in entry["top_predictions"]
    ), WITHIN_S)
    assert server.live["labels"] == 1
    assert server.live["since_model_id"] == json.loads(
        (settings.artifacts_dir / "current.json").read_text()
    )["model_id"]
    learned = plain(server.guesses())
    assert set(learned) == set(others)
    assert server.client.post("/api/undo").status_code == 200
    eventually(lambda: server.live["labels"] == 0, WITHIN_S)
    assert told(settings) == before
    assert (set(server.guesses()), len(list((settings.artifacts_dir / "models").iterdir()))) == ({first, *others}, 1)
    assert server.client.get("/api/retrain/status").json()["last_result"] is None
