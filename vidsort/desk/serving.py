"""The review page as a child process of a program that uses vidsort: `python -m vidsort.desk.serving`.

It reads what was set over vidsort.toml and the environment as a line of JSON, says its port on stdout once it listens,
and ends when its standard input is closed, however its starter went.
"""

import json
import os
import signal
import sqlite3
import sys
import threading

from ..errors import VidsortError
from ..jobs.program import as_told
from ..settings import load_settings

# Notebooks are served by this machine, too: only pages of its own may show this one inside them.
FRAMED_BY = ("http://localhost:*", "http://127.0.0.1:*")


def main() -> int:
    """Serve until standard input is closed; returns the exit code, with one sentence on stderr where it fails."""
    given = _first_line()
    threading.Thread(target=_stop_with_stdin, daemon=True).start()
    try:
        from ..server.web import serve

        serve(load_settings(**json.loads(given)), tell=_tell, framed_by=FRAMED_BY)
    except (VidsortError, sqlite3.DatabaseError, OSError) as error:
        told = as_told(error)
        sys.stderr.write(f"{told}\n")
        return told.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _tell(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


def _first_line() -> bytes:
    line = b""
    # No further, as the rest is for `_stop_with_stdin`.
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line or b"{}"


def _stop_with_stdin() -> None:
    """Stop as Ctrl+C does, so that answers under way are ended."""
    # Not by sys.stdin, whose lock this thread would hold when the interpreter ends.
    while os.read(0, 1024):
        continue
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
