"""A server with JSON logs writes nothing else on stderr, and its lines say of which request and job they are."""

import json
import subprocess
import sys

import httpx
import pytest
from conftest import ROOT
from prometheus_client.parser import text_string_to_metric_families
from test_serve import APP, WORKERS, running

from vidsort import artifacts

pytestmark = pytest.mark.programs

__all__ = ["running"]

KEYS = {"time", "level", "logger", "message", "request_id", "job_id", "exception"}


def lines(server) -> list[dict]:
    """What it has logged; what it says to a person on stdout is left out."""
    return [json.loads(line) for line in server.log.read_text().splitlines() if not line.startswith("The review page")]


def test_what_a_job_logs_names_the_request_that_started_it_steps_in_their_processes_too(learned, running, eventually):
    model_id = artifacts.model_in_force(learned.artifacts_dir)
    (artifacts.model_dir(learned.artifacts_dir, model_id) / "out_of_fold.json").write_text("{")
    with running(*APP, VIDSORT_LOG_JSON="true") as server:
        server.client.post("/api/retrain", headers={"x-request-id": "the-one"})
        eventually(lambda: not server.client.get("/api/retrain/status").json()["running"], 120)
        assert server.client.get("/api/retrain/status").json()["last_result"] == "success"
        server.client.get("/api/nope", headers={"x-request-id": "another"})
        server.stop()
        found = lines(server)
    assert all(line.keys() >= KEYS for line in found)
    of_job = [line for line in found if line["job_id"] is not None]
    assert {(line["request_id"], line["job_id"]) for line in of_job} == {("the-one", of_job[0]["job_id"])}
    (warned,) = (line for line in of_job if line["logger"] == "vidsort.train")
    (ended,) = (line for line in of_job if line["logger"] == "vidsort.jobs.retrain")
    assert (warned["level"], "cannot be compared with" in warned["message"]) == ("warning", True)
    assert ended["message"] == "Retrain: success"
    (refused,) = (line for line in found if line["request_id"] == "another")
    assert (refused["status"], refused["route"]) == (404, "none")


def test_what_fails_while_a_request_is_answered_is_a_line_of_that_request(settings, running):
    with running(*APP, VIDSORT_LOG_JSON="true") as server:
        (settings.artifacts_dir / "vidsort.db").rename(settings.artifacts_dir / "away.db")
        answer = server.client.get("/api/history", headers={"x-request-id": "the-one"})
        assert answer.status_code == 500
        server.stop()
        told = [line for line in lines(server) if line["request_id"] == "the-one"]
    assert [line["level"] for line in told] == ["error", "info"]
    assert "no longer there" in told[0]["message"]


def test_without_the_setting_logs_are_as_ever(settings, running):
    with running(*APP) as server:
        server.client.get("/api/nope")
        server.stop()
        said = server.log.read_text()
    assert [line[:1] for line in said.splitlines() if line.startswith("{")] == []
    assert "/api/nope" not in said


def test_of_two_workers_whichever_is_asked_tells_of_all_requests(settings, running):
    with running(*WORKERS) as server:

        def ask(path: str) -> str:
            """By a connection of its own, so that both are asked."""
            return httpx.get(server.client.base_url.join(path), timeout=30).text

        def total() -> float:
            return sum(
                sample.value for family in text_string_to_metric_families(ask("/metrics")) for sample in family.samples
                if sample.name == "vidsort_http_requests_total" and sample.labels["route"] == "/api/folders"
            )

        for _ in range(30):
            ask("/api/folders")
        assert {total() for _ in range(12)} == {30}
        processes = {path.stem.rpartition("_")[2] for path in settings.artifacts_dir.glob("metrics/*/counter_*.db")}
        assert len(processes) == 2


@pytest.mark.parametrize("flag", ["--log-json"])
def test_it_is_a_flag_of_serve_too(flag):
    done = subprocess.run(
        [sys.executable, "-m", "vidsort", "serve", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert flag in done.stdout
