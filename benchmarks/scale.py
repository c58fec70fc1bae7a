"""What a library costs as it grows from a thousand videos to a million: start, pages, sorts, memory, outside changes.

Run as `python -m benchmarks.scale [videos …]`. The files are hard links to a few, in one folder beside 200 folders with
a twentieth as many; nothing was predicted yet. A server of its own process is asked over HTTP: its start until it
answers, the first page of the list and each later one, sorts at even moments (so that listings of the library fall
among them), the whole list, a file that another program puts in, and what it and its children hold in memory before
the whole list.
Then the steps, each in a process of its own, on as many empty files with planted features, half of them, but at most
50 000, sorted into 25 folders (`benchmarks.live`): up to 100 000 where no sizes are given, for a million take 5 GB of
disk and eight minutes to be planted. Extraction has nothing to do, of all kinds of evidence that are looked for by
default. What is like a video is asked of a server, after each of some sorts.
"""

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.live import plant, served
from vidsort.artifacts.feature_sets import record_extraction
from vidsort.features.modalities import ExtractConfig
from vidsort.media.reading.facts import MediaFacts
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore
from vidsort.store.whole import contents_ever_under

SIZES, FOLDERS, SORTED_ONE_IN = (1_000, 10_000, 100_000, 1_000_000), 200, 20
# Libraries lie for a while before anybody looks: what came in the last two seconds is looked for once more.
LAIN_S = 3.0
# A file can have 65 000 names on ext4.
NAMES_A_FILE = 60_000
PAGES, SORTS, SORT_EVERY_S, SEEN_EVERY_S, SEEN_WITHIN_S = 200, 400, 0.1, 0.02, 60
HEAD = ("videos", "start", "first page", "page p95", "sort", "sort p95", "whole list", "seen", "memory")
WISHES = ("of a million", "4 s", "", "10 ms", "5 ms", "20 ms", "", "3 s", "600 MB")
ROW = "{:>12}{:>9}{:>12}{:>11}{:>9}{:>10}{:>12}{:>9}{:>12}"

MOST_PLANTED, ASKED_LIKE, AT_ONCE = 100_000, 20, 10_000
STEPS_HEAD = (
    "planted", "extract", "memory", "train", "memory", "predict", "memory", "start", "memory", "like", "sorted",
)
STEPS_WISHES = ("", "15 s/M", "", "30 s", "1000 MB", "60 s/M", "1500 MB", "", "1500 MB", "100 ms", "100 ms")
MOST_SORTED = 50_000
# As an extraction writes of a file that says nothing of itself.
FACTS = MediaFacts(
    duration_s=15.0, width=576, height=1024, frame_rate=30.0, video_codec="h264", audio_codec="aac", has_audio=True,
    pixel_format="yuv420p", key_frames=3, readable=True, browser_playable=True,
).model_dump()
STEPS_ROW = "{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>12}{:>9}{:>9}"


def make_library(root: Path, count: int) -> list[str]:
    """A library of so many unsorted names; gives some of them, from all over."""
    source = root.parent / "one.mp4"
    for number in range(FOLDERS):
        (root / f"folder{number:03}").mkdir(parents=True)
    for number in range(count + count // SORTED_ONE_IN):
        if number % NAMES_A_FILE == 0:
            source.unlink(missing_ok=True)
            source.write_bytes(number.to_bytes(8, "big"))
        folder = root if number < count else root / f"folder{number % FOLDERS:03}"
        os.link(source, folder / f"{7 * 10**15 + number * 7919}.mp4")
    os.sync()  # so that the first moves do not wait for the making of the library
    time.sleep(LAIN_S)
    step = max(1, count // (SORTS + 1))
    return [f"{7 * 10**15 + number * 7919}.mp4" for number in range(0, count, step)][1 : SORTS + 1]


class Asked:
    """A server, asked over one connection, which is opened again where it was closed meanwhile."""

    def __init__(self, address: str) -> None:
        self.port = urlsplit(address).port
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc)

    def ask_ms(self, method: str, path: str, body: dict[str, object] | None = None) -> float:
        """How long the answer takes, in milliseconds."""
        began = time.perf_counter()
        for is_last in (False, True):
            try:
                self._connection.request(
                    method, path, json.dumps(body) if body else None,
                    {"Content-Type": "application/json"} if body else {},
                )
                response = self._connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self._connection.close()
                if is_last:
                    raise
        while response.read(1 << 20):
            pass
        if response.status != 200:
            raise SystemExit(f"{method} {path} was answered with {response.status}.")
        return (time.perf_counter() - began) * 1000

    def memory_mb(self) -> tuple[float, float]:
        """What the process that listens holds at the moment, and what those hold that it has started."""
        import psutil

        server = next(each for each in psutil.process_iter(["pid"]) if self._listens(each))
        started = (each.memory_info().rss for each in server.children(recursive=True))
        return server.memory_info().rss / 1e6, sum(started) / 1e6

    def _listens(self, process: object) -> bool:
        import psutil

        try:
            return any(one.laddr.port == self.port and one.status == "LISTEN" for one in process.net_connections())
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            return False


def measured(count: int, scratch: Path) -> tuple[str, ...]:
    """One row of the table."""
    settings = Settings(data_dir=scratch / "videos", artifacts_dir=scratch / "artifacts")
    names = make_library(settings.data_dir, count)
    row: list[str] = []

    def work(address: str) -> None:
        start_s = time.perf_counter() - began
        asked = Asked(address)
        first_ms = asked.ask_ms("GET", "/api/videos?limit=50")
        pages = [asked.ask_ms("GET", "/api/videos?limit=50") for _ in range(PAGES)]
        sorts = []
        for number, name in enumerate(names):
            due = time.monotonic() + SORT_EVERY_S
            wish = {"filename": name, "folder": f"folder{number % FOLDERS:03}"}
            sorts.append(asked.ask_ms("POST", "/api/sort", wish))
            pages.append(asked.ask_ms("GET", "/api/videos?limit=50"))
            time.sleep(max(0.0, due - time.monotonic()))
        memory_mb = "{:.0f}+{:.0f} MB".format(*asked.memory_mb())
        whole_ms = asked.ask_ms("GET", "/api/videos")
        row.extend((
            f"{count:,}", f"{start_s:.1f} s", f"{first_ms:.0f} ms", f"{_p95(pages):.1f} ms",
            f"{statistics.median(sorts):.1f} ms", f"{_p95(sorts):.1f} ms", f"{whole_ms:.0f} ms",
            f"{_seen_s(asked, settings.data_dir):.1f} s", memory_mb,
        ))

    began = time.perf_counter()
    served(settings, work)
    return tuple(row)


def measured_steps(count: int, scratch: Path) -> tuple[str, ...]:
    """One row of the table of steps."""
    settings = Settings(data_dir=scratch / "videos", artifacts_dir=scratch / "artifacts")
    names = list(plant(settings, count, max(2, count // MOST_SORTED)))
    _leave_nothing_to_extract(settings)
    row = [f"{count:,}"]
    for step in ("extract_features", "train", "predict"):
        took_s, memory_mb = _run(step, *settings.as_flags())
        row += [f"{took_s:.1f} s", f"{memory_mb:.0f} MB"]

    def work(address: str) -> None:
        start_s = time.perf_counter() - began
        asked, like = Asked(address), f"/api/videos/{names[0]}/similar"
        asked.ask_ms("GET", "/api/videos?limit=50")
        memory_mb = "{:.0f}+{:.0f} MB".format(*asked.memory_mb())
        asked.ask_ms("GET", like)
        warm, sorted_ = [], []
        for name in names[1 : ASKED_LIKE + 1]:
            warm.append(asked.ask_ms("GET", like))
            asked.ask_ms("POST", "/api/sort", {"filename": name, "folder": "folder03"})
            sorted_.append(asked.ask_ms("GET", like))
        row.extend((
            f"{start_s:.1f} s", memory_mb,
            f"{statistics.median(warm):.0f} ms", f"{statistics.median(sorted_):.0f} ms",
        ))

    began = time.perf_counter()
    served(settings, work)
    return tuple(row)


def _leave_nothing_to_extract(settings: Settings) -> None:
    """As if each file had been looked at for all else that is looked for by default, and had none."""
    store, config = FeatureStore(open_database(settings.artifacts_dir)), ExtractConfig()
    contents = contents_ever_under(store.database, settings.data_dir)
    planted = config.feature_set.modalities["frames"]
    looked_for = [name for name, one in (config.chosen | config.beside).items() if one.is_encoded and name != planted]
    for start in range(0, len(contents), AT_ONCE):
        some = contents[start : start + AT_ONCE]
        rows = [FeatureRow(modality, content) for content in some for modality in looked_for]
        store.put(rows, dict.fromkeys(some, FACTS))
    record_extraction(settings.artifacts_dir, config.feature_set)
    store.database.close()


def _run(step: str, *flags: str) -> tuple[float, float]:
    """Seconds that a step takes as a program, and the MB that it held at most."""
    import psutil

    began, most = time.perf_counter(), 0
    with subprocess.Popen([sys.executable, "-m", f"vidsort.{step}", *flags], stdout=subprocess.DEVNULL) as running:
        process = psutil.Process(running.pid)
        while running.poll() is None:
            with contextlib.suppress(psutil.Error):
                most = max(most, process.memory_info().rss)
            time.sleep(0.02)
    if running.returncode:
        raise SystemExit(f"{step} ended with {running.returncode}: its reason is above.")
    return time.perf_counter() - began, most / 1e6


def _seen_s(asked: Asked, data_dir: Path) -> float:
    """From another program's putting a file in until it is told."""
    time.sleep(SEEN_WITHIN_S / 4)  # until nothing is looked at any more because of our own moves
    name = "1000000000000000.mp4"  # the first of all
    os.link(next(data_dir.glob("folder000/*.mp4")), data_dir / name)
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", asked.port)
    while time.perf_counter() - began < SEEN_WITHIN_S:
        connection.request("GET", "/api/videos?limit=1")
        if name.encode() in connection.getresponse().read():
            return time.perf_counter() - began
        time.sleep(SEEN_EVERY_S)
    raise SystemExit(f"A file that was put in was not told within {SEEN_WITHIN_S} s.")


def _p95(took_ms: list[float]) -> float:
    return sorted(took_ms)[int(0.95 * (len(took_ms) - 1))]


def main() -> None:
    """Print a row a size; each in a process of its own, so that none finds memory or caches warm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", nargs="*", type=int, help="so many videos, for each (1 000 to 1 000 000)")
    parser.add_argument("--row", choices=("names", "steps"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.row:
        with tempfile.TemporaryDirectory() as scratch:
            of, form = (measured, ROW) if given.row == "names" else (measured_steps, STEPS_ROW)
            print(form.format(*of(given.videos[0], Path(scratch))), flush=True)
        return
    planted = given.videos or [size for size in SIZES if size <= MOST_PLANTED]
    for kind, form, head, wishes, sizes in (
        ("names", ROW, HEAD, WISHES, given.videos or SIZES), ("steps", STEPS_ROW, STEPS_HEAD, STEPS_WISHES, planted),
    ):
        print(form.format(*head), flush=True)
        for size in sizes:
            subprocess.run([sys.executable, "-m", "benchmarks.scale", "--row", kind, str(size)], check=True)
        print(form.format(*wishes), "\n", flush=True)


if __name__ == "__main__":
    main()
