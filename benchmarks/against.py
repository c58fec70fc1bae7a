"""What people wait for, in this checkout beside an earlier revision, turn by turn in one run.

Run as `BEFORE=<revision> make bench ARGS=against`. The revision is checked out in a temporary folder. Both are
driven from outside, by their programs and their routes, so that nothing of their insides need be alike: extraction
and the three steps on a library of the shared clips, and a server with 100 000 unsorted videos in 2 and in 200
folders: until it is ready, its page, a page of its list, and sorts. Rounds alternate, so that whatever else the
machine does slows both; each number is a median over rounds, a ratio under 1 means that this checkout is faster.
System calls of a sort are counted by wrapping `os` in the server.
"""

import collections
import contextlib
import http.client
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clips import distinct_copies, looped, sources
from vidsort.steps import STEPS

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
CLIPS, VIDEOS = 6, 60
LARGE, FOLDER_COUNTS, SORTS = 100_000, (2, 200), 60
PAGE_OF_LIST = "/api/videos?limit=50"
READY_S = 120
ROW = "{:<52}{:>12}{:>12}{:>8}"
# Serves as the command line does, and writes how often the disk was asked each time its counters are asked for.
COUNTING = """
import collections, os, sys
counts = collections.Counter()
def counted(name):
    real = getattr(os, name)
    def call(*values, **options):
        counts["listings" if name in ("scandir", "listdir") else "stats"] += 1
        return real(*values, **options)
    setattr(os, name, call)
for name in ("stat", "lstat", "scandir", "listdir"):
    counted(name)
import http.server, json, threading
class Asked(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answer = json.dumps(counts).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *_):
        return
counters = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Asked)
threading.Thread(target=counters.serve_forever, daemon=True).start()
from vidsort.cli import main
sys.exit(main(["serve", *sys.argv[2:]]))
"""


def main() -> None:
    """Print the table."""
    revision = os.environ.get("BEFORE")
    if not revision:
        raise SystemExit("No revision to measure against: BEFORE=<revision> make bench ARGS=against")
    took: dict[str, dict[str, list[float]]] = collections.defaultdict(lambda: {"before": [], "now": []})
    with tempfile.TemporaryDirectory() as folder, checked_out(revision, Path(folder) / "before") as before:
        root, checkouts = Path(folder), {"before": before, "now": ROOT}
        chosen = itertools.islice(sources(), CLIPS)
        clips = [looped(source, root / f"{number}.mp4") for number, source in enumerate(chosen)]
        for turn in range(ROUNDS):
            for which in sorted(checkouts, reverse=turn % 2 == 0):
                _learn(checkouts[which], clips, root / f"{which}{turn}", which, took)
                for count in FOLDER_COUNTS:
                    _serve(checkouts[which], root / f"{which}{turn}-{count}", count, which, took)
    print(ROW.format(f"medians of {ROUNDS} rounds, turn by turn", revision[:10], "now", "ratio"))
    for what, both in took.items():
        was, now = (statistics.median(both[which]) for which in ("before", "now"))
        print(ROW.format(what, f"{was:.4g}", f"{now:.4g}", f"{now / was:.2f}" if was else "-"))


@contextlib.contextmanager
def checked_out(revision: str, folder: Path) -> Iterator[Path]:
    """An earlier revision of this project, in a folder for as long as this holds."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), revision], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def environment(checkout: Path) -> dict[str, str]:
    """What a program is started with that is to be of this checkout."""
    return os.environ | {"PYTHONPATH": str(checkout)}


def _learn(checkout: Path, clips: list[Path], home: Path, which: str, took: dict) -> None:
    """The three steps from nothing, then again with nothing new."""
    distinct_copies(clips, home / "videos", VIDEOS)
    for number, path in enumerate(sorted((home / "videos").glob("*.mp4"))[: VIDEOS * 2 // 3]):
        target = home / "videos" / f"folder{number % len(clips) % 3}" / path.name
        target.parent.mkdir(exist_ok=True)
        path.rename(target)
    where = ["--data-dir", home / "videos", "--artifacts-dir", home / "artifacts"]
    for label in (f"{VIDEOS} clips of 15 s, from nothing", "again, nothing new"):
        whole_s = 0.0
        for step in STEPS:
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", f"vidsort.{step}", *where], check=True, capture_output=True,
                env=environment(checkout), cwd=home,
            )
            spent_s = time.perf_counter() - started
            whole_s += spent_s
            took[f"{label}: {step}, s"][which].append(spent_s)
        took[f"{label}: all three, s"][which].append(whole_s)


def _serve(checkout: Path, home: Path, folders: int, which: str, took: dict) -> None:
    """Start on a large library, ask, sort."""
    data_dir = home / "videos"
    for number in range(folders):
        (data_dir / f"folder{number}").mkdir(parents=True)
    for number in range(LARGE):
        (data_dir / f"{7 * 10**15 + number * 7919}.mp4").touch()
    os.sync()
    port, counters = _free_port(), _free_port()
    command = [sys.executable, "-c", COUNTING, str(counters), "--port", str(port)]
    where = ["--data-dir", str(data_dir), "--artifacts-dir", str(home / "artifacts")]
    label, started = f"{LARGE:,} videos, {folders} folders", time.perf_counter()
    server = subprocess.Popen([*command, *where], env=environment(checkout), cwd=home, stdout=subprocess.DEVNULL)
    try:
        connection = _ready(port)
        took[f"{label}: until it is ready, s"][which].append(time.perf_counter() - started)
        for path, name in (("/", "the page, ms"), (PAGE_OF_LIST, "50 of the list, ms"), ("/api/queue", "queue, ms")):
            spent_ms = [_timed_ms(connection, "GET", path) for _ in range(7)]
            took[f"{label}: {name}"][which].append(statistics.median(spent_ms))
        names = [f"{7 * 10**15 + number * 7919}.mp4" for number in range(SORTS)]
        counted_before, sorted_at = _counts(counters), time.perf_counter()
        spent_ms = sorted(
            _timed_ms(connection, "POST", "/api/sort", {"filename": name, "folder": "folder1"}) for name in names
        )
        took[f"{label}: sort, median ms"][which].append(statistics.median(spent_ms))
        took[f"{label}: sort, p95 ms"][which].append(spent_ms[int(0.95 * (SORTS - 1))])
        asked, burst_s = _counts(counters), time.perf_counter() - sorted_at
        took[f"{label}: 50 of the list after a sort, ms"][which].append(_timed_ms(connection, "GET", PAGE_OF_LIST))
        for kind in ("stats", "listings"):
            took[f"{label}: {kind} a sort (watching included)"][which].append(
                (asked.get(kind, 0) - counted_before.get(kind, 0)) / SORTS
            )
        took[f"{label}: a burst of {SORTS} sorts, s"][which].append(burst_s)
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _ready(port: int) -> http.client.HTTPConnection:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_S)
        with contextlib.suppress(OSError):
            connection.request("GET", "/api/folders")
            connection.getresponse().read()
            return connection
        time.sleep(0.02)
    raise SystemExit(f"The server did not answer within {READY_S} s.")


def _timed_ms(connection: http.client.HTTPConnection, method: str, path: str, body: dict | None = None) -> float:
    started = time.perf_counter()
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise SystemExit(f"{method} {path} was answered with {response.status}.")
    return (time.perf_counter() - started) * 1000


def _counts(port: int) -> dict[str, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_S)
    connection.request("GET", "/")
    return json.loads(connection.getresponse().read())


if __name__ == "__main__":
    main()
