"""Filing by itself: whether "at most 2 % / 5 % wrong" is kept, and what share of the pile it files.

Run as `python -m benchmarks.promise`. A reviewer who answers from the true labels has sorted 60, 100, 150 or 200 videos
of a set; `fit_classifier` learns from them, and the rest is the pile. In random order the labelled videos are drawn; in
surest-first order twenty are drawn, and then those that the model of the moment is surest of, one in twenty being a
blind card drawn from the whole pile. Each row is over replays (seeds 0 to 19; the numbers in `pile/filing/promise.py`
were chosen on seeds from 100 on): the share of the pile that is filed, how much of that was wrong (mean), and in how
many replays the promise was kept, with Wilson's 95 % interval; a replay in which nothing is filed keeps it. Beside it,
by the same answers: the mean chance of error at most half of what is promised; cuts tested from the strictest down by
an exact binomial bound at 90 %; ten cuts by a bound that is corrected for all ten (Bonferroni).
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.accuracy import Library, labelled_rows, read
from vidsort.insight.duplicates import near_duplicates
from vidsort.learning.fitting import TrainConfig, Trained, fit_classifier
from vidsort.learning.scores import wilson
from vidsort.pile.filing.promise import Answers, answers_of, promised

SETS = ("themes", "pacs")
AT = (60, 100, 150, 200)
RATES = (0.02, 0.05)
SEEDS = range(20)
FIRST, STEP = 20, 20
# What takes part in choosing the next twenty need not be the best there is.
QUICK = TrainConfig(heads=("lda",), folds=3, repeats=1)
LEVEL, CUTS = 0.90, 20
# At 100 labels in random order and 2 %: the share of the pile that is wanted.
WANTED = {"themes": 0.40, "pacs": 0.28}
HEAD = ("set", "order", "labels", "rate", "rule", "filed", "wrong", "kept (95 %)")
ROW = "{:<8}{:<9}{:>7}{:>6}  {:<12}{:>7}{:>7}  {}"


class Replay(NamedTuple):
    """The pile at one moment: confidences and whether each is right, and the answers that are known by then."""

    pile: np.ndarray
    right: np.ndarray
    labelled: Answers
    blind: Answers


def fitted(found: Library, rows: list[int], config: TrainConfig) -> tuple[Trained, np.ndarray]:
    """What is learned from these videos, and their groups."""
    alike = near_duplicates(found.parts["frames"].X[rows], found.signatures[rows])
    parts = {kind: part.at(np.array(rows)) for kind, part in found.parts.items()}
    return fit_classifier(parts, found.y[rows], alike, config), alike


def asked(found: Library, trained: Trained, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The confidences of these videos, and whether the first guess is right."""
    shares = trained.predict_proba({kind: part.at(rows) for kind, part in found.parts.items()})
    return shares.max(axis=1), np.array(trained.folders)[shares.argmax(axis=1)] == found.y[rows]


def replays(found: Library, order: str, seed: int) -> Iterator[tuple[int, Replay]]:
    """The moments of one reviewer's sorting."""
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(len(found.y)).tolist()
    sorted_, blind = drawn[:FIRST], []
    for count in (count for count in AT if count < 0.75 * len(found.y)):
        if order == "random":
            sorted_ = drawn[:count]
        while len(sorted_) < count:
            trained, _ = fitted(found, sorted_, QUICK)
            rest = np.setdiff1d(np.arange(len(found.y)), sorted_)
            confidence, right = asked(found, trained, rest)
            card = int(rng.integers(len(rest)))
            blind.append((confidence[card], right[card]))
            surest = [row for row in np.argsort(-confidence) if row != card][: min(STEP, count - len(sorted_)) - 1]
            sorted_ = [*sorted_, int(rest[card]), *rest[surest].tolist()]
        trained, alike = fitted(found, sorted_, TrainConfig())
        best, scored = trained.probabilities.max(axis=1)[trained.scored], trained.scored
        said = np.array(trained.folders)[trained.probabilities.argmax(axis=1)]
        cards = np.array(blind).reshape(-1, 2)
        yield count, Replay(
            *asked(found, trained, np.setdiff1d(np.arange(len(found.y)), sorted_)),
            answers_of(best, (said == found.y[sorted_])[scored], alike[scored]),
            answers_of(cards[:, 0], cards[:, 1].astype(bool), np.arange(len(cards))),
        )


def ours(replay: Replay, rate: float) -> int:
    """How many are filed by what is promised."""
    return promised(replay.pile, replay.labelled, replay.blind, rate).count


def half(replay: Replay, rate: float) -> int:
    """The most of which the mean chance of error is half of what is promised."""
    errors = np.sort(1 - replay.pile)
    good = np.flatnonzero(np.cumsum(errors) / np.arange(1, len(errors) + 1) <= rate / 2)
    return int(good[-1]) + 1 if len(good) else 0


def exact(replay: Replay, rate: float) -> int:
    """Cuts from the strictest down, each by an exact bound, until one is not passed."""
    return _tested(replay, rate, LEVEL, CUTS, in_sequence=True)


def corrected(replay: Replay, rate: float) -> int:
    """The same of ten cuts, with a bound that holds for all of them at once."""
    return _tested(replay, rate, 1 - (1 - LEVEL) / 10, 10, in_sequence=False)


def _tested(replay: Replay, rate: float, level: float, cuts: int, *, in_sequence: bool) -> int:
    from scipy.stats import beta

    pile, best = np.sort(replay.pile)[::-1], 0
    for count in np.linspace(0, len(pile), cuts + 1)[1:].round().astype(int).tolist():
        above = replay.labelled.confidence >= pile[count - 1]
        of, wrong = int(above.sum()), int((~replay.labelled.right[above]).sum())
        if wrong < of and beta.ppf(level, wrong + 1, of - wrong) <= rate:
            best = count
        elif in_sequence and of >= np.log(1 - level) / np.log(1 - rate):
            break  # so many without a wrong one would have passed
    return best


RULES: dict[str, Callable[[Replay, float], int]] = {
    "promised": ours, "half": half, "exact": exact, "bonferroni": corrected,
}


def main() -> None:
    """Print the table."""
    rows = labelled_rows()
    print(ROW.format(*HEAD))
    with tempfile.TemporaryDirectory() as scratch:
        for name in SETS:
            found = read([row for row in rows if row["set"] == name], Path(scratch))
            for order in ("random", "surest"):
                moments: dict[int, list[Replay]] = {}
                for seed in SEEDS:
                    for count, replay in replays(found, order, seed):
                        moments.setdefault(count, []).append(replay)
                for count, each in moments.items():
                    for rate in RATES:
                        for rule, file in RULES.items():
                            _print(name, order, count, rate, rule, each, file)


def _print(
    name: str, order: str, count: int, rate: float, rule: str, moments: list[Replay],
    file: Callable[[Replay, float], int],
) -> None:
    filed, wrong, kept = [], [], []
    for replay in moments:
        number = file(replay, rate)
        surest = np.argsort(-replay.pile, kind="stable")[:number]
        filed.append(number / len(replay.pile))
        wrong.append(float((~replay.right[surest]).sum()))
        kept.append(wrong[-1] <= rate * number + 1e-9)
        wrong[-1] /= max(number, 1)
    low, high = wilson(sum(kept), len(kept))
    is_wanted = rule == "promised" and (count, rate, order) == (100, RATES[0], "random")
    print(ROW.format(
        name, order, count, f"{rate:.0%}", rule, f"{np.mean(filed):.2f}", f"{np.mean(wrong):.3f}",
        f"{np.mean(kept):.2f} ({low:.2f}-{high:.2f})" + (f"  wanted: {WANTED[name]:.2f} filed" if is_wanted else ""),
    ), flush=True)


if __name__ == "__main__":
    main()
