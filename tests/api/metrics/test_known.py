"""What the library, its journal and its jobs know, as GET /metrics tells it."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.live.guesses import Guesses
from vidsort.store import open_database
from vidsort.store.jobs import Jobs


@pytest.fixture
def client(settings) -> TestClient:
    workspace = Workspace(settings)
    app = FastAPI(docs_url=None, redoc_url=None)
    add_routes(app, workspace)
    yield TestClient(app)
    workspace.stop()


def told(client) -> dict[tuple, float]:
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text) for sample in family.samples
    }


def test_the_library_is_counted_as_it_is_now(client, settings):
    found = told(client)
    assert (found["vidsort_pile_videos",], found["vidsort_sorted_videos",], found["vidsort_folders",]) == (3, 12, 3)
    assert found["vidsort_library_away",] == 0
    assert ("vidsort_left_out_videos", "names") not in found
    (settings.data_dir / "holiday.mp4").write_bytes(b"x")
    client.post("/api/sort", json={"filename": "71000000000000000.mp4", "folder": "food"})
    found = told(client)
    assert (found["vidsort_pile_videos",], found["vidsort_sorted_videos",]) == (2, 13)
    assert found["vidsort_left_out_videos", "names"] == 1


def test_moves_are_counted_by_the_journal_undone_and_done_again(client):
    for name in ("71000000000000000.mp4", "71000000000000100.mp4"):
        client.post("/api/sort", json={"filename": name, "folder": "food"})
    client.post("/api/folders", json={"name": "new"})
    client.post("/api/undo")
    client.post("/api/undo")
    found = told(client)
    assert (found["vidsort_moves_total", "sort"], found["vidsort_moves_total", "create"]) == (2, 1)
    assert (found["vidsort_undone_moves", "sort"], found["vidsort_undone_moves", "create"]) == (1, 1)
    assert found["vidsort_changes_total",] == 5
    client.post("/api/redo")
    found = told(client)
    assert (found["vidsort_moves_total", "sort"], found["vidsort_undone_moves", "sort"]) == (2, 0)


def test_jobs_are_told_by_how_they_stand_with_how_long_those_took_that_succeeded(client, settings):
    assert told(client)["vidsort_retrain_last_success_timestamp_seconds",] == 0
    database = open_database(settings.artifacts_dir)
    jobs, library = Jobs(database), str(settings.data_dir)
    for result in ("success", "success", "Failed at train.py: why"):
        jobs.end(jobs.begin(library), result)
    cancelled = jobs.begin(library)
    jobs.request_cancel(cancelled)
    jobs.end(cancelled, "Failed at train.py: cancelled")
    jobs.end(jobs.begin("/another"), "success")
    # One that nobody runs: its process has died.
    jobs.begin(library)
    database.connection().execute("UPDATE jobs SET started_at = ended_at - 4 WHERE result = 'success'")
    found = told(client)
    assert [found["vidsort_jobs", state] for state in ("running", "succeeded", "cancelled", "failed")] == [0, 2, 1, 2]
    assert found["vidsort_retrain_duration_seconds_count",] == 2
    assert found["vidsort_retrain_duration_seconds_sum",] == pytest.approx(8)
    assert found["vidsort_retrain_last_success_timestamp_seconds",] > 1.7e9
    database.close()


def test_how_long_the_live_head_takes_is_told_while_it_is_in_force(client, monkeypatch):
    assert told(client)["vidsort_live_refit_duration_seconds_count",] == 0
    learned = Guesses.none("token", "base", None, ())
    learned = learned.silenced(5, "now")
    vars(learned)["refit_s"] = 0.25
    serving = client.app.state.workspace.library.serving
    monkeypatch.setattr(serving, "learned", lambda: learned)
    found = told(client)
    assert found["vidsort_live_refit_duration_seconds_count",] == 1
    assert found["vidsort_live_refit_duration_seconds_sum",] == 0.25
    assert found["vidsort_live_labels",] == 5


def test_sizes_and_room_are_bytes(client):
    found = told(client)
    assert found["vidsort_database_bytes",] > 10_000
    assert found["vidsort_disk_free_bytes", "artifacts"] > 0
    assert found["vidsort_disk_free_bytes", "library"] > 0


def test_a_library_that_is_away_is_told_and_nothing_fails(client, settings):
    told(client)
    settings.data_dir.rename(settings.data_dir.with_name("unplugged"))
    settings.data_dir.mkdir()
    client.app.state.workspace.library.live.poll()
    assert told(client)["vidsort_library_away",] == 1
    settings.data_dir.rmdir()
    client.app.state.workspace.library.live.poll()
    assert ("vidsort_disk_free_bytes", "library") not in told(client)
