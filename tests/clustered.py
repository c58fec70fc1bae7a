"""A real Dask scheduler with real workers on this machine, whose children write down what they look at.

As a preload of a worker this module puts its own child in the place of vidsort's: one over which a name with
`CRASHES` is poison to itself, and one with `KILLS` to the whole worker.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from vidsort.features.cluster import task
from vidsort.features.extraction import video_limit_s
from vidsort.features.modalities import to_json
from vidsort.features.workers import Worker

CRASHES, KILLS = "666", "999"
LOOKS = "VIDSORT_TESTS_LOOKS"
CHILD = f"""
import os, signal, sys
from vidsort.features import extraction
looked = extraction.answer
def answer(request, folder, encoders, hardware):
    with open(os.environ[{LOOKS!r}], "a") as looks:
        looks.write(request["place"] + "\\n")
    if {KILLS!r} in request["place"]:
        os.kill(os.getppid(), signal.SIGKILL)
    if {CRASHES!r} in request["place"]:
        os.kill(os.getpid(), signal.SIGSEGV)
    return looked(request, folder, encoders, hardware)
extraction.answer = answer
extraction.main(sys.argv[1:])
"""


class Machines:
    """The scheduler and its workers; `address` is the scheduler's. Close them."""

    def __init__(self, folder: Path, failures: int = 3) -> None:
        """failures: how many workers a task may end before it is taken for bad; by default as Dask has it."""
        self.folder = folder
        self._looks = folder / "looks.txt"
        self._looks.touch()
        # An answer that a worker took with it is asked for that long.
        self.scheduler = self._started(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(folder / "scheduler.json"),
            DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=str(failures), DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="5s",
        )
        self.workers: list[subprocess.Popen] = []
        deadline_s = time.monotonic() + 30
        while not self.address and time.monotonic() < deadline_s:
            time.sleep(0.02)

    @property
    def address(self) -> str:
        """Where the scheduler listens; empty until it does."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads((self.folder / "scheduler.json").read_text())["address"]
        return ""

    def add_worker(self, *flags: str, threads: int = 1) -> subprocess.Popen:
        """A further worker; with `--no-nanny` nobody starts it again."""
        worker = self._started(
            "dask_worker", self.address, "--nthreads", str(threads), "--host", "127.0.0.1", *flags,
            "--local-directory", str(self.folder), "--memory-limit", "0", "--preload", __name__,
        )
        self.workers.append(worker)
        return worker

    def worker_count(self) -> int:
        """How many workers the scheduler has."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return len(client.nthreads())

    def looks(self) -> Counter[str]:
        """How often each place was looked at."""
        return Counter(self._looks.read_text().split())

    def forget_looks(self) -> None:
        """Count from nothing."""
        self._looks.write_text("")

    def _started(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen:
        own = {
            LOOKS: str(self._looks), "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical",
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
        }
        with (self.folder / f"{module}.log").open("ab") as told:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"],
                env=os.environ | own | environment, stdout=told, stderr=told, start_new_session=True,
            )

    def close(self) -> None:
        """End all of them, with what they have started."""
        for process in (*self.workers, self.scheduler):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def dask_setup(_worker: object) -> None:
    """Called by a worker that loads this module before it works."""

    def new_worker(folder: Path, modalities: dict) -> Worker:
        return Worker([sys.executable, "-c", CHILD, str(folder), to_json(modalities)], video_limit_s(modalities))

    task.new_worker = new_worker
