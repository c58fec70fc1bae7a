"""How often the folder is right on the shared sets, by the code that a user runs.

Run as `python -m benchmarks.accuracy`. Each set is a library; its features are extracted as
always, and kept in the system's temporary folder for the next run. StratifiedGroupKFold(5,
shuffle=True), seeds 0, 1, 2, groups as the sets' README has them (a clip; the source video; the
exercise). In each training part `fit_classifier` does all of its work, near-duplicates, choice of a
head, calibration and weights of kinds of evidence included, and sees nothing of the part that is
tested. Each kind alone, all but each, all. Intervals: Wilson 95 % of the mean over seeds, for the
number of groups.

Those kinds that are looked for by default; `python -m benchmarks.accuracy --with body` adds others, last:
"all but body" is then what it is without.
"""

import argparse
import collections
import contextlib
import csv
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.clips import DATA_DIR
from vidsort import extract_features, library
from vidsort.features.modalities import KINDS, ExtractConfig
from vidsort.features.stored import features_of
from vidsort.insight.duplicates import near_duplicates
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.rows.parts import Part
from vidsort.learning.scores import calibration_error, wilson
from vidsort.settings import Settings
from vidsort.store import open_database

CACHE = Path(tempfile.gettempdir()) / "vidsort-benchmarks"
SEEDS = (0, 1, 2)
FOLDS = 5
# Accuracy and calibration error that are wanted of all kinds of evidence together; by how little below frames alone.
WANTED = {
    "themes": (0.930, 0.035), "pacs": (0.850, 0.055), "exercise": (0.575, 0.08), "fights": (0.74, 0.14),
    "voices": (0.97, None),
}
MOST_BELOW_FRAMES = 0.005
# In these sets a clip is its own group; the column of labels.csv names what is shown, or the style.
GROUP_IS_CLIP = ("themes", "pacs", "voices")
HEAD = ("set", "kinds", "accuracy (95 %)", "calibration", "mean weights", "wanted")
ROW = "{:<10}{:<26}{:>23}{:>13}   {:<44}{}"


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


class Library(NamedTuple):
    """A set as a library: its parts, signatures, folders and groups, a row a video."""

    parts: dict[str, Part]
    signatures: np.ndarray
    y: np.ndarray
    groups: np.ndarray


def read(rows: list[dict[str, str]], scratch: Path, further: Sequence[str] = ()) -> Library:
    """Extract a set by the default kinds of evidence and further ones, as a user's library would be."""
    name = rows[0]["set"]
    settings = Settings(data_dir=scratch / name, artifacts_dir=CACHE / "artifacts")
    group_of = {}
    for row in rows:
        put(DATA_DIR / name / row["folder"] / row["filename"], settings.data_dir / row["folder"] / row["filename"])
        group_of[row["filename"]] = row["filename"] if name in GROUP_IS_CLIP else row["group"]
    config = ExtractConfig(modalities=(*ExtractConfig().modalities, *further))
    extract_features.run(settings, config)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = features_of(database, library.videos(settings.data_dir), config.feature_set)
    y = np.array([video.folder for video in found.videos])
    groups = np.unique([group_of[video.filename] for video in found.videos], return_inverse=True)[1]
    # A kind that no video of the set has is none of its columns.
    return Library({kind: part for kind, part in found.parts.items() if part.mask.any()}, found.signatures, y, groups)


def cross_validate(found: Library, kinds: tuple[str, ...]) -> tuple[float, float, dict[str, float]]:
    """Accuracy, calibration error and weights by these kinds, means over seeds (and folds)."""
    from sklearn.model_selection import StratifiedGroupKFold

    accuracies, errors, weights = [], [], collections.Counter()
    for seed in SEEDS:
        confidence, right = np.zeros(len(found.y)), np.zeros(len(found.y), bool)
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        for train, test in folds.split(found.y, found.y, found.groups):
            alike = near_duplicates(found.parts["frames"].X[train], found.signatures[train])
            learned, asked = ({kind: found.parts[kind].at(rows) for kind in kinds} for rows in (train, test))
            trained = fit_classifier(learned, found.y[train], alike, TrainConfig())
            weights.update({kind: weight / FOLDS / len(SEEDS) for kind, weight in trained.fusion.weights.items()})
            shares = trained.predict_proba(asked)
            confidence[test] = shares.max(axis=1)
            right[test] = np.array(trained.folders)[shares.argmax(axis=1)] == found.y[test]
        accuracies.append(right.mean())
        errors.append(calibration_error(confidence, right))
    return float(np.mean(accuracies)), float(np.mean(errors)), dict(weights)


def ablation(kinds: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What is measured, by what it is called: each kind alone, all but each, all."""
    alone = {f"{kind} alone": (kind,) for kind in kinds}
    without = {f"all but {kind}": tuple(other for other in kinds if other != kind) for kind in kinds}
    return alone | (without if len(kinds) > 2 else {}) | ({"all": kinds} if len(kinds) > 1 else {})


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    defaults = ExtractConfig().modalities
    parser.add_argument(
        "--with", nargs="+", default=[], choices=[kind for kind in KINDS if kind not in defaults], dest="further",
        help="kinds that are not looked for by default",
    )
    further = parser.parse_args().further
    rows = labelled_rows()
    print(ROW.format(*HEAD))
    with tempfile.TemporaryDirectory() as scratch:
        for name, (least, most_error) in WANTED.items():
            found = read([row for row in rows if row["set"] == name], Path(scratch), further)
            groups, accuracies = int(found.groups.max()) + 1, {}
            choices = ablation(tuple(found.parts))
            for label, kinds in choices.items():
                accuracies[label], error, weights = cross_validate(found, kinds)
                low, high = wilson(accuracies[label] * groups, groups)
                wanted = f"{least} (calibration {most_error or '-'})" if label == list(choices)[-1] else ""
                print(ROW.format(
                    name, label, f"{accuracies[label]:.3f} ({low:.3f}-{high:.3f})", f"{error:.3f}",
                    ", ".join(f"{kind} {weight:.2f}" for kind, weight in weights.items()), wanted,
                ), flush=True)
            below = accuracies["frames alone"] - accuracies[list(choices)[-1]]
            if below > MOST_BELOW_FRAMES:
                print(f"{name}: {below:.3f} below frames alone, and at most {MOST_BELOW_FRAMES} is wanted.")


if __name__ == "__main__":
    main()
