"""All that is measured, one after the other: `make bench`, or `make bench ARGS="decode accuracy"`.

Each is a module of its own with a `main`, run in a process of its own so that none warms another
up. One that has nothing to measure on says why, and the next one runs.
"""

import subprocess
import sys
import time

BENCHMARKS = {
    "decode": "frames of one video: key frames with PyAV beside an OpenCV reader that seeks to as many",
    "evidence": "what each kind of evidence costs a video, beside a pipeline that opens the file for each",
    "extraction": "features of a whole library: videos/s, shares of decode and encode, memory",
    "phone": "1080p H.265 clips with one key frame, beside the revision that BEFORE names",
    "cluster": "features by one and two workers of a Dask scheduler, by simulation up to 64, and what limits them",
    "accuracy": "grouped cross-validation on the shared sets, beside their reference figures",
    "reading": "what is said and shown in videos: what is kept of it, that nothing is made up, cost a video",
    "retrain": "retrain after sorting 20 videos of 600, beside a run from nothing",
    "watch": "from a new video's appearing to its guess in GET /api/videos, one and a hundred at once",
    "zero": "guesses from folder names before any label, and with the first eight, on made captions",
    "replay": "labels that are needed, a folder's first example, agreement, what a refit takes, by a replayed reviewer",
    "presses": "presses that a whole pile costs: groups from nothing, the grid by guesses, the rest one by one",
    "promise": "filing by itself: whether at most 2 % and 5 % wrong is kept, and what share of the pile is filed",
    "misfiled": "wrong labels found again: precision of the flags, 5 % of the labels planted wrong",
    "duplicates": "edits of videos found again among all others: recall of nine edits, false pairs",
    "moves": "a move, an undo, a batch of 200, with the journal, in a large library",
    "scale": "start, pages, sorts, memory, outside changes from a thousand videos to a million",
    "live": "from a sort to new predictions in the list, sorts meanwhile, agreement with a full retrain",
    "orders": "a page of each order of the queue with 100 000 videos: the first, the next, right after a sort",
    "proposals": "groups from nothing: purity, share of the pile; what fits no folder; time of the first answer",
    "against": "what people wait for, beside the revision that BEFORE names, turn by turn",
    "looking": "a folder of 5 000 opened and scrolled in Chromium, the Insights page on 5 000 videos",
    "playing": "parts of a video as a browser asks for them, beside nginx",
    "page": "from a key to the next video's frame in Chromium, beside a page with gr.Video",
}


def main(names: list[str]) -> int:
    """Run these benchmarks, or all; returns 1 where one could not be run."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}: there are {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    missed = []
    for name in names or BENCHMARKS:
        print(f"\n== {name}: {BENCHMARKS[name]}\n", flush=True)
        started = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            missed.append(name)
        print(f"\n({time.monotonic() - started:.0f} s)", flush=True)
    if missed:
        print(f"\nNot measured: {', '.join(missed)}; the reasons are above.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
