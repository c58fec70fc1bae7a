"""What of Gradio the Insights page lets in: its paths and its one event, by method; all else stays closed."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from peopled import write_people
from pydantic import SecretStr
from starlette.responses import PlainTextResponse

from vidsort.accounts import Role
from vidsort.server.insights.doors import EVENTS, FILES, Doors
from vidsort.server.web import create_app
from vidsort.settings import Settings

PASSWORD = "open sesame"
RUN = "/insights/gradio_api/run/predict"
CLOSED = (
    "/insights/gradio_api/upload", "/insights/gradio_api/queue/join", "/insights/gradio_api/queue/data",
    "/insights/gradio_api/info", "/insights/gradio_api/file=/etc/passwd", "/insights/gradio_api/heartbeat/x",
    "/insights/gradio_api/run/predict/", "/insights/gradio_api/run/tell", "/insights/gradio_api/call/predict",
    "/insights/gradio_api/api/predict", "/gradio_api/run/predict", "/insights/gradio_api/run/predict/../../upload",
    "/insights/config", "/insights/assets/x.js", "/insights/monitoring", "/insights/login", "/insights/file",
)


@pytest.fixture(scope="module")
def settings_here(library_template, tmp_path_factory) -> Settings:
    return Settings(data_dir=library_template, artifacts_dir=tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(scope="module")
def client(settings_here) -> TestClient:
    return TestClient(create_app(settings_here), "http://127.0.0.1", follow_redirects=False)


@pytest.fixture(scope="module")
def locked(settings_here) -> TestClient:
    app = create_app(settings_here.model_copy(update={"password": SecretStr(PASSWORD)}))
    return TestClient(app, "http://127.0.0.1", follow_redirects=False)


def first_event(client: TestClient, **headers):
    """What the page asks when it is opened."""
    return client.post(RUN, json={"data": [5], "fn_index": 0, "session_hash": "x"}, headers=headers)


def test_the_page_answers_without_a_redirect_and_its_head_alike(client):
    answer = client.get("/insights")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert "location.pathname" in answer.text.split("window.gradio_config =")[0]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert client.head("/insights").status_code == 200
    assert client.get("/insights", headers={"accept-encoding": "br"}).text == answer.text


def test_the_page_is_made_when_it_is_first_asked_for_and_once():
    made = []

    def make():
        made.append("once")
        return PlainTextResponse("in")

    app = FastAPI()
    app.router.routes.append(Doors(make))
    client = TestClient(app)
    assert client.get("/").status_code == 404
    assert made == []
    with ThreadPoolExecutor(4) as visitors:
        assert list(visitors.map(lambda _: client.get("/insights").text, range(8))) == ["in"] * 8
    assert made == ["once"]


def test_the_review_page_loads_nothing_of_it(client):
    page = client.get("/").text
    assert '"dataframe"' not in page
    assert '"plot"' not in page


@pytest.mark.parametrize("path", CLOSED)
def test_what_its_events_do_not_need_is_closed(client, path):
    for method in ("GET", "POST", "HEAD", "PUT"):
        assert client.request(method, path).status_code in (404, 405), method
    for method in ("GET", "PUT"):
        assert client.request(method, RUN).headers["allow"] == "POST"


def test_its_first_event_fills_the_page(client):
    answer = first_event(client)
    assert answer.status_code == 200, answer.text
    assert "retrain" in str(answer.json()["data"][0])


def test_an_event_of_another_site_is_refused(client):
    assert client.post(RUN, json={}, headers={"origin": "http://evil.example"}).status_code == 403


def test_with_a_password_nothing_of_it_answers_without(locked):
    for path in (*FILES, *(path for _, path in EVENTS), *CLOSED):
        for method in ("GET", "POST", "HEAD"):
            assert locked.request(method, path).status_code == 401, (method, path)
    bearer = {"authorization": f"Bearer {PASSWORD}"}
    assert locked.get("/insights", headers=bearer).status_code == 200
    assert first_event(locked, **bearer).status_code == 200


@pytest.fixture(scope="module")
def peopled(settings_here, tmp_path_factory) -> TestClient:
    """A server with accounts, and a token for each role that has its name."""
    home = tmp_path_factory.mktemp("peopled")
    write_people(home / "users.toml", tokens={role: (role, f"vidsort_{role}") for role in Role})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return TestClient(create_app(settings_here), "http://127.0.0.1", follow_redirects=False)


def pressed(client: TestClient, role: Role, name: str, *data) -> str:
    """What the page says when the button is pressed whose function has this name."""
    bearer = {"authorization": f"Bearer vidsort_{role}"}
    text = re.search(r"window\.gradio_config = (.*?);</script>", client.get("/insights", headers=bearer).text)[1]
    event = next(one for one in json.loads(text)["dependencies"] if one["api_name"] == name)
    body = {"data": [*data], "fn_index": event["id"], "session_hash": "x"}
    answer = client.post(RUN, json=body, headers=bearer)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"][0])


@pytest.mark.parametrize("role", Role)
def test_what_the_page_is_asked_to_do_is_done_for_the_role_that_may(peopled, role):
    is_admin, is_reviewer = role is Role.ADMIN, role is not Role.VIEWER
    of_admin = "is for an admin, and"
    assert (of_admin in pressed(peopled, role, "promote", None)) is not is_admin
    assert (of_admin in pressed(peopled, role, "rollback")) is not is_admin
    assert ("is for a reviewer, and" in pressed(peopled, role, "found_right", "1.mp4")) is not is_reviewer
    answer = first_event(peopled, authorization=f"Bearer vidsort_{role}")
    buttons = [one["interactive"] for one in answer.json()["data"][-3:]]
    assert buttons == [is_admin, is_admin, is_reviewer]
