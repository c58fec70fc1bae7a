"""One step as a child process: progress, time limit, stopping, and what it says when it fails."""

import os
import sys
import time

import pytest

from vidsort.jobs.child import StepFailedError, run_step, step_command
from vidsort.settings import Settings

LIMIT_S = 60


def python(code: str) -> list[str]:
    return [sys.executable, "-c", "import json, os, signal, subprocess, sys, time\n" + code]


def run(code: str, *, timeout_s=LIMIT_S, tell=lambda _: None, reason_to_stop=lambda: None) -> dict:
    return run_step("train", python(code), timeout_s, tell, reason_to_stop)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.programs
def test_a_step_that_ends_well_gives_its_report_and_tells_its_progress():
    told = []
    report = run(
        "print(json.dumps({'progress': {'done': 1}})); print('noise of a library'); print(json.dumps(['odd']))\n"
        "print(json.dumps({'report': {'outputs': {'model_id': 'm'}}}))",
        tell=told.append,
    )
    assert report == {"outputs": {"model_id": "m"}}
    assert told == [{"done": 1}]


@pytest.mark.programs
def test_a_failed_step_names_its_script_and_the_end_of_its_error():
    with pytest.raises(StepFailedError) as failed:
        run("print('x' * 5000, file=sys.stderr); sys.exit('There are too few folders: make two.')")
    assert str(failed.value).startswith("Failed at train.py: …")
    assert str(failed.value).endswith("There are too few folders: make two.")
    assert len(str(failed.value)) < 900


@pytest.mark.programs
@pytest.mark.parametrize(("code", "exit_code"), [
    ("sys.exit(3)", 3), ("sys.exit('odd')", 1), ("os.kill(os.getpid(), signal.SIGKILL)", 1), ("", 1),
])
def test_a_failed_step_has_the_exit_code_of_its_program_and_its_reason_without_the_script(code, exit_code):
    with pytest.raises(StepFailedError) as failed:
        run(code)
    assert failed.value.exit_code == exit_code
    assert str(failed.value) == f"Failed at train.py: {failed.value.reason}"


@pytest.mark.programs
def test_a_step_that_is_stopped_counts_as_stopped_and_one_out_of_time_as_failed():
    with pytest.raises(StepFailedError) as stopped:
        run("time.sleep(60)", reason_to_stop=lambda: "cancelled")
    with pytest.raises(StepFailedError) as late:
        run("time.sleep(60)", timeout_s=0.2)
    assert (stopped.value.exit_code, late.value.exit_code) == (130, 1)


@pytest.mark.programs
@pytest.mark.parametrize(("code", "why"), [
    ("sys.exit(3)", "exit code 3"),
    ("os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9"),
    ("", "exit code 0"),
])
def test_a_step_that_ends_without_a_word_is_a_failure_that_says_how(code, why):
    with pytest.raises(StepFailedError, match=why):
        run(code)


@pytest.mark.programs
def test_a_step_that_takes_too_long_is_ended_and_says_so():
    started_s = time.monotonic()
    with pytest.raises(StepFailedError, match=r"^Failed at train\.py: timed out after 0\.3 s; what was finished"):
        run("time.sleep(60)", timeout_s=0.3)
    assert time.monotonic() - started_s < 5


@pytest.mark.programs
def test_a_step_that_is_stopped_is_gone_within_two_seconds_also_when_it_will_not_go(tmp_path, eventually):
    """It ignores SIGTERM, and so does the process that it started itself."""
    pids = tmp_path / "pids"
    code = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "deaf = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);'\n"
        "deaf += 'print(1, flush=True); time.sleep(60)'\n"
        "child = subprocess.Popen([sys.executable, '-c', deaf], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}} ')\n"
        "time.sleep(60)"
    )
    stopped_s = []

    def reason_to_stop():
        if pids.exists() and pids.read_text().endswith(" "):
            stopped_s.append(time.monotonic())
            return "cancelled"
        return None

    with pytest.raises(StepFailedError, match=r"Failed at train\.py: cancelled"):
        run(code, reason_to_stop=reason_to_stop)
    assert time.monotonic() - stopped_s[0] < 2
    eventually(lambda: not any(is_alive(int(pid)) for pid in pids.read_text().split()), 5)


@pytest.mark.programs
def test_a_process_that_a_step_leaves_behind_holds_nothing_up_and_is_ended(tmp_path, eventually):
    pid = tmp_path / "pid"
    code = (
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pid)!r}, 'w').write(str(child.pid))\n"
        "print(json.dumps({'report': {}}), flush=True)"
    )
    started_s = time.monotonic()
    assert run(code) == {}
    assert time.monotonic() - started_s < 10
    eventually(lambda: not is_alive(int(pid.read_text())), 5)


def test_a_step_works_on_the_servers_library_and_ends_with_its_starter(settings: Settings):
    command = step_command(settings, "train")
    assert command[:3] == [sys.executable, "-m", "vidsort.train"]
    assert command[3:] == ["--settings", settings.as_json(), "--stop-with-stdin"]


@pytest.mark.programs
def test_the_watch_for_the_starter_does_not_disturb_a_step_that_ends_well():
    code = (
        "import threading\nfrom vidsort.jobs import program\n"
        "threading.Thread(target=program._stop_with_stdin, daemon=True).start()\n"
        "print(json.dumps({'report': {'done': 1}}))"
    )
    assert run(code) == {"done": 1}


@pytest.mark.programs
def test_a_step_that_hears_nothing_any_more_is_told_in_vain():
    """It may end between two looks: what it is told then is no failure of the step."""
    told = iter(range(10**6))
    report = run_step(
        "train", python("os.close(0)\ntime.sleep(0.5)\nprint(json.dumps({'report': {'done': 1}}))"),
        LIMIT_S, lambda _: None, lambda: None, is_held=lambda: next(told) % 2 == 0,
    )
    assert report == {"done": 1}
