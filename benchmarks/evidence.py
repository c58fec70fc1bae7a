"""What each kind of evidence costs a video, beside a pipeline that opens the file anew for each.

Run as `python -m benchmarks.evidence`. Clips of 15 s at 576x1024, looped from the shared sets: slide
shows as they are, and real footage re-encoded with x264 (key frames at cuts and at least every 250
frames, or at least every 30). "frames" is a look for frames alone; "+ motion" and "+ sound" are what a
look for both takes longer, and that as a share of the frames' time. The other pipeline does the same
work as notebooks do it: OpenCV seeks to as many frames, opens the file again and seeks to as many runs
of consecutive ones, and the sound is decoded and resampled whole, as librosa loads it; what is made of
frames, runs and sound is the same code. All on one thread, as extraction has one a file, taking turns:
seconds of processor time, which others at work on the machine change least; medians over clips and
runs. "pictures" are those that go through the network, of eight that are wanted: of a clip with few key
frames it is these.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.clips import DATA_DIR, sources
from benchmarks.decode import COPIED, EVERY_30, SMALL, X264, clip, clips_dir
from vidsort.features.encoders.evidence import Encoder
from vidsort.features.encoders.motion import SIDE
from vidsort.features.encoders.sound import RATE
from vidsort.features.extraction import look
from vidsort.features.modalities import ExtractConfig
from vidsort.media import Frames
from vidsort.media.reading.runs import Run, RunsWanted
from vidsort.media.reading.sound import Sound

CLIPS = 6
RUNS = 5
LONGEST_SOUND_S = 30
MOST_MOTION, MOST_SOUND = 0.40, 0.15
ALL = ("frames", "motion", "sound")
HEAD = ("15 s clips", "frames", "+ motion", "+ sound", "all at once", "file by file", "ratio", "pictures")
ROW = "{:<38}{:>9}{:>16}{:>16}{:>13}{:>14}{:>8}{:>10}"


def opened(path: Path) -> "object":
    """The file in OpenCV, on one thread."""
    import cv2

    return cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])


def frames_by_seeking(path: Path, count: int, short_side: int) -> Frames:
    """As many frames, first to last, by setting the position."""
    import cv2

    video, images = opened(path), []
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    for number in range(count):
        video.set(cv2.CAP_PROP_POS_FRAMES, number * (total - 1) // max(1, count - 1))
        found, image = video.read()
        if found:
            scale = short_side / min(image.shape[:2])
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            images.append(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
    video.release()
    return Frames(images, [0.0] * len(images))


def runs_by_seeking(path: Path, wanted: RunsWanted) -> list[Run]:
    """As many runs of consecutive frames, by setting the position."""
    import cv2

    video, runs = opened(path), []
    rate, total = video.get(cv2.CAP_PROP_FPS), int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    for place in range(wanted.places):
        video.set(cv2.CAP_PROP_POS_FRAMES, place * total // wanted.places)
        images = []
        while len(images) < wanted.place_s * rate and (read := video.read())[0]:
            grey = cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY)
            images.append(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA))
        runs.append(Run(np.stack(images), np.arange(len(images)) / rate))
    video.release()
    return runs


def whole_sound(path: Path) -> Sound | None:
    """The first half minute of a track, in one piece; None without a track."""
    import av

    with av.open(path) as container:
        if not container.streams.audio:
            return None
        resampler, heard = av.AudioResampler(format="flt", layout="mono", rate=RATE), []
        for frame in container.decode(audio=0):
            heard += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    return Sound([np.concatenate(heard)[: LONGEST_SOUND_S * RATE]], RATE) if heard else None


def file_by_file(path: Path, encoders: dict[str, Encoder]) -> None:
    """All kinds of evidence, each from a file opened anew."""
    wanted = encoders["frames"].wanted
    encoders["frames"].encode(frames_by_seeking(path, wanted.count, wanted.short_side))
    encoders["motion"].encode(runs_by_seeking(path, encoders["motion"].wanted))
    encoders["sound"].encode(whole_sound(path))


def measure(paths: list[Path], encoders: dict[str, Encoder]) -> dict[str, float]:
    """Median processor seconds a clip of each way to look; all take turns, so that a busy moment hits them alike."""
    ways: dict[str, Callable[[Path], object]] = {
        "file by file": lambda path: file_by_file(path, encoders),
        **{
            " ".join(kinds): lambda path, kinds=kinds: look(path, {kind: encoders[kind] for kind in kinds})
            for kinds in (ALL[:1], ALL[:2], ALL[::2], ALL)
        },
    }
    took: dict[str, list[float]] = defaultdict(list)
    for path in paths:
        for run in range(RUNS + 1):
            for name, way in ways.items():
                started = time.process_time()
                way(path)
                if run:  # the first warms up
                    took[name].append(time.process_time() - started)
    return {name: statistics.median(taken) for name, taken in took.items()}


def pictures(paths: list[Path], encoders: dict[str, Encoder]) -> float:
    """How many pictures of a clip are seen, on average."""
    looked = (look(path, {"frames": encoders["frames"]}).frames for path in paths)
    return statistics.mean(len(frames.images) for frames in looked if frames)


def main() -> None:
    """Print the table."""
    encoders = {one.kind: one.load() for one in ExtractConfig().chosen.values() if one.is_encoded}
    folder = clips_dir()
    shows = list(islice(sources(), 0, 7 * CLIPS, 7))
    footage = sorted((DATA_DIR / "fights").glob("*/*.mp4"))[:: 64 // CLIPS][:CLIPS]
    print(ROW.format(*HEAD))
    for content, found, encoding in (
        ("slide shows", shows, COPIED), ("footage", footage, X264), ("footage", footage, EVERY_30)
    ):
        paths = [clip(folder, path, SMALL, encoding) for path in found]
        with threadpool_limits(1):
            took = measure(paths, encoders)
        frames, motion, sound = (took[name] for name in ("frames", "frames motion", "frames sound"))
        everything, other = took[" ".join(ALL)], took["file by file"]
        more = [f"{1000 * (one - frames):.0f} ms ({(one - frames) / frames:.0%})" for one in (motion, sound)]
        print(ROW.format(
            f"{content}, {encoding}", f"{1000 * frames:.0f} ms", *more, f"{1000 * everything:.0f} ms",
            f"{1000 * other:.0f} ms", f"{other / everything:.1f}x", f"{pictures(paths, encoders):.1f}",
        ), flush=True)
    print(f"\nWanted: motion at most {MOST_MOTION:.0%} of the frames' time, sound at most {MOST_SOUND:.0%}.")


if __name__ == "__main__":
    main()
