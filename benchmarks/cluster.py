"""What many machines bring: features by one and two workers here, and by simulation up to 64, with what limits them.

Run as `python -m benchmarks.cluster`. A worker is one core: a process of `dask worker --nthreads 1` with its child.
What is measured with one of them goes into the simulation, in seconds of the processor, so that what else runs here
counts little: of a worker a video, of the asking process a video (taking answers, writing features and posters), of the
scheduler a task with an answer of that size. The simulation sends 100 000 videos through as many workers by the sizes
of tasks that are really used, over one shared line of a gigabit: clips as small as those here, videos as phones keep
them, and these with the kinds that are off by default, too, by what those usually take.
"""

import contextlib
import heapq
import json
import operator
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.clips import distinct_copies, looped, sources

CLIPS = 12
WARMING, VIDEOS = 24, 240
MEASURED = (1, 2)
SIMULATED = (4, 8, 16, 32, 64)
SIMULATED_VIDEOS = 100_000
EMPTY_TASKS = 200
# Of a video of half a minute as phones and exporters keep it.
USUAL_BYTES = 5e6
POSTER_BYTES = 16_000
LINE_BYTES_PER_S = 1e9 / 8 * 0.94
HEAD = ("workers", "videos/s", "of n times 1", "100 000 in", "writer", "scheduler", "storage", "limited by")
ROW = "{:<10}{:>10}{:>14}{:>12}{:>9}{:>11}{:>9}  {}"


class Costs(NamedTuple):
    """Seconds of a worker, of the asking process a video; of the scheduler a task; bytes of a video."""

    worker_s: float
    writer_s: float
    scheduler_s: float
    video_bytes: float


@contextlib.contextmanager
def machines(folder: Path, workers: int) -> Iterator[tuple[str, list[int]]]:
    """A scheduler with so many workers: its address, and the processes, the scheduler's first."""
    folder.mkdir()
    quiet = os.environ | {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error"}
    file = folder / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    started = [subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", file], env=quiet)]
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        for _ in range(workers):
            started.append(subprocess.Popen([*command, "--no-dashboard", "--local-directory", folder], env=quiet))
        yield address, [process.pid for process in started]
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
            process.wait()


def processor_s(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, used[11:13])) / os.sysconf("SC_CLK_TCK")


def with_children_s(pids: Iterable[int]) -> float:
    """Seconds of the processor that processes and those that they have started have used."""
    children = [
        int(child) for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return sum(map(processor_s, (*pids, *children)))


def scheduler_s(address: str, pid: int, answer_bytes: int) -> float:
    """Seconds of the scheduler's processor that a task takes whose answer has so many bytes."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        before_s = processor_s(pid)
        for _ in range(EMPTY_TASKS // 20):
            client.gather(client.map(operator.mul, ["x"] * 20, [answer_bytes] * 20, pure=False))
        return (processor_s(pid) - before_s) / EMPTY_TASKS


def measured(folder: Path, library: Path, workers: int) -> tuple[float, Costs]:
    """Videos a second by so many workers, and what that cost; their start, the same for any library, is left out."""
    from vidsort.features.cluster import Cluster
    from vidsort.features.cluster.pacing import task_size
    from vidsort.features.contents import contents_of
    from vidsort.features.missing import missing_of
    from vidsort.features.modalities import ExtractConfig
    from vidsort.features.workers import request_of, rows_of
    from vidsort.library import videos
    from vidsort.store import open_database
    from vidsort.store.features import FeatureStore

    config = ExtractConfig()
    chosen = config.chosen | config.beside
    wanted = {modality_id: modality for modality_id, modality in chosen.items() if modality.is_encoded}
    with machines(folder, workers) as (address, pids), contextlib.closing(open_database(folder)) as database:
        store = FeatureStore(database)
        contents = contents_of(store, videos(library, "any"))
        missing = missing_of(store, contents, chosen)
        requests = [request_of(video, contents.hashes[video], sources) for video, sources in missing.items()]
        with contextlib.closing(Cluster(address, library)) as cluster:
            while cluster.threads < workers:
                time.sleep(0.05)
            list(cluster.answers(requests[:WARMING], folder, wanted, WARMING))
            requests = requests[WARMING:]
            done, answer_bytes = 0, 0
            before_s, started = with_children_s(pids[1:]), time.monotonic()
            own_s = time.process_time()
            for batch in cluster.answers(iter(requests), folder, wanted, len(requests)):
                done, answer_bytes = done + len(batch), answer_bytes + len(str([answer for _, answer in batch]))
                store.put(
                    [row for request, answer in batch for row in rows_of(request, answer)],
                    {bytes.fromhex(request["content"]): answer["facts"] for request, answer in batch},
                )
            took_s, own_s = time.monotonic() - started, time.process_time() - own_s
            worker_s = (with_children_s(pids[1:]) - before_s) / done
        # With its posters, and of tasks that take ten seconds.
        task_bytes = round(task_size(worker_s, SIMULATED_VIDEOS, 1) * (answer_bytes / done + POSTER_BYTES))
        task_s = scheduler_s(address, pids[0], task_bytes)
    sizes = [video.size_bytes for video in missing]
    return done / took_s, Costs(worker_s, own_s / done, task_s, sum(sizes) / len(sizes))


def simulated(costs: Costs, workers: int, videos: int = SIMULATED_VIDEOS) -> tuple[float, Mapping[str, float]]:
    """Seconds that so many workers take, and which share of them the writer, the scheduler and the line are busy.

    Each of these three does one thing after the other; a task's videos come over the line while others are looked at.
    """
    from vidsort.features.cluster.pacing import IN_ADVANCE, task_size

    free_s = dict.fromkeys(("writer", "scheduler", "storage"), 0.0)
    busy_s = dict.fromkeys(free_s, 0.0)

    def use(what: str, from_s: float, for_s: float) -> float:
        busy_s[what] += for_s
        free_s[what] = max(free_s[what], from_s) + for_s
        return free_s[what]

    idle, ready, events = workers, deque[tuple[float, int]](), list[tuple[float, int, str, int]]()
    left, there, order, now_s, known = videos, 0, 0, 0.0, None
    while left or events:
        while left and there < IN_ADVANCE * workers:
            size = min(left, task_size(known, left, workers))
            left, there = left - size, there + 1
            ready.append((use("scheduler", now_s, costs.scheduler_s), size))
        while idle and ready:
            idle -= 1
            at_s, size = ready.popleft()
            begun_s = max(now_s, at_s)
            fetched_s = use("storage", begun_s, size * costs.video_bytes / LINE_BYTES_PER_S)
            heapq.heappush(events, (max(begun_s + size * costs.worker_s, fetched_s), order, "looked", size))
            order += 1
        now_s, _, what, size = heapq.heappop(events)
        if what == "looked":
            idle, known = idle + 1, costs.worker_s
            heapq.heappush(events, (use("writer", now_s, size * costs.writer_s), order, "written", size))
            order += 1
        else:
            there -= 1
    return now_s, {what: seconds / now_s for what, seconds in busy_s.items()}


def main() -> None:
    """Print the table."""
    from vidsort.features.modalities import KINDS, ExtractConfig

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        found = list(sources())[:CLIPS]
        clips = [looped(source, root / f"clip{number}.mp4") for number, source in enumerate(found)]
        distinct_copies(clips, root / "library", WARMING + VIDEOS)
        print(ROW.format(*HEAD))
        ran = {workers: measured(root / f"{workers}", root / "library", workers) for workers in MEASURED}
    one, costs = ran[1]
    for workers, (rate, _) in ran.items():
        took_s, share = SIMULATED_VIDEOS / rate, f"{rate / (workers * one):.0%}"
        print(ROW.format(f"{workers} here", f"{rate:.1f}", share, f"{took_s / 60:.0f} min", *[""] * 3, ""))
    usual = costs._replace(video_bytes=USUAL_BYTES)
    slow_s = sum(KINDS[kind].config.usual_s for kind in KINDS if kind not in ExtractConfig().modalities)
    show("clips of these", costs)
    show("videos of 5 MB", usual)
    show("the same, all kinds", usual._replace(worker_s=costs.worker_s + slow_s))


def show(label: str, costs: Costs) -> None:
    """Print what the simulation says, and what each part would keep up with."""
    print(
        f"\n{label}: of a worker {1000 * costs.worker_s:.0f} ms a video, of the writer {1000 * costs.writer_s:.2f} ms, "
        f"of the scheduler {1000 * costs.scheduler_s:.1f} ms a task; {costs.video_bytes / 1e6:.1f} MB a video"
    )
    for workers in SIMULATED:
        took_s, shares = simulated(costs, workers)
        rate = SIMULATED_VIDEOS / took_s
        limit, most = max(shares.items(), key=lambda one: one[1])
        cells = [f"{shares[what]:.0%}" for what in ("writer", "scheduler", "storage")]
        share = f"{rate * costs.worker_s / workers:.0%}"
        print(ROW.format(
            workers, f"{rate:.1f}", share, f"{took_s / 60:.0f} min", *cells, limit if most > 0.95 else "workers"
        ))
    print(
        f"One writer keeps up with {costs.worker_s / costs.writer_s:.0f} workers, a gigabit line with "
        f"{LINE_BYTES_PER_S / costs.video_bytes * costs.worker_s:.1f}."
    )


if __name__ == "__main__":
    main()
