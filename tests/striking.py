"""Count the steps in which a process changes its disk, and kill it at one of them: for programs that fork.

The seam is the interpreter's own: each file opened to write, each name made, changed or removed is an audit event, and
each statement of a database is traced. So nothing that is under attack has to be prepared for it.
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable

RENAMED = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link")
_steps_left = 0


def step() -> None:
    """One step more; the last that was given is where the process ends."""
    global _steps_left
    if _steps_left:
        _steps_left -= 1
        if not _steps_left:
            os.kill(os.getpid(), signal.SIGKILL)


def strike_at_changes(*, opened: bool = True, statements: bool = False) -> None:
    """From now on a step is what changes names, what opens a file to write, and, if wanted, each SQL statement."""

    def heard(event: str, values: tuple) -> None:
        if event in RENAMED or (opened and event == "open" and set("wxa+") & set(str(values[1]))):
            step()

    sys.addaudithook(heard)
    if statements:
        connect = sqlite3.connect

        def traced(*values, **named):
            connection = connect(*values, **named)
            connection.set_trace_callback(lambda _: step())
            return connection

        sqlite3.connect = traced


def survives(action: Callable[[], object], steps: int) -> bool:
    """Whether an action in a child ends before its step of this number."""
    global _steps_left
    child = os.fork()
    if child == 0:
        _steps_left = steps
        action()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status == 0 or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL), "it failed by itself"
    return status == 0
