"""What a retrain costs after sorting 20 videos of 600, beside a run from nothing.

Run as `python -m benchmarks.retrain`. A library of ten folders from the shared sets, 600 videos in
all: 560 sorted, 40 not. Each retrain is the three steps as child processes, the way the page and
the command line run them; time is wall-clock from start to predictions in force.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.accuracy import DATA_DIR, labelled_rows, put
from vidsort.artifacts import predictions_path, read_predictions
from vidsort.library.moves.mover import Mover
from vidsort.predict import plan_moves
from vidsort.steps import STEPS
from vidsort.store import open_database

VIDEOS, UNSORTED, SORTED_EACH_TIME, RUNS = 600, 40, 20, 3
TARGET_S = 5
HEAD = ("retrain", "whole", *STEPS, "encoder calls", "head")
ROW = "{:<28}{:>9}{:>18}{:>9}{:>9}{:>15}  {}"


def fill(data_dir: Path) -> None:
    """Ten folders of `themes`, the paintings, photographs and drawings of `pacs` spread over them; 40 unsorted."""
    rows = [row for row in labelled_rows() if row["set"] in ("themes", "pacs")]
    folders = sorted({row["folder"] for row in rows if row["set"] == "themes"})
    subjects = sorted({row["folder"] for row in rows if row["set"] == "pacs"})
    for number, row in enumerate(rows[::-1][:VIDEOS] if len(rows) >= VIDEOS else rows):
        folder = row["folder"] if row["set"] == "themes" else folders[subjects.index(row["folder"])]
        place = data_dir if number % (VIDEOS // UNSORTED) == 0 else data_dir / folder
        put(DATA_DIR / row["set"] / row["folder"] / row["filename"], place / row["filename"])


def retrain(data_dir: Path, artifacts_dir: Path) -> tuple[float, dict[str, float], dict[str, dict]]:
    """Seconds in all, seconds of each step, and each step's report."""
    started, took_s, reports = time.monotonic(), {}, {}
    for step in STEPS:
        begun = time.monotonic()
        command = [sys.executable, "-m", f"vidsort.{step}", "--data-dir", data_dir, "--artifacts-dir", artifacts_dir]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        took_s[step] = time.monotonic() - begun
        reports[step] = json.loads(done.stdout.splitlines()[-1])["report"]
    return time.monotonic() - started, took_s, reports


def show(label: str, whole_s: float, took_s: dict[str, float], reports: dict[str, dict]) -> None:
    """Print one row of the table."""
    print(ROW.format(
        label, f"{whole_s:.2f} s", *(f"{took_s[step]:.2f} s" for step in STEPS),
        reports["extract_features"]["outputs"]["encoder_calls"], reports["train"]["outputs"]["head"],
    ), flush=True)


def main() -> None:
    """Print the table."""
    print(ROW.format(*HEAD))
    with tempfile.TemporaryDirectory() as folder:
        data_dir, artifacts_dir = Path(folder) / "library", Path(folder) / "artifacts"
        fill(data_dir)
        show("from nothing", *retrain(data_dir, artifacts_dir))
        mover = Mover(data_dir, open_database(artifacts_dir))
        again = []
        for run in range(RUNS):
            plan = plan_moves(read_predictions(predictions_path(artifacts_dir)), threshold=0.0)[:SORTED_EACH_TIME]
            if plan and run:
                # Back to the pile first, so that each run sorts as many.
                mover.undo()
            mover.sort_batch(plan)
            again.append(retrain(data_dir, artifacts_dir))
            show(f"after sorting {len(plan)} of {VIDEOS}", *again[-1])
    median_s = statistics.median(whole_s for whole_s, _, _ in again)
    print(f"Median {median_s:.2f} s; wanted: under {TARGET_S} s and no encoder call.")


if __name__ == "__main__":
    main()
