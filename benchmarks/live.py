"""From the answer of a sort to new predictions in the list, and what sorts cost meanwhile, at 500 to 50 000 videos.

Run as `python -m benchmarks.live [videos …]`. The files are empty and their features planted (1280 numbers, a cloud a
folder), half of the videos sorted into 25 folders; a model of one head is trained on them. A server is asked over HTTP
as the page does: sorts at uneven moments, each followed by questions until what is learned from it is in the list. Then
sorts as fast as a key repeats. At last a retrain with the same head, and how many first guesses it shares.
"""

import contextlib
import http.client
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from benchmarks.moves import answer
from vidsort import library, predict, train
from vidsort.artifacts.feature_sets import record_extraction
from vidsort.features.modalities import ExtractConfig
from vidsort.records import Video
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore

SIZES, FOLDERS, WIDTH, SPREAD = (500, 5_000, 50_000), 25, 1280, 4.0
# Of sorts as fast as a key repeats as many as half of what is left, if that is less: the rest is judged.
PRESSES, FAST, FAST_S, PAUSE_S = 25, 400, 0.033, (0.2, 0.6)
WISHES = {500: "", 5_000: "300", 50_000: "600"}
READY_S, LEARNED_S, STEP_S = 300, 60, 0.015
CONFIG = train.TrainConfig(heads=("lda",), repeats=1, folds=2)
ROW = "{:<58}{:>11}{:>9}{:>9}"


def plant(settings: Settings, count: int, one_in: int = 2) -> dict[str, str]:
    """A library of so many empty files with features of their own, one in so many sorted; where others belong."""
    chosen = np.random.default_rng(5)
    centres = chosen.exponential(size=(FOLDERS, WIDTH)).astype(np.float32)
    belongs = {}
    for number in range(count):
        folder, name = f"folder{number % FOLDERS:02}", f"{7 * 10**15 + number * 7919}.mp4"
        is_sorted = number // FOLDERS % one_in == 1
        place = settings.data_dir / folder if is_sorted else settings.data_dir
        place.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
        if not is_sorted:
            belongs[name] = folder
    store = FeatureStore(open_database(settings.artifacts_dir))
    feature_set = ExtractConfig(modalities=("frames",)).feature_set
    contents = remember(store, settings)
    for start in range(0, count, 1000):
        store.put([
            FeatureRow(
                feature_set.modalities["frames"], contents[video],
                np.abs(centres[int((video.folder or belongs[video.filename])[-2:])]
                       + SPREAD * chosen.normal(size=WIDTH).astype(np.float32)),
                chosen.integers(1, 2**63, size=6, dtype=np.uint64),
            )
            for video in list(contents)[start : start + 1000]
        ])
    record_extraction(settings.artifacts_dir, feature_set)
    store.database.close()
    return belongs


def remember(store: FeatureStore, settings: Settings) -> dict[Video, bytes]:
    """Let each file stand for a content of its own wherever it lies: they are empty, and would all be one."""
    contents = {video: int(video.filename[:-4]).to_bytes(32, "big") for video in library.videos(settings.data_dir)}
    store.remember_contents(contents)
    return contents


def retrained(settings: Settings) -> dict[str, str]:
    """The first guesses after training and predicting anew."""
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        remember(FeatureStore(database), settings)
    train.run(settings, CONFIG)
    predict.run(settings)
    return {one["video"]: one["predicted_folder"]
            for one in json.loads((settings.artifacts_dir / "predictions.json").read_bytes())}


class Reviewer:
    """Asks one server as a page does."""

    def __init__(self, address: str, belongs: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc)
        names = list(belongs)
        random.Random(5).shuffle(names)
        self._left = {name: belongs[name] for name in names}
        self.sorted = 0
        self.sort_ms: list[float] = []

    @property
    def left(self) -> int:
        """How many are unsorted."""
        return len(self._left)

    def ask(self, path: str) -> bytes:
        """What this route answers."""
        return answer(self._connection, "GET", path)

    def sort(self, name: str = "") -> None:
        """File this video where it belongs, or any that is left."""
        if not name:
            name = next(reversed(self._left))
        folder = self._left.pop(name)
        begun = time.perf_counter()
        answer(self._connection, "POST", "/api/sort", {"filename": name, "folder": folder})
        self.sort_ms.append((time.perf_counter() - begun) * 1000)
        self.sorted += 1

    def wait(self, limit_s: float = LEARNED_S) -> None:
        """Ask until all that was sorted is learned."""
        deadline = time.monotonic() + limit_s
        while True:
            live = json.loads(self.ask("/api/retrain/status"))["live"]
            if live is not None and live["labels"] == self.sorted:
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"What was sorted was not learned within {limit_s:g} s.")
            time.sleep(STEP_S)

    def learned_ms(self, path: str) -> float:
        """From the answer of a sort to a list with what is learned from it."""
        self.sort()
        begun = time.perf_counter()
        self.wait()
        self.ask(path)
        return (time.perf_counter() - begun) * 1000


def served(settings: Settings, work: Callable[[str], None]) -> None:
    """Let `work` ask a server of its own process, at this address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "vidsort", "serve", "--port", str(port), *settings.as_flags()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + READY_S
            while True:
                try:
                    answer(http.client.HTTPConnection("127.0.0.1", port), "GET", "/healthz")
                    break
                except OSError:
                    if time.monotonic() > deadline or server.poll() is not None:
                        raise
                    time.sleep(0.1)
            work(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()


def show(what: str, took_ms: list[float], wish: str = "") -> None:
    """Print one row, in milliseconds."""
    p95 = sorted(took_ms)[int(0.95 * (len(took_ms) - 1))]
    print(ROW.format(what, f"{statistics.median(took_ms):.0f} ms", f"{p95:.0f} ms", wish), flush=True)


def review(address: str, belongs: dict[str, str], count: int) -> None:
    """Sort as a person does, then as fast as a key repeats."""
    reviewer, pauses = Reviewer(address, belongs), random.Random(5)
    reviewer.sort()
    begun = time.perf_counter()
    reviewer.wait(READY_S)
    cold_s = time.perf_counter() - begun
    print(ROW.format("first sort of a cold server, until it is learned", f"{cold_s:.1f} s", "", ""))
    for path in ("/api/videos?limit=50", "/api/videos", "/api/queue"):
        took_ms = []
        for _ in range(PRESSES):
            time.sleep(pauses.uniform(*PAUSE_S))
            took_ms.append(reviewer.learned_ms(path))
        show(f"from a sort to GET {path} with what is learned of it", took_ms, WISHES.get(count, ""))
    show("these sorts", reviewer.sort_ms, "30")
    reviewer.sort_ms = []
    for _ in range(min(FAST, reviewer.left // 2)):
        reviewer.sort()
        reviewer.ask("/api/queue?limit=50")
        time.sleep(FAST_S)
    show(f"sorts one after the other, {1 / FAST_S:.0f} a second, while it learns", reviewer.sort_ms, "30")
    reviewer.wait()


def main(sizes: list[int]) -> None:
    """Print a table for each size."""
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder) / "library", artifacts_dir=Path(folder) / "artifacts")
            belongs = plant(settings, count)
            retrained(settings)
            live: dict[str, str] = {}

            def work(
                address: str, belongs: dict[str, str] = belongs, count: int = count, live: dict[str, str] = live
            ) -> None:
                review(address, belongs, count)
                whole = json.loads(answer(http.client.HTTPConnection(urlsplit(address).netloc), "GET", "/api/videos"))
                live |= {one["filename"]: one["predicted_folder"] for one in whole["videos"]}

            print(ROW.format(f"{count:,} videos, half of them sorted into {FOLDERS}", "median", "p95", "wish"))
            served(settings, work)
            full = retrained(settings)
            alike = sum(full.get(name) == guess for name, guess in live.items()) / max(1, len(live))
            right = sum(belongs[name] == guess for name, guess in live.items()) / max(1, len(live))
            print(ROW.format("first guesses that a full retrain shares", f"{alike:.1%}", "", ">= 98%"))
            print(ROW.format("first guesses that are right", f"{right:.1%}", "", ""), "\n", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
