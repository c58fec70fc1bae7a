"""What a whole pile costs in presses: groups from nothing, filing by itself, the grid by guesses, then one by one.

Run as `python -m benchmarks.presses`. A reviewer who answers from the true labels files three quarters of a set (ten
seeds), from no folder on, as the page lets them; one by one a pile costs a press a video, and what typing the names of
folders takes, which is not counted here either. Proposed groups of five and more come first: what most of a group is,
where that is more than half, is filed by Enter or a folder's key, after what does not belong there was marked (a click,
or by keys the arrows that lead there and X); another group is passed over by a press. Then the grid by the guesses of
the live head, cut by the slider at 90 %, at 50 %, then whole. The first three wrong ones of each group are filed where
they belong: by the folder's key with the mouse over the tile (by keys the arrows that lead there, and that key), three
and more of one folder side by side by a rectangle and the key. Were there more, the grid is grouped anew by a press,
and the same again; else all groups are filed at once, the emptied grid shows by itself what is sure by now, and below
eight of these the slider goes on. Where filing the wrong ones takes more than half a press for each tile that is shown,
above all without a mouse, twenty of the least sure are sorted one by one in its place. A folder that is new there costs
two presses more, a blind card one. Filing by itself at 2 % is asked for before each cut, two presses, as long as it
files anything; what is wrong in it stays wrong in the folders. Means with 95 % intervals (t), and why not less:
docs/decisions/a-pile-in-presses.md.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

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
BLIND_SHARE, FEWEST_DRAWN = 0.05, 5
PARTS = ("groups from nothing", "the grid", "by itself", "one by one")
# Chosen on other draws (seeds from 100 on, other three quarters).
SMALLEST_GROUP, LEAST_SURE, FIRST_WRONG, WORTH_A_LOOK = 5, (0.9, 0.5, 0.0), 3, 8
MOST_OF_A_LOOK, CARDS = 0.5, 20


class Tile(NamedTuple):
    """One that is wrong: its place in the grid, rows of COLUMNS after one another, and where it belongs."""

    place: int
    folder: str


def runs_of(tiles: Sequence[Tile]) -> list[list[Tile]]:
    """Those that lie side by side in one row and belong together."""
    runs: list[list[Tile]] = []
    for tile in tiles:
        last = runs[-1][-1] if runs else None
        is_next = last is not None and tile == Tile(last.place + 1, last.folder)
        if is_next and tile.place % COLUMNS:
            runs[-1].append(tile)
        else:
            runs.append([tile])
    return runs


def marked_by_mouse(places: Sequence[int]) -> int:
    """Presses to mark the tiles at these places by a click each."""
    return len(places)


def marked_by_keys(places: Sequence[int]) -> int:
    """The same by arrows from tile to tile, and X."""
    return _way(places) + len(places)


def filed_by_mouse(tiles: Sequence[Tile]) -> int:
    """Presses to file these where they belong: the folder's key with the mouse over one, or after a rectangle."""
    return sum(min(len(run), 2) for run in runs_of(tiles))


def filed_by_keys(tiles: Sequence[Tile]) -> int:
    """The same by arrows from tile to tile, with Shift along a run, and the folder's key."""
    return _way([tile.place for tile in tiles]) + len(runs_of(tiles))


def _way(places: Sequence[int]) -> int:
    at, presses = 0, 0
    for place in places:
        presses += abs(place // COLUMNS - at // COLUMNS) + abs(place % COLUMNS - at % COLUMNS)
        at = place
    return presses


class Way(NamedTuple):
    """How a reviewer works, and what it costs to mark tiles and to file tiles elsewhere."""

    name: str
    marking: Callable[[Sequence[int]], int]
    filing: Callable[[Sequence[Tile]], int]


WAYS = (Way("mouse and keys", marked_by_mouse, filed_by_mouse), Way("keys alone", marked_by_keys, filed_by_keys))


class Reviewer:
    """Sorts one pile; counts presses, and what is in a wrong folder at the end."""

    def __init__(self, found: Library, way: Way, seed: int) -> None:
        self._found, self._way = found, way
        self._head = LiveHead(found.parts, None)
        self._labels: dict[int, str] = {}
        self._lots = np.random.default_rng(seed).random(len(found.y))
        self._held: list[int] = []
        self.presses = 0
        self.filed = dict.fromkeys(PARTS, 0)
        self.spent = dict.fromkeys(PARTS, 0)
        self.wrong = 0
        self._is_worth_asking = True

    @property
    def left(self) -> list[int]:
        """The rows that are not filed."""
        return [row for row in range(len(self._found.y)) if row not in self._labels]

    def sort_all(self) -> None:
        """From no folder to an empty pile."""
        self._file_proposals()
        self._press("the grid", 1)
        for least in LEAST_SURE:
            self._file_by_itself()
            self._press("the grid", 1)
            while self._file_by_guesses(least):
                pass
        for row in self.left:
            self._file("one by one", [row], str(self._found.y[row]), 1)

    def _press(self, where: str, presses: int) -> None:
        self.presses += presses
        self.spent[where] += presses

    def _file(self, where: str, rows: Sequence[int], folder: str, presses: int) -> None:
        is_new = where in ("the grid", "one by one") and folder not in self._labels.values()
        self._press(where, presses + (NEW_FOLDER if is_new else 0))
        self.filed[where] += len(rows)
        said = dict.fromkeys(map(int, rows), folder)
        self._labels |= said
        self._head.learn(said, sorted(set(self._labels.values())))

    def _file_proposals(self) -> None:
        layer = {name: self._found.parts[name] for name in layers(self._found.parts)[0]}
        for group in groups_of(Space.of(layer).rows(layer)):
            if len(group) < SMALLEST_GROUP:
                return
            folder, count = Counter(self._found.y[group].tolist()).most_common(1)[0]
            if 2 * count <= len(group):
                self._press("groups from nothing", 1)
                continue
            wrong = [place for place, row in enumerate(group) if self._found.y[row] != folder]
            rest = [int(row) for row in group if self._found.y[row] == folder]
            self._file("groups from nothing", rest, str(folder), self._way.marking(wrong) + 1)

    def _file_by_guesses(self, least: float) -> bool:
        """One look at the guesses that are as sure; whether there is to be another."""
        folders, pile, shares = self._head.shares()
        is_shown = (shares.max(axis=1) >= least) & ~self._are_blind(pile)
        if not is_shown.any():
            return False
        pile, shares = pile[is_shown], shares[is_shown]
        best = shares.argmax(axis=1)
        order = np.lexsort((-shares.max(axis=1), best))
        pile, best = pile[order], best[order]
        places, top, are_wrong = np.empty(len(pile), int), 0, np.array(folders)[best] != self._found.y[pile]
        for column in np.unique(best):
            group = np.flatnonzero(best == column)
            places[group] = top + np.arange(len(group))
            top += -(-len(group) // COLUMNS) * COLUMNS
            are_wrong[group[np.cumsum(are_wrong[group]) > FIRST_WRONG]] = False
        wrong = np.flatnonzero(are_wrong)
        tiles = [Tile(int(places[at]), str(self._found.y[pile[at]])) for at in wrong]
        if self._way.filing(tiles) > MOST_OF_A_LOOK * len(pile):
            self._sort_cards()
            return True
        self._press("the grid", self._way.filing(tiles))
        for at, tile in zip(wrong, tiles, strict=True):
            self._file("the grid", [int(pile[at])], tile.folder, 0)
        self._press("the grid", 1)
        right = np.flatnonzero(np.array(folders)[best] == self._found.y[pile])
        if len(right) + len(wrong) < len(pile):
            return True  # regrouped
        for column in np.unique(best[right]):
            self._file("the grid", pile[right[best[right] == column]].tolist(), folders[column], 0)
        return len(pile) >= WORTH_A_LOOK

    def _sort_cards(self) -> None:
        """Out of the grid, some of the least sure one by one, and back."""
        _, pile, shares = self._head.shares()
        self._press("one by one", 2)
        for row in pile[np.argsort(shares.max(axis=1))[:CARDS]].tolist():
            self._file("one by one", [row], str(self._found.y[row]), 1)

    def _are_blind(self, pile: np.ndarray) -> np.ndarray:
        """Which of these are shown without their guess."""
        is_held = np.isin(pile, self._held)
        return is_held | (self._lots[pile] < BLIND_SHARE) if BLIND_SHARE * len(pile) >= FEWEST_DRAWN else is_held

    def _file_by_itself(self) -> None:
        """What a retrain in the background lets be promised."""
        rows = sorted(self._labels)
        if not self._is_worth_asking or len(set(self._labels.values())) < 2 or not self.left:
            return
        self._press("by itself", ASKING)
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
        surest = np.argsort(-confidence)[:count]
        filed = [int(place) for at, place in enumerate(surest) if at % BLIND_EVERY]
        self._held += pile[surest[::BLIND_EVERY]].tolist()
        self._is_worth_asking = bool(filed)
        if not filed:
            return
        shares = trained.predict_proba(part_of(self._found, pile[filed]))
        guesses = np.array(trained.folders)[shares.argmax(axis=1)]
        for folder in np.unique(guesses):
            self._file("by itself", pile[filed][guesses == folder].tolist(), str(folder), 0)
        self.wrong += int((~right[filed]).sum())


def measure(name: str, found: Library) -> None:
    """The rows of one set."""
    for way in WAYS:
        reviewers, counts = [], []
        for seed in SEEDS:
            rows = np.random.default_rng(seed).permutation(len(found.y))[: len(found.y) * 3 // 4]
            some = Library(part_of(found, rows), found.signatures[rows], found.y[rows], found.groups[rows])
            reviewers.append(Reviewer(some, way, seed))
            reviewers[-1].sort_all()
            counts.append(len(rows))
        presses = [one.presses / count for one, count in zip(reviewers, counts, strict=True)]
        wrong = [one.wrong / count for one, count in zip(reviewers, counts, strict=True)]
        print(ROW.format(name, f"presses a video, {way.name}", told(presses), f"wanted {WANTED}"), flush=True)
        print(ROW.format("", "wrong in the folders at the end", told(wrong, "{:.3f}".format), ""), flush=True)
        for label in ("filed", "spent"):
            parts = {part: sum(getattr(one, label)[part] for one in reviewers) / sum(counts) for part in PARTS}
            told_parts = ", ".join(f"{part} {share:.2f}" for part, share in parts.items())
            print(ROW.format("", {"filed": "filed", "spent": "presses spent"}[label], "", told_parts), flush=True)


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
