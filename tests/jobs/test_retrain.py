"""The retrain job: one at a time in all processes, and a state that any process and any restart can tell."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from vidsort.artifacts.owners import history_of, home_of
from vidsort.errors import ArtifactError
from vidsort.jobs.retrain import Retrain
from vidsort.steps import STEPS
from vidsort.store import open_database
from vidsort.store.jobs import Jobs

GOOD = "print(json.dumps({'report': {'outputs': {}}}))"
HANGS = "time.sleep(60)"
END_S = 30


def commands(**codes: str):
    """What runs in place of each step: some Python."""

    def command(_settings, step):
        return [sys.executable, "-c", "import json, sys, time\n" + codes.get(step, GOOD)]

    return command


@pytest.fixture
def make_retrain(settings):
    made = []

    def make(**codes):
        database = open_database(settings.artifacts_dir)
        retrain = Retrain(database, command=commands(**codes))
        made.append((retrain, database))
        return retrain

    yield make
    for retrain, database in made:
        retrain.stop()
        database.close()


def ended(retrain):
    def has_ended():
        status = retrain.status()
        return None if status["running"] else status

    return has_ended


def test_before_the_first_job_nothing_runs_and_there_is_no_result(make_retrain):
    assert make_retrain().status() == {"running": False, "last_result": None}
    assert make_retrain().cancel() == "not_running"


@pytest.mark.programs
def test_a_job_runs_the_three_steps_in_order_and_ends_in_success(make_retrain, settings, eventually, tmp_path):
    log = tmp_path / "log"
    retrain = make_retrain(**{step: f"open({str(log)!r}, 'a').write('{step} ')\n{GOOD}" for step in STEPS})
    assert retrain.start(settings) == "started"
    assert eventually(ended(retrain), END_S)["last_result"] == "success"
    assert log.read_text().split() == list(STEPS)


@pytest.mark.programs
def test_a_failed_step_ends_the_job_with_its_script_and_error(make_retrain, settings, eventually):
    retrain = make_retrain(train="sys.exit('Too few folders: make two.')", predict="open('never', 'w')")
    retrain.start(settings)
    assert eventually(ended(retrain), END_S)["last_result"] == "Failed at train.py: Too few folders: make two."


@pytest.mark.programs
def test_a_step_over_its_time_limit_fails(make_retrain, settings, eventually):
    retrain = make_retrain(extract_features=HANGS)
    retrain.start(settings.model_copy(update={"step_timeout_s": 0.2}))
    assert eventually(ended(retrain), END_S)["last_result"] .startswith(
        "Failed at extract_features.py: timed out after 0.2 s; what was finished is kept: start it again"
    )


@pytest.mark.programs
def test_while_it_runs_the_status_tells_step_share_rate_and_time_left(make_retrain, settings, eventually, tmp_path):
    go = tmp_path / "go"
    progress = {"step": "train", "done": 3, "total": 4, "rate_per_s": 2.0, "left_s": 0.5, "message": "fitting",
                "notice": "4 videos are looked at anew."}
    wait = f"import pathlib\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)\n"
    retrain = make_retrain(train=f"print({json.dumps({'progress': progress})!r}, flush=True)\n{wait}{GOOD}")
    retrain.start(settings)
    status = eventually(lambda: retrain.status() if retrain.status().get("done") == 3 else None, END_S)
    assert status["running"]
    assert {name: status[name] for name in ("step", "script", "step_number", "steps", "total", "message")} == {
        "step": "train", "script": "train.py", "step_number": 2, "steps": 3, "total": 4, "message": "fitting",
    }
    assert (status["videos_per_s"], status["left_s"]) == (2.0, 0.5)
    assert status["notice"] == "4 videos are looked at anew."
    go.touch()
    assert eventually(ended(retrain), END_S)["last_result"] == "success"


@pytest.mark.programs
def test_the_verdict_on_the_new_model_is_told_when_the_job_has_ended(make_retrain, settings, eventually):
    outputs = {"model_id": "m1", "promoted": False, "verdict": "worse beyond its interval",
               "accuracy": 0.5, "accuracy_low": 0.4, "accuracy_high": 0.6}
    retrain = make_retrain(train=f"print({json.dumps({'report': {'outputs': outputs}})!r})")
    retrain.start(settings)
    status = eventually(ended(retrain), END_S)
    assert {name: status[name] for name in outputs} == outputs


@pytest.mark.programs
def test_a_second_start_says_already_running_and_starts_nothing(make_retrain, settings, eventually):
    first, second = make_retrain(extract_features=HANGS), make_retrain()
    assert first.start(settings) == "started"
    assert first.start(settings) == "already_running"
    assert second.start(settings) == "already_running"
    assert second.status()["running"]
    first.cancel()
    eventually(ended(first), END_S)
    assert second.start(settings) == "started"
    eventually(ended(second), END_S)


@pytest.mark.programs
def test_a_job_is_cancelled_within_two_seconds_by_whichever_process_is_asked(make_retrain, settings, eventually):
    runs, asks = make_retrain(extract_features=HANGS), make_retrain()
    runs.start(settings)
    started_s = time.monotonic()
    assert asks.cancel() == "cancelling"
    status = eventually(ended(asks), END_S)
    assert time.monotonic() - started_s < 2
    assert status["last_result"] == "Failed at extract_features.py: cancelled; start it again"
    assert asks.cancel() == "not_running"


@pytest.mark.programs
def test_a_server_that_stops_ends_its_job_and_says_so(make_retrain, settings):
    retrain = make_retrain(extract_features=HANGS)
    retrain.start(settings)
    started_s = time.monotonic()
    retrain.stop()
    assert time.monotonic() - started_s < 3
    expected = "Failed at extract_features.py: interrupted: the server stopped; start it again"
    assert make_retrain().status()["last_result"] == expected


@pytest.mark.programs
def test_a_job_of_a_killed_server_is_interrupted_its_step_is_gone_and_a_new_one_starts(
    make_retrain, settings, eventually, tmp_path
):
    pid_file = tmp_path / "pid"
    # The step as it truly runs: it reads its standard input until its starter is gone.
    step = (
        "import os\nfrom vidsort.jobs.program import _stop_with_stdin\n"
        f"open({str(pid_file)!r}, 'w').write(str(os.getpid()))"
    )
    code = f"""
import sys, time
from pathlib import Path
from vidsort.jobs.retrain import Retrain
from vidsort.settings import Settings
from vidsort.store import open_database
settings = Settings(data_dir=Path({str(settings.data_dir)!r}), artifacts_dir=Path({str(settings.artifacts_dir)!r}))
step = {step!r} + "\\n_stop_with_stdin()"
Retrain(open_database(settings.artifacts_dir), command=lambda *_: [sys.executable, "-c", step]).start(settings)
time.sleep(60)
"""
    server = subprocess.Popen([sys.executable, "-c", code])
    try:
        eventually(lambda: pid_file.exists() and pid_file.read_text(), END_S)
        retrain = make_retrain()
        assert retrain.status()["running"]
        assert retrain.start(settings) == "already_running"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    expected = "Failed at extract_features.py: interrupted: the server stopped; start it again"
    status = retrain.status()
    assert (status["running"], status["last_result"]) == (False, expected)
    eventually(lambda: not _is_alive(int(pid_file.read_text())), END_S)
    assert retrain.start(settings) == "started"
    assert eventually(ended(retrain), END_S)["last_result"] == "success"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_first_word_on_how_a_job_ended_stays(settings):
    database = open_database(settings.artifacts_dir)
    jobs = Jobs(database)
    job_id = jobs.begin("")
    jobs.end(job_id, "success")
    jobs.end(job_id, "Failed at train.py: too late")
    jobs.tell(job_id, "train", {"done": 1})
    assert (jobs.newest().result, jobs.newest().step) == ("success", None)
    database.close()


@pytest.mark.programs
def test_while_a_job_runs_the_last_result_is_that_of_the_one_before(make_retrain, settings, eventually):
    make = make_retrain()
    make.start(settings)
    eventually(ended(make), END_S)
    slow = make_retrain(extract_features=HANGS)
    slow.start(settings)
    assert (slow.status()["running"], slow.status()["last_result"]) == (True, "success")


@pytest.mark.programs
def test_a_job_belongs_to_its_library_and_still_only_one_runs_at_a_time(make_retrain, settings, tmp_path, eventually):
    (tmp_path / "second" / "cats").mkdir(parents=True)
    second = settings.model_copy(update={"data_dir": tmp_path / "second"})
    mine, theirs = (
        history_of(home_of(each.artifacts_dir, each.data_dir), each.data_dir) for each in (settings, second)
    )
    retrain = make_retrain(extract_features="time.sleep(600)")
    retrain.start(settings)
    assert retrain.status(mine)["running"]
    assert retrain.status(theirs) == {"running": False, "last_result": None, "elsewhere": True}
    assert retrain.start(second) == "already_running"
    assert retrain.cancel(theirs) == "not_running"
    assert retrain.cancel(mine) == "cancelling"
    eventually(ended(retrain), END_S)
    assert "cancelled" in retrain.status(mine)["last_result"]
    assert retrain.status(theirs) == {"running": False, "last_result": None}


def test_no_lock_is_made_in_place_of_artifacts_that_were_renamed(make_retrain, settings, tmp_path):
    retrain = make_retrain()
    settings.artifacts_dir.rename(tmp_path / "kept")
    with pytest.raises(ArtifactError, match="no longer there"):
        retrain.start(settings)
    assert not settings.artifacts_dir.exists()
