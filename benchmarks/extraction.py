"""How fast features are extracted, what the time goes into, and whether memory stays flat as the library grows.

Run as `python -m benchmarks.extraction`. Clips of 15 s at 30 frames/s: those of the shared sets
looped as they are (576x1024), and scaled up (1080x1920); "frames" are those of a clip that are
not black, and so are encoded. A run is the step as a program, from nothing, the start of its
processes included. The physical limit is what no program could do without: decoding what is seen and
heard of each clip, and the network at its best, on all cores at once, as they share caches and memory. What is reached
of it is told of the whole run, and of the time in which videos are looked at.
"""

import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.clips import distinct_copies, looped, sources

CLIPS = 12
LARGE_CLIPS = 3
LARGE = (1080, 1920)
LIBRARY_SIZES = (50, 200, 800)
TARGET_VIDEOS_PER_S, SHARE_OF_LIMIT = 24, 0.7
ROUNDS = 5
HEAD = ("15 s clips", "videos", "frames", "videos/s", "whole run", "CPU/video", "decode", "encode", "posters", "memory")
ROW = "{:<12}{:>8}{:>8}{:>10}{:>11}{:>11}{:>9}{:>9}{:>10}{:>9}"


def peak_bytes(group: int) -> int:
    """Memory that the processes of a group hold now; pages that they share count once for each."""
    page_bytes, held = os.sysconf("SC_PAGE_SIZE"), 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.getpgid(int(entry.name)) == group:
                held += int((entry / "statm").read_text().split()[1]) * page_bytes
        except (OSError, ValueError):
            # It ended in between.
            continue
    return held


def processor_s() -> float:
    """Seconds of processor time that ended child processes have taken so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def extract(data_dir: Path, artifacts_dir: Path) -> tuple[dict, float, float, int]:
    """Run the step: its report, seconds by the clock and of processor, and the highest memory at a progress line."""
    started, used_s, peak, line = time.monotonic(), processor_s(), 0, ""
    command = [sys.executable, "-m", "vidsort.extract_features", "--data-dir", data_dir]
    with subprocess.Popen(
        [*command, "--artifacts-dir", artifacts_dir], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        for line in program.stdout:  # noqa: B007  (the last one is the report)
            peak = max(peak, peak_bytes(program.pid))
    if program.returncode:
        raise SystemExit(program.returncode)
    return json.loads(line)["report"], time.monotonic() - started, processor_s() - used_s, peak


class Limit(NamedTuple):
    """Seconds of a core that a clip takes at best: to open and read its file, to decode, and in the network."""

    reading_s: float
    decoding_s: float
    network_s: float


def physical_limit(clips: list[Path]) -> Limit:
    """What no program could do without, while all cores do the same."""
    count = os.cpu_count() or 1
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as processes:
        taken = list(processes.map(_on_one_core, [clips] * count))
    return Limit(*map(statistics.mean, zip(*taken, strict=True)))


def _on_one_core(clips: list[Path]) -> Limit:
    """The same on one of them: means of the best of some rounds."""
    from vidsort.features.encoders.frames import crops_in_turn, network
    from vidsort.features.encoders.image import preprocess
    from vidsort.features.modalities import ExtractConfig
    from vidsort.media.reading.once import read_once

    config = ExtractConfig()
    encoders = {one.kind: one.load() for one in config.chosen.values() if one.is_encoded}
    image_encoder, best = network(config.encoder), []
    for path in clips:
        rounds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            reading = read_once(path, [encoder.wanted for encoder in encoders.values()])
            read_s, decode_s = time.perf_counter() - started, sum(reading.decode_s.values())
            images = reading.given[encoders["frames"].wanted].images
            crops = crops_in_turn(len(images), config.crops, config.crops_per_frame)
            pixels = np.concatenate([preprocess(image, seen) for image, seen in zip(images, crops, strict=True)])
            started = time.perf_counter()
            image_encoder.features(pixels)
            rounds.append((read_s - decode_s, decode_s, time.perf_counter() - started))
        best.append([min(taken) for taken in zip(*rounds, strict=True)])
    return Limit(*map(statistics.mean, zip(*best, strict=True)))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        found = list(sources())
        small = [looped(source, root / f"small{number}.mp4") for number, source in enumerate(found[:CLIPS])]
        large = [
            looped(source, root / f"large{number}.mp4", size=LARGE) for number, source in enumerate(found[:LARGE_CLIPS])
        ]
        print(ROW.format(*HEAD))
        rates: list[tuple[float, float]] = []
        for label, clips, count in [("576x1024", small, size) for size in LIBRARY_SIZES] + [("1080x1920", large, 50)]:
            library, artifacts = root / f"{label}-{count}", root / f"{label}-{count}-artifacts"
            distinct_copies(clips, library, count)
            report, took_s, used_s, peak = extract(library, artifacts)
            shares = [f"{report['outputs'][name + '_share']:.0%}" for name in ("decode", "encode", "poster")]
            frames, rate = f"{report['outputs']['frames_per_video']:.1f}", f"{count / took_s:.1f}"
            cpu, memory = f"{1000 * used_s / count:.0f} ms", f"{peak / 1e6:.0f} MB"
            print(ROW.format(label, count, frames, rate, f"{took_s:.1f} s", cpu, *shares, memory))
            if clips is small:
                rates.append((count / took_s, report["outputs"]["videos_per_s"]))
            report, took_s, _, peak = extract(library, artifacts)
            calls = report["outputs"]["encoder_calls"]
            print(ROW.format("  again", calls, "", "", f"{took_s:.1f} s", *[""] * 4, f"{peak / 1e6:.0f} MB"))
        best = physical_limit(small)
        print(
            f"A clip and core at 576x1024: {1000 * best.reading_s:.0f} ms to open and read, "
            f"{1000 * best.decoding_s:.0f} ms to decode, {1000 * best.network_s:.0f} ms in the network."
        )
        for what, each_s in (
            ("decoding and the network alone", best.decoding_s + best.network_s),
            ("opening and reading, too", sum(best)),
        ):
            limit = os.cpu_count() / each_s
            whole, looking = (f"{rate / limit:.0%}" for rate in rates[-1])
            print(
                f"Physical limit by {what}: {limit:.1f} videos/s on {os.cpu_count()} cores; reached with "
                f"{LIBRARY_SIZES[-1]} videos: {whole}, while they are looked at {looking} "
                f"(wanted: {SHARE_OF_LIMIT:.0%})."
            )
    print(f"Wanted: at least {TARGET_VIDEOS_PER_S} videos/s at 576x1024 on two cores, with all kinds of evidence.")


if __name__ == "__main__":
    main()
