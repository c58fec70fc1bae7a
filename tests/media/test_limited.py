"""The child processes that read what strangers made."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vidsort.errors import VideoDecodeError
from vidsort.media import limited
from vidsort.media.limited import ClosedError, LimitedChild, LimitedChildren

pytestmark = pytest.mark.programs

PROGRAM = """
import os, sys, time
from vidsort.media.limited import serve_requests
def answer(request, tell):
    tell(0.25)
    what = request["do"]
    if what == "fill": return {"length": len(bytearray(3 << 30))}
    if what == "crash": os.kill(os.getpid(), 11)
    if what == "hang": time.sleep(600)
    if what == "miss": open(request["path"])
    if what == "complain": raise ValueError("it is of no use")
    print("whatever a library prints")
    return {"pid": os.getpid()}
def main(): serve_requests(answer)
"""


@pytest.fixture
def child(tmp_path, monkeypatch):
    (tmp_path / "program_of_test.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    child = LimitedChild("program_of_test")
    yield child
    child.close()


def test_one_process_answers_request_after_request_and_tells_how_far_it_is(child):
    shares = []
    first = child.ask({"do": "work"}, 20, shares.append)
    assert child.ask({"do": "work"}, 20) == first
    assert shares == [0.25]


@pytest.mark.parametrize(("what", "reason"), [("fill", "too large"), ("crash", "crashed"), ("complain", "of no use")])
def test_what_goes_wrong_is_a_reason_and_the_next_request_is_answered(child, what, reason):
    with pytest.raises(VideoDecodeError, match=reason):
        child.ask({"do": what}, 20)
    assert child.ask({"do": "work"}, 20)["pid"]


def test_a_file_that_has_gone_is_no_damaged_one(child):
    with pytest.raises(FileNotFoundError):
        child.ask({"do": "miss", "path": "/nothing/here.mp4"}, 20)


def test_a_decoder_that_hangs_is_ended(tmp_path, monkeypatch):
    (tmp_path / "program_of_test.py").write_text(
        PROGRAM.replace("def main():", "def main():\n    import vidsort.media.limited as l; l.GRACE_S = 0.1\n   ")
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    child = LimitedChild("program_of_test")
    try:
        with pytest.raises(VideoDecodeError, match="longer than"):
            child.ask({"do": "hang"}, 0.2)
    finally:
        child.close()


def test_it_ends_at_once_when_its_starter_is_killed(child, tmp_path, eventually):
    told = tmp_path / "pid"
    code = (
        "import sys; from vidsort.media.limited import LimitedChild\n"
        "child = LimitedChild('program_of_test')\n"
        f"open({str(told)!r}, 'w').write(str(child.ask({{'do': 'work'}}, 20)['pid']))\n"
        "child.ask({'do': 'hang'}, 600)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code])
    pid = int(eventually(lambda: told.exists() and told.read_text(), 30))
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    eventually(lambda: not Path(f"/proc/{pid}").exists(), 30)


def test_closing_it_ends_it_also_in_the_middle_and_nothing_is_said_of_the_video(child, caplog):
    child.ask({"do": "work"}, 20)
    started = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(child.ask, {"do": "hang"}, 60, lambda _: started.set())
        started.wait(20)
        began_s = time.monotonic()
        child.close()
        with pytest.raises(ClosedError):
            asked.result(20)
    assert time.monotonic() - began_s < limited.GRACE_S
    assert caplog.records == []
    child.open()
    assert child.ask({"do": "work"}, 20)


def test_none_is_started_behind_the_back_of_who_closed_it(child):
    child.ask({"do": "work"}, 20)
    child.close()
    with pytest.raises(ClosedError):
        child.ask({"do": "work"}, 20)


def test_who_waits_for_a_child_while_all_are_closed_starts_none(child):
    children = LimitedChildren("program_of_test", 1)
    started = threading.Event()

    def ask(what: str) -> object:
        with children.one() as one:
            return one.ask({"do": what}, 60, lambda _: started.set())

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(ask, "hang")]
        started.wait(20)
        asked += [pool.submit(ask, "work") for _ in range(2)]
        children.close()
        for one in asked:
            with pytest.raises(ClosedError):
                one.result(20)
