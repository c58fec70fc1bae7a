"""What is sorted is learned at once: by a real child process, over what predictions.json says."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest
from conftest import children_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from labelled import learned_library, make_library, store_features

from vidsort import predict, train
from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.errors import ArtifactError
from vidsort.live.guesses import LOCK_FILE, guesses_path
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
    return learned_library(tmp_path, COUNTS)


def told(settings: Settings) -> dict[str, dict]:
    found = json.loads((settings.artifacts_dir / "predictions.json").read_text())
    return {entry.pop("video"): entry for entry in found}


def plain(guesses: dict[str, dict]) -> dict[str, dict]:
    return {name: {key: value for key, value in entry.items() if key != "filename"} for name, entry in guesses.items()}


def pile(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.data_dir.glob("*.mp4"))


@pytest.mark.programs
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
    eventually(lambda: server.live["labels"] == 1, WITHIN_S)
    guesses = server.workspace.library.serving.learned()
    assert 0 < guesses.refit_s / guesses.sequence < WITHIN_S
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


@pytest.mark.programs
def test_predictions_json_is_served_as_it_is_until_a_label_changes_and_again_after_a_retrain(
    serve, settings, eventually
):
    server = serve()
    server.client.get("/api/library")
    assert plain(server.guesses()) == told(settings)
    # A video more in the pile is no label.
    (settings.data_dir / "999.mp4").write_bytes(b"999")
    eventually(lambda: "999.mp4" in server.guesses(), WITHIN_S)
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    last = pile(settings)[1]
    train.run(settings)
    predict.run(settings)
    assert server.live is None
    assert server.guesses()[last]["confidence"] == told(settings)[last]["confidence"]
    server.sort(last, "food")
    eventually(lambda: server.live, WITHIN_S)
    assert server.live["labels"] == 1


@pytest.mark.programs
def test_a_file_of_another_program_is_served_as_it_is_also_where_something_was_learned(serve, settings, eventually):
    server = serve()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    name = pile(settings)[0]
    entry = {"video": name, "predicted_folder": "elsewhere", "confidence": 0.5, "top_predictions": []}
    beside = settings.artifacts_dir / "beside.json"
    beside.write_text(json.dumps([entry]))
    beside.replace(settings.artifacts_dir / "predictions.json")
    assert server.guesses()[name]["predicted_folder"] == "elsewhere"
    assert server.live is None


@pytest.mark.programs
def test_before_any_model_it_learns_from_the_second_folders_first_video_on(serve, tmp_path, eventually):
    settings = Settings(data_dir=tmp_path / "new", artifacts_dir=tmp_path / "none")
    make_library(settings.data_dir, {"food": 1, "sport": 0, None: 8})
    (settings.data_dir / "sport").mkdir(exist_ok=True)
    store_features(settings)
    server = serve(settings)
    first, second, *others = pile(settings)
    server.sort(first, "food")
    eventually(lambda: server.live, WITHIN_S)
    assert {video["predicted_folder"] for video in server.guesses().values()} == {None}
    server.sort(second, "sport")
    eventually(lambda: None not in {video["predicted_folder"] for video in server.guesses().values()}, WITHIN_S)
    assert server.live == server.live | {"labels": 3, "since_model_id": None}
    assert set(server.guesses()) == set(others)
    # And back again: of one folder alone nothing is said.
    assert server.client.post("/api/undo").status_code == 200
    eventually(lambda: {video["predicted_folder"] for video in server.guesses().values()} == {None}, WITHIN_S)


def test_without_features_nothing_happens_and_nothing_is_made(serve, tmp_path, eventually):
    settings = Settings(data_dir=tmp_path / "new", artifacts_dir=tmp_path / "none")
    make_library(settings.data_dir, {"food": 1, "sport": 1, None: 3})
    server = serve(settings)
    server.workspace.state()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.workspace.library.learning._next_start_s > 0)
    assert (server.learner, server.live) == (None, None)
    assert not guesses_path(settings.artifacts_dir).exists()


@pytest.mark.programs
def test_a_renamed_folder_is_guessed_by_its_new_name_at_once(serve, settings, eventually):
    server = serve()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    assert server.client.patch("/api/folders/food", json={"name": "cooking"}).status_code == 200

    def named() -> set[str]:
        return {score["folder"] for entry in server.guesses().values() for score in entry["top_predictions"]}

    assert named() == {"cooking", "sport"}
    eventually(lambda: server.live["labels"] == 7, WITHIN_S)
    assert named() == {"cooking", "sport"}
    assert server.client.post("/api/folders/cooking/merge", json={"into": "sport"}).status_code == 200
    eventually(lambda: {entry["predicted_folder"] for entry in server.guesses().values()} <= {"sport", None}, WITHIN_S)


@pytest.mark.programs
def test_what_a_file_manager_moves_is_learned(serve, settings, eventually):
    server = serve()
    (settings.data_dir / "new").mkdir()
    (settings.data_dir / pile(settings)[0]).rename(settings.data_dir / "new" / pile(settings)[0])
    eventually(lambda: any(
        score["folder"] == "new" for entry in server.guesses().values() for score in entry["top_predictions"]
    ), WITHIN_S)
    eventually(lambda: server.live["labels"] == 1, WITHIN_S)


def test_it_is_turned_off_by_a_setting(serve, settings):
    server = serve(settings.model_copy(update={"live_learning": False}))
    server.workspace.state()
    server.sort(pile(settings)[0], "food")
    assert (server.learner, server.live) == (None, None)
    assert not (settings.artifacts_dir / "live").exists()
    assert all(told(settings)[name] == entry for name, entry in plain(server.guesses()).items())


@pytest.mark.programs
def test_of_two_processes_one_learns_both_serve_the_same_and_the_other_takes_over(serve, settings, eventually):
    one, other = serve(), serve()
    other.sort(pile(settings)[0], "food")
    eventually(lambda: one.live and other.live, WITHIN_S)
    assert (one.learner is None, other.learner is None) == (False, True)
    eventually(lambda: one.guesses() == other.guesses(), WITHIN_S)
    assert one.workspace.predicted().version == other.workspace.predicted().version
    served = other.guesses()
    one.workspace.stop()
    # What was learned holds until more is.
    assert other.guesses() == served
    other.sort(pile(settings)[0], "sport")
    eventually(lambda: other.live["labels"] == 2, WITHIN_S)
    assert other.learner is not None


@pytest.mark.storm
def test_a_learner_that_is_killed_is_begun_anew_and_knows_all(serve, settings, eventually, caplog):
    server = serve()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    killed = server.learner
    os.kill(killed, signal.SIGKILL)
    server.sort(pile(settings)[0], "sport")
    eventually(lambda: server.live["labels"] == 2, WITHIN_S)
    assert server.learner not in (None, killed)
    assert "begun anew" in caplog.text


@pytest.mark.programs
def test_what_cannot_be_read_for_a_while_is_told_once_in_a_sentence_and_learned_later(
    serve, settings, eventually, caplog, monkeypatch
):
    server = serve()
    learning = server.workspace.library.learning
    catch_up, tries = learning._catch_up, []

    def refuse() -> None:
        tries.append(1)
        raise ArtifactError("The database cannot be opened: close some files.")

    monkeypatch.setattr(learning, "_catch_up", refuse)
    monkeypatch.setattr(learning, "_pause_s", 0.01)
    server.sort(pile(settings)[0], "food")
    # Each change is a reason to try again.
    eventually(lambda: (server.workspace.library.live.news.set(), len(tries) >= 3)[1], WITHIN_S)
    monkeypatch.setattr(learning, "_catch_up", catch_up)
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    assert caplog.text.count("could not be learned, which is tried again: The database cannot be opened") == 1
    assert "Traceback" not in caplog.text


@pytest.mark.programs
def test_a_damaged_file_is_told_and_left_out_and_one_of_a_dead_server_is_removed(serve, settings, eventually, caplog):
    server = serve()
    path = guesses_path(settings.artifacts_dir)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"PK\x03\x04 nothing")
    assert plain(server.guesses()) == told(settings)
    assert "cannot be read" in caplog.text
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    kept = path.read_bytes()
    server.workspace.stop()
    assert not path.exists()
    path.write_bytes(kept)
    again = serve()
    assert (again.live, path.exists()) == (None, False)
    assert plain(again.guesses()) == {name: entry for name, entry in told(settings).items() if name in pile(settings)}


@pytest.mark.programs
def test_the_end_of_the_server_ends_the_learner_and_leaves_nothing(serve, settings, eventually):
    server = serve()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    learner = server.learner
    assert learner in children_of(os.getpid())
    server.workspace.stop()
    assert learner not in children_of(os.getpid())
    assert [path.name for path in (settings.artifacts_dir / "live").iterdir()] == [LOCK_FILE]


@pytest.mark.storm
def test_a_learner_whose_server_was_killed_ends_by_itself(settings):
    """The end of a process closes what it writes to, however it ends."""
    begin = {
        "settings": settings.as_json(), "artifacts_dir": str(settings.artifacts_dir), "base": "", "model_id": None,
        "is_told": True, "places": {"": pile(settings), "food": [], "sport": []},
    }
    with subprocess.Popen([sys.executable, "-m", "vidsort.live.learner"], stdin=subprocess.PIPE) as learner:
        learner.stdin.write(json.dumps(begin).encode() + b"\n")
        learner.stdin.close()
        assert learner.wait(WITHIN_S) == 0


@pytest.mark.storm
def test_five_hundred_sorts_are_a_few_refits(serve, settings, eventually):
    make_many = range(1_000, 1_500)
    for number in make_many:
        (settings.data_dir / f"{number}.mp4").write_bytes(number.to_bytes(8, "big"))
    store_features(settings)
    server = serve()
    moves = [{"filename": f"{number}.mp4", "folder": "food"} for number in make_many]
    answer = server.client.post("/api/sort/batch", json={"moves": moves})
    assert answer.json()["success"]
    eventually(lambda: server.live and server.live["labels"] == 500, WITHIN_S)
    assert server.workspace.library.serving.learned().sequence <= 3


@pytest.mark.programs
def test_while_the_library_is_away_there_is_no_learner_and_nothing_is_unlearned(serve, settings, eventually):
    server = serve()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    before, away = server.guesses(), settings.data_dir.with_name("away")
    settings.data_dir.rename(away)
    eventually(lambda: server.learner is None, WITHIN_S)
    assert server.guesses() == {}
    away.rename(settings.data_dir)
    eventually(lambda: server.guesses() == before, WITHIN_S)
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live["labels"] == 2, WITHIN_S)


@pytest.mark.programs
def test_of_a_large_library_a_sample_is_learned_and_what_is_sorted_beside_it_too(
    serve, settings, eventually, monkeypatch
):
    monkeypatch.setattr("vidsort.live.learning.MOST_LEARNED", 16)
    server, before = serve(), told(settings)

    def sort_into_a_new_folder(name: str, folder: str) -> dict[str, dict]:
        assert server.client.post("/api/folders", json={"name": folder}).status_code == 201
        server.sort(name, folder)
        eventually(lambda: any(
            score["folder"] == folder for entry in server.guesses().values() for score in entry["top_predictions"]
        ), WITHIN_S)
        return plain(server.guesses())

    guesses = sort_into_a_new_folder(pile(settings)[1], "new")
    beside = [name for name, entry in guesses.items() if entry == before[name]]
    assert len(beside) in (5, 6)
    guesses = sort_into_a_new_folder(beside[0], "other")
    assert [name for name, entry in guesses.items() if entry == before[name]] == beside[1:]


@pytest.mark.programs
def test_a_video_that_gets_features_is_guessed_without_a_retrain(serve, settings, eventually, monkeypatch):
    (settings.data_dir / "999.mp4").write_bytes(b"999")
    server = serve()
    server.sort(pile(settings)[0], "food")
    eventually(lambda: server.live, WITHIN_S)
    assert server.guesses()["999.mp4"]["predicted_folder"] is None
    store_features(settings)
    eventually(lambda: server.guesses()["999.mp4"]["predicted_folder"], WITHIN_S)
