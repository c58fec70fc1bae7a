"""Frames of one video: the sampler as extraction uses it beside an OpenCV reader that seeks to as many.

Run as `python -m benchmarks.decode`. Clips of 15 s at 30 frames/s, looped from the shared sets: slide
shows (themes, pacs) and real footage (fights); either with their packets copied over and over, or
re-encoded with x264 (veryfast) and its usual key frames, one at each cut and at least every 250
frames, or with one at least every 30 frames, which suits a reader that seeks best. Both readers give
RGB pictures of one size. OpenCV is measured as it comes, with threads on all cores, and on one thread,
which is what the sampler uses (it decodes files side by side, not frames). "frames" is what the
sampler gives of the eight that it is asked for: it makes do with two key frames. Readers take turns;
times are medians of the clips' medians, ratios medians of the clips' ratios. Clips are kept in the temporary folder.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from benchmarks.clips import DATA_DIR, SECONDS, looped, sources

FRAMES = 8
SHORT_SIDE = 256
CLIPS = 6
LARGE_CLIPS = 2
RUNS = 5
TARGET_RATIO = 10
SMALL, LARGE = (576, 1024), (1080, 1920)
X264, EVERY_30 = "x264, keys <= 250 apart", "x264, keys <= 30 apart"
COPIED = "packets copied"
KEYS = {X264: 250, EVERY_30: 30, COPIED: None}
HEAD = (
    "15 s clips",
    "content",
    "encoding",
    "keys",
    "frames",
    "sampler",
    "OpenCV",
    "ratio",
    "OpenCV, 1 thread",
    "ratio",
)
ROW = "{:<11} {:<12} {:<23} {:>5} {:>7} {:>8} {:>8} {:>6} {:>17} {:>6}"


def seek_with_opencv(path: Path, threads: int | None) -> list:
    """As many frames, first to last, by setting the position: RGB. `threads`: None as OpenCV chooses."""
    import cv2

    options = [] if threads is None else [cv2.CAP_PROP_N_THREADS, threads]
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, options)
    total, images = int(video.get(cv2.CAP_PROP_FRAME_COUNT)), []
    for number in range(FRAMES):
        video.set(cv2.CAP_PROP_POS_FRAMES, number * (total - 1) // (FRAMES - 1))
        found, image = video.read()
        if found:
            scale = SHORT_SIDE / min(image.shape[:2])
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            images.append(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
    video.release()
    return images


def sample(path: Path) -> list:
    """Frames as extraction takes them: RGB, on one thread."""
    from vidsort.media.reading.frames import FramesWanted
    from vidsort.media.reading.once import read_once

    wanted = FramesWanted(FRAMES, SHORT_SIDE, repeats=True)
    return read_once(path, [wanted]).given[wanted].images


READERS: dict[str, Callable[[Path], list]] = {
    "sampler": sample,
    "opencv": lambda path: seek_with_opencv(path, None),
    "opencv, 1 thread": lambda path: seek_with_opencv(path, 1),
}


def clips_dir() -> Path:
    """Where clips are kept for the next run."""
    folder = Path(tempfile.gettempdir()) / "vidsort-benchmark-clips"
    folder.mkdir(exist_ok=True)
    return folder


def clip(folder: Path, source: Path, size: tuple[int, int], encoding: str) -> Path:
    """The source looped to 15 s in this size and encoding, made once."""
    import imageio_ffmpeg

    width, height = size
    target = folder / f"{source.stem}-{width}x{height}-{KEYS[encoding] or 'copied'}.mp4"
    if target.exists():
        return target
    part = target.with_suffix(".part.mp4")
    part.unlink(missing_ok=True)
    if encoding == COPIED:
        return looped(source, part).rename(target)
    fill = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},setsar=1,fps=30"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stream_loop", "-1", "-i", source, "-t", str(SECONDS)]
    coding = f"-vf {fill} -c:v libx264 -preset veryfast -pix_fmt yuv420p -g {KEYS[encoding]} -c:a aac".split()
    subprocess.run([*command, *coding, part], check=True)
    return part.rename(target)


def measure(clips: list[Path]) -> dict[str, list[float]]:
    """Median seconds of each reader on each clip; the readers take turns so that a busy moment hits all alike."""
    medians: dict[str, list[float]] = {name: [] for name in READERS}
    for path in clips:
        times: dict[str, list[float]] = {name: [] for name in READERS}
        for run in range(RUNS + 1):
            for name, read in READERS.items():
                started = time.perf_counter()
                read(path)
                if run:  # the first warms up
                    times[name].append(time.perf_counter() - started)
        for name, taken in times.items():
            medians[name].append(statistics.median(taken))
    return medians


def print_row(size: tuple[int, int], content: str, encoding: str, clips: list[Path]) -> dict[str, list[float]]:
    """Measure and print one row; returns how many times the sampler's time each reader takes on each clip."""
    from vidsort.media import probe

    medians = measure(clips)
    ratios = {
        name: [slow / quick for slow, quick in zip(medians[name], medians["sampler"], strict=True)] for name in READERS
    }
    cells = [f"{statistics.mean(probe(path).key_frames or 0 for path in clips):.1f}"]
    cells.append(f"{statistics.mean(len(sample(path)) for path in clips):.1f}")
    cells.append(f"{statistics.median(medians['sampler']) * 1000:.0f} ms")
    for name in ("opencv", "opencv, 1 thread"):
        cells += [f"{statistics.median(medians[name]) * 1000:.0f} ms", f"{statistics.median(ratios[name]):.1f}x"]
    print(ROW.format("{}x{}".format(*size), content, encoding, *cells), flush=True)
    return ratios


def main() -> None:
    """Print the table."""
    folder = clips_dir()
    shows = list(islice(sources(), 0, 7 * CLIPS, 7))
    footage = sorted((DATA_DIR / "fights").glob("*/*.mp4"))[:: 64 // CLIPS][:CLIPS]
    print(ROW.format(*HEAD))
    copied = [clip(folder, path, SMALL, COPIED) for path in shows]
    ratios = print_row(SMALL, "slide shows", COPIED, copied)
    looped_ratio, one_thread = (statistics.median(ratios[name]) for name in ("opencv", "opencv, 1 thread"))
    encoded: list[float] = []
    for content, found in (("slide shows", shows), ("footage", footage)):
        for encoding in (X264, EVERY_30):
            ratios = print_row(SMALL, content, encoding, [clip(folder, path, SMALL, encoding) for path in found])
            encoded += ratios["opencv"] if encoding == X264 else []
    for content, found in (("slide shows", shows), ("footage", footage)):
        print_row(LARGE, content, X264, [clip(folder, path, LARGE, X264) for path in found[:LARGE_CLIPS]])
    print(
        f"\nWanted at 576x1024: at least {TARGET_RATIO}x OpenCV. The looped clips: {looped_ratio:.1f}x on all "
        f"cores, {one_thread:.1f}x with one thread a file, as the sampler has. Re-encoded ({X264}), shows and "
        f"footage: {statistics.median(encoded):.1f}x (median of {len(encoded)} clips)."
    )


if __name__ == "__main__":
    main()
