"""What a whole pile costs in presses: groups from nothing, the grid by guesses, filing by itself, then one by one.

Run as `python -m benchmarks.presses`. A reviewer who answers from the true labels files three quarters of a set (ten
seeds), from no folder on, as the page lets them; one by one a pile costs a press a video, and what typing the names of
folders takes, which is not counted here either. Proposed groups come first: what most of a group is, where that is more
than half, is filed by Enter or a folder's key, after what does not belong there was marked (a click, or by keys the
arrows that lead there and X); another group is passed over by a press. Then the grid by the guesses of the live head:
grouped anew and cut at a confidence of 95 % (two presses), what is wrong marked, the rest of all groups filed at once;
again as long as that files more than it costs. What is left comes one by one; a new folder there costs two presses
more. Filing by itself at 2 % is asked for before the first grouping, two presses, and again as long as it files
anything; what is wrong in it stays wrong in the folders. Means with 95 % intervals (t). The ways that were given up, on
other draws: few groups and more of the grid .58-.77, a cut at 50 to 85 % .41-.97, a press for each group .51.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.accuracy import Library, labelled_rows, read
from benchmarks.promise import asked, fitted
from benchmarks.replay import ROW, part_of, told
from vidsort.insight.proposing.closeness import Space, layers
from vidsort.insight.proposing.clusters import groups_of
from vidsort.learning.fitting import TrainConfig
from vidsort.learning.live.head import LiveHead
from vidsort.pile.filing.promise import answers_of, promised

SETS = ("themes", "pacs")
SEEDS = range(10)
WANTED, RATE, BLIND_EVERY = 0.35, 0.02, 20
COLUMNS = 8
NEW_FOLDER, ASKING = 2, 2
SURE = 0.95


def by_clicks(places: Sequence[int]) -> int:
    """Presses to mark the tiles at these places by a click each."""
    return len(places)


def by_keys(places: Sequence[int]) -> int:
    """The same by arrows from tile to tile, and X."""
    at, presses = 0, 0
    for place in places:
        down, along = place // COLUMNS - at // COLUMNS, place % COLUMNS - at % COLUMNS
        presses += abs(down) + abs(along) + 1
        at = place
    return presses


class Reviewer:
    """Sorts one pile; counts presses, and what is in a wrong folder at the end."""

    def __init__(self, found: Library, marking: Callable[[Sequence[int]], int]) -> None:
        self._found, self._marking = found, marking
        self._head = LiveHead(found.parts, None)
        self._labels: dict[int, str] = {}
        self.presses = 0
        self.shares = {"groups from nothing": 0, "the grid": 0, "by itself": 0, "one by one": 0}
        self.wrong = 0
        self._is_worth_asking = True

    @property
    def left(self) -> list[int]:
        """The rows that are not filed."""
        return [row for row in range(len(self._found.y)) if row not in self._labels]

    def sort_all(self) -> None:
        """From no folder to an empty pile."""
        self._file_proposals()
        while self.left and self._file_by_guesses():
            pass
        for row in self.left:
            folder = str(self._found.y[row])
            self._file("one by one", [row], folder, 1 if folder in self._labels.values() else 1 + NEW_FOLDER)

    def _file(self, where: str, rows: Sequence[int], folder: str, presses: int) -> None:
        self.presses += presses
        self.shares[where] += len(rows)
        said = dict.fromkeys(map(int, rows), folder)
        self._labels |= said
        self._head.learn(said, sorted(set(self._labels.values())))

    def _file_proposals(self) -> None:
        layer = {name: self._found.parts[name] for name in layers(self._found.parts)[0]}
        for group in groups_of(Space.of(layer).rows(layer)):
            folder, count = Counter(self._found.y[group].tolist()).most_common(1)[0]
            if 2 * count <= len(group):
                self.presses += 1
                continue
            wrong = [place for place, row in enumerate(group) if self._found.y[row] != folder]
            rest = [int(row) for row in group if self._found.y[row] == folder]
            self._file("groups from nothing", rest, str(folder), self._marking(wrong) + 1)

    def _file_by_guesses(self) -> bool:
        """One grouping of the pile by guesses; whether it filed more than it cost."""
        self._file_by_itself()
        before, filed_before = self.presses, len(self._labels)
        self.presses += 2
        folders, pile, shares = self._head.shares()
        if len(folders) < 2 or not len(pile):
            return False
        best, sure = shares.argmax(axis=1), shares.max(axis=1)
        order = np.lexsort((-sure, np.array(folders)[best]))
        shown = order[sure[order] >= SURE]
        wrong = np.flatnonzero(np.array(folders)[best[shown]] != self._found.y[pile[shown]])
        right = np.delete(shown, wrong)
        self.presses += self._marking(wrong.tolist()) + 1
        for column in np.unique(best[right]):
            self._file("the grid", pile[right[best[right] == column]].tolist(), folders[column], 0)
        return len(self._labels) - filed_before > self.presses - before

    def _file_by_itself(self) -> None:
        """What a retrain in the background lets be promised."""
        rows = sorted(self._labels)
        if not self._is_worth_asking or len(set(self._labels.values())) < 2 or not self.left:
            return
        self.presses += ASKING
        known = self._found._replace(y=np.array([self._labels.get(row, self._found.y[row]) for row in
                                                 range(len(self._found.y))]))
        trained, alike = fitted(known, rows, TrainConfig())
        said, scored = np.array(trained.folders)[trained.probabilities.argmax(axis=1)], trained.scored
        answers = answers_of(
            trained.probabilities.max(axis=1)[scored], (said == known.y[rows])[scored], alike[scored]
        )
        pile = np.array(self.left)
        confidence, right = asked(self._found, trained, pile)
        nobody = answers_of(np.zeros(0), np.zeros(0, bool), np.zeros(0, int))
        count = promised(confidence, answers, nobody, RATE).count
        surest = [place for at, place in enumerate(np.argsort(-confidence)[:count]) if at % BLIND_EVERY]
        self._is_worth_asking = bool(surest)
        if not surest:
            return
        shares = trained.predict_proba(part_of(self._found, pile[surest]))
        guesses = np.array(trained.folders)[shares.argmax(axis=1)]
        for folder in np.unique(guesses):
            self._file("by itself", pile[surest][guesses == folder].tolist(), str(folder), 0)
        self.wrong += int((~right[surest]).sum())


def measure(name: str, found: Library) -> None:
    """The rows of one set."""
    for how, marking in (("clicks", by_clicks), ("keys alone", by_keys)):
        presses, wrong, shares = [], [], []
        for seed in SEEDS:
            rows = np.random.default_rng(seed).permutation(len(found.y))[: len(found.y) * 3 // 4]
            some = Library(part_of(found, rows), found.signatures[rows], found.y[rows], found.groups[rows])
            reviewer = Reviewer(some, marking)
            reviewer.sort_all()
            presses.append(reviewer.presses / len(rows))
            wrong.append(reviewer.wrong / len(rows))
            shares.append([count / len(rows) for count in reviewer.shares.values()])
        print(ROW.format(name, f"presses a video, marked by {how}", told(presses), f"wanted {WANTED}"), flush=True)
        print(ROW.format("", "wrong in the folders at the end", told(wrong, "{:.3f}".format), ""), flush=True)
        parts = zip(reviewer.shares, np.mean(shares, axis=0), strict=True)
        print(ROW.format("", "filed", "", ", ".join(f"{part} {share:.2f}" for part, share in parts)), flush=True)


def main() -> None:
    """Print the table."""
    import sklearn.linear_model  # noqa: F401  (what is loaded later would not be limited)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), tempfile.TemporaryDirectory() as scratch:
        rows = labelled_rows()
        for name in SETS:
            measure(name, read([row for row in rows if row["set"] == name], Path(scratch)))


if __name__ == "__main__":
    main()
