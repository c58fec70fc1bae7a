"""One pipeline step as a child process: its progress is read, its time is limited, and it can be stopped."""

import contextlib
import contextvars
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from ..errors import StepCancelled, VidsortError
from ..logs import pass_on
from ..settings import Settings

log = logging.getLogger(__name__)

LOOK_S = 0.1
# A step keeps finished work at every moment, so it is given little time to go by itself.
TERMINATE_S = 0.7
LAST_LINES_S = 1.0
SHOWN_ERROR_CHARACTERS = 800
TIMED_OUT = "timed out after {:g} s; what was finished is kept: start it again, or let step_timeout_s be longer"


class StepFailedError(VidsortError):
    """A step that did not end well: "Failed at <its script>: <why>"; `exit_code` is one of the command line's."""

    def __init__(self, step: str, reason: str, exit_code: int = VidsortError.exit_code) -> None:
        super().__init__(f"Failed at {step}.py: {reason}")
        self.reason = reason
        self.exit_code = exit_code


def step_command(settings: Settings, step: str) -> list[str]:
    """What runs a step with these settings, flags of the server included, until its end or ours."""
    return [sys.executable, "-m", f"vidsort.{step}", "--settings", settings.as_json(), "--stop-with-stdin"]


def run_step(
    step: str,
    command: Sequence[str],
    timeout_s: float,
    tell: Callable[[dict], None],
    reason_to_stop: Callable[[], str | None],
    is_held: Callable[[], bool] = lambda: False,
) -> dict:
    """Run a step to its end and return its report.

    `tell` is called, in another thread, with each progress; `reason_to_stop` is asked ten times a
    second, and so is `is_held`: whether the step shall let others go first, of which it is told on its
    standard input when that changes (`h`, then `g`). Raises StepFailedError where the step fails, is
    stopped, or takes more than `timeout_s` seconds. No process of the step is left in any case.
    """
    reports: list[dict] = []
    deadline_s = time.monotonic() + timeout_s
    with tempfile.TemporaryFile() as errors:
        with _started(command, errors) as process:
            # What the step logs is of the same job.
            ours = contextvars.copy_context()
            reader = threading.Thread(target=ours.run, args=(_read, process.stdout, tell, reports), daemon=True)
            reader.start()
            reason, exit_code = None, StepCancelled.exit_code
            was_held = False
            while reason is None and process.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK_S)
                reason = reason_to_stop()
                if was_held != (was_held := is_held()):
                    _say(process, b"h" if was_held else b"g")
                if reason is None and process.poll() is None and time.monotonic() > deadline_s:
                    reason, exit_code = TIMED_OUT.format(timeout_s), VidsortError.exit_code
            if reason is None:
                # Not until the end of the stream: a process that the step left behind may hold it open.
                reader.join(LAST_LINES_S)
        reader.join(LAST_LINES_S)
        if reason is None and process.returncode == 0 and reports:
            return reports[-1]
        if reason is None:
            reason, exit_code = _why(process.returncode, errors), max(VidsortError.exit_code, process.returncode)
        raise StepFailedError(step, reason, exit_code)


@contextlib.contextmanager
def _started(command: Sequence[str], errors: IO[bytes]) -> Iterator[subprocess.Popen]:
    """The process in a group of its own, all of which is gone when the block ends."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
    )
    try:
        yield process
    finally:
        _signal_group(process, "SIGTERM")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TERMINATE_S)
        _signal_group(process, "SIGKILL")
        process.wait()
        if process.stdin is not None:
            # What it was told last and did not read any more is flushed here in vain.
            with contextlib.suppress(OSError):
                process.stdin.close()


def _say(process: subprocess.Popen, word: bytes) -> None:
    if process.stdin is None:
        raise ValueError("This process was started without pipes.")
    # One that has just ended hears nothing any more.
    with contextlib.suppress(OSError):
        process.stdin.write(word)
        process.stdin.flush()


def _signal_group(process: subprocess.Popen, name: str) -> None:
    """Signal every process of the step; where there are no process groups, the step itself."""
    if not hasattr(os, "killpg"):
        process.kill()
        return
    # The group outlives its first process while others are in it, and its number is not given away meanwhile.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, getattr(signal, name))


def _read(stream: IO[bytes], tell: Callable[[dict], None], reports: list[dict]) -> None:
    """Read the JSON lines of `steps.step_main`; what a library printed in between is passed over.

    Nobody else closes the stream: that would be in the middle of a line.
    """
    with stream:
        for line in stream:
            try:
                message = json.loads(line)
            except ValueError:
                log.info("A step printed: %s", line[:200])
                continue
            if not isinstance(message, dict):
                continue
            if "progress" in message:
                tell(message["progress"])
            elif "report" in message:
                reports.append(message["report"])
            elif "log" in message:
                pass_on(message["log"])


def _why(returncode: int, errors: IO[bytes]) -> str:
    """The end of what the step wrote to stderr, else how it ended."""
    end = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, end - 4 * SHOWN_ERROR_CHARACTERS))
    text = errors.read().decode("utf-8", "replace").strip()
    if len(text) > SHOWN_ERROR_CHARACTERS:
        text = "…" + text[-SHOWN_ERROR_CHARACTERS:]
    if returncode < 0:
        return f"{text}\nit was killed by signal {-returncode} (is there too little memory?)".strip()
    return text or f"it ended with exit code {returncode} and said nothing"
