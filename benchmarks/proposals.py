"""Groups that are no folder yet: how pure, how much of the pile they hold, and whether what fits no folder is told.

Run as `python -m benchmarks.proposals`. From nothing: the videos of a set as one pile, grouped by the code that a
user runs, the truth asked afterwards; the interval of the purity is Wilson's, for the videos in groups. A folder held
out: of the others one fold in five is left out too (StratifiedGroupKFold, ten seeds), and what is held out is to be
told from it by `fits`; interval: two standard errors over seeds. Time: planted vectors of sixty kinds in a library of
so many names, the first answer and the next, as the API gives it.
"""

import contextlib
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.accuracy import Library, labelled_rows, read
from vidsort import library
from vidsort.api.likeness import load_explaining
from vidsort.artifacts.feature_sets import record_extraction
from vidsort.features.modalities import ExtractConfig
from vidsort.insight.proposing.belonging import Belonging
from vidsort.insight.proposing.closeness import Space, layers
from vidsort.insight.proposing.clusters import groups_of
from vidsort.insight.proposing.kept import KeptGroups
from vidsort.learning.scores import wilson
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore

# Purity of the groups, share of the pile in one, AUROC of a folder held out, that are wanted.
WANTED = {"themes": (0.85, 0.60, 0.85), "pacs": (None, None, 0.83), "exercise": (None, None, None)}
SEEDS, FOLDS = 10, 5
PLANTED, KINDS, WIDTH = (5_000, 50_000), 60, 1280
FIRST_S, NEXT_S = 2.0, 0.05
HEAD = ("set", "groups", "purity (95 %)", "of the pile", "held out, AUROC (95 %)", "wanted")
ROW = "{:<10}{:>8}{:>22}{:>14}{:>26}   {}"


def from_nothing(found: Library) -> tuple[int, float, float]:
    """The number of groups, their purity and the share of the pile in them."""
    layer = {name: found.parts[name] for name in layers(found.parts)[0]}
    groups = groups_of(Space.of(layer).rows(layer))
    members = sum(len(group) for group in groups)
    right = sum(Counter(found.y[group].tolist()).most_common(1)[0][1] for group in groups)
    return len(groups), right / max(members, 1), members / len(found.y)


def held_out(found: Library, seed: int) -> float:
    """The mean area under the curve by which each folder, held out, is told from the others' videos."""
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    seen, areas = found.parts["frames"].X, []
    for folder in np.unique(found.y):
        known, strange = np.flatnonzero(found.y != folder), np.flatnonzero(found.y == folder)
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        train, test = next(folds.split(known, found.y[known], found.groups[known]))
        belonging = Belonging.of(seen[known[train]], found.y[known[train]])
        if belonging is None:
            continue
        asked = np.concatenate([known[test], strange])
        is_strange = np.arange(len(asked)) >= len(test)
        areas.append(roc_auc_score(is_strange, -belonging.fits(seen[asked])))
    return float(np.mean(areas))


def planted(count: int, scratch: Path) -> tuple[float, float, int]:
    """Seconds of the first answer and of the next for so many planted videos, and the number of groups."""
    data_dir, artifacts_dir = scratch / f"{count}", scratch / f"{count}-artifacts"
    data_dir.mkdir()
    config = ExtractConfig(modalities=("frames",))
    modality = config.feature_set.modalities["frames"]
    rng = np.random.default_rng(0)
    kinds = np.abs(rng.normal(size=(KINDS, WIDTH)))
    with contextlib.closing(open_database(artifacts_dir)) as database:
        store = FeatureStore(database)
        for number in range(count):
            (data_dir / f"{7_000_000_000_000_000_000 + number}.mp4").touch()
        videos = library.videos(data_dir)
        for at in range(0, count, 2000):
            some = videos[at : at + 2000]
            hashes = {video: video.filename.encode().ljust(32, b"\0") for video in some}
            vectors = np.abs(kinds[rng.integers(KINDS, size=len(some))] + 0.5 * rng.normal(size=(len(some), WIDTH)))
            store.remember_contents(hashes)
            store.put([
                FeatureRow(modality, content, vector.astype(np.float32))
                for content, vector in zip(hashes.values(), vectors, strict=True)
            ])
        record_extraction(artifacts_dir, config.feature_set)
        load_explaining()  # as a server does before its first request
        kept, now, spent = KeptGroups(database), library.scan(data_dir), []
        groups: list = []
        for _ in range(2):
            started = time.perf_counter()
            groups, _ = kept.groups(data_dir, artifacts_dir, now)
            spent.append(time.perf_counter() - started)
    return spent[0], spent[1], len(groups)


def main() -> None:
    """Print the tables."""
    rows = labelled_rows()
    print(ROW.format(*HEAD))
    with tempfile.TemporaryDirectory() as scratch:
        for name, (purest, most, area) in WANTED.items():
            found = read([row for row in rows if row["set"] == name], Path(scratch))
            groups, purity, share = from_nothing(found)
            low, high = wilson(purity * share * len(found.y), share * len(found.y))
            areas = [held_out(found, seed) for seed in range(SEEDS)]
            error = 2 * float(np.std(areas, ddof=1)) / np.sqrt(SEEDS)
            wanted = ", ".join(f"{figure:.2f}" for figure in (purest, most, area) if figure is not None)
            print(ROW.format(
                name, groups, f"{purity:.3f} ({low:.3f}-{high:.3f})", f"{share:.2f}",
                f"{np.mean(areas):.3f} ({np.mean(areas) - error:.3f}-{np.mean(areas) + error:.3f})", wanted or "-",
            ), flush=True)
        print(f"\n{'planted':<10}{'first answer':>16}{'next':>12}{'groups':>10}   wanted")
        for count in PLANTED:
            first_s, next_s, groups = planted(count, Path(scratch))
            wanted = f"{FIRST_S} s, {NEXT_S} s" if count == PLANTED[0] else "-"
            print(f"{count:<10}{first_s:>14.2f} s{next_s:>10.4f} s{groups:>10}   {wanted}", flush=True)


if __name__ == "__main__":
    main()
