"""The retrain job: the three steps as child processes, one job at a time in all server processes.

The process that starts a job holds a file lock while it runs; the database says how far it is.
Whoever finds a job that says it is running while nobody holds the lock knows that its process died.
"""

import contextlib
import contextvars
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Literal

import filelock

from ..artifacts.owners import history_of, home_of
from ..errors import VidsortError
from ..logs import JOB_ID
from ..settings import Settings
from ..steps import STEPS
from ..store import Database
from ..store.jobs import Job, Jobs
from .child import StepFailedError, run_step, step_command

log = logging.getLogger(__name__)

LOCK_NAME = "retrain.lock"
# Whoever looks whether a job is alive holds the lock for a moment; a start waits for that, not for a job.
LOOKING_S = 0.25
TELL_EVERY_S = 0.2
STOP_S = 5.0


class Retrain:
    """Starts, watches, cancels and tells of the retrain job; safe to use from any thread and process."""

    def __init__(
        self,
        database: Database,
        command: Callable[[Settings, str], Sequence[str]] = step_command,
        steps: Sequence[str] = tuple(STEPS),
    ) -> None:
        self._jobs = Jobs(database)
        self._command = command
        self._steps = steps
        self._lock_path = database.path.with_name(LOCK_NAME)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self, settings: Settings) -> Literal["started", "already_running"]:
        """Start a job on this library in the background and return at once."""
        begun: Future[bool] = Future()
        # What the job logs is of the request that started it.
        ours = contextvars.copy_context()
        thread = threading.Thread(target=ours.run, args=(self._run, settings, begun), name="retrain", daemon=True)
        thread.start()
        if not begun.result():
            return "already_running"
        self._thread = thread
        return "started"

    def cancel(self, library: str | None = None) -> Literal["cancelling", "not_running"]:
        """Ask the job of this library, or of any, to stop, whichever process runs it; it does so within two seconds."""
        job = self._newest(library)
        if job is None or not job.is_running:
            return "not_running"
        self._jobs.request_cancel(job.id)
        return "cancelling"

    def stop(self) -> None:
        """Stop a job of this process, because the server stops."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def status(self, library: str | None = None) -> dict[str, object]:
        """`running`, `last_result`, and what is known of the job that runs or ran last: step, how far, verdict.

        Of this library, or of any; `elsewhere` says that one of another library runs on the same artifacts.
        """
        job = self._newest(library)
        other = None if library is None or (job and job.is_running) else self._newest()
        elsewhere: dict[str, object] = {"elsewhere": True} if other is not None and other.is_running else {}
        if job is None:
            return {"running": False, "last_result": None} | elsewhere
        ended = job if not job.is_running else self._jobs.newest_ended(library)
        told = {
            "running": job.is_running,
            "last_result": ended.result if ended else None,
            "job": job.id,
            "started_at": job.started_at,
            "ended_at": job.ended_at,
            "took_s": (job.ended_at or time.time()) - job.started_at,
            "cancelling": job.is_running and job.cancel_requested,
        }
        return told | dict(job.progress) | elsewhere

    def _newest(self, library: str | None = None) -> Job | None:
        """The newest job, as it truly stands: one whose process died is written down as interrupted."""
        job = self._jobs.newest(library)
        if job is None or not job.is_running:
            return job
        lock = filelock.FileLock(self._lock_path)
        try:
            with lock.acquire(blocking=False):
                self._jobs.end(job.id, _interrupted(job.step or self._steps[0]))
        except filelock.Timeout:
            return job
        return self._jobs.newest(library)

    def _run(self, settings: Settings, begun: "Future[bool]") -> None:
        lock = filelock.FileLock(self._lock_path, poll_interval=0.02)
        with contextlib.ExitStack() as held:
            try:
                # Where the artifacts folder has been renamed, a lock must not be made in its place.
                self._jobs.newest()
                library = history_of(home_of(settings.artifacts_dir, settings.data_dir), settings.data_dir)
                held.enter_context(lock.acquire(timeout=LOOKING_S))
                job_id = self._begin(library)
            except filelock.Timeout:
                begun.set_result(False)
                return
            except Exception as error:  # noqa: BLE001  (raised again where the start is waited for)
                begun.set_exception(error)
                return
            JOB_ID.set(job_id)
            begun.set_result(True)
            result = "success"
            progress = _Progress(self._jobs, job_id, self._steps)
            try:
                for step in self._steps:
                    self._run_step(settings, job_id, step, progress)
            except StepFailedError as error:
                result = str(error)
                progress.fail(error.reason, error.exit_code)
            except Exception as error:
                # The thread ends here, so nobody else could tell the person who waits.
                log.exception("The retrain job failed.")
                result = f"Failed at {progress.step}.py: {error}"
                progress.fail(str(error), VidsortError.exit_code)
            log.info("Retrain: %s", result)
            self._jobs.end(job_id, result, progress.outcome())

    def _begin(self, library: str) -> int:
        left = self._jobs.newest()
        if left is not None and left.is_running:
            self._jobs.end(left.id, _interrupted(left.step or self._steps[0]))
        return self._jobs.begin(library)

    def _run_step(self, settings: Settings, job_id: int, step: str, progress: "_Progress") -> None:
        def reason_to_stop() -> str | None:
            if self._stopping.is_set():
                return "interrupted: the server stopped; start it again"
            return "cancelled; start it again" if self._jobs.is_cancel_requested(job_id) else None

        progress.begin(step)
        command = self._command(settings, step)
        progress.finish(run_step(step, command, settings.step_timeout_s, progress.tell, reason_to_stop))


class _Progress:
    """Writes down how far the job is, a few times a second at most, and what its steps reported."""

    def __init__(self, jobs: Jobs, job_id: int, steps: Sequence[str]) -> None:
        self._jobs = jobs
        self._job_id = job_id
        self._steps = steps
        self._told_s = float("-inf")
        self._words: tuple[object, ...] = ()
        self._outcome: dict[str, object] = {}
        self._failed = 0
        self.step = steps[0]

    def begin(self, step: str) -> None:
        self.step = step
        self.tell({"done": 0, "total": 0, "message": "starting"})

    def tell(self, progress: dict) -> None:
        now_s = time.monotonic()
        # Of many lines with the same words some may go; the last before a long silence must not.
        words = (progress.get("message"), progress.get("notice"), progress.get("done") == progress.get("total"))
        if now_s - self._told_s < TELL_EVERY_S and words == self._words:
            return
        self._told_s, self._words = now_s, words
        shown = {
            "step": self.step,
            "script": f"{self.step}.py",
            "step_number": self._steps.index(self.step) + 1,
            "steps": len(self._steps),
            "done": progress.get("done", 0),
            "total": progress.get("total", 0),
            "videos_per_s": progress.get("rate_per_s"),
            "left_s": progress.get("left_s"),
            "message": progress.get("message", ""),
            "notice": progress.get("notice", ""),
        }
        try:
            self._jobs.tell(self._job_id, self.step, shown)
        except VidsortError as error:
            log.warning("How far the retrain job is could not be written down; it goes on: %s", error)

    def finish(self, report: dict) -> None:
        outputs = report.get("outputs", {})
        scores = ("accuracy", "accuracy_low", "accuracy_high", "accuracy_note", "chance")
        kept = ("encoder_calls", "notice", "model_id", "promoted", "verdict", "predictions_id", *scores)
        self._outcome |= {name: outputs[name] for name in kept if name in outputs}
        self._failed = max(self._failed, len(report.get("failed", ())))
        self._outcome["failed"] = self._failed
        self._outcome["left_out"] = report.get("left_out", [])

    def fail(self, reason: str, exit_code: int) -> None:
        self._outcome |= {"reason": reason, "exit_code": exit_code}

    def outcome(self) -> dict[str, object]:
        return self._outcome | {"step": self.step}


def _interrupted(step: str) -> str:
    return f"Failed at {step}.py: interrupted: the server stopped; start it again"
