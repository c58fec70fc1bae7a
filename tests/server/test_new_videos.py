"""New videos are looked at by themselves while a server runs, and those from before on a press only."""

import contextlib
import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from conftest import children_of
from fastapi.testclient import TestClient
from videos import make_video

from vidsort import predict
from vidsort.artifacts.looked_at import read_looked_at
from vidsort.server.web import create_app

SOON_S = 40
NEW = "7900000000000000001.mp4"


@contextlib.contextmanager
def serving(settings):
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client


def record_of(client, filename):
    videos = client.get("/api/videos").json()["videos"]
    return next((video for video in videos if video["filename"] == filename), None)


def guess_of(client, filename):
    record = record_of(client, filename)
    return record and record["predicted_folder"]


def looked(client):
    return client.get("/api/look").json()


@pytest.mark.programs
def test_a_video_dropped_into_the_pile_gets_features_a_poster_and_a_guess_by_itself(learned, eventually):
    with serving(learned) as client:
        before = client.get("/api/retrain/status").json()
        predictions = (learned.artifacts_dir / "predictions.json").read_bytes()
        make_video(learned.data_dir / NEW, pattern=1)
        assert eventually(lambda: guess_of(client, NEW), SOON_S) == "food"
        assert list((learned.artifacts_dir / "pictures").rglob("*.poster.webp"))
        assert client.get(f"/api/videos/{NEW}/similar").status_code == 200
        assert (learned.artifacts_dir / "predictions.json").read_bytes() == predictions
        assert client.get("/api/retrain/status").json() == before
        eventually(lambda: not looked(client)["running"], SOON_S)


@pytest.mark.programs
def test_one_dropped_into_a_folder_gets_features_only(learned, eventually):
    with serving(learned) as client:
        make_video(learned.data_dir / "food" / NEW, pattern=1)
        eventually(lambda: client.get(f"/api/videos/{NEW}/similar").status_code == 200, SOON_S)
    assert read_looked_at(learned.artifacts_dir) is None


@pytest.mark.programs
def test_a_guess_stays_after_a_start_anew_and_goes_with_the_next_retrain(learned, eventually):
    with serving(learned) as client:
        make_video(learned.data_dir / NEW, pattern=1)
        eventually(lambda: guess_of(client, NEW), SOON_S)
    with serving(learned) as client:
        assert guess_of(client, NEW) == "food"
        predict.run(learned)
        names = [entry["video"] for entry in json.loads((learned.artifacts_dir / "predictions.json").read_text())]
        assert NEW in names
        assert guess_of(client, NEW) == "food"


@pytest.mark.programs
def test_after_a_promotion_what_came_since_is_guessed_anew(learned, eventually):
    with serving(learned) as client:
        make_video(learned.data_dir / NEW, pattern=1)
        eventually(lambda: guess_of(client, NEW), SOON_S)
        # Written anew, as a promotion does, without the video that came since.
        path = learned.artifacts_dir / "predictions.json"
        beside = path.with_name("beside.json")
        shutil.copy(path, beside)
        beside.replace(path)
        eventually(lambda: not guess_of(client, NEW), SOON_S)
        eventually(lambda: guess_of(client, NEW) == "food", SOON_S)


@pytest.mark.programs
def test_what_was_there_before_waits_for_a_press_that_says_how_long_it_takes(learned, eventually):
    for number in range(3):
        make_video(learned.data_dir / f"{NEW[:-5]}{number + 2}.mp4", pattern=number)
    with serving(learned) as client:
        told = eventually(lambda: looked(client)["not_looked_at"] and looked(client), SOON_S)
        assert told["not_looked_at"] == 3
        assert told["about_s"] > 0
        assert (told["running"], told["pressed"]) == (False, False)
        assert guess_of(client, f"{NEW[:-5]}3.mp4") is None
        assert client.post("/api/look").json() == {"status": "started"}
        eventually(lambda: guess_of(client, f"{NEW[:-5]}3.mp4") == "food", SOON_S)
        eventually(lambda: looked(client)["not_looked_at"] == 0, SOON_S)
        eventually(lambda: client.post("/api/look").json() == {"status": "nothing_to_do"}, SOON_S)
        assert client.post("/api/look/cancel").json() == {"status": "not_running"}


@pytest.mark.programs
def test_a_file_that_is_still_written_waits_and_one_read_half_written_is_read_again(learned, eventually, tmp_path):
    whole = make_video(tmp_path / "whole.mp4", pattern=1, seconds=3).read_bytes()
    with serving(learned) as client, (learned.data_dir / NEW).open("wb") as file:
        for start in range(0, len(whole) // 2, max(1, len(whole) // 16)):
            file.seek(start)
            file.write(whole[start : start + len(whole) // 16])
            file.flush()
            until_s = time.monotonic() + 0.4
            eventually(lambda until_s=until_s: time.monotonic() >= until_s)
            assert not looked(client)["running"]
        # It pauses for so long that it is looked at as it is.
        eventually(lambda: looked(client)["failed"] == 1, SOON_S)
        assert NEW in looked(client)["reason"]
        file.seek(0)
        file.write(whole)
        file.flush()
        assert eventually(lambda: guess_of(client, NEW), SOON_S) == "food"
        left_out = client.get("/api/library").json()["left_out"]
        assert [one for one in left_out if one["kind"] == "unreadable"] == []


@pytest.mark.programs
def test_a_damaged_one_gets_its_reason_once(learned, eventually):
    with serving(learned) as client:
        (learned.data_dir / NEW).write_bytes(b"no video at all")
        eventually(lambda: looked(client)["failed"] == 1, SOON_S)
        assert looked(client)["reason"] == f"{NEW}: it is not a video file"
        written = (learned.artifacts_dir / "look.json").stat().st_mtime_ns
        until_s = time.monotonic() + 4
        eventually(lambda: time.monotonic() >= until_s)
        assert (learned.artifacts_dir / "look.json").stat().st_mtime_ns == written
        assert looked(client)["not_looked_at"] == 0


@pytest.mark.storm
def test_two_hundred_at_once_are_looked_at_by_one_child_that_ends_with_the_server(learned, eventually, tmp_path):
    source = make_video(tmp_path / "source.mp4", pattern=1).read_bytes()
    seen = set()

    def pids():
        return [pid for pid in children_of(os.getpid()) if b"vidsort.look" in command_of(pid)]

    with serving(learned) as client:
        for number in range(200):
            (learned.data_dir / f"{NEW[:-7]}{number:03}.mp4").write_bytes(source + bytes([number]))

        def are_some_guessed():
            now = pids()
            assert len(now) <= 1
            seen.update(now)
            return guess_of(client, f"{NEW[:-7]}010.mp4")

        assert eventually(are_some_guessed, SOON_S) == "food"
        assert len(seen) == 1
        assert looked(client)["total"] == 200
        assert os.getpriority(os.PRIO_PROCESS, seen.copy().pop()) == 19
    assert pids() == []


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.storm
def test_a_child_that_was_killed_is_started_again(learned, eventually, tmp_path):
    def pids():
        return [pid for pid in children_of(os.getpid()) if b"vidsort.look" in command_of(pid)]

    with serving(learned) as client:
        make_video(learned.data_dir / NEW, pattern=1)
        os.kill(eventually(pids, SOON_S)[0], signal.SIGKILL)
        assert eventually(lambda: guess_of(client, NEW), SOON_S) == "food"


@pytest.mark.programs
def test_it_waits_while_a_retrain_runs(learned, eventually):
    with serving(learned) as client:
        workspace = client.app.state.workspace
        looking = workspace.library.looking
        running = True
        looking._is_retraining = lambda: running
        make_video(learned.data_dir / NEW, pattern=1)
        until_s = time.monotonic() + 4
        eventually(lambda: time.monotonic() >= until_s)
        assert (looked(client)["running"], guess_of(client, NEW)) == (False, None)
        running = False
        assert eventually(lambda: guess_of(client, NEW), SOON_S) == "food"


@pytest.mark.programs
def test_without_watch_nothing_is_looked_at_by_itself_and_a_press_works(learned, eventually):
    with serving(learned.model_copy(update={"watch": False})) as client:
        make_video(learned.data_dir / NEW, pattern=1)
        eventually(lambda: record_of(client, NEW), SOON_S)
        until_s = time.monotonic() + 3
        eventually(lambda: time.monotonic() >= until_s)
        assert guess_of(client, NEW) is None
        client.app.state.workspace.library.looking._counted = None
        eventually(lambda: client.post("/api/look").json() == {"status": "started"}, SOON_S)
        assert eventually(lambda: guess_of(client, NEW), SOON_S) == "food"


def test_a_library_that_was_away_is_not_new_when_it_is_back(learned, eventually, tmp_path):
    make_video(learned.data_dir / NEW, pattern=1)
    with serving(learned) as client:
        eventually(lambda: looked(client)["not_looked_at"] == 1, SOON_S)
        learned.data_dir.rename(tmp_path / "unplugged")
        eventually(lambda: not client.get("/api/library").json()["exists"], SOON_S)
        (tmp_path / "unplugged").rename(learned.data_dir)
        eventually(lambda: record_of(client, NEW), SOON_S)
        until_s = time.monotonic() + 3
        eventually(lambda: time.monotonic() >= until_s)
        assert (guess_of(client, NEW), looked(client)["not_looked_at"]) == (None, 1)


@pytest.mark.programs
def test_what_was_sorted_since_is_not_taken_for_new(learned, eventually):
    make_video(learned.data_dir / NEW, pattern=1)
    with serving(learned) as client:
        eventually(lambda: looked(client)["not_looked_at"] == 1, SOON_S)
        for video in client.get("/api/videos").json()["videos"]:
            answer = client.post("/api/sort", json={"filename": video["filename"], "folder": "food"})
            assert answer.status_code == 200
        client.app.state.workspace.library.looking._counted = None
        counted = eventually(lambda: client.app.state.workspace.library.looking._counted, SOON_S)
        assert counted
        assert looked(client)["not_looked_at"] == 1


@pytest.mark.programs
def test_of_two_servers_one_looks_and_both_serve_the_guess(learned, eventually):
    with serving(learned) as first, serving(learned) as second:
        make_video(learned.data_dir / NEW, pattern=1)
        for client in (first, second):
            assert eventually(lambda client=client: guess_of(client, NEW), SOON_S) == "food"
        ours = [client.app.state.workspace.library.looking._is_ours for client in (first, second)]
        assert sorted(ours) == [False, True]


def test_what_is_sorted_and_taken_back_is_nothing_new(learned, eventually):
    name = "7100000000000000.mp4"
    with serving(learned) as client:
        name = client.get("/api/videos").json()["videos"][0]["filename"]
        client.post("/api/sort", json={"filename": name, "folder": "food"})
        client.post("/api/undo")
        until_s = time.monotonic() + 3
        eventually(lambda: time.monotonic() >= until_s)
        assert not (learned.artifacts_dir / "looked_at.json").exists()
