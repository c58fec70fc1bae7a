"""What a page of fifty costs in each order of the queue, with 100 000 unsorted videos: first, later, after sorts.

Run as `python -m benchmarks.orders [videos …]`. The files are empty, their features and guesses planted as for `live`,
one in 41 of them sorted into 25 folders. A server is asked over HTTP for each order: the first page of all, the page
behind it, the first one again, and the first one right after a sort (where the video that was sorted must be gone),
at uneven moments, so that with the live head some come while it learns. Then the same without the live head.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.live import READY_S, Reviewer, plant, retrained, served
from vidsort.pile.order import ORDERS
from vidsort.settings import Settings

SIZES, SORTED_ONE_IN = (100_000,), 41
AGAIN, SORTS, PAUSE_S = 10, 12, (0.05, 0.4)
ROW = "{:<12}{:>12}{:>12}{:>12}{:>16}{:>14}"
WISHES = ("1000 ms", "50 ms", "50 ms", "50 ms", "50 ms")


def asked(reviewer: Reviewer, path: str) -> tuple[float, dict]:
    """How long the answer takes, in milliseconds, and what it is."""
    begun = time.perf_counter()
    found = reviewer.ask(path)
    return (time.perf_counter() - begun) * 1000, json.loads(found)


def pages(reviewer: Reviewer, order: str, pauses: random.Random) -> list[float]:
    """Milliseconds: the first page of all, the next one, the first again, and after a sort, median and worst."""
    path = f"/api/queue?limit=50&order={order}"
    first_ms, shown = asked(reviewer, path)
    later = f"{path}&cursor={shown['next_cursor']}"
    later_ms = statistics.median(asked(reviewer, later)[0] for _ in range(AGAIN))
    again_ms = statistics.median(asked(reviewer, path)[0] for _ in range(AGAIN))
    after_ms = []
    for _ in range(SORTS):
        name = shown["videos"][0]["filename"]
        reviewer.sort(name)
        spent_ms, shown = asked(reviewer, path)
        if any(one["filename"] == name for one in shown["videos"]):
            raise SystemExit(f"{name} was sorted, and is still in the order {order}.")
        after_ms.append(spent_ms)
        time.sleep(pauses.uniform(*PAUSE_S))
    return [first_ms, later_ms, again_ms, statistics.median(after_ms), max(after_ms)]


def measure(settings: Settings, belongs: dict[str, str]) -> None:
    """Print a table of all orders."""

    def work(address: str) -> None:
        reviewer, pauses = Reviewer(address, belongs), random.Random(5)
        if settings.live_learning:
            reviewer.sort()
            reviewer.wait(READY_S)
        for order in ORDERS:
            print(ROW.format(order, *(f"{spent:.0f} ms" for spent in pages(reviewer, order, pauses))), flush=True)

    what = "learning" if settings.live_learning else "not learning"
    print(ROW.format(what, "first page", "next page", "once more", "after a sort", "worst of it"))
    served(settings, work)
    print(ROW.format("wish", *WISHES), "\n", flush=True)


def main(sizes: list[int]) -> None:
    """Print two tables for each size."""
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder) / "library", artifacts_dir=Path(folder) / "artifacts")
            belongs = plant(settings, count * SORTED_ONE_IN // (SORTED_ONE_IN - 1), SORTED_ONE_IN)
            retrained(settings)
            print(f"{len(belongs):,} unsorted videos, pages of 50\n")
            for learns in (True, False):
                measure(settings.model_copy(update={"live_learning": learns}), belongs)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
