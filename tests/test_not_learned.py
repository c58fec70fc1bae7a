"""A folder that is not learned from is sorted into and undone like any, and nothing is learned of it or put into it."""

import contextlib
import json
import shutil

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from labelled import learned_library

from vidsort import artifacts, predict, train
from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.errors import NotEnoughLabelsError
from vidsort.insight.doctor import examine
from vidsort.settings import Settings

COUNTS = {"food": 12, "sport": 12, "Trash": 12, None: 12}
WITHIN_S = 30


@pytest.fixture
def learned_all(tmp_path) -> Settings:
    """A library whose model in force, from before, has learned of Trash too, and sees much of the pile there."""
    settings = learned_library(tmp_path, COUNTS)
    assert "Trash" in {entry["predicted_folder"] for entry in published(settings)}
    return settings


@pytest.fixture
def settings(learned_all) -> Settings:
    """The same, not learned from any more; spelled as another file system might."""
    return learned_all.model_copy(update={"not_learned": ("trash",)})


@pytest.fixture
def workspace(settings):
    with contextlib.ExitStack() as stack:
        found = Workspace(settings)
        stack.callback(found.stop)
        found.start()
        yield found


@pytest.fixture
def client(workspace):
    app = FastAPI()
    add_routes(app, workspace)
    return TestClient(app)


def published(settings: Settings) -> list[dict]:
    return json.loads(artifacts.predictions_path(settings.artifacts_dir).read_text())


def names_it(value: object) -> bool:
    """Whether Trash is named anywhere in an answer but in its list of folders."""
    return "Trash" in json.dumps(value)


def test_nothing_is_learned_from_it(settings):
    report = train.run(settings)
    about = artifacts.show_model(settings.artifacts_dir, str(report.outputs["model_id"]))
    assert set(about["manifest"]["folders"]) == {"food", "sport"}
    assert not names_it(about)


def test_a_model_that_has_learned_of_it_does_not_suggest_it(settings):
    before = {entry["video"]: entry for entry in published(settings)}
    predict.run(settings)
    entries = published(settings)
    assert [entry["video"] for entry in entries] == list(before)
    assert not names_it(entries)
    kept = before[entries[0]["video"]]["top_predictions"]
    assert entries[0]["top_predictions"] == [score for score in kept if score["folder"] != "Trash"]


def test_predictions_from_before_do_not_name_it_either(client, settings):
    assert names_it(published(settings))
    listed = client.get("/api/videos").json()["videos"]
    assert not names_it(listed)
    assert {video["predicted_folder"] for video in listed} <= {"food", "sport"}
    assert not names_it(client.get("/api/queue").json())
    assert not names_it(client.post("/api/autofile", json={"at_most_wrong": 0.4}).json()["moves"])
    assert not names_it(client.get("/api/misfiled?limit=100").json())


def test_it_is_sorted_into_counted_and_undone_like_any(client, settings):
    assert client.get("/api/library").json()["not_learned"] == ["Trash"]
    name = client.get("/api/videos").json()["videos"][0]["filename"]
    answer = client.post("/api/sort", json={"filename": name, "folder": "Trash"})
    assert answer.status_code == 200
    assert {folder["name"]: folder["count"] for folder in answer.json()["folders"]}["Trash"] == 13
    assert client.post("/api/undo").status_code == 200
    assert (settings.data_dir / name).is_file()


@pytest.mark.programs
def test_the_live_head_learns_of_the_others_alone(client, eventually):
    videos = [video["filename"] for video in client.get("/api/videos").json()["videos"]]
    client.post("/api/sort", json={"filename": videos[0], "folder": "Trash"})
    client.post("/api/sort", json={"filename": videos[1], "folder": "food"})
    live = eventually(lambda: client.get("/api/retrain/status").json()["live"], WITHIN_S)
    assert live["labels"] == 1
    assert not names_it(client.get("/api/videos").json())
    client.post("/api/move", json={"filename": videos[0], "from": "Trash", "to": "sport"})
    eventually(lambda: client.get("/api/retrain/status").json()["live"]["labels"] == 2, WITHIN_S)


def test_what_lies_there_is_no_reason_for_a_guess(client, settings):
    lying = {path.name for path in (settings.data_dir / "Trash").iterdir()}
    for video in client.get("/api/videos").json()["videos"][:3]:
        nearest = client.get(f"/api/videos/{video['filename']}/why").json()["nearest"]
        assert nearest
        assert lying.isdisjoint(one["filename"] for one in nearest)


def test_where_it_is_one_of_two_folders_there_is_too_little_to_learn_from(settings):
    shutil.rmtree(settings.data_dir / "sport")
    with pytest.raises(NotEnoughLabelsError, match="trash is not learned from"):
        train.run(settings)


def test_the_doctor_tells_of_a_name_that_no_folder_has(settings):
    def told(names):
        given = settings.model_copy(update={"not_learned": names})
        return next(check for check in examine(given) if check.name == "library")

    assert told(("trash",)).state == "ok"
    strange = told(("trash", "trsh"))
    assert strange.state == "warning"
    assert "no folder 'trsh'" in strange.text
