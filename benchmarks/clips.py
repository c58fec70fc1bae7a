"""Clips to measure on: clips of the shared sets, looped to 15 s."""

import csv
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

DATA_DIR = Path(os.environ.get("TEST_DATA_DIR") or Path(__file__).resolve().parents[2] / "shared" / "data")
SECONDS = 15
# Every one is 576x1024 at 30 frames/s already, so that looping them copies the packets as they are.
SOURCE_SETS = ("themes", "pacs")


def sources() -> Iterator[Path]:
    """The clips of 576x1024 at 30 frames/s in the shared sets; raises SystemExit where there are none."""
    import av

    try:
        rows = list(csv.DictReader((DATA_DIR / "labels.csv").read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise SystemExit(f"No shared videos to measure on ({error}): set TEST_DATA_DIR.") from error
    for row in rows:
        path = DATA_DIR / row["set"] / row["folder"] / row["filename"]
        if row["set"] not in SOURCE_SETS:
            continue
        with av.open(path) as container:
            stream = container.streams.video[0]
            if (stream.width, stream.height, round(stream.average_rate)) == (576, 1024, 30):
                yield path


def looped(source: Path, target: Path, *, size: tuple[int, int] | None = None) -> Path:
    """A clip of 15 s: the source's packets over and over, or scaled to `size` with a key frame every 2 s."""
    import imageio_ffmpeg

    coding = ["-c", "copy"]
    if size is not None:
        coding = ["-an", "-vf", f"scale={size[0]}:{size[1]}", "-c:v", "libx264", "-preset", "ultrafast", "-g", "60"]
    target.parent.mkdir(parents=True, exist_ok=True)
    repeating = ["-stream_loop", "-1", "-i", source, "-t", str(SECONDS)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *repeating, *coding, target], check=True)
    return target


def distinct_copies(clips: list[Path], folder: Path, count: int) -> None:
    """Fill a folder with `count` videos of the same pictures but different bytes: a free box is appended to each."""
    folder.mkdir(parents=True)
    for number in range(count):
        target = folder / f"{7000000000000000000 + number}.mp4"
        shutil.copyfile(clips[number % len(clips)], target)
        with target.open("ab") as file:
            file.write((16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big"))
