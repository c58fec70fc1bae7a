"""The whole application: the guard in front of everything, the routes before the page, the page at "/"."""

import gc
import os
import subprocess
import sys

import pytest
from conftest import ROOT
from fastapi.testclient import TestClient
from pydantic import SecretStr

from vidsort.errors import SettingsError
from vidsort.server import web
from vidsort.server.rules import BODY_LIMIT_BYTES
from vidsort.server.web import create_app
from vidsort.settings import Settings

PASSWORD = "open sesame"


@pytest.fixture
def client(settings) -> TestClient:
    return TestClient(create_app(settings), "http://127.0.0.1")


@pytest.fixture(scope="module")
def asked(library_template, tmp_path_factory) -> TestClient:
    """One application for the tests that only ask."""
    settings = Settings(data_dir=library_template, artifacts_dir=tmp_path_factory.mktemp("artifacts"))
    return TestClient(create_app(settings), "http://127.0.0.1")


def test_the_page_answers_get_and_head(client):
    assert client.get("/").headers["content-type"].startswith("text/html")
    assert client.head("/").status_code == 200


def test_the_page_does_not_swallow_the_routes_their_errors_or_their_methods(client):
    assert client.get("/api/videos").json()["total"] == 3
    assert client.get("/api/retrain").status_code == 405
    assert client.get("/api/nope").status_code == 404
    assert "detail" in client.get("/api/nope").json()
    assert client.get("/nothing/here").headers["content-type"] == "application/json"
    assert client.get("/docs").status_code == 200


@pytest.mark.parametrize("path", ["assets/", "static/", "svelte/", "theme/", "review/", "monitoring/", "pwa_icon/", ""])
@pytest.mark.parametrize("part", ["x" * 256, "é" * 200, "x" * 5000, "x/" * 3000, "%00", "%FF", "..%2f..%2fx", "x%0A"])
def test_an_odd_path_under_the_page_is_a_4xx_with_a_sentence(asked, path, part):
    for method in ("GET", "HEAD", "POST"):
        answer = asked.request(method, f"/{path}{part}")
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/json"
        assert method == "HEAD" or answer.json()["detail"].endswith(".")


def test_what_the_page_refuses_is_said_as_everything_is(asked):
    for method, path, status in (
        ("PUT", "/", 405), ("DELETE", "/config", 404), ("PUT", "/openapi.json", 405), ("GET", "/review/nope.js", 404),
        ("POST", "/review/main.js", 405), ("GET", "/monitoring", 404), ("POST", "/login/", 404),
    ):
        answer = asked.request(method, path)
        assert answer.status_code == status, path
        assert "see /docs" in answer.json()["detail"] if status == 404 else answer.headers["allow"]
        assert answer.json()["detail"].endswith("."), path


def test_it_works_with_its_lifespan_too(settings):
    with TestClient(create_app(settings), "http://127.0.0.1") as client:
        assert client.get("/api/folders").status_code == 200


def test_nothing_of_it_can_be_read_or_changed_by_another_site(client):
    foreign = {"origin": "http://localhost:3000"}
    for path in ("/", "/config", "/api/videos", "/gradio_api/upload"):
        answer = client.get(path, headers=foreign)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert client.post("/api/retrain", headers=foreign).status_code == 403
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_nobody_uploads_anything(client):
    assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 404


def test_with_a_password_every_path_asks_for_it(settings):
    app = create_app(settings.model_copy(update={"password": SecretStr(PASSWORD)}))
    client = TestClient(app, "http://127.0.0.1")
    for path in ("/", "/config", "/theme.css", "/api/videos", "/videos/1.mp4", "/docs", "/openapi.json", "/healthz"):
        assert client.get(path).status_code == 401, path
    assert client.get("/api/videos", headers={"authorization": f"Bearer {PASSWORD}"}).status_code == 200
    client.post("/login", data={"password": PASSWORD})
    assert client.get("/").status_code == 200


def test_a_body_without_end_is_refused(client):
    body = b'{"filename": "' + b"1" * BODY_LIMIT_BYTES + b'.mp4", "folder": "x"}'
    for content in (body, iter([body[:100], body[100:]])):
        answer = client.post("/api/sort", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 413
        assert "longer than" in answer.json()["detail"]


@pytest.mark.programs
def test_importing_app_does_nothing_and_asking_for_its_app_makes_one(settings):
    code = (
        "import sys, app\nassert 'gradio' not in sys.modules\nfrom app import create_app\n"
        "made = app.app\nassert made is app.app\nassert made.title == 'vidsort'\n"
        "import os\nassert os.environ['GRADIO_ANALYTICS_ENABLED'] == 'False'"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_ANALYTICS_ENABLED"} | {
        "PYTHONPATH": str(ROOT),
        "VIDSORT_DATA_DIR": str(settings.data_dir),
        "VIDSORT_ARTIFACTS_DIR": str(settings.artifacts_dir),
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_garbage_is_looked_for_once_when_all_is_imported_and_what_stays_is_left_out_from_then_on():
    kept = [[] for _ in range(1000)]
    try:
        with web._collected_once():
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() > len(kept)
        with pytest.raises(SettingsError), web._collected_once():
            raise SettingsError("It cannot be served.")
        assert gc.isenabled()
    finally:
        gc.unfreeze()
