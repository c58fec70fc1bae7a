"""Many reviewers at one server for many minutes: no error, no growth, and how long each of their requests takes.

Run as `python -m benchmarks.soak [MINUTES [REVIEWERS]]`, or `make soak`; not part of `make bench`. A real server on
loopback serves a library of `themes` under many names. Each reviewer has a browser's name and a stream of events of its
own, and thinks between two presses: takes the first of its queue, watches a part of it, files it by the guess or
elsewhere, moves, takes back, searches; one of them retrains. What two of them want at once (404, 409) is no error; 500
and above, and a connection that breaks, are. Memory is that of the server and of those of its children that are there
both times, by the median of a minute: once it is warm, and at the end. The steps of a retrain, which end with it, are
in the most that all held at once.
"""

import collections
import contextlib
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.accuracy import DATA_DIR, labelled_rows, put
from vidsort import extract_features, predict, train
from vidsort.settings import Settings

MINUTES, REVIEWERS = 10.0, 20
# So many names for each video: a pile that lasts for as long as anybody sorts.
NAMES_EACH = 8
LABELLED_SHARE = 0.25
THINKS_S = (0.2, 1.0)
# By when caches, learners and the first retrain have come.
WARM_SHARE = 0.3
RETRAIN_S = 90.0
EXPECTED = {404, 409}
RANGE_BYTES = 256 * 1024
ROW = "{:<28}{:>10}{:>10}{:>10}{:>10}{:>10}"
WORDS = ("the", "dance", "food", "a", "how")


class Soak:
    """What all reviewers share: the address, when to stop, and what they have seen."""

    def __init__(self, address: str, folders: list[str]) -> None:
        self.address, self.folders = address, folders
        self.stopped = threading.Event()
        self.took_ms: dict[str, list[float]] = collections.defaultdict(list)
        self.refused: collections.Counter[int] = collections.Counter()
        self.errors: list[str] = []

    def ask(self, client: httpx.Client, name: str, method: str, path: str, **what) -> httpx.Response | None:
        """One request, timed under a name; None where it failed or was refused."""
        started = time.perf_counter()
        try:
            answer = client.request(method, path, **what)
        except httpx.HTTPError as error:
            if not self.stopped.is_set():
                self.errors.append(f"{name}: {error!r}")
            return None
        self.took_ms[name].append(1000 * (time.perf_counter() - started))
        if answer.status_code in EXPECTED:
            self.refused[answer.status_code] += 1
            return None
        if answer.is_error:
            self.errors.append(f"{name}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer


def review(soak: Soak, number: int) -> None:
    """One reviewer, until all stop."""
    chance, last = random.Random(number), dict[str, str]()
    headers = {"X-Vidsort-Browser": f"reviewer-{number}"}
    with httpx.Client(base_url=soak.address, headers=headers, timeout=60) as client:
        while not soak.stopped.is_set():
            soak.stopped.wait(chance.uniform(*THINKS_S))
            queue = soak.ask(client, "queue of 20", "GET", "/api/queue", params={"limit": 20})
            waiting = queue.json()["videos"] if queue else []
            if not waiting:
                continue
            video = waiting[0]
            name = video["filename"]
            part = {"Range": f"bytes=0-{chance.randrange(1, 4) * RANGE_BYTES}"}
            soak.ask(client, "a part of a video", "GET", f"/videos/{name}", headers=part)
            soak.ask(client, "poster", "GET", f"/posters/{name}.webp")
            act(soak, client, chance, video, last)


def act(soak: Soak, client: httpx.Client, chance: random.Random, video: dict, last: dict[str, str]) -> None:
    """What a reviewer does with the video that is shown, or else."""
    name, wish = video["filename"], chance.random()
    if wish < 0.70:
        folder = video.get("predicted_folder") or chance.choice(soak.folders)
        if soak.ask(client, "sort", "POST", "/api/sort", json={"filename": name, "folder": folder}):
            last.update(name=name, folder=folder)
    elif wish < 0.78 and last:
        to = chance.choice([None, *(folder for folder in soak.folders if folder != last["folder"])])
        if soak.ask(client, "move", "POST", "/api/move", json={
            "filename": last["name"], "from": last["folder"], "to": to,
        }):
            last.clear()
    elif wish < 0.86:
        soak.ask(client, "undo", "POST", "/api/undo")
    elif wish < 0.92:
        soak.ask(client, "search", "GET", "/api/search", params={"q": chance.choice(WORDS)})
    elif wish < 0.96:
        soak.ask(client, "list of 50", "GET", "/api/videos", params={"limit": 50})
    else:
        soak.ask(client, "similar", "GET", f"/api/videos/{name}/similar")


def listen(soak: Soak) -> None:
    """The stream of events that an open page holds."""
    address = f"{soak.address}/api/events"
    with contextlib.suppress(httpx.HTTPError), httpx.stream("GET", address, timeout=None) as events:
        for _ in events.iter_lines():
            if soak.stopped.is_set():
                return


def retrain(soak: Soak) -> None:
    """Somebody presses Retrain now and then."""
    with httpx.Client(base_url=soak.address, timeout=60) as client:
        while not soak.stopped.wait(RETRAIN_S):
            soak.ask(client, "retrain", "POST", "/api/retrain")


@contextlib.contextmanager
def server(settings: Settings) -> Iterator[tuple[str, int]]:
    """The address of a server of its own process, and its number."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "vidsort", "serve", *settings.as_flags(), "--port", str(port)],
                               stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{address}/readyz").is_success:
                    break
            if process.poll() is not None:
                raise SystemExit("The server did not start: its reason is above.")
            time.sleep(0.2)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def memory_of(pid: int) -> dict[int, float]:
    """MB that a server and each of its children hold, by process."""
    import psutil

    held = {}
    server = psutil.Process(pid)
    for process in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            held[process.pid] = process.memory_info().rss / 1e6
    return held


def library(root: Path) -> Settings:
    """Themes under many names, a quarter of them sorted, learned from."""
    settings = Settings(data_dir=root / "library", artifacts_dir=root / "artifacts")
    rows, chance = [row for row in labelled_rows() if row["set"] == "themes"], random.Random(0)
    for number in range(NAMES_EACH * len(rows)):
        row = rows[number % len(rows)]
        folder = row["folder"] if chance.random() < LABELLED_SHARE else ""
        put(DATA_DIR / row["set"] / row["folder"] / row["filename"], settings.data_dir / folder / f"{number}.mp4")
    for step in (extract_features, train, predict):
        step.run(settings)
    return settings


def main(minutes: float, reviewers: int) -> int:
    """Print the tables; 1 where there was any error."""
    with tempfile.TemporaryDirectory() as root, server(library(Path(root))) as (address, pid):
        folders = [folder["name"] for folder in httpx.get(f"{address}/api/folders").json()["folders"]]
        soak, memory = Soak(address, folders), list[tuple[float, dict[int, float]]]()
        threads = [threading.Thread(target=review, args=(soak, number)) for number in range(reviewers)]
        threads.append(threading.Thread(target=retrain, args=(soak,)))
        listeners = [threading.Thread(target=listen, args=(soak,), daemon=True) for _ in range(reviewers)]
        started = time.monotonic()
        for thread in (*threads, *listeners):
            thread.start()
        while (now_s := time.monotonic() - started) < 60 * minutes:
            memory.append((now_s, memory_of(pid)))
            time.sleep(1)
        soak.stopped.set()
        for thread in threads:
            thread.join()
    tell(soak, memory, minutes, reviewers)
    return 1 if soak.errors else 0


def tell(soak: Soak, memory: list[tuple[float, dict[int, float]]], minutes: float, reviewers: int) -> None:
    """Print how long each request took, how the memory grew, and each error."""
    print(f"{reviewers} reviewers for {minutes:g} minutes\n")
    print(ROW.format("request", "count", "median ms", "p95 ms", "p99 ms", "worst ms"))
    for name, took in sorted(soak.took_ms.items()):
        cuts = statistics.quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99
        figures = (cuts[49], cuts[94], cuts[98], max(took))
        print(ROW.format(name, f"{len(took):,}", *(f"{value:.1f}" for value in figures)))
    span_s = 60 * minutes * 0.1
    warm_s = 60 * minutes * WARM_SHARE
    early = [held for at, held in memory if warm_s <= at < warm_s + span_s]
    late = [held for at, held in memory if at >= 60 * minutes - span_s]
    staying = set.intersection(*(set(held) for held in (*early, *late)))
    warm, end = (statistics.median(sum(held[pid] for pid in staying) for held in some) for some in (early, late))
    most = max(sum(held.values()) for _, held in memory)
    refused = ", ".join(f"{count} x {status}" for status, count in sorted(soak.refused.items())) or "none"
    print(f"\nmemory of {len(staying)} processes that stay, warm {warm:.0f} MB, at the end {end:.0f} MB: "
          f"{100 * (end / warm - 1):+.1f} %; the most of all with a retrain {most:.0f} MB")
    print(f"wanted by two at once: {refused}\nerrors: {len(soak.errors)}")
    for error in soak.errors[:20]:
        print(f"  {error}")


if __name__ == "__main__":
    given = [float(value) for value in sys.argv[1:]] + [MINUTES, float(REVIEWERS)][len(sys.argv) - 1 :]
    sys.exit(main(given[0], int(given[1])))
