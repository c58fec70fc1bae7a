"""Whatever time a file system gives a video, every step and every surface works.

ext4 ends in 2446, but shared memory holds any number of seconds: years beyond 9999, and before the first.
"""

import os
import tempfile
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from videos import make_video

from vidsort import extract_features, predict, train
from vidsort.api.routes import add_routes
from vidsort.api.workspace import Workspace
from vidsort.cli.program import main
from vidsort.settings import Settings

pytestmark = pytest.mark.programs

# Seconds since the epoch, the oldest first: the year -1200, 1960, 2262 and a bit, 2400, 10000, 12000, and 2**62.
TIMES = (-100_000_000_000, -315_619_200, 9_223_372_037, 13_569_465_600, 253_402_300_800, 316_516_377_600, 2**62)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A library in shared memory with a video of each time unsorted, and in folders."""
    if not Path("/dev/shm").is_dir():
        pytest.skip("there is no shared memory here, whose files can have any time")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        library = Path(folder) / "library"
        for number, at_s in enumerate(TIMES):
            for place in (f"{number}.mp4", f"food/1{number}.mp4", f"dance/2{number}.mp4"):
                path = make_video(library / place, pattern=number % 2)
                os.utime(path, ns=(at_s * 10**9, at_s * 10**9 + 7))
        os.utime(library / "food", (TIMES[-1], TIMES[-1]))
        yield Settings(data_dir=library, artifacts_dir=tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(scope="module")
def reports(settings):
    """What each step reports, run one after the other."""
    return [step.run(settings) for step in (extract_features, train, predict)]


@pytest.fixture
def client(settings, reports):
    """The routes on that library with its predictions."""
    workspace = Workspace(settings)
    app = FastAPI()
    add_routes(app, workspace)
    yield TestClient(app, raise_server_exceptions=False)
    workspace.stop()


def test_every_step_runs_and_fails_none_of_them(reports, settings):
    assert [report.failed for report in reports] == [(), (), ()]
    again = extract_features.run(settings)
    assert (again.done, again.outputs.get("encoder_calls", 0)) == (0, 0)


def test_the_newest_come_first_page_by_page(client):
    expected = [f"{number}.mp4" for number in reversed(range(len(TIMES)))]
    for route in ("/api/videos", "/api/queue"):
        seen, cursor = [], {}
        while cursor is not None:
            answer = client.get(route, params={"order": "newest", "limit": 2} | cursor).json()
            seen += [video["filename"] for video in answer["videos"]]
            cursor = {"cursor": answer["next_cursor"]} if answer["next_cursor"] else None
        assert seen == expected


@pytest.mark.parametrize("number", range(len(TIMES)))
def test_each_video_is_served_compared_and_pictured(client, number):
    answer = client.get(f"/videos/{number}.mp4")
    assert answer.status_code == 200
    # Nothing was modified in the future, nor when no header can say it.
    assert ("last-modified" in answer.headers) == (TIMES[number] == -315_619_200)
    etag = answer.headers["etag"]
    assert client.get(f"/videos/{number}.mp4", headers={"if-none-match": etag}).status_code == 304
    assert client.get(f"/videos/{number}.mp4", headers={"range": "bytes=0-9", "if-range": etag}).status_code == 206
    for year in (2400, 99_999, 10**20):
        headers = {"if-modified-since": f"Sat, 01 Jan {year} 00:00:00 GMT"}
        assert client.get(f"/videos/{number}.mp4", headers=headers).status_code in (200, 304)
    for path in (f"/playable/{number}.mp4", f"/posters/{number}.mp4.webp", f"/strips/{number}.mp4.webp"):
        assert client.get(path).status_code == 200
    facts = client.post("/api/queue/entries", json={"filenames": [f"{number}.mp4"]}).json()["videos"][0]
    assert facts["width"] == 64


def test_each_is_sorted_and_taken_back_with_its_time(client, settings):
    for number, at_s in enumerate(TIMES):
        body = {"filename": f"{number}.mp4", "folder": "food"}
        assert client.post("/api/sort", json=body).status_code == 200
        assert (settings.data_dir / "food" / f"{number}.mp4").stat().st_mtime_ns == at_s * 10**9 + 7
        assert client.post("/api/undo").status_code == 200
        assert (settings.data_dir / f"{number}.mp4").stat().st_mtime_ns == at_s * 10**9 + 7


def test_the_doctor_has_nothing_to_say_about_times(settings, reports, capsys):
    where = ["--data-dir", str(settings.data_dir), "--artifacts-dir", str(settings.artifacts_dir)]
    assert main(["doctor", *where]) == 0, capsys.readouterr()
