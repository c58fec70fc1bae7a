"""A library to try everything on: sixty short clips made on the spot, five folders and an unsorted pile."""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from ...errors import ArtifactError
from ...records import Progress, Report
from ...settings import Settings
from ...steps import STEPS, ProgressCallback, ignore_progress

CLIPS_A_THEME = 12
SORTED_A_THEME = 8
RATE = 20
FIRST_NAME = 7301148205517000000


class Clip(NamedTuple):
    """One clip of the demo: where it lies at first (None: unsorted), and the themes that it shows.

    The last of each theme is a double exposure with the next theme: of these a model cannot be sure.
    """

    filename: str
    folder: str | None
    themes: tuple[str, ...]
    seed: tuple[int, int]


def clips() -> list[Clip]:
    """The clips, always the same; names are in no order of theme, so that the pile is a mixed one."""
    import numpy as np

    from .art import THEMES

    names = list(THEMES)
    seeds = list(itertools.product(range(len(names)), range(CLIPS_A_THEME)))
    places = np.random.default_rng(7).permutation(len(seeds)).tolist()
    return [
        Clip(
            filename=f"{FIRST_NAME + place * 104_729}.mp4",
            folder=names[number] if index < SORTED_A_THEME else None,
            themes=(names[number], names[number - 1]) if index == CLIPS_A_THEME - 1 else (names[number],),
            seed=(number, index),
        )
        for place, (number, index) in zip(places, seeds, strict=True)
    ]


def make_library(data_dir: Path, *, progress: ProgressCallback = ignore_progress) -> Report:
    """Make the clips that are missing, on all cores; a clip that was sorted meanwhile is left where it is.

    Raises ArtifactError where a clip cannot be written.
    """
    started = time.monotonic()
    wanted = clips()
    there = {path.name for pattern in ("*.mp4", "*/*.mp4") for path in data_dir.glob(pattern)}
    missing = [clip for clip in wanted if clip.filename not in there]
    try:
        for folder in {clip.folder for clip in wanted if clip.folder}:
            (data_dir / folder).mkdir(parents=True, exist_ok=True)
        for count in _make(missing, data_dir):
            rate = count / (time.monotonic() - started)
            progress(Progress(
                step="demo", done=count, total=len(missing), rate_per_s=rate, left_s=(len(missing) - count) / rate
            ))
    except OSError as error:
        raise ArtifactError(f"The demo's clips cannot be made ({error}): choose another --dir.") from error
    return Report(
        step="demo", done=len(missing), skipped=len(wanted) - len(missing), took_s=time.monotonic() - started
    )


def _make(missing: Sequence[Clip], data_dir: Path) -> Iterator[int]:
    """Make these clips, one a core at a time; yields how many there are after each."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        made = [pool.submit(make_clip, clip, data_dir / (clip.folder or "") / clip.filename) for clip in missing]
        try:
            for count, future in enumerate(as_completed(made), start=1):
                future.result()
                yield count
        finally:
            pool.shutdown(cancel_futures=True)


def make_clip(clip: Clip, target: Path) -> None:
    """Draw and encode one clip of 2 to 3.5 s; written beside under a hidden name, so that no half clip is left."""
    import numpy as np
    from moviepy import VideoClip

    from .art import THEMES

    generator = np.random.default_rng(clip.seed)
    seconds = round(float(generator.uniform(2, 3.5)), 1)
    painters = [THEMES[theme](generator) for theme in clip.themes]

    def paint(time_s: float) -> np.ndarray:
        return np.mean([painter(time_s) for painter in painters], axis=0).astype(np.uint8)

    half = target.with_name(f".{target.name}.half.mp4")
    try:
        VideoClip(paint if len(painters) > 1 else painters[0], duration=seconds).write_videofile(
            str(half), fps=RATE, codec="libx264", preset="superfast", audio=False, threads=1, logger=None,
            ffmpeg_params=["-pix_fmt", "yuv420p", "-crf", "26", "-g", str(RATE), "-movflags", "+faststart"],
        )
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def learn(settings: Settings, *, progress: ProgressCallback = ignore_progress) -> list[Report]:
    """The three steps on the demo library; none when it has been learned and no clip is new."""
    from ... import artifacts

    first, *others = STEPS.values()
    features = first.run(settings, progress=progress)
    if features.done == 0 and artifacts.current(settings.artifacts_dir):
        return [features]
    return [features, *(step.run(settings, progress=progress) for step in others)]
