"""The review page as a child process of a program that uses vidsort: `python -m vidsort.desk.serving`.

It says its port on stdout once it listens, and ends when its standard input is closed, however its starter went.
"""

import argparse
import os
import signal
import sqlite3
import sys
import threading

from ..errors import VidsortError
from ..jobs.program import add_settings_flags, as_told, settings_from_flags

# Notebooks are served by this machine, too: only pages of its own may show this one inside them.
FRAMED_BY = ("http://localhost:*", "http://127.0.0.1:*")


def main(arguments: list[str]) -> int:
    """Serve until standard input is closed; returns the exit code, with one sentence on stderr where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_settings_flags(parser, "host", "port")
    flags = parser.parse_args(arguments)
    threading.Thread(target=_stop_with_stdin, daemon=True).start()
    try:
        from ..server.web import serve

        serve(settings_from_flags(flags), tell=_tell, framed_by=FRAMED_BY)
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


def _stop_with_stdin() -> None:
    """Stop as Ctrl+C does, so that answers under way are ended."""
    # Not by sys.stdin, whose lock this thread would hold when the interpreter ends.
    while os.read(0, 1024):
        continue
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
