"""Each request has an id, is counted by its route, and says so in the log where that is asked for."""

import json
import logging

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from vidsort.logs import JsonLines
from vidsort.server.web import create_app
from vidsort.settings import Settings

PASSWORD = "open sesame"


@pytest.fixture
def client(settings) -> TestClient:
    return TestClient(create_app(settings), "http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def asked(library_template, tmp_path_factory) -> TestClient:
    """One application for the tests that only ask."""
    settings = Settings(data_dir=library_template, artifacts_dir=tmp_path_factory.mktemp("artifacts"))
    return TestClient(create_app(settings), "http://127.0.0.1")


def counted(client: TestClient, **headers: str) -> dict[tuple[str, str, str], float]:
    families = text_string_to_metric_families(client.get("/metrics", headers=headers).text)
    return {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in families for sample in family.samples if sample.name == "vidsort_http_requests_total"
    }


@pytest.mark.parametrize("sane", ["a", "8f14e45f-ceea-467f-9f01-6a5c2d8b7a11", "Root=1-67891233-abcdef", "x" * 64])
def test_a_sane_id_is_taken_over(asked, sane):
    assert asked.get("/api/folders", headers={"x-request-id": sane}).headers["x-request-id"] == sane


@pytest.mark.parametrize("odd", ["", "x" * 65, "a b", "a;b", 'a"b', "é".encode(), "a\tb", "<b>", "a,b"])
def test_any_other_is_replaced_by_a_new_one(asked, odd):
    found = asked.get("/api/folders", headers={"x-request-id": odd}).headers["x-request-id"]
    assert len(found) == 16
    assert set(found) <= set("0123456789abcdef")


def test_two_ids_in_one_request_are_none(asked):
    answer = asked.get("/api/folders", headers=[("x-request-id", "a"), ("x-request-id", "b")])
    assert answer.headers["x-request-id"] not in ("a", "b")


@pytest.mark.parametrize("path", ["/", "/api/folders", "/api/nope", "/nothing", "/login", "/theme.css", "/docs"])
def test_every_answer_has_an_id_and_no_two_have_the_same(asked, path):
    found = [tuple(asked.get(path).headers.get_list("x-request-id")) for _ in range(3)]
    assert [len(ids) for ids in found] == [1, 1, 1]
    assert len({*found}) == 3


def test_what_goes_wrong_unforeseen_is_answered_with_its_id_counted_and_logged_with_it(client, monkeypatch, caplog):
    def fail() -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(client.app.state.workspace, "pace", fail)
    answer = client.get("/api/pace", headers={"x-request-id": "r-9"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "r-9")
    assert counted(client)["GET", "/api/pace", "500"] == 1


def test_requests_are_counted_by_template_and_whatever_else_is_asked_makes_no_rows(client):
    for number in range(20):
        client.get(f"/api/videos/{number}.mp4")
        client.get(f"/nothing/{number}")
        client.get(f"/api/nope/{number}")
    client.get("/")
    client.head("/api/folders")
    client.post("/api/sort", json={})
    found = counted(client)
    assert found == {
        ("GET", "/api/videos/{filename}", "404"): 20, ("GET", "none", "404"): 40, ("GET", "page", "200"): 1,
        ("HEAD", "/api/folders", "200"): 1, ("POST", "/api/sort", "422"): 1,
    }


def test_behind_a_password_a_scraper_is_let_in_by_it_and_refused_requests_count_too(settings):
    locked = Settings(**{**dict(settings), "password": SecretStr(PASSWORD)})
    client = TestClient(create_app(locked), "http://127.0.0.1")
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert counted(client, authorization=f"Bearer {PASSWORD}") == {("GET", "none", "401"): 2}


def test_another_site_reads_no_metrics(asked):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert asked.get("/metrics", headers=headers).status_code == 403


def test_a_line_of_the_log_tells_how_a_request_was_answered_only_where_it_is_asked_for(asked, caplog):
    asked.get("/api/folders")
    assert not [one for one in caplog.records if one.name.startswith("vidsort.server.requests")]
    with caplog.at_level(logging.INFO, "vidsort"):
        asked.get("/api/videos/7.mp4", headers={"x-request-id": "r-2"})
    told = [one for one in caplog.records if one.name.startswith("vidsort.server.requests")]
    found = json.loads(JsonLines().format(told[0]))
    assert len(told) == 1
    assert found["message"] == "GET /api/videos/7.mp4 404"
    assert (found["method"], found["route"], found["status"]) == ("GET", "/api/videos/{filename}", 404)
    assert found["took_s"] >= 0
