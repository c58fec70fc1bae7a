"""Processes of one server count together; what dead servers have left goes, and nothing of living ones."""

import subprocess
import sys

import filelock
import pytest

from vidsort.api.metrics.shared import LOCK_SUFFIX, VARIABLE

# Three processes as uvicorn starts its own: each counts, and the last one that is asked tells of all.
CODE = """
import multiprocessing, sys
from pathlib import Path

def serve(folder, number, gate):
    from vidsort.api.metrics.shared import Shared
    shared = Shared(Path(folder))
    from prometheus_client import CollectorRegistry, generate_latest
    from vidsort.api.metrics.counts import RequestCounts
    counts = RequestCounts()
    for _ in range(number):
        counts.count("/api/videos", "GET", 200, 0.004)
    gate.wait()
    registry = CollectorRegistry()
    shared.register(registry, counts.collectors)
    text = generate_latest(registry).decode()
    print(*sorted(line for line in text.splitlines() if "le=" not in line and line[0] != "#"), sep="|", flush=True)
    gate.wait()
    shared.close()

if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(3)
    children = [spawn.Process(target=serve, args=(sys.argv[1], number, gate)) for number in (1, 2, 4)]
    for child in children: child.start()
    for child in children: child.join()
"""


@pytest.fixture
def counted(tmp_path):
    """What each of three processes of a server tells."""

    def run() -> list[str]:
        script = tmp_path / "server.py"
        script.write_text(CODE)
        done = subprocess.run(
            [sys.executable, script, tmp_path], env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    return run


@pytest.mark.programs
def test_whichever_process_is_asked_tells_of_all_and_a_new_server_begins_anew(counted, tmp_path):
    for _ in range(2):
        found = counted()
        assert len(found) == 3
        assert len(set(found)) == 1
        assert 'vidsort_http_requests_total{method="GET",route="/api/videos",status="200"} 7.0' in found[0]
        assert 'duration_seconds_count{method="GET",route="/api/videos"} 7.0' in found[0]
        assert "_created" not in found[0]
        # The one before is dead, and so its folder has gone.
        assert len(list((tmp_path / "metrics").iterdir())) == 1


@pytest.mark.programs
def test_the_counts_of_a_server_that_lives_are_left_alone(counted, tmp_path):
    other, dead = tmp_path / "metrics" / "other", tmp_path / "metrics" / "dead"
    other.mkdir(parents=True)
    dead.mkdir()
    (dead / f"1{LOCK_SUFFIX}").touch()
    with filelock.FileLock(other / f"1{LOCK_SUFFIX}"):
        counted()
    assert other.is_dir()
    assert not dead.exists()


def test_a_server_of_one_process_keeps_nothing_on_disk_and_changes_nothing_for_others(tmp_path, monkeypatch):
    from vidsort.api.metrics.shared import Shared

    monkeypatch.delenv(VARIABLE, raising=False)
    shared = Shared(tmp_path)
    shared.close()
    assert list(tmp_path.iterdir()) == []
