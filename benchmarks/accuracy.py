"""How often the folder is right on the shared sets, by the code that a user runs.

Run as `python -m benchmarks.accuracy`. Each set is a library; its features are extracted as
always, and kept in the system's temporary folder for the next run. StratifiedGroupKFold(5,
shuffle=True), seeds 0, 1, 2, groups as the sets' README has them (a clip; the source video; the
exercise). In each training part `fit_classifier` does all of its work, near-duplicates, choice of a
head and calibration included, and sees nothing of the part that is tested. Intervals: Wilson 95 %
of the mean over seeds, for the number of groups.
"""

import collections
import contextlib
import csv
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.clips import DATA_DIR
from vidsort import extract_features, library
from vidsort.features.modalities import ExtractConfig
from vidsort.features.stored import features_of
from vidsort.insight.duplicates import near_duplicates
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.scores import calibration_error, wilson
from vidsort.settings import Settings
from vidsort.store import open_database

CACHE = Path(tempfile.gettempdir()) / "vidsort-benchmarks"
SEEDS = (0, 1, 2)
FOLDS = 5
# Logistic regression (the better C), shrinkage LDA, 5 neighbours: the figures of the sets' README.
REFERENCE = {
    "themes": (0.922, 0.918, 0.883), "pacs": (0.815, 0.817, 0.720),
    "exercise": (0.505, 0.522, 0.324), "fights": (0.635, 0.614, 0.561),
}
WANTED = {"themes": 0.92, "pacs": 0.83, "exercise": 0.53}
# In these sets a clip is its own group; the column of labels.csv names what is shown, or the style.
GROUP_IS_CLIP = ("themes", "pacs")
HEAD = ("set", "videos", "accuracy (95 %)", "calibration", "heads chosen", "wanted", "LR", "LDA", "5-NN")
ROW = "{:<10}{:>7}{:>23}{:>13}   {:<38}{:>7}{:>8}{:>7}{:>7}"


def labelled_rows() -> list[dict[str, str]]:
    """The rows of labels.csv; raises SystemExit where there are none."""
    try:
        return list(csv.DictReader((DATA_DIR / "labels.csv").read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise SystemExit(f"No shared videos to measure on ({error}): set TEST_DATA_DIR.") from error


def put(source: Path, target: Path) -> None:
    """Hard-link a video into a library, or copy it where the file system has no links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def measure(rows: list[dict[str, str]], scratch: Path) -> tuple[np.ndarray, np.ndarray, int, collections.Counter]:
    """Accuracy and calibration error of each seed, the number of groups, and how often each head was chosen."""
    name = rows[0]["set"]
    settings = Settings(data_dir=scratch / name, artifacts_dir=CACHE / "artifacts")
    group_of = {}
    for row in rows:
        put(DATA_DIR / name / row["folder"] / row["filename"], settings.data_dir / row["folder"] / row["filename"])
        group_of[row["filename"]] = row["filename"] if name in GROUP_IS_CLIP else row["group"]
    extract_features.run(settings)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = features_of(database, library.videos(settings.data_dir), ExtractConfig().feature_set)
    y = np.array([video.folder for video in found.videos])
    groups = np.unique([group_of[video.filename] for video in found.videos], return_inverse=True)[1]
    chosen, accuracies, errors = collections.Counter(), [], []
    for seed in SEEDS:
        confidence, right = cross_validate(found.parts["frames"].X, found.signatures, y, groups, seed, chosen)
        accuracies.append(right.mean())
        errors.append(calibration_error(confidence, right))
    return np.array(accuracies), np.array(errors), int(groups.max()) + 1, chosen


def cross_validate(
    features: np.ndarray, signatures: np.ndarray, y: np.ndarray, groups: np.ndarray, seed: int,
    chosen: collections.Counter,
) -> tuple[np.ndarray, np.ndarray]:
    """Confidence, and whether it was right, of every video by a classifier trained without its fold."""
    from sklearn.model_selection import StratifiedGroupKFold

    confidence, right = np.zeros(len(y)), np.zeros(len(y), bool)
    for train, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(features, y, groups):
        alike = near_duplicates(features[train], signatures[train])
        trained = fit_classifier(features[train], y[train], alike, TrainConfig())
        chosen[trained.choice.winner.name] += 1
        shares = trained.predict_proba(features[test])
        confidence[test] = shares.max(axis=1)
        right[test] = np.array(trained.folders)[shares.argmax(axis=1)] == y[test]
    return confidence, right


def main() -> None:
    """Print the table."""
    rows = labelled_rows()
    print(ROW.format(*HEAD))
    with tempfile.TemporaryDirectory() as scratch:
        for name, reference in REFERENCE.items():
            accuracies, errors, groups, chosen = measure([row for row in rows if row["set"] == name], Path(scratch))
            mean = float(accuracies.mean())
            low, high = wilson(mean * groups, groups)
            heads = ", ".join(f"{head} {count}" for head, count in chosen.most_common())
            print(ROW.format(
                name, sum(row["set"] == name for row in rows), f"{mean:.3f} ({low:.3f}-{high:.3f})",
                f"{errors.mean():.3f}", heads, WANTED.get(name, ""), *(f"{value:.3f}" for value in reference),
            ), flush=True)
    print("LR, LDA, 5-NN: the sets' reference figures. Wanted too: calibration error at most 0.08 on themes and pacs.")


if __name__ == "__main__":
    main()
