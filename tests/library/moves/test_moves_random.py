"""Whatever is done in whatever order, undoing all of it leaves the identical library."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from places import make_places, tree

from vidsort.errors import VidsortError
from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

NEW_NAMES = ["golf", "cooking", "Soccer", "FOOD", "café", "cafe\u0301", "con", "a/b", "misc", "Tennis"]
ACTIONS = ["sort", "sort", "sort", "batch", "undo", "undo", "undo_one", "redo", "create", "rename", "merge"]


def make_library(root: Path) -> Path:
    """Thirty more unsorted videos than `make_places` has, an empty folder and one with a stranger in it."""
    make_places(root)
    for number in range(30):
        (root / f"2{number:02}.mp4").write_text(f"unsorted {number}")
    (root / "empty").mkdir()
    (root / "food" / "notes.txt").write_text("mine")
    return root


def attempt(change: Callable[[], object]) -> bool:
    """Whether the change was possible; what was refused must have changed nothing."""
    try:
        change()
    except VidsortError:
        return False
    return True


def act(mover: Mover, data_dir: Path, choice: random.Random) -> None:
    """Something that a person may do, sensible or not."""
    now = scan(data_dir)
    folders, unsorted = [*now.folders, "nosuch"], [*now.unsorted, "3.mp4", "x"]
    action = choice.choice(ACTIONS)
    before = tree(data_dir)
    possible = attempt({
        "sort": lambda: mover.sort(choice.choice(unsorted), choice.choice(folders)),
        "batch": lambda: mover.sort_batch([(name, choice.choice(folders)) for name in choice.choices(unsorted, k=4)]),
        "undo": lambda: mover.undo(),
        "undo_one": lambda: mover.undo(choice.choice([*(move.id for move in mover.history(10)), -1])),
        "redo": lambda: mover.redo(),
        "create": lambda: mover.create_folder(choice.choice(NEW_NAMES)),
        "rename": lambda: mover.rename_folder(choice.choice(folders), choice.choice(NEW_NAMES)),
        "merge": lambda: mover.merge_folder(choice.choice(folders), choice.choice(folders)),
    }[action])
    assert possible or tree(data_dir) == before, f"{action} was refused and yet changed something"


def undo_all(mover: Mover) -> None:
    while attempt(mover.undo):
        pass


@pytest.mark.parametrize("seed", range(3))
def test_undo_of_300_random_steps_leaves_the_identical_tree(seed, tmp_path):
    data_dir = make_library(tmp_path / "videos")
    before = tree(data_dir)
    choice = random.Random(seed)
    database = open_database(tmp_path / "artifacts")
    live = LiveLibrary(data_dir)
    mover = Mover(data_dir, database, live)
    for _ in range(300):
        act(mover, data_dir, choice)
    assert sorted(filter(None, tree(data_dir).values())) == sorted(filter(None, before.values()))
    assert live.snapshot() == scan(data_dir)
    undo_all(mover)
    database.close()
    assert tree(data_dir) == before
