"""Clips as phones take them, 1080 x 1920 in H.265 with one key frame: extraction beside an earlier revision.

Run as `BEFORE=<revision> make bench ARGS=phone`. Clips of the shared sets are encoded anew by libx265, 2 to 4 s of 30
frames a second with one key frame, so that all of it is decoded. Both revisions extract the same library from nothing,
as programs, turn by turn; processor time is of a whole run, the starts of processes included.
"""

import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.against import ROOT, checked_out, environment
from benchmarks.clips import distinct_copies, sources

CLIPS, VIDEOS, ROUNDS = 6, 36, 3
LENGTHS_S = (2, 3, 4)
TARGET_RATIO = 1.5
SIZE = (1080, 1920)
ROW = "{:<44}{:>12}{:>12}{:>8}"


def taken_by_a_phone(source: Path, target: Path, seconds: int) -> Path:
    """A clip of so many seconds with one key frame."""
    import imageio_ffmpeg

    width, height = SIZE
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stream_loop", "-1", "-i", source, "-t", str(seconds)]
    shown = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},setsar=1,fps=30"
    coding = ["-c:v", "libx265", "-preset", "fast", "-g", "9999", "-x265-params", "log-level=none", "-c:a", "aac"]
    subprocess.run([*command, "-vf", shown, *coding, target], check=True)
    return target


def main() -> None:
    """Print the table."""
    revision = os.environ.get("BEFORE")
    if not revision:
        raise SystemExit("No revision to measure against: BEFORE=<revision> make bench ARGS=phone")
    with tempfile.TemporaryDirectory() as folder, checked_out(revision, Path(folder) / "before") as before:
        root, checkouts = Path(folder), {"before": before, "now": ROOT}
        chosen = list(itertools.islice(sources(), 0, None, 40))[:CLIPS]
        clips = [
            taken_by_a_phone(source, root / f"{number}.mp4", LENGTHS_S[number % len(LENGTHS_S)])
            for number, source in enumerate(chosen)
        ]
        distinct_copies(clips, root / "videos", VIDEOS)
        took: dict[str, list[float]] = {which: [] for which in checkouts}
        used: dict[str, list[float]] = {which: [] for which in checkouts}
        for turn in range(ROUNDS):
            for which in sorted(checkouts, reverse=turn % 2 == 0):
                spent_s, processor_s = extract(checkouts[which], root / "videos", root / f"{which}{turn}")
                took[which].append(VIDEOS / spent_s)
                used[which].append(1000 * processor_s / VIDEOS)
    print(ROW.format(f"{VIDEOS} clips of 2 to 4 s, 1080p H.265, one key", revision[:10], "now", "ratio"))
    for name, both in (("videos/s", took), ("processor time a video, ms", used)):
        was, now = (statistics.median(both[which]) for which in ("before", "now"))
        print(ROW.format(name, f"{was:.1f}", f"{now:.1f}", f"{now / was:.2f}"))
    print(f"Wanted: {TARGET_RATIO} times as many videos/s.")


def extract(checkout: Path, data_dir: Path, artifacts_dir: Path) -> tuple[float, float]:
    """Seconds by the clock, and of processor."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "vidsort.extract_features", "--data-dir", data_dir, "--artifacts-dir", artifacts_dir],
        check=True, capture_output=True, env=environment(checkout), cwd=artifacts_dir.parent,
    )
    spent_s, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
