"""What a key press costs in a library of 100 000 unsorted videos, with 2 and with 200 folders.

Run as `python -m benchmarks.moves`; the files are empty, since a move never reads them. First the mover by itself:
sort, undo, batch, beside a bare rename that remembers nothing, and how often a press looks at anything but its own
file and lists a folder, counted in the thread that presses. Then a whole server, asked over HTTP: a sort, and the page.
"""

import collections
import contextlib
import http.client
import itertools
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.page import served
from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.mover import Mover
from vidsort.server.web import create_app
from vidsort.settings import Settings
from vidsort.store import open_database

VIDEOS = 100_000
FOLDER_COUNTS = (2, 200)
PRESSES = 200
LISTS = ("/api/videos?limit=50", "/api/queue", "/api/videos")
ROW = "{:<52}{:>10}{:>10}"


def main() -> None:
    """Print a table for each number of folders."""
    for folder_count in FOLDER_COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            data_dir = make_library(Path(folder) / "videos", folder_count)
            print(ROW.format(f"{VIDEOS:,} unsorted videos, {folder_count} folders", "median ms", "p95 ms"))
            press(data_dir, Path(folder) / "artifacts")
            ask(data_dir, Path(folder) / "artifacts")
            print(flush=True)


def make_library(root: Path, folder_count: int) -> Path:
    """A root full of empty files and some folders."""
    for number in range(folder_count):
        (root / f"folder{number}").mkdir(parents=True)
    for number in range(VIDEOS):
        (root / f"{7 * 10**15 + number * 7919}.mp4").touch()
    os.sync()  # so that the first moves do not wait for the making of the library
    return root


def press(data_dir: Path, artifacts_dir: Path) -> None:
    """The mover by itself, with the library in memory."""
    database = open_database(artifacts_dir)
    live = LiveLibrary(data_dir)
    live.start()
    mover = Mover(data_dir, database, live)
    names = iter(live.snapshot().unsorted)
    measure("names and counts from memory", lambda: (live.snapshot(), live.folders()), PRESSES)
    measure("walking the library instead", lambda: scan(data_dir), 3)
    measure("sort one video", lambda: mover.sort(next(names), "folder1"), PRESSES)
    with counted(data_dir) as looks:
        for _ in range(PRESSES):
            mover.sort(next(names), "folder1")
    for kind in ("stats", "listings"):
        print(ROW.format(f"  {kind} a sort, its own file apart", f"{looks[kind] / PRESSES:.2f}", ""))
    measure("undo", mover.undo, PRESSES // 2)
    measure("redo", mover.redo, PRESSES // 2)
    measure("sort a batch of 200", lambda: mover.sort_batch([(next(names), "folder0") for _ in range(200)]), 5)
    with_sidecars = [next(names) for _ in range(PRESSES)]
    for name, ending in itertools.product(with_sidecars, (".info.json", ".en.vtt")):
        (data_dir / name.replace(".mp4", ending)).touch()
    live.refresh()
    beside = iter(with_sidecars)
    measure("sort one video with two sidecars", lambda: mover.sort(next(beside), "folder1"), PRESSES)
    measure("a bare rename, no journal, not flushed", lambda: _rename(data_dir, next(names)), PRESSES)
    live.stop()
    database.close()


def ask(data_dir: Path, artifacts_dir: Path) -> None:
    """A whole server over HTTP: sorts, and each list right after one."""
    with served(create_app(Settings(data_dir=data_dir, artifacts_dir=artifacts_dir))) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc)
        names = (video["filename"] for video in json.loads(answer(connection, "GET", "/api/videos"))["videos"])

        def sort() -> None:
            answer(connection, "POST", "/api/sort", {"filename": next(names), "folder": "folder1"})

        measure("POST /api/sort", sort, PRESSES)
        for path in LISTS:
            measure(f"GET {path} after a sort", lambda path=path: answer(connection, "GET", path), 30, before=sort)
        connection.close()


def measure(what: str, action: Callable[[], object], times: int, before: Callable[[], object] = lambda: None) -> None:
    """Print the median and 95th percentile of an action in milliseconds; `before` it is not measured."""
    took_ms = []
    for _ in range(times):
        before()
        start = time.perf_counter()
        action()
        took_ms.append((time.perf_counter() - start) * 1000)
    p95 = sorted(took_ms)[int(0.95 * (times - 1))]
    print(ROW.format(what, f"{statistics.median(took_ms):.3f}", f"{p95:.3f}"), flush=True)


@contextlib.contextmanager
def counted(data_dir: Path) -> Iterator[collections.Counter[str]]:
    """How often this thread asks the system for the facts of anything in the library but videos, and lists it."""
    count: collections.Counter[str] = collections.Counter()
    pressing = threading.get_ident()
    real = {name: getattr(os, name) for name in ("stat", "lstat", "scandir", "listdir")}

    def counting(name: str) -> Callable[..., object]:
        kind = "stats" if name in ("stat", "lstat") else "listings"

        def call(path: object = ".", *values: object, **options: object) -> object:
            place = os.fspath(path) if not isinstance(path, int) else str(data_dir)
            if threading.get_ident() == pressing and place.startswith(str(data_dir)) and not place.endswith(".mp4"):
                count[kind] += 1
            return real[name](path, *values, **options)

        return call

    for name in real:
        setattr(os, name, counting(name))
    try:
        yield count
    finally:
        for name, function in real.items():
            setattr(os, name, function)


def answer(connection: http.client.HTTPConnection, method: str, path: str, body: dict | None = None) -> bytes:
    """What a route answers; ends the program where it refuses."""
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    data = response.read()
    if response.status != 200:
        raise SystemExit(f"{method} {path} was answered with {response.status}.")
    return data


def _rename(data_dir: Path, name: str) -> None:
    (data_dir / name).rename(data_dir / "folder0" / name)


if __name__ == "__main__":
    main()
