"""Sort, undo and folder tools: one winner, nothing overwritten, every change taken back exactly."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from places import make_places, tree

from vidsort.errors import ArtifactError, ConflictError, InvalidNameError, NotFoundError, VidsortError
from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves import mover as moves
from vidsort.library.moves import rename as safe_rename
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database
from vidsort.store.journal import Activity


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A small library; see `make_places`."""
    return make_places(tmp_path / "videos")


@pytest.fixture
def database(tmp_path):
    """A fresh database, closed at the end."""
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


@pytest.fixture
def mover(data_dir, database) -> Mover:
    """A mover on that library."""
    return Mover(data_dir, database)


def test_a_sort_moves_the_file_and_is_in_the_history(mover, data_dir):
    before = (data_dir / "10.mp4").stat()
    move = mover.sort("10.mp4", "soccer")
    after = (data_dir / "soccer" / "10.mp4").stat()
    assert (move.kind, move.source, move.target, move.state) == ("sort", "10.mp4", "soccer/10.mp4", "done")
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (before.st_ino, before.st_mtime_ns, before.st_mode)
    assert not (data_dir / "10.mp4").exists()
    assert mover.history(10) == [move]


@pytest.mark.parametrize(
    ("filename", "folder", "error"),
    [
        ("a.mp4", "soccer", InvalidNameError), ("10.mp4\n", "soccer", InvalidNameError),
        ("../10.mp4", "soccer", InvalidNameError), ("10.mp4\0", "soccer", InvalidNameError),
        ("1" * 5000 + ".mp4", "soccer", InvalidNameError), ("10.mp4", "", InvalidNameError),
        ("10.mp4", ".", InvalidNameError), ("10.mp4", "..", InvalidNameError), ("10.mp4", "a/b", InvalidNameError),
        ("10.mp4", "soc\0cer", InvalidNameError), ("10.mp4", "nosuch", InvalidNameError),
        ("10.mp4", "x" * 5000, InvalidNameError), ("10.mp4", "11.mp4", InvalidNameError),
        ("99.mp4", "soccer", NotFoundError), ("3.mp4", "soccer", NotFoundError),
        ("99.mp4", "nosuch", InvalidNameError),
    ],
)
def test_a_wrong_wish_is_refused_and_changes_nothing(mover, data_dir, filename, folder, error):
    before = tree(data_dir)
    with pytest.raises(error):
        mover.sort(filename, folder)
    assert tree(data_dir) == before
    assert mover.history(10) == []


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_a_taken_name_is_a_conflict_and_nothing_is_overwritten(mover, data_dir, make):
    make(data_dir / "soccer" / "10.mp4")

    def facts() -> dict:
        # Not when each was read last: looking may change that.
        found = [(path, path.lstat()) for path in data_dir.rglob("*")]
        return {path: (fact.st_ino, fact.st_size, fact.st_mtime_ns) for path, fact in found}

    before = facts()
    with pytest.raises(ConflictError, match=r"10\.mp4"):
        mover.sort("10.mp4", "soccer")
    assert facts() == before


def test_links_pipes_and_folders_are_no_videos_to_sort(mover, data_dir):
    (data_dir / "90.mp4").symlink_to(data_dir / "10.mp4")
    (data_dir / "91.mp4").mkdir()
    os.mkfifo(data_dir / "92.mp4")
    for filename in ("90.mp4", "91.mp4", "92.mp4"):
        with pytest.raises(NotFoundError):
            mover.sort(filename, "soccer")


def test_a_name_taken_after_the_check_is_a_conflict_all_the_same(mover, data_dir, monkeypatch):
    real_reserve = safe_rename._reserve

    def somebody_is_quicker(target):
        target.write_text("mine")
        return real_reserve(target)

    monkeypatch.setattr(safe_rename, "_reserve", somebody_is_quicker)
    with pytest.raises(ConflictError):
        mover.sort("10.mp4", "soccer")
    assert (data_dir / "soccer" / "10.mp4").read_text() == "mine"
    assert (data_dir / "10.mp4").read_text() == "10.mp4"


def test_a_video_taken_away_after_the_check_leaves_no_placeholder(mover, data_dir, monkeypatch):
    real_reserve = safe_rename._reserve

    def somebody_takes_it(target):
        (data_dir / "10.mp4").rename(data_dir / "elsewhere")
        return real_reserve(target)

    monkeypatch.setattr(safe_rename, "_reserve", somebody_takes_it)
    with pytest.raises(NotFoundError):
        mover.sort("10.mp4", "soccer")
    assert not (data_dir / "soccer" / "10.mp4").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_the_system_refuses_is_a_sentence_and_changes_nothing(mover, data_dir, monkeypatch, number):
    before = tree(data_dir)

    def refuse(source, target):
        raise OSError(number, os.strerror(number), str(source), None, str(target))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(VidsortError, match=os.strerror(number)):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) == before
    assert mover.history(10) == []


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


def test_undo_of_an_id_takes_back_that_video_alone(mover, data_dir):
    first, second, _ = (outcome.move for outcome in mover.sort_batch([(f"1{n}.mp4", "food") for n in range(3)]))
    last = mover.sort("13.mp4", "food")
    assert [move.id for move in mover.undo(first.id)] == [first.id]
    assert (data_dir / "10.mp4").exists()
    with pytest.raises(ConflictError, match="undone already"):
        mover.undo(first.id)
    with pytest.raises(NotFoundError):
        mover.undo(10**12)
    assert [move.id for move in mover.redo()] == [first.id]
    assert [move.id for move in mover.undo()] == [first.id]
    assert [move.id for move in mover.undo()] == [last.id]
    assert second.id in [move.id for move in mover.undo()]
    assert scan(data_dir).folders["food"] == ("3.mp4",)


def test_undo_of_a_batch_takes_back_what_is_left_of_it_and_one_redo_brings_that(mover, data_dir):
    batch = [outcome.move for outcome in mover.sort_batch([(f"1{n}.mp4", "food") for n in range(3)])]
    mover.sort("13.mp4", "food")
    mover.undo(batch[0].id)
    assert {move.id for move in mover.undo(batch=batch[0].batch)} == {batch[1].id, batch[2].id}
    with pytest.raises(ConflictError):
        mover.undo(batch=batch[0].batch)
    with pytest.raises(NotFoundError):
        mover.undo(batch="none")
    assert {move.id for move in mover.redo()} == {batch[1].id, batch[2].id}
    assert scan(data_dir).folders["food"] == ("11.mp4", "12.mp4", "13.mp4", "3.mp4")


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


def test_undo_of_an_id_of_a_merge_takes_back_the_whole_merge(mover, data_dir):
    before = tree(data_dir)
    merged = mover.merge_folder("food", "soccer")
    mover.undo(merged[0].id)
    assert tree(data_dir) == before


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


def test_a_folder_that_became_a_link_out_of_the_library_is_not_moved_into(mover, data_dir, tmp_path):
    mover.sort("10.mp4", "soccer")
    mover.undo()
    (data_dir / "soccer").rename(tmp_path / "outside")
    (data_dir / "soccer").symlink_to(tmp_path / "outside")
    with pytest.raises(ConflictError):
        mover.redo()
    assert (data_dir / "10.mp4").exists()


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


def test_a_long_copy_of_another_makes_a_move_wait_and_then_say_so(mover, data_dir, database, monkeypatch):
    monkeypatch.setattr(moves, "PATIENCE_S", 0.05)
    before = tree(data_dir)
    with mover._alone():
        for waiting in (mover, Mover(data_dir, database)):
            with pytest.raises(ConflictError, match="under way"):
                waiting.sort("10.mp4", "soccer")
    assert tree(data_dir) == before
    mover.sort("10.mp4", "soccer")


def test_a_journal_that_cannot_be_written_stops_a_move_before_it_begins(mover, data_dir, database):
    before = tree(data_dir)
    database.connection().execute("PRAGMA query_only = ON")
    with pytest.raises(ArtifactError, match="cannot be written"):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) == before
    database.connection().execute("PRAGMA query_only = OFF")
    assert mover.sort("10.mp4", "soccer").state == "done"


def test_a_move_whose_outcome_could_not_be_journaled_is_settled_by_the_next(mover, data_dir, database, monkeypatch):
    real_replace = os.replace

    def last_write(source, target):
        real_replace(source, target)
        database.connection().execute("PRAGMA query_only = ON")

    monkeypatch.setattr(os, "replace", last_write)
    with pytest.raises(ArtifactError):
        mover.sort("10.mp4", "soccer")
    monkeypatch.undo()
    database.connection().execute("PRAGMA query_only = OFF")
    assert [(move.source, move.state) for move in mover.recover()] == [("10.mp4", "done")]
    assert [move.source for move in mover.undo()] == ["10.mp4"]


def test_artifacts_that_cannot_be_locked_are_a_sentence(mover, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(moves.filelock.FileLock, "acquire", refuse)
    with pytest.raises(VidsortError, match="Permission denied"):
        mover.sort("10.mp4", "soccer")
