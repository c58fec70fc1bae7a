"""Wrong labels found again: how many of the flagged videos really are misfiled, with 5 % of the labels planted wrong.

Run as `python -m benchmarks.misfiled`. Of each shared set one video in twenty is put into another folder, drawn at
random; a training on these labels says of each video what it says without having seen it, and `likely_misfiled` ranks.
Precision where seven in ten of the planted are found: of the flags down to there, the share that was planted (what the
makers of a set put in the wrong folder themselves counts as false). Ten seeds, means with 95 % intervals (t); where
fewer than seven in ten are flagged at all, precision counts as 0, and how many were found is told.
"""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.accuracy import Library, labelled_rows, read
from benchmarks.replay import told
from vidsort.insight.duplicates import near_duplicates
from vidsort.insight.folders import likely_misfiled
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.records import Video
from vidsort.train import out_of_fold

SETS = {"themes": 0.95, "pacs": 0.85}
SEEDS = range(10)
PLANTED, RECALL = 0.05, 0.7
ROW = "{:<10}{:>8}{:>9}{:>26}{:>26}   {}"


def planted(y: np.ndarray, seed: int) -> tuple[np.ndarray, set[int]]:
    """The folders with a share of them wrong, and the rows of these."""
    drawn = np.random.default_rng(seed)
    rows = drawn.choice(len(y), max(1, round(PLANTED * len(y))), replace=False)
    labels, folders = y.copy(), np.unique(y)
    for row in rows:
        labels[row] = drawn.choice(folders[folders != y[row]])
    return labels, set(rows.tolist())


def found_again(found: Library, seed: int) -> tuple[float, float]:
    """Precision at the wanted recall (0 where it is not reached), and the share of the planted that is flagged."""
    labels, wrong = planted(found.y, seed)
    groups = near_duplicates(found.parts["frames"].X, found.signatures)
    trained = fit_classifier(found.parts, labels, groups, TrainConfig(seed=seed))
    videos = [
        Video(filename=str(row), folder=str(label), directory=Path(), size_bytes=0, mtime_ns=0)
        for row, label in enumerate(labels)
    ]
    evidence = out_of_fold(trained, videos, [str(row) for row in range(len(videos))], groups)
    hits = np.array([int(suspect.filename) in wrong for suspect in likely_misfiled(evidence)], bool)
    recall = hits.cumsum() / len(wrong)
    reached = np.flatnonzero(recall >= RECALL)
    return float(hits[: reached[0] + 1].mean()) if len(reached) else 0.0, float(hits.sum() / len(wrong))


def main() -> None:
    """Print the table."""
    rows = labelled_rows()
    print(ROW.format("set", "videos", "planted", f"precision at recall {RECALL}", "planted that are flagged", "wanted"))
    with tempfile.TemporaryDirectory() as scratch:
        for name, wanted in SETS.items():
            found = read([row for row in rows if row["set"] == name], Path(scratch))
            precisions, flagged = zip(*(found_again(found, seed) for seed in SEEDS), strict=True)
            print(ROW.format(
                name, len(found.y), round(PLANTED * len(found.y)), told(precisions), told(flagged),
                f"precision at least {wanted}",
            ), flush=True)


if __name__ == "__main__":
    main()
