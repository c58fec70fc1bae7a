"""Learning between two key presses: labels that are needed, a folder's first example, agreement, what a refit takes.

Run as `python -m benchmarks.replay`. A reviewer who answers from the true labels begins with a set of shared videos in
one pile and no folder. Asked in the order `telling`, with the head refitted after each answer, until the rest of the
pile is predicted within five points of the ceiling: what a training on three quarters of the set is right about in the
other quarter. Beside it random order with a full retrain every 25 answers. The other quarter is never asked about: what
is right in it is told beside the rest, which gets easier as the hard ones are asked for. Means over ten seeds with 95 %
intervals (t). `few` of `learning/live` was chosen on pacs, so that its rows are no proof; themes had no part in it.
"""

import dataclasses
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.accuracy import Library, labelled_rows, read
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.live.head import LiveHead
from vidsort.learning.rows.parts import Part
from vidsort.pile.ranking import clusters, turns

SETS = ("themes", "pacs")
SEEDS = range(10)
# The reviewer's answers between two full retrains, and between two looks at how good the guesses are.
RETRAIN_EVERY, LOOK_EVERY = 25, 5
NEAR = 0.05
# Of labels that random order needs, and of the like of a folder's first example that name it among three.
WANTED_SHARE, WANTED_NEW = {"themes": 0.5, "pacs": 0.6}, 0.7
SIZES, FOLDERS, WIDTH = (500, 5_000, 50_000), 20, 1280
ROW = "{:<8}{:<44}{:>28}   {}"


def part_of(found: Library, rows: np.ndarray) -> dict[str, Part]:
    """These rows of all kinds of evidence."""
    return {kind: part.at(rows) for kind, part in found.parts.items()}


def learned(found: Library, rows: np.ndarray, config: TrainConfig | None = None) -> tuple[np.ndarray, np.ndarray]:
    """What a training on these videos guesses of all, int [n] into the second: the folders."""
    trained = fit_classifier(part_of(found, rows), found.y[rows], np.arange(len(rows)), config or TrainConfig())
    return trained.predict_proba(found.parts).argmax(axis=1), np.array(trained.folders)


def right(guesses: np.ndarray, folders: np.ndarray, truth: np.ndarray) -> float:
    """The share of guesses that are right; of nothing left all are."""
    return float((folders[guesses] == truth).mean()) if len(truth) else 1.0


def telling(found: Library, pool: np.ndarray) -> Iterator[tuple[list[int], float, float]]:
    """Asked in the order `telling`: who is labelled by now, what is right in the rest, and in those never asked."""
    head, labels = LiveHead(found.parts, None), dict[int, str]()
    points = clusters.coordinates(found.parts["frames"].X)
    member, centres = clusters.clusters(points, 3 * len(set(found.y)))
    folders, pile, shares = head.shares()
    while True:
        left = np.setdiff1d(pool, list(labels))
        if not len(left):
            return
        _, counts = np.unique(list(labels.values()), return_counts=True)
        if turns.is_begun(counts.tolist()):
            best = np.sort(shares[np.searchsorted(pile, left)], axis=1)
            ranks = turns.doubtful(best[:, -1] - best[:, -2], member[left])
        else:
            known = np.bincount(member[list(labels)] if labels else [], minlength=len(centres))
            ranks = turns.typical(points[left], member[left], centres, known)
        asked = int(left[ranks.argmin()])
        labels[asked] = str(found.y[asked])
        head.learn({asked: labels[asked]}, sorted(set(labels.values())))
        folders, pile, shares = head.shares()
        if len(labels) % LOOK_EVERY == 0 and folders:
            guesses, names, never = shares.argmax(axis=1), np.array(folders), ~np.isin(pile, pool)
            yield (list(labels), right(guesses[~never], names, found.y[pile[~never]]),
                   right(guesses[never], names, found.y[pile[never]]))


def at_random(found: Library, pool: np.ndarray) -> Iterator[tuple[list[int], float, float]]:
    """Asked at random, learned by a full retrain now and then; the pool comes in random order."""
    never = np.setdiff1d(np.arange(len(found.y)), pool)
    for count in range(RETRAIN_EVERY, len(pool), RETRAIN_EVERY):
        if len(set(found.y[pool[:count]])) > 1:
            guesses, folders = learned(found, pool[:count])
            rest = pool[count:]
            yield (pool[:count].tolist(), right(guesses[rest], folders, found.y[rest]),
                   right(guesses[never], folders, found.y[never]))


def needed(steps: Iterator[tuple[list[int], float, float]], wanted: float, which: int) -> int:
    """Labels until so many are right, in the rest (1) or in those never asked (2); all where that never is."""
    count = 0
    for step in steps:
        count = len(step[0])
        if step[which] >= wanted:
            break
    return count


def first_example(found: Library, seed: int) -> float:
    """Of videos like a new folder's one example, the share that has it among three guesses; the others are known."""
    order, hits = np.random.default_rng(seed).permutation(len(found.y)), []
    for new in sorted(set(found.y)):
        known = [row for row in order if found.y[row] != new][: len(found.y) * 6 // 10]
        example = int(next(row for row in order if found.y[row] == new))
        held = fit_classifier(part_of(found, np.array(known)), found.y[known], np.arange(len(known)), TrainConfig())
        head = LiveHead(found.parts, held, winner=held.choice.winner.name)
        head.learn({int(row): str(found.y[row]) for row in [*known, example]}, sorted(set(found.y)))
        folders, pile, shares = head.shares()
        first = np.argsort(-shares, axis=1)[:, :3]
        hits.append((first[found.y[pile] == new] == folders.index(new)).any(axis=1).mean())
    return float(np.mean(hits))


class Agreed(NamedTuple):
    """Shares of first guesses that a full retrain leaves: with the choices of the model in force, and with its own."""

    held: float
    free: float
    # What it chose otherwise: its head, the weights of the kinds of evidence (the largest change), the temperature.
    is_other_head: bool
    weight: float
    temperature: float


def agreement(found: Library, seed: int) -> Agreed:
    """After a fifth more labels than the model in force has learned from."""
    order = np.random.default_rng(seed).permutation(len(found.y))
    before, now = order[: len(order) // 2], order[: len(order) * 6 // 10]
    held = fit_classifier(part_of(found, before), found.y[before], np.arange(len(before)), TrainConfig())
    head = LiveHead(found.parts, held, winner=held.choice.winner.name)
    head.learn({int(row): str(found.y[row]) for row in now}, sorted(set(found.y)))
    folders, pile, shares = head.shares()
    live, after = np.array(folders)[shares.argmax(axis=1)], part_of(found, pile)
    winner = held.choice.winner.name
    full = fit_classifier(part_of(found, now), found.y[now], np.arange(len(now)), TrainConfig())
    same = fit_classifier(part_of(found, now), found.y[now], np.arange(len(now)), TrainConfig(heads=(winner,)))
    same = dataclasses.replace(same, fusion=held.fusion, experts={
        name: dataclasses.replace(expert, calibration=held.experts[name].calibration)
        for name, expert in same.experts.items() if name in held.experts
    })
    weights = [abs(full.fusion.weights[name] - held.fusion.weights[name]) for name in held.experts]
    temperatures = [one.experts["frames"].calibration.inverse_temperature for one in (full, held)]
    others = [np.array(one.folders)[one.predict_proba(after).argmax(axis=1)] for one in (same, full)]
    return Agreed(
        *(float((live == other).mean()) for other in others),
        full.choice.winner.name != winner, max(weights), temperatures[0] / temperatures[1],
    )


def refit(count: int) -> float:
    """Seconds from one more label to all guesses, the median of nine; half of the videos are labelled."""
    drawn = np.random.default_rng(0)
    centres = drawn.exponential(size=(FOLDERS, WIDTH)).astype(np.float32)
    of = drawn.integers(FOLDERS, size=count)
    vectors = np.abs(centres[of] + drawn.standard_normal((count, WIDTH), np.float32))
    few = drawn.permutation(count)[:400]
    parts = {"frames": Part.whole(vectors)}
    y = np.char.add("folder ", of.astype(str))
    held = fit_classifier({"frames": parts["frames"].at(few)}, y[few], np.arange(len(few)), TrainConfig(heads=("lda",)))
    head = LiveHead(parts, held)
    head.learn({row: str(y[row]) for row in range(count // 2)}, sorted(set(y)))
    head.shares()
    took = []
    for row in range(count // 2, count // 2 + 9):
        began = time.perf_counter()
        head.learn({row: str(y[row])}, sorted(set(y)))
        head.shares()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def told(values: Sequence[float], form: Callable[[float], str] = "{:.2f}".format) -> str:
    """A mean with its 95 % interval by Student's t."""
    from scipy import stats

    mean = float(np.mean(values))
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return f"{form(mean)} ({form(mean - half)}-{form(mean + half)})"


def measure(name: str, found: Library) -> None:
    """The rows of one set."""
    counts: dict[tuple[str, int], list[float]] = {}
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(found.y))
        pool, never = order[: len(order) * 3 // 4], order[len(order) * 3 // 4 :]
        guesses, folders = learned(found, pool)
        wanted = right(guesses[never], folders, found.y[never]) - NEAR
        for way, steps in (("telling", telling), ("random", at_random)):
            for which in (1, 2):
                counts.setdefault((way, which), []).append(needed(steps(found, pool), wanted, which))
    for which, place in ((1, "in the rest of the pile"), (2, "in videos never asked")):
        ways = {way: counts[way, which] for way in ("telling", "random")}
        for way, values in ways.items():
            print(ROW.format(name, f"labels, {way}, {place}", told(values, "{:.0f}".format), ""), flush=True)
        shares = [one / other for one, other in zip(*ways.values(), strict=True)]
        print(ROW.format(name, f"telling / random, {place}", told(shares), f"wanted {WANTED_SHARE[name]}"), flush=True)
    values = [first_example(found, seed) for seed in SEEDS[:3]]
    print(ROW.format(name, "first example: among three guesses", told(values), f"wanted {WANTED_NEW}"), flush=True)
    agreed = [agreement(found, seed) for seed in SEEDS[:5]]
    print(ROW.format(name, "first guesses a retrain of these choices leaves", told([one.held for one in agreed]),
                     "wanted 0.98"), flush=True)
    print(ROW.format(name, "first guesses a retrain leaves", told([one.free for one in agreed]),
                     f"another head in {sum(one.is_other_head for one in agreed)} of {len(agreed)}, weights up "
                     f"to {np.mean([one.weight for one in agreed]):.2f} apart, 1/temperature times "
                     f"{np.mean([one.temperature for one in agreed]):.2f}"), flush=True)


def main() -> None:
    """Print the table."""
    import sklearn.linear_model  # noqa: F401  (what is loaded later would not be limited)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        for count in SIZES:
            print(ROW.format("drawn", f"{count} videos, one more label to all guesses", f"{refit(count):.3f} s", ""),
                  flush=True)
        with tempfile.TemporaryDirectory() as scratch:
            rows = labelled_rows()
            for name in SETS:
                measure(name, read([row for row in rows if row["set"] == name], Path(scratch)))


if __name__ == "__main__":
    main()
