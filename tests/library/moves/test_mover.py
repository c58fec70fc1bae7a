"""Sort, undo and folder tools: one winner, nothing overwritten, every change taken back exactly."""

import os
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from places import add_sidecars, apart, before_each, data_dir, database, make_places, mover, tree

from vidsort.errors import ArtifactError, ConflictError, InvalidNameError, NotFoundError, VidsortError
from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.mover import Mover
from vidsort.library.moves.plans import Wish
from vidsort.store import open_database
from vidsort.store.journal import Activity

__all__ = ["data_dir", "database", "mover"]
NEW_NAMES = ["golf", "cooking", "Soccer", "FOOD", "café", "cafe\u0301", "con", "a/b", "misc", "Tennis"]
ACTIONS = [
    "sort", "sort", "sort", "batch", "making_batch", "move", "move_batch", "undo", "undo", "undo_one", "redo", "create",
    "rename", "merge", "remove", "remove",
]


def test_a_sort_moves_the_file_and_is_in_the_history(mover, data_dir):
    before = (data_dir / "10.mp4").stat()
    move = mover.sort("10.mp4", "soccer")
    after = (data_dir / "soccer" / "10.mp4").stat()
    assert (move.kind, move.source, move.target, move.state) == ("sort", "10.mp4", "soccer/10.mp4", "done")
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (before.st_ino, before.st_mtime_ns, before.st_mode)
    assert not (data_dir / "10.mp4").exists()
    assert mover.history(10) == [move]


def test_a_missing_library_is_a_sentence(tmp_path, database):
    with pytest.raises(NotFoundError, match="--data-dir"):
        Mover(tmp_path / "nowhere", database).sort("1.mp4", "soccer")


def test_many_requests_for_one_video_move_it_once(mover, data_dir):
    folders = ["food", "soccer", "tennis"] * 4

    def attempt(folder):
        try:
            return mover.sort("10.mp4", folder)
        except NotFoundError:
            return None

    with ThreadPoolExecutor(len(folders)) as threads:
        winners = [move for move in threads.map(attempt, folders) if move is not None]
    assert len(winners) == 1
    assert list(data_dir.rglob("10.mp4")) == [data_dir / winners[0].target]


def test_a_batch_tells_of_each_and_is_undone_at_once(mover, data_dir):
    before = tree(data_dir)
    (data_dir / "food" / "11.mp4").write_text("other")
    outcomes = mover.sort_batch(
        [("10.mp4", "soccer"), ("11.mp4", "food"), ("12.mp4", "nosuch"), ("10.mp4", "food"), ("13.mp4", "tennis"),
         ("x", "food")]
    )
    errors = [type(outcome.error) if outcome.error else None for outcome in outcomes]
    assert errors == [None, ConflictError, InvalidNameError, NotFoundError, None, InvalidNameError]
    assert [outcome.move.target if outcome.move else None for outcome in outcomes] == [
        "soccer/10.mp4", None, None, None, "tennis/13.mp4", None,
    ]
    assert len({outcome.move.batch for outcome in outcomes if outcome.move}) == 1
    assert {move.state for move in mover.undo()} == {"undone"}
    (data_dir / "food" / "11.mp4").unlink()
    assert tree(data_dir) == before


def test_a_sorted_video_is_moved_to_another_folder_or_back_with_what_lies_beside_it(mover, data_dir):
    before = tree(data_dir)
    mover.sort("10.mp4", "soccer")
    (data_dir / "soccer" / "10.info.json").write_text("{}")
    move = mover.move("10.mp4", "soccer", "food")
    assert (move.kind, move.source, move.target) == ("move", "soccer/10.mp4", "food/10.mp4")
    assert (data_dir / "food" / "10.info.json").read_text() == "{}"
    assert mover.move("10.mp4", "food", None).target == "10.mp4"
    assert (data_dir / "10.mp4").exists()
    assert (data_dir / "10.info.json").exists()
    for _ in range(3):
        mover.undo()
    (data_dir / "10.info.json").unlink(missing_ok=True)
    assert tree(data_dir) == before


@pytest.mark.parametrize(("wish", "error", "said"), [
    (Wish("10.mp4", "soccer", "soccer"), InvalidNameError, "in soccer: choose another folder"),
    (Wish("11.mp4", None, None), InvalidNameError, "among the unsorted videos: choose another folder"),
    (Wish("10.mp4", "nosuch", "food"), InvalidNameError, "nosuch"),
    (Wish("10.mp4", "soccer", "nosuch"), InvalidNameError, "nosuch"),
    (Wish("../10.mp4", "soccer", "food"), InvalidNameError, "10.mp4"),
    (Wish("10.mp4", "food", "soccer"), NotFoundError, "is not in food"),
    (Wish("10.mp4", None, "food"), NotFoundError, "not among the unsorted videos"),
    (Wish("12.mp4", "soccer", "food"), ConflictError, "There is a 12.mp4 in food already"),
    (Wish("13.mp4", "soccer", None), ConflictError, "There is a 13.mp4 among the unsorted videos already"),
])
def test_a_move_that_cannot_be_says_why_and_changes_nothing(mover, data_dir, wish, error, said):
    for name in ("10.mp4", "12.mp4"):
        mover.sort(name, "soccer")
    (data_dir / "food" / "12.mp4").write_text("another")
    (data_dir / "soccer" / "13.mp4").write_text("another")
    before = tree(data_dir)
    with pytest.raises(error, match=said):
        mover.move(*wish)
    assert tree(data_dir) == before


def test_of_two_videos_of_one_name_that_shall_go_to_one_folder_the_first_goes(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    (data_dir / "food" / "10.mp4").write_text("another")
    outcomes = mover.move_batch([Wish("10.mp4", "soccer", "tennis"), Wish("10.mp4", "food", "tennis"),
                                 Wish("10.mp4", "soccer", None), Wish("11.mp4", None, "food")])
    assert [type(outcome.error) if outcome.error else None for outcome in outcomes] == [
        None, ConflictError, NotFoundError, None,
    ]
    assert {move.state for move in mover.undo()} == {"undone"}
    assert (data_dir / "soccer" / "10.mp4").exists()


def test_an_empty_batch_is_nothing(mover):
    assert mover.sort_batch([]) == []
    assert mover.history(10) == []


def test_undo_and_redo_go_back_and_forth_step_by_step(mover, data_dir):
    steps = [tree(data_dir)]
    for change in (
        lambda: mover.sort("10.mp4", "soccer"), lambda: mover.sort_batch([("11.mp4", "food"), ("12.mp4", "food")]),
        lambda: mover.create_folder("golf"), lambda: mover.rename_folder("food", "cooking"),
        lambda: mover.merge_folder("soccer", "golf"), lambda: mover.sort("13.mp4", "golf"),
    ):
        change()
        steps.append(tree(data_dir))
    for _ in range(2):
        for expected in reversed(steps[:-1]):
            mover.undo()
            assert tree(data_dir) == expected
        with pytest.raises(ConflictError, match="nothing to undo"):
            mover.undo()
        for expected in steps[1:]:
            mover.redo()
            assert tree(data_dir) == expected
        with pytest.raises(ConflictError, match="nothing to do again"):
            mover.redo()


def test_something_new_ends_what_redo_offers(mover):
    mover.sort("10.mp4", "soccer")
    mover.undo()
    mover.sort("11.mp4", "soccer")
    with pytest.raises(ConflictError, match="nothing to do again"):
        mover.redo()


def test_a_refused_wish_does_not_end_what_redo_offers(mover):
    mover.sort("10.mp4", "soccer")
    mover.undo()
    with pytest.raises(NotFoundError):
        mover.sort("99.mp4", "soccer")
    assert mover.redo()[0].target == "soccer/10.mp4"


def test_undo_goes_on_after_a_restart(mover, data_dir, database, tmp_path):
    before = tree(data_dir)
    mover.sort("10.mp4", "soccer")
    mover.rename_folder("soccer", "football")
    database.close()
    again = open_database(tmp_path / "artifacts")
    for _ in range(2):
        Mover(data_dir, again).undo()
    again.close()
    assert tree(data_dir) == before


def test_each_library_has_its_own_history(mover, data_dir, database, tmp_path):
    other = Path(shutil.copytree(data_dir, tmp_path / "other"))
    mover.sort("10.mp4", "soccer")
    with pytest.raises(ConflictError):
        Mover(other, database).undo()
    with pytest.raises(NotFoundError):
        Mover(other, database).undo(mover.history(1)[0].id)


def test_actions_are_told_as_one_with_how_many_moves_stand_alike(mover):
    batch = [outcome.move for outcome in mover.sort_batch([(f"1{n}.mp4", "food") for n in range(3)])]
    mover.sort("13.mp4", "soccer")
    mover.undo(batch[1].id)
    told = [(action.move.source, action.move.state, action.count) for action in mover.actions()]
    assert told == [("13.mp4", "done", 1), ("11.mp4", "undone", 1), ("10.mp4", "done", 2)]
    assert len(mover.actions(1)) == 1
    before = mover.actions()
    merged = mover.merge_folder("food", "soccer")
    assert mover.actions()[0].count == len(merged)
    assert mover.actions()[0].move.kind == "merge"
    mover.undo(batch=merged[0].batch)
    assert [action for action in mover.actions() if action.move.kind == "sort"] == before


def test_the_journal_tells_which_folder_took_the_place_of_another(mover, data_dir, database):
    activity = Activity(database, os.path.realpath(data_dir))
    assert activity.heirs({"food", "soccer"}) == {}
    mover.rename_folder("food", "meals")
    mover.rename_folder("meals", "dishes")
    assert activity.heirs({"dishes", "soccer"}) == {"food": "dishes", "meals": "dishes"}
    mover.merge_folder("dishes", "soccer")
    assert activity.heirs({"soccer"}) == {"food": "soccer", "meals": "soccer", "dishes": "soccer"}
    # A name that was given again means the folder that has it now.
    mover.create_folder("food")
    assert activity.heirs({"soccer", "food"}) == {"meals": "soccer", "dishes": "soccer"}
    for _ in range(3):
        mover.undo()
    assert activity.heirs({"meals", "soccer"}) == {"food": "meals", "dishes": "meals"}
    mover.undo()
    assert activity.heirs({"food", "soccer"}) == {"meals": "food", "dishes": "food"}
    mover.redo()
    assert activity.heirs({"meals", "soccer"}) == {"food": "meals", "dishes": "meals"}


def test_undo_waits_while_its_place_is_taken(mover, data_dir):
    before = tree(data_dir)
    move = mover.sort("10.mp4", "soccer")
    (data_dir / "10.mp4").write_text("somebody's")
    for move_id in (None, move.id):
        with pytest.raises(ConflictError, match=r"10\.mp4"):
            mover.undo(move_id)
    assert (data_dir / "10.mp4").read_text() == "somebody's"
    (data_dir / "10.mp4").unlink()
    mover.undo()
    assert tree(data_dir) == before


def test_undo_goes_on_to_the_one_before_when_a_file_has_gone(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    gone = mover.sort("11.mp4", "soccer")
    (data_dir / "soccer" / "11.mp4").unlink()
    with pytest.raises(ConflictError, match=r"11\.mp4 is no longer in soccer"):
        mover.undo()
    assert [move.source for move in mover.undo()] == ["10.mp4"]
    (data_dir / "soccer" / "11.mp4").write_text("11.mp4")
    assert mover.undo(gone.id)[0].state == "undone"


def test_of_a_batch_what_can_go_back_does(mover, data_dir):
    mover.sort_batch([("10.mp4", "food"), ("11.mp4", "food"), ("12.mp4", "food")])
    (data_dir / "food" / "11.mp4").unlink()
    assert {move.source: move.state for move in mover.undo()} == {
        "10.mp4": "undone", "11.mp4": "done", "12.mp4": "undone",
    }
    assert {move.source for move in mover.redo()} == {"10.mp4", "12.mp4"}


def test_redo_refuses_where_the_place_was_taken_meanwhile(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    mover.undo()
    (data_dir / "soccer" / "10.mp4").write_text("somebody's")
    with pytest.raises(ConflictError):
        mover.redo()
    assert (data_dir / "10.mp4").read_text() == "10.mp4"
    (data_dir / "soccer" / "10.mp4").unlink()
    assert mover.redo()[0].state == "done"


def test_history_is_newest_first_and_without_what_never_happened(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    mover.sort("11.mp4", "food")
    mover.undo()
    (data_dir / "food" / "12.mp4").touch()
    with pytest.raises(ConflictError):
        mover.sort("12.mp4", "food")
    assert [(move.source, move.state) for move in mover.history(10)] == [("11.mp4", "undone"), ("10.mp4", "done")]
    assert len(mover.history(1)) == 1


def test_a_live_library_sees_each_move_at_once(data_dir, database):
    live = LiveLibrary(data_dir)
    mover = Mover(data_dir, database, live)
    for change in (
        lambda: mover.sort("10.mp4", "soccer"), mover.undo, mover.redo, lambda: mover.create_folder("golf"),
        lambda: mover.rename_folder("food", "cooking"), lambda: mover.merge_folder("cooking", "golf"),
        mover.undo, mover.undo, mover.undo, mover.redo,
    ):
        change()
        assert live.snapshot() == scan(data_dir)


def test_a_journal_that_cannot_be_written_stops_a_move_before_it_begins(mover, data_dir, database):
    before = tree(data_dir)
    database.connection().execute("PRAGMA query_only = ON")
    with pytest.raises(ArtifactError, match="cannot be written"):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) == before
    database.connection().execute("PRAGMA query_only = OFF")
    assert mover.sort("10.mp4", "soccer").state == "done"


def test_a_move_whose_outcome_could_not_be_journaled_is_settled_by_the_next(mover, data_dir, database):
    with (
        before_each("settle", lambda: database.connection().execute("PRAGMA query_only = ON")),
        pytest.raises(ArtifactError),
    ):
        mover.sort("10.mp4", "soccer")
    database.connection().execute("PRAGMA query_only = OFF")
    assert [(move.source, move.state) for move in mover.recover()] == [("10.mp4", "done")]
    assert [move.source for move in mover.undo()] == ["10.mp4"]


def make_library(root: Path) -> Path:
    """Thirty more unsorted videos than `make_places` has, an empty folder and one with a stranger in it.

    Every third has sidecars, and every sixth shares them with another video of its stem.
    """
    add_sidecars(make_places(root))
    for number in range(30):
        endings = {2: ["mp4", "mp4.json", "en.vtt"], 5: ["mp4", "mov", "json", "mp4.json"]}.get(number % 6, ["mp4"])
        for ending in endings:
            (root / f"2{number:02}.{ending}").write_text(f"unsorted {number} {ending}")
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
    now = scan(data_dir, "any")
    folders, unsorted = [*now.folders, "nosuch"], [*now.unsorted, "3.mp4", "x"]
    action = choice.choice(ACTIONS)

    def wish() -> Wish:
        origin = choice.choice([None, *folders])
        names = [path.name for path in (data_dir / (origin or "")).glob("*.mp4")] or unsorted
        return Wish(choice.choice(names), origin, choice.choice([None, *folders]))

    before = tree(data_dir)
    possible = attempt({
        "sort": lambda: mover.sort(choice.choice(unsorted), choice.choice(folders)),
        "batch": lambda: mover.sort_batch([(name, choice.choice(folders)) for name in choice.choices(unsorted, k=4)]),
        "making_batch": lambda: make_and_fill(mover, choice, unsorted),
        "move": lambda: mover.move(*wish()),
        "move_batch": lambda: mover.move_batch([wish() for _ in range(4)]),
        "undo": lambda: mover.undo(),
        "undo_one": lambda: mover.undo(choice.choice([*(move.id for move in mover.history(10)), -1])),
        "redo": lambda: mover.redo(),
        "create": lambda: mover.create_folder(choice.choice(NEW_NAMES)),
        "rename": lambda: mover.rename_folder(choice.choice(folders), choice.choice(NEW_NAMES)),
        "merge": lambda: mover.merge_folder(choice.choice(folders), choice.choice(folders)),
        "remove": lambda: mover.remove_folder(choice.choice([*(name for name in now.folders if not now.folders[name]),
                                                             *folders])),
    }[action])
    assert possible or tree(data_dir) == before, f"{action} was refused and yet changed something"


def make_and_fill(mover: Mover, choice: random.Random, unsorted: list[str]) -> None:
    name = choice.choice(NEW_NAMES)
    mover.sort_batch([(each, name) for each in choice.choices(unsorted, k=3)], name)


def undo_all(mover: Mover) -> None:
    while attempt(mover.undo):
        pass


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.storm) for seed in (2, 3))])
def test_undo_of_300_random_steps_leaves_the_identical_tree(seed, tmp_path):
    data_dir = make_library(tmp_path / "videos")
    before = tree(data_dir)
    choice = random.Random(seed)
    database = open_database(tmp_path / "artifacts")
    live = LiveLibrary(data_dir, video_names="any") if seed else None
    mover = Mover(data_dir, database, live, video_names="any")
    for _ in range(300):
        act(mover, data_dir, choice)
        assert apart(data_dir) == [path for path in tree(data_dir) if path.endswith("notes.txt")]
    assert sorted(filter(None, tree(data_dir).values())) == sorted(filter(None, before.values()))
    if live is not None:
        assert live.snapshot() == scan(data_dir, "any")
    undo_all(mover)
    database.close()
    assert tree(data_dir) == before


def test_a_folder_made_for_a_batch_is_of_the_same_action(mover, data_dir):
    before = tree(data_dir)
    outcomes = mover.sort_batch([("10.mp4", "new"), ("11.mp4", "new"), ("99.mp4", "new"), ("12.mp4", "food")], "new")
    assert [outcome.error is None for outcome in outcomes] == [True, True, False, True]
    assert sorted(path.name for path in (data_dir / "new").iterdir()) == ["10.mp4", "11.mp4"]
    after = tree(data_dir)
    assert len({move.batch for move in mover.history(10)}) == 1
    mover.undo()
    assert tree(data_dir) == before
    mover.redo()
    assert tree(data_dir) == after


def test_a_batch_that_makes_a_folder_goes_back_by_its_name_unless_later_changes_build_on_it(mover, data_dir):
    batch = mover.sort_batch([("10.mp4", "new"), ("11.mp4", "new")], "new")[0].move.batch
    mover.sort("12.mp4", "new")
    with pytest.raises(ConflictError, match="Later changes"):
        mover.undo(batch=batch)
    mover.undo()
    mover.undo(batch=batch)
    assert not (data_dir / "new").exists()
    assert (data_dir / "10.mp4").exists()


def test_one_video_of_a_batch_that_made_its_folder_goes_back_alone(mover, data_dir):
    moves = [outcome.move for outcome in mover.sort_batch([("10.mp4", "new"), ("11.mp4", "new")], "new")]
    mover.undo(moves[0].id)
    assert (data_dir / "10.mp4").exists()
    assert (data_dir / "new" / "11.mp4").exists()


def test_where_nothing_can_be_filed_no_folder_is_made(mover, data_dir):
    before = tree(data_dir)
    assert [type(each.error) for each in mover.sort_batch([("99.mp4", "new")], "new")] == [NotFoundError]
    with pytest.raises(ConflictError, match="There is a folder food"):
        mover.sort_batch([("10.mp4", "Food")], "Food")
    for name in ("con", ""):
        with pytest.raises(InvalidNameError):
            mover.sort_batch([("10.mp4", name)], name)
    assert tree(data_dir) == before
    assert mover.history(10) == []


def test_a_folder_made_for_a_batch_is_spelled_as_every_system_can_hold_it(mover, data_dir):
    mover.sort_batch([("10.mp4", "cafe\u0301")], "cafe\u0301")
    assert (data_dir / "caf\u00e9" / "10.mp4").exists()
