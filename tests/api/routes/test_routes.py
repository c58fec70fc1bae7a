"""The documented routes: names, status codes and shapes exactly as in the contract."""

import json
import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import LIBRARY_FOLDERS
from fastapi import FastAPI
from fastapi.testclient import TestClient

from vidsort.api.contract import Misfit
from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.media import pictures

FIRST, SECOND, THIRD = "71000000000000000.mp4", "71000000000000100.mp4", "71000000000000200.mp4"


@pytest.fixture
def make_client(settings):
    """A client of the routes alone, not started: nothing may depend on that."""
    made = []

    def make(settings=settings) -> TestClient:
        workspace = Workspace(settings)
        made.append(workspace)
        app = FastAPI(docs_url=None, redoc_url=None)
        add_routes(app, workspace)
        return TestClient(app, raise_server_exceptions=False)

    yield make
    for workspace in made:
        workspace.stop()


@pytest.fixture
def client(make_client) -> TestClient:
    return make_client()


def predict(settings, *entries):
    settings.artifacts_dir.mkdir(exist_ok=True)
    beside = settings.artifacts_dir / "beside.json"
    beside.write_text(json.dumps(entries))
    beside.replace(settings.artifacts_dir / "predictions.json")


def entry(name, folder="food", confidence=0.8):
    top = [{"folder": folder, "confidence": confidence}, {"folder": "dance", "confidence": 0.1}]
    return {"video": name, "predicted_folder": folder, "confidence": confidence, "top_predictions": top}


def sort(client, filename, folder):
    return client.post("/api/sort", json={"filename": filename, "folder": folder})


def counts(answer):
    return {folder["name"]: folder["count"] for folder in answer.json()["folders"]}


def is_sentence(answer):
    detail = answer.json()["detail"]
    return isinstance(detail, str) and len(detail) > 15 and detail.endswith(".")


def test_all_unsorted_videos_are_listed_with_their_predictions_by_filename(client, settings):
    predict(settings, entry(SECOND), entry("404.mp4"))
    answer = client.get("/api/videos")
    assert answer.headers["content-type"] == "application/json"
    nothing = {"predicted_folder": None, "confidence": 0, "top_predictions": []}
    expected = [{"filename": FIRST} | nothing, {"filename": SECOND} | entry(SECOND), {"filename": THIRD} | nothing]
    for video in expected:
        video.pop("video", None)
    assert answer.json() == {"videos": expected, "total": 3}


def test_folders_are_listed_by_name_with_their_counts(client, settings):
    (settings.data_dir / ".hidden").mkdir()
    (settings.data_dir / "empty").mkdir()
    (settings.data_dir / "dance" / "notes.txt").write_text("no video")
    expected = [{"name": name, "count": count} for name, count in
                (("dance", 4), ("empty", 0), ("food", 4), ("sport", 4))]
    assert client.get("/api/folders").json() == {"folders": expected}


def test_a_sort_moves_the_file_and_gives_the_new_counts(client, settings):
    answer = sort(client, FIRST, "food")
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True, "filename": FIRST, "folder": "food",
        "folders": [{"name": "dance", "count": 4}, {"name": "food", "count": 5}, {"name": "sport", "count": 4}],
    }
    assert (settings.data_dir / "food" / FIRST).is_file()
    assert client.get("/api/videos").json()["total"] == 2


@pytest.mark.parametrize("filename", [
    "7.mp4\n", "\uff17.mp4", "a.mp4", "1.MP4", "../1.mp4", "", ".mp4", "1.mp4\0", "1.mp4/", " 1.mp4", "٣.mp4", "1.mp4 ",
    "1" * 300 + ".mp4", "\ud800.mp4", "..", "food/1.mp4",
])
def test_an_invalid_filename_is_400(client, filename):
    answer = client.post(
        "/api/sort", content=json.dumps({"filename": filename, "folder": "food"}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400
    assert is_sentence(answer)


@pytest.mark.parametrize("folder", [
    "", ".", "..", "../food", "food/", "/food", "food\\x", "fo\0od", ".hidden", "nope", "FOOD", "x" * 300, "out",
    "\ud800", "foo..d", FIRST,
])
def test_an_invalid_or_unknown_folder_is_400(client, settings, folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (settings.data_dir / "out").symlink_to(tmp_path / "elsewhere")
    (settings.data_dir / ".hidden").mkdir()
    answer = client.post(
        "/api/sort", content=json.dumps({"filename": FIRST, "folder": folder}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 400
    assert is_sentence(answer)
    assert (settings.data_dir / FIRST).is_file()


def test_a_video_that_is_not_in_the_root_is_404(client):
    sort(client, FIRST, "food")
    for filename in (FIRST, "404.mp4"):
        answer = sort(client, filename, "sport")
        assert answer.status_code == 404
        assert is_sentence(answer)


def test_a_name_that_is_taken_is_409_and_nothing_is_overwritten(client, settings):
    taken = settings.data_dir / "food" / FIRST
    taken.write_bytes(b"mine")
    answer = sort(client, FIRST, "food")
    assert answer.status_code == 409
    assert is_sentence(answer)
    assert taken.read_bytes() == b"mine"
    assert (settings.data_dir / FIRST).is_file()


@pytest.mark.parametrize("content", [
    b"", b"{}", b"[]", b"null", b"{", b'{"filename": "1.mp4"}', b'{"filename": 1, "folder": "food"}',
    b'{"filename": "1.mp4", "folder": null}', b'{"filename": ["1.mp4"], "folder": "food"}',
    b'{"filename": NaN, "folder": "food"}', b'{"filename": "1.mp4", "folder": "food", "x": "\\ud800"}',
])
def test_a_body_of_the_wrong_shape_is_422_with_a_sentence_and_fastapis_list(client, content):
    answer = client.post("/api/sort", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert is_sentence(answer)
    assert {"loc", "msg", "type"} <= set(answer.json()["errors"][0])
    Misfit.model_validate(answer.json())


def test_the_sentence_names_what_does_not_fit(client):
    body = client.post("/api/sort", json={"filename": 7, "folder": "food"})
    assert body.json()["detail"].startswith("filename in the body does not fit (input should be a valid string): ")
    query = client.get("/api/videos?limit=0")
    assert query.json()["detail"].startswith("limit in the query does not fit (input should be greater than")
    odd = client.post("/api/sort", content=b'{"\\u202e\\n": 1}', headers={"content-type": "application/json"})
    assert all(error["loc"] for error in odd.json()["errors"])
    assert is_sentence(odd)


@pytest.mark.parametrize("depth", range(100, 1100, 50))
def test_what_was_sent_is_told_back_however_deep_it_is_nested(client, depth):
    content = b'{"filename": ' + b"[" * depth + b"]" * depth + b', "folder": "food"}'
    answer = client.post("/api/sort", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    # What is told back is as deep: it is decoded on a stack that pytest's own frames have no part of.
    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(is_sentence, answer).result()


def test_a_body_that_does_not_say_it_is_json_is_422(client):
    """What a form of another site could send."""
    body = json.dumps({"filename": FIRST, "folder": "food"})
    for content in (body, b"\xff\xfe", b""):
        answer = client.post("/api/sort", content=content, headers={"content-type": "text/plain"})
        assert answer.status_code == 422
        assert is_sentence(answer)


def test_a_body_nested_without_end_is_an_error_and_not_a_crash(client):
    headers = {"content-type": "application/json"}
    assert client.post("/api/sort", content=b"[" * 100_000, headers=headers).status_code == 422


def test_two_requests_for_one_video_move_it_once(client):
    client.get("/api/folders")
    together = threading.Barrier(8)

    def one(number):
        together.wait()
        return sort(client, FIRST, LIBRARY_FOLDERS[number % 3]).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [200] + [404] * 7


def test_changes_on_disk_show_without_a_restart(client, settings):
    client.get("/api/videos")
    shutil.copy(settings.data_dir / FIRST, settings.data_dir / "5.mp4")
    (settings.data_dir / SECOND).rename(settings.data_dir / "sport" / SECOND)
    assert [video["filename"] for video in client.get("/api/videos").json()["videos"]] == ["5.mp4", FIRST, THIRD]
    assert counts(client.get("/api/folders"))["sport"] == 5


def test_new_predictions_are_served_at_once(client, settings):
    predict(settings, entry(FIRST, "food"))
    assert client.get("/api/videos").json()["videos"][0]["predicted_folder"] == "food"
    predict(settings, entry(FIRST, "sport"))
    assert client.get("/api/videos").json()["videos"][0]["predicted_folder"] == "sport"


def test_a_damaged_predictions_file_stops_nothing(settings, make_client):
    settings.artifacts_dir.mkdir()
    (settings.artifacts_dir / "predictions.json").write_text("{")
    assert make_client().get("/api/videos").json()["videos"][0]["predicted_folder"] is None


@pytest.mark.programs
def test_a_library_that_is_not_there_is_empty_until_it_comes(make_client, settings):
    client = make_client(settings.model_copy(update={"data_dir": settings.data_dir / "later"}))
    assert client.get("/api/videos").json() == {"videos": [], "total": 0}
    assert client.get("/api/folders").json() == {"folders": []}
    assert sort(client, FIRST, "food").status_code == 404
    assert client.get("/readyz").status_code == 503
    assert not client.get("/api/library").json()["exists"]
    (settings.data_dir / "later" / "x").mkdir(parents=True)
    assert counts(client.get("/api/folders")) == {"x": 0}
    assert client.get("/readyz").json()["status"] == "ok"


@pytest.mark.programs
def test_a_library_that_is_away_is_not_ready_and_says_why(client, settings, tmp_path):
    assert client.get("/readyz").status_code == 200
    kept = settings.data_dir.rename(tmp_path / "kept")
    settings.data_dir.mkdir()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")
    assert f"{settings.data_dir} held 15 videos in 3 folders and is empty now" in answer.json()["detail"]
    assert is_sentence(answer)
    assert client.post("/api/folders", json={"name": "new"}).status_code == 409
    assert not list(settings.data_dir.iterdir())
    settings.data_dir.rmdir()
    kept.rename(settings.data_dir)
    assert client.get("/readyz").json() == {"status": "ok", "detail": None}


@pytest.mark.programs
def test_a_server_on_which_nothing_can_be_decoded_is_not_ready(make_client, monkeypatch, tmp_path):
    client = make_client()
    assert client.get("/readyz").status_code == 200
    damaged = tmp_path / "trial.mp4"
    damaged.write_bytes(pictures.TRIAL.read_bytes()[:900])
    monkeypatch.setattr(pictures, "TRIAL", damaged)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("No video can be decoded on this machine (")


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("GET", "/api/sort", "POST"), ("GET", "/api/retrain", "POST"), ("DELETE", "/api/videos", "GET, HEAD"),
    ("PUT", "/videos/1.mp4", "GET, HEAD"), ("POST", "/healthz", "GET, HEAD"),
    ("POST", "/api/retrain/status", "GET, HEAD"),
])
def test_a_wrong_method_is_405_and_says_which_are_right(client, method, path, allowed):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert is_sentence(answer)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/nope/1", "/videos", "/posters/1.mp4"])
def test_an_unknown_path_is_404_with_a_sentence(client, path):
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        answer = client.request(method, path)
        assert answer.status_code == 404
        assert is_sentence(answer)


def test_every_get_answers_head(client):
    for path in ("/api/videos", "/api/folders", "/api/retrain/status", "/healthz", f"/videos/{FIRST}"):
        assert client.head(path).status_code == 200


def test_every_route_is_in_the_schema_with_its_errors(client):
    schema = client.get("/openapi.json").json()
    sorting = schema["paths"]["/api/sort"]["post"]
    assert {"200", "400", "404", "409", "422"} <= set(sorting["responses"])
    assert sorting["responses"]["409"]["content"]["application/json"]["schema"]["$ref"].endswith("/Fault")
    documented = {"/api/videos", "/api/folders", "/api/retrain", "/api/retrain/status", "/videos/{filename}"}
    assert documented <= set(schema["paths"])
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation.get("description"), f"{method} {path} has no description"
            assert {"400", "401", "403", "413", "429", "500"} <= set(operation["responses"]), path
            takes_anything = "parameters" in operation or "requestBody" in operation
            assert ("422" in operation["responses"]) == takes_anything, path
    assert "HTTPValidationError" not in schema["components"]["schemas"]


def test_the_documentation_loads_nothing_from_other_hosts(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"docs/{asset}" in page.text
        assert len(client.get(f"/docs/{asset}").content) > 1000
    assert client.get("/docs/passwd").status_code == 404


def test_an_error_nobody_foresaw_is_json_and_tells_no_secrets(client, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Workspace, "listing", broken)
    answer = client.get("/api/videos")
    assert answer.status_code == 500
    assert is_sentence(answer)
    assert "secret" not in answer.text


def test_a_disk_that_fails_is_500_with_its_reason(client, settings, monkeypatch):
    def full(*_, **__):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Workspace, "listing", full)
    answer = client.get("/api/videos")
    assert answer.status_code == 500
    assert os.strerror(28) in answer.json()["detail"]


def test_retrain_starts_at_once_and_its_status_has_the_documented_keys(client, monkeypatch):
    workspace = client.app.state.workspace
    monkeypatch.setattr(workspace.retrain, "start", lambda settings: "started")
    assert client.get("/api/retrain/status").json()["running"] is False
    assert client.get("/api/retrain/status").json()["last_result"] is None
    assert client.post("/api/retrain").json() == {"status": "started"}
    monkeypatch.setattr(workspace.retrain, "start", lambda settings: "already_running")
    assert client.post("/api/retrain").json() == {"status": "already_running"}
    assert client.post("/api/retrain/cancel").json() == {"status": "not_running"}
