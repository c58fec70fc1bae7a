"""Where videos lie, and what has changed of it: what a learner is told, and which row of its features that is."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..library import Snapshot, is_learned
from ..library.names import differing

# A folder, empty for the pile, and a filename.
Place = tuple[str, str]
PILE = ""
# What a learner exits with that has found nothing to learn from.
NOTHING_TO_LEARN = 3


@dataclass(frozen=True)
class Change:
    """What left its place and what came to one, the folders that there are now (sorted), and whether labels changed."""

    left: Sequence[Place]
    came: Sequence[Place]
    folders: Sequence[str]
    is_of_labels: bool


def learned_of(snapshot: Snapshot, not_learned: Collection[str]) -> Snapshot:
    """What is learned from and the pile: as if the other folders were not there; the same object where all are."""
    folders = {name: inside for name, inside in snapshot.folders.items() if is_learned(name, not_learned)}
    return snapshot if len(folders) == len(snapshot.folders) else Snapshot(snapshot.unsorted, folders)


def places(snapshot: Snapshot) -> dict[str, Sequence[str]]:
    """All filenames by folder, those of the pile under PILE."""
    return {PILE: snapshot.unsorted, **snapshot.folders}


def sampled(all_places: Mapping[str, Sequence[str]], most: int) -> dict[str, list[str]]:
    """About so many of these places at most, evenly over each folder: those of folders first, at least one of each.

    What is sorted has up to half of them, the pile the rest.
    """
    sorted_count = sum(len(names) for folder, names in all_places.items() if folder != PILE)
    wanted = min(sorted_count, max(most // 2, most - len(all_places[PILE])))
    found = {
        folder: _every(names, wanted, sorted_count) for folder, names in all_places.items() if folder != PILE
    }
    pile = all_places[PILE]
    left = max(0, most - sum(map(len, found.values())))
    return {PILE: _every(pile, left, len(pile)) if left else []} | found


def _every(names: Sequence[str], wanted: int, count: int) -> list[str]:
    """Names evenly spread, so that of `count` in all about as many are taken as are wanted."""
    return [*itertools.islice(names, 0, None, max(1, -(-count // max(1, wanted))))]


def change_between(before: Snapshot, after: Snapshot) -> Change | None:
    """What is another in `after`, None for nothing; costs little where little is.

    A video more or fewer in the pile that was in no folder is no change of labels.
    """
    if before is after:
        return None
    then, now = places(before), places(after)
    left, came = list[Place](), list[Place]()
    for folder in {**then, **now}:
        gone, new = differing(then.get(folder, ()), now.get(folder, ()))
        left += [(folder, name) for name in sorted(gone)]
        came += [(folder, name) for name in sorted(new)]
    is_of_folders = before.folders.keys() != after.folders.keys()
    if not (left or came or is_of_folders):
        return None
    is_of_labels = is_of_folders or any(folder != PILE for folder, _ in (*left, *came))
    return Change(left, came, sorted(after.folders), is_of_labels)


class Rows:
    """At which place the video of each row is; what has left comes back to its row wherever it appears by its name."""

    def __init__(self, at: Iterable[Place]) -> None:
        """`at`: the place of each row."""
        self._row_at = {place: row for row, place in enumerate(at)}
        self._away: dict[str, list[int]] = {}

    def follow(self, left: Iterable[Place], came: Iterable[Place]) -> tuple[dict[int, str | None], list[Place]]:
        """The rows that are elsewhere now, each with its folder (None: the pile, or gone); and what has no row."""
        moved: dict[int, str | None] = {}
        unknown: list[Place] = []
        for place in left:
            row = self._row_at.pop(place, None)
            if row is not None:
                self._away.setdefault(place[1], []).append(row)
                moved[row] = None
        for place in came:
            waiting = self._away.get(place[1])
            if not waiting:
                unknown.append(place)
                continue
            row = waiting.pop()
            if not waiting:
                del self._away[place[1]]
            self._row_at[place] = row
            moved[row] = place[0] or None
        return moved, unknown

    def folder_of(self) -> dict[int, str | None]:
        """The folder of every row."""
        return {row: folder or None for (folder, _), row in self._row_at.items()}

    def names(self) -> list[str]:
        """The filename of each row, as guesses are known by; empty where another video of the name is in the pile."""
        found = {row: name for (_, name), row in self._row_at.items()}
        for (folder, name), row in self._row_at.items():
            if folder != PILE and (PILE, name) in self._row_at:
                found[row] = ""
        return [found[row] for row in range(len(found))]


class Elsewhere:
    """How many rows are in another folder than where a model learned them; those that it did not learn were in none."""

    def __init__(self, learned: Sequence[str | None], now: Mapping[int, str | None]) -> None:
        """learned: by row the folder, None for a video that the model did not learn; now: by row the folder."""
        self._learned = learned
        self._rows: set[int] = set()
        self.follow(now)

    def follow(self, moved: Mapping[int, str | None]) -> None:
        """Take in where these rows are now."""
        for row, folder in moved.items():
            if folder == self._learned[row]:
                self._rows.discard(row)
            else:
                self._rows.add(row)

    def __len__(self) -> int:
        return len(self._rows)
