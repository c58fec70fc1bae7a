"""What a key press costs in a library of 100 000 unsorted videos: sort, undo, batch, and the view in memory.

Run as `python -m benchmarks.moves`; the files are empty, since a move never reads them. Each number
is a median and a 95th percentile in milliseconds, beside a bare rename that remembers nothing.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

VIDEOS = 100_000
FOLDERS = 50


def make_library(root: Path) -> Path:
    """A root full of empty files and some folders."""
    for number in range(FOLDERS):
        (root / f"folder{number}").mkdir(parents=True)
    for number in range(VIDEOS):
        (root / f"{7 * 10**15 + number * 7919}.mp4").touch()
    os.sync()  # so that the first moves do not wait for the making of the library
    return root


def measure(what: str, action: Callable[[], object], times: int) -> None:
    """Print the median and 95th percentile of an action in milliseconds."""
    took_ms = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        took_ms.append((time.perf_counter() - start) * 1000)
    p95 = sorted(took_ms)[int(0.95 * (times - 1))]
    print(f"{what:<44}{statistics.median(took_ms):>10.3f}{p95:>10.3f}")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = make_library(Path(folder) / "videos")
        database = open_database(Path(folder) / "artifacts")
        live = LiveLibrary(data_dir)
        live.start()
        mover = Mover(data_dir, database, live)
        names = iter(live.snapshot().unsorted)
        print(f"{f'{VIDEOS:,} unsorted videos, {FOLDERS} folders':<44}{'median ms':>10}{'p95 ms':>10}")
        measure("names and counts from memory", lambda: (live.snapshot(), live.folders()), 200)
        measure("walking the library instead", lambda: scan(data_dir), 3)
        measure("sort one video", lambda: mover.sort(next(names), "folder1"), 200)
        measure("undo", mover.undo, 100)
        measure("redo", mover.redo, 100)
        measure("sort a batch of 200", lambda: mover.sort_batch([(next(names), "folder2") for _ in range(200)]), 5)
        measure("a bare rename, no journal, not flushed", lambda: _rename(data_dir, next(names)), 200)
        live.stop()
        database.close()


def _rename(data_dir: Path, name: str) -> None:
    (data_dir / name).rename(data_dir / "folder3" / name)


if __name__ == "__main__":
    main()
