"""Child processes: what dies in one is an answer, and none outlives its use."""

import contextlib
import io
import sys
import threading
from pathlib import Path

import pytest
from videos import make_video

from vidsort.errors import StepCancelled, VidsortError
from vidsort.features import extraction, workers
from vidsort.features.encoders.speech import SpeechConfig
from vidsort.features.extraction import VIDEO_LIMIT_S, Devices, answer, video_limit_s
from vidsort.features.modalities import ExtractConfig, from_json, to_json
from vidsort.features.workers import Worker, answers

# A child of the same protocol: it is ready, then does what the path says.
CHILD = """
import json, os, signal, sys, time
print("{}", flush=True)
for line in sys.stdin:
    path = json.loads(line)["path"]
    if path == "crash": os.kill(os.getpid(), signal.SIGSEGV)
    if path == "starve": os.kill(os.getpid(), signal.SIGKILL)
    if path == "stall": time.sleep(60)
    print(json.dumps({"vector": path, "pid": os.getpid()}), flush=True)
"""
STALLING = """
import sys, time
from pathlib import Path
from vidsort.features import extraction
extraction.VIDEO_LIMIT_S = 0.2
extraction.answer = lambda *_: time.sleep(60)
extraction.serve(sys.stdin, sys.stdout, Path(), {})
"""

# One whose device dies over a video, and that has something to say of it.
WITH_DEVICE = """
import json, os, signal, sys
print("{}", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked["path"] == "crash" and not asked.get("by_processor"): os.kill(os.getpid(), signal.SIGSEGV)
    print(json.dumps({"vector": asked["path"], "told": ["One sentence."]}), flush=True)
"""


COUNTING = """
import json, sys
import numpy, scipy.linalg
from threadpoolctl import threadpool_info
print("{}", flush=True)
for line in sys.stdin:
    print(json.dumps([pool["num_threads"] for pool in threadpool_info()]), flush=True)
"""


@pytest.fixture
def worker():
    worker = Worker([sys.executable, "-c", CHILD])
    yield worker
    worker.close()


@pytest.mark.programs
def test_one_child_answers_one_request_after_the_other(worker):
    first, second = (worker.ask({"path": name}) for name in ("a", "b"))
    assert (first["vector"], second["vector"]) == ("a", "b")
    assert first["pid"] == second["pid"]


@pytest.mark.programs
def test_a_child_calculates_on_one_thread():
    with contextlib.closing(Worker([sys.executable, "-c", COUNTING])) as worker:
        assert set(worker.ask({"path": "any"})) == {1}


@pytest.mark.programs
def test_a_crash_is_a_lasting_failure_of_that_video_alone(worker):
    assert worker.ask({"path": "crash"}) == {
        "error": "the decoder crashed over it (exit code -11)",
        "retry": False,
    }
    assert worker.ask({"path": "next"})["vector"] == "next"


@pytest.mark.programs
def test_a_child_that_the_system_killed_is_tried_again_another_time(worker):
    answer = worker.ask({"path": "starve"})
    assert answer["retry"] is True
    assert "memory" in answer["error"]


@pytest.mark.programs
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a wish")
def test_where_memory_runs_out_a_child_is_to_end_before_the_run_does(tmp_path):
    command = [sys.executable, "-m", "vidsort.features.extraction", str(tmp_path), "{}"]
    with contextlib.closing(Worker(command)) as worker:
        child = worker._start()
        wishes = [int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (child.pid, "self")]
    assert wishes[0] == 1000
    assert wishes[1] < 1000


def test_a_poster_for_which_there_is_no_memory_costs_no_features(tmp_path, monkeypatch, caplog):
    def fill(*_):
        raise MemoryError

    video = make_video(tmp_path / "1.mp4")
    facts, modalities = video.stat(), ExtractConfig(modalities=("frames",)).chosen
    monkeypatch.setattr("vidsort.media.pictures.keep_pictures", fill)
    encoders = {modality_id: modality.load() for modality_id, modality in modalities.items()}
    request = {
        "path": str(video), "stamp": [facts.st_size, facts.st_mtime_ns], "content": "00" * 16,
        "wanted": dict.fromkeys(modalities, "00"),
    }
    found = answer(request, tmp_path, encoders)["found"]
    assert all("vector" in evidence for evidence in found.values())
    assert "no memory" in caplog.text


@pytest.mark.programs
def test_a_decoder_that_hangs_is_ended_by_its_time_limit():
    with contextlib.closing(Worker([sys.executable, "-c", STALLING], limit_s=0.2)) as worker:
        answer = worker.ask({"path": "hangs"})
    assert answer["retry"] is True
    assert "longer than" in answer["error"]


def test_who_reads_is_given_longer_than_who_only_looks():
    looks, reads = (ExtractConfig(modalities=kinds).chosen for kinds in (("frames", "sound"), ("frames", "speech")))
    assert video_limit_s(looks) == VIDEO_LIMIT_S
    assert video_limit_s(reads) > VIDEO_LIMIT_S + SpeechConfig().speech_seconds


@pytest.mark.programs
def test_a_child_that_cannot_start_is_an_error_and_no_verdict_on_a_video():
    worker = Worker([sys.executable, "-c", "raise SystemExit(3)"])
    with contextlib.closing(worker), pytest.raises(VidsortError, match="exit code 3"):
        worker.ask({"path": "a"})


@pytest.mark.programs
def test_stopping_ends_a_child_in_the_middle_of_a_video(worker):
    raised = []

    def ask() -> None:
        try:
            worker.ask({"path": "stall"})
        except StepCancelled as error:
            raised.append(error)

    worker.ask({"path": "first"})
    asking = threading.Thread(target=ask)
    asking.start()
    worker.stop()
    asking.join(timeout=10)
    assert len(raised) == 1
    with pytest.raises(StepCancelled):
        worker.ask({"path": "after"})


@pytest.fixture
def started(monkeypatch) -> list[Worker]:
    """The workers that `answers` makes, with the child of these tests."""
    made = []

    class TestedWorker(Worker):
        def __init__(self, _command: list[str], limit_s: float) -> None:
            super().__init__([sys.executable, "-c", CHILD], limit_s)
            made.append(self)

    monkeypatch.setattr(workers, "Worker", TestedWorker)
    return made


@pytest.mark.programs
def test_every_request_has_one_answer_and_no_child_is_left(started, tmp_path):
    paths = [*map(str, range(20)), "crash", *map(str, range(20, 40))]
    batches = list(answers(({"path": path} for path in paths), tmp_path, ExtractConfig().chosen, 2))
    got = [(request["path"], answer) for batch in batches for request, answer in batch]
    assert sorted(path for path, _ in got) == sorted(paths)
    assert [path for path, answer in got if "error" in answer] == ["crash"]
    assert all(worker._process is None for worker in started)


@pytest.mark.programs
def test_requests_are_taken_only_as_answers_are_wanted(started, tmp_path):
    taken = []

    def requests():
        for number in range(1000):
            taken.append(number)
            yield {"path": str(number)}

    with contextlib.closing(answers(requests(), tmp_path, ExtractConfig().chosen, 2)) as batches:
        seen = len(next(batches)) + len(next(batches))
        assert len(taken) <= seen + 4
    assert all(worker._process is None for worker in started)


@pytest.mark.programs
@pytest.mark.parametrize(("decoding", "dies"), [("off", True), ("cuda", False)])
def test_a_video_over_which_a_device_died_is_asked_for_again_without_it(monkeypatch, tmp_path, caplog, decoding, dies):
    monkeypatch.setattr(
        workers, "Worker", lambda _command, limit_s: Worker([sys.executable, "-c", WITH_DEVICE], limit_s)
    )
    paths, chosen = ["a", "crash", "b"], ExtractConfig().chosen
    batches = list(answers(({"path": path} for path in paths), tmp_path, chosen, 2, Devices(decoding)))
    got = {request["path"]: answer for batch in batches for request, answer in batch}
    assert [path for path in paths if "error" in got[path]] == (["crash"] if dies else [])
    assert not any("told" in answer for answer in got.values())
    assert caplog.text.count("One sentence.") == 1


def test_what_the_first_video_imports_is_not_gone_through_after_each_further_one(monkeypatch, tmp_path):
    done = []
    for name in ("collect", "freeze"):
        monkeypatch.setattr(extraction.gc, name, lambda name=name: done.append(name))
    monkeypatch.setattr(extraction, "answer", lambda *_: {})
    extraction.serve(io.StringIO("{}\n" * 3), io.StringIO(), tmp_path, {})
    assert done == ["freeze", "collect", "freeze", "collect", "collect"]


@pytest.mark.programs
def test_a_child_is_told_its_devices_and_tells_of_them(tmp_path):
    path = make_video(tmp_path / "1.mp4")
    chosen, facts = ExtractConfig(modalities=("frames",)).chosen, path.stat()
    request = {
        "path": str(path), "stamp": [facts.st_size, facts.st_mtime_ns], "content": "00" * 16,
        "wanted": dict.fromkeys(chosen, "00"),
    }
    found = []
    # No machine has both: these are of Windows and of a Mac.
    for devices in (Devices(), Devices("dxva2", "coreml" if sys.platform != "darwin" else "cuda")):
        with contextlib.closing(workers.new_worker(tmp_path, chosen, devices)) as child:
            found.append([child.ask(request) for _ in range(2)])
    plain, given = found
    assert [answer.get("told") for answer in plain] == [None, None]
    assert [len(answer.get("told", ())) for answer in given] == [2, 0]
    assert [answer["by_hardware"] for answer in given] == [False, False]
    assert plain[0]["found"] == given[0]["found"]
    assert given[0]["found"] == given[1]["found"]


def test_modalities_travel_to_the_child_unchanged():
    chosen = ExtractConfig(frames=3, crops=("first", "second")).chosen
    assert from_json(to_json(chosen)) == chosen
    assert [modality.id for modality in from_json(to_json(chosen)).values()] == list(chosen)
