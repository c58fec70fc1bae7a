"""A change is carried out whole, or refused with its reason; what cannot be seen now has not gone."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from places import before_each, data_dir, database, keeping_permissions, mounted, mover, refuse, tree

from vidsort.errors import AwayError, ConflictError, NotFoundError, VidsortError
from vidsort.library import scan
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.mover import Mover
from vidsort.library.names import folded
from vidsort.library.opened import Place

__all__ = ["data_dir", "database", "mover"]
# Undoes as often as is asked for, and writes what came of each press.
UNDO = """
import sys
from pathlib import Path
from vidsort.errors import VidsortError
from vidsort.library.moves import Mover
from vidsort.store import open_database

library, artifacts, times = sys.argv[1:]
mover = Mover(Path(library), open_database(Path(artifacts)))
for _ in range(int(times)):
    try:
        print("undone", mover.undo()[0].source)
    except VidsortError as error:
        print(type(error).__name__, error)
"""


def test_a_name_taken_after_the_check_is_a_conflict_all_the_same(mover, data_dir):
    with (
        before_each("rename", lambda: (data_dir / "soccer" / "10.mp4").write_text("mine")),
        pytest.raises(ConflictError),
    ):
        mover.sort("10.mp4", "soccer")
    assert (data_dir / "soccer" / "10.mp4").read_text() == "mine"
    assert (data_dir / "10.mp4").read_text() == "10.mp4"


def test_a_video_taken_away_after_the_check_leaves_nothing_behind(mover, data_dir):
    with (
        before_each("rename", lambda: (data_dir / "10.mp4").rename(data_dir / "elsewhere")),
        pytest.raises(NotFoundError),
    ):
        mover.sort("10.mp4", "soccer")
    assert not (data_dir / "soccer" / "10.mp4").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_the_system_refuses_is_a_sentence_and_changes_nothing(mover, data_dir, number):
    before = tree(data_dir)
    with before_each("rename", lambda: refuse(number)), pytest.raises(VidsortError, match=os.strerror(number)):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) == before
    assert mover.history(10) == []


def test_a_folder_that_became_a_link_out_of_the_library_is_not_moved_into(mover, data_dir, tmp_path):
    mover.sort("10.mp4", "soccer")
    mover.undo()
    (data_dir / "soccer").rename(tmp_path / "outside")
    (data_dir / "soccer").symlink_to(tmp_path / "outside")
    with pytest.raises(ConflictError):
        mover.redo()
    assert (data_dir / "10.mp4").exists()


def test_a_new_folder_is_there_and_undo_takes_it_away(mover, data_dir):
    before = tree(data_dir)
    move = mover.create_folder("golf")
    assert (move.kind, move.source, move.target, move.state) == ("create", "", "golf", "done")
    assert scan(data_dir).folders["golf"] == ()
    mover.sort("10.mp4", "golf")
    mover.undo()
    mover.undo()
    assert tree(data_dir) == before


def test_undo_leaves_a_new_folder_in_which_something_lies(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    mover.create_folder("golf")
    (data_dir / "golf" / "notes.txt").write_text("mine")
    with pytest.raises(ConflictError, match="golf is not empty"):
        mover.undo()
    assert (data_dir / "golf" / "notes.txt").read_text() == "mine"
    assert mover.undo()[0].source == "10.mp4"


def test_a_renamed_folder_keeps_all_that_is_in_it(mover, data_dir):
    (data_dir / "soccer" / "notes.txt").write_text("mine")
    before = tree(data_dir)
    assert [(move.kind, move.source, move.target) for move in mover.rename_folder("soccer", "football")] == [
        ("rename", "soccer", "football")
    ]
    assert tree(data_dir / "football") == {"5.mp4": "soccer/5.mp4", "notes.txt": "mine"}
    assert not (data_dir / "soccer").exists()
    mover.undo()
    assert tree(data_dir) == before


def test_a_folder_may_be_renamed_in_case_only(mover, data_dir):
    mover.rename_folder("soccer", "Soccer")
    assert "Soccer" in scan(data_dir).folders
    mover.undo()
    assert "soccer" in scan(data_dir).folders


def test_a_rename_in_case_only_works_where_both_names_are_one(mover, data_dir, monkeypatch):
    """The file system is played: asked for another case, it gives the same folder."""

    def blind(place):
        twins = [there for there in place.folder.path.iterdir() if folded(there.name) == folded(place.name)]
        return twins[0].lstat() if twins else None

    monkeypatch.setattr(Place, "facts", blind)
    mover.rename_folder("soccer", "Soccer")
    assert set(scan(data_dir).folders) == {"Soccer", "food", "tennis"}
    with pytest.raises(ConflictError):
        mover.create_folder("FOOD")


def test_undo_of_a_rename_waits_while_the_old_name_is_taken(mover, data_dir):
    before = tree(data_dir)
    mover.rename_folder("soccer", "football")
    (data_dir / "soccer").mkdir()
    with pytest.raises(ConflictError, match="soccer"):
        mover.undo()
    assert tree(data_dir / "football") == {"5.mp4": "soccer/5.mp4"}
    (data_dir / "soccer").rmdir()
    mover.undo()
    assert tree(data_dir) == before


def test_a_merge_moves_all_videos_and_undo_brings_the_folder_back(mover, data_dir):
    (data_dir / "food" / "30.mp4").write_text("food/30.mp4")
    (data_dir / "food").chmod(0o750)
    before = tree(data_dir)
    moves = mover.merge_folder("food", "soccer")
    assert [(move.kind, move.source, move.target) for move in moves] == [
        ("merge", "food/3.mp4", "soccer/3.mp4"), ("merge", "food/30.mp4", "soccer/30.mp4"), ("remove", "food", ""),
    ]
    assert scan(data_dir).folders == {"soccer": ("3.mp4", "30.mp4", "5.mp4"), "tennis": ("7.mp4",)}
    mover.undo()
    assert tree(data_dir) == before
    assert stat.S_IMODE((data_dir / "food").stat().st_mode) == 0o750


def test_a_merge_leaves_what_is_no_video_in_its_folder(mover, data_dir):
    (data_dir / "food" / "notes.txt").write_text("mine")
    before = tree(data_dir)
    assert [move.kind for move in mover.merge_folder("food", "soccer")] == ["merge"]
    assert tree(data_dir / "food") == {"notes.txt": "mine"}
    mover.undo()
    assert tree(data_dir) == before


def test_undo_of_a_merge_fills_a_folder_that_was_made_anew_and_keeps_what_is_in_it(mover, data_dir):
    mover.merge_folder("food", "soccer")
    (data_dir / "food").mkdir()
    (data_dir / "food" / "new.txt").write_text("mine")
    mover.undo()
    assert tree(data_dir / "food") == {"3.mp4": "food/3.mp4", "new.txt": "mine"}


def test_undo_of_a_merge_brings_back_what_is_still_there(mover, data_dir):
    (data_dir / "food" / "30.mp4").write_text("food/30.mp4")
    mover.merge_folder("food", "soccer")
    (data_dir / "soccer" / "3.mp4").rename(data_dir / "tennis" / "3.mp4")
    states = {move.source: move.state for move in mover.undo()}
    assert states == {"food": "undone", "food/30.mp4": "undone", "food/3.mp4": "done"}
    assert scan(data_dir).folders["food"] == ("30.mp4",)


def test_a_folder_that_the_file_system_refuses_is_a_sentence(mover):
    def refuse(when, step, *_):
        if step == "make folder":
            raise OSError(28, "No space left on device")

    with struck_by(refuse), pytest.raises(VidsortError, match="No space left"):
        mover.create_folder("golf")
    assert mover.history(10) == []


def sort_five(mover: Mover) -> None:
    for number in range(5):
        mover.sort(f"1{number}.mp4", "soccer" if number % 2 else "food")


def undo_all(mover: Mover) -> list[str]:
    return [mover.undo()[0].source for _ in range(5)]


ALL = ["14.mp4", "13.mp4", "12.mp4", "11.mp4", "10.mp4"]


def press_undo(data_dir: Path, times: int) -> list[str]:
    """What comes of presses in a process for which permissions hold."""
    done = subprocess.run(
        [*keeping_permissions(), sys.executable, "-c", UNDO, data_dir, data_dir.parent / "artifacts", str(times)],
        capture_output=True, text=True, check=True, timeout=60,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("empty", [
    lambda folder: None, lambda folder: (folder / "NOT MOUNTED.txt").touch(),
    lambda folder: (folder / "lost+found").mkdir(),
])
def test_undo_on_an_empty_mount_point_is_refused_and_each_action_keeps_its_turn(mover, data_dir, tmp_path, empty):
    before = tree(data_dir)
    sort_five(mover)
    mover.create_folder("golf")
    data_dir.rename(tmp_path / "disk")
    data_dir.mkdir()
    empty(data_dir)
    for _ in range(3):
        with pytest.raises(AwayError, match=r"videos .*is empty"):
            mover.undo()
    for path in data_dir.iterdir():
        path.rmdir() if path.is_dir() else path.unlink()
    (tmp_path / "disk").rename(data_dir)
    assert mover.undo()[0].target == "golf"
    assert undo_all(mover) == ALL
    assert tree(data_dir) == before


def test_redo_on_an_empty_mount_point_is_refused_and_keeps_its_turn(mover, data_dir, tmp_path):
    sort_five(mover)
    after = tree(data_dir)
    undo_all(mover)
    data_dir.rename(tmp_path / "disk")
    data_dir.mkdir()
    for _ in range(3):
        with pytest.raises(AwayError):
            mover.redo()
    data_dir.rmdir()
    (tmp_path / "disk").rename(data_dir)
    for _ in range(5):
        mover.redo()
    assert tree(data_dir) == after


def test_undo_while_the_disk_of_one_folder_is_away_is_refused_and_keeps_its_turn(mover, data_dir, tmp_path):
    (tmp_path / "disk").mkdir()
    (data_dir / "golf").mkdir()
    os.utime(data_dir / "golf", (0, 0))
    with mounted(tmp_path / "disk", data_dir / "golf"):
        mover.sort("10.mp4", "food")
        mover.sort("11.mp4", "golf")
        mover.sort("12.mp4", "golf")
    for _ in range(3):
        with pytest.raises(AwayError, match="golf is empty, and older than what was put there"):
            mover.undo()
    with mounted(tmp_path / "disk", data_dir / "golf"):
        assert [mover.undo()[0].source for _ in range(3)] == ["12.mp4", "11.mp4", "10.mp4"]


def test_undo_goes_on_where_somebody_emptied_the_folder(mover, data_dir):
    mover.sort("10.mp4", "food")
    mover.create_folder("trash")
    for name in ("11.mp4", "12.mp4"):
        mover.sort(name, "trash")
    for path in (data_dir / "trash").iterdir():
        path.unlink()
    for _ in range(2):
        with pytest.raises(ConflictError, match="is no longer in trash"):
            mover.undo()
    assert mover.undo()[0].target == "trash"
    assert mover.undo()[0].source == "10.mp4"


def test_undo_goes_on_where_somebody_removed_the_folder(mover, data_dir):
    mover.sort("10.mp4", "food")
    mover.create_folder("trash")
    mover.sort("11.mp4", "trash")
    (data_dir / "trash" / "11.mp4").unlink()
    (data_dir / "trash").rmdir()
    for _ in range(2):
        with pytest.raises(ConflictError, match=r"trash|11\.mp4"):
            mover.undo()
    assert mover.undo()[0].source == "10.mp4"


@pytest.mark.programs
@pytest.mark.parametrize(("closed", "reason"), [("food", "Permission denied"), ("", "Permission denied")])
def test_undo_while_a_folder_is_closed_is_refused_and_each_action_keeps_its_turn(mover, data_dir, closed, reason):
    before = tree(data_dir)
    sort_five(mover)
    mode = (data_dir / closed).stat().st_mode
    (data_dir / closed).chmod(0)
    try:
        said = press_undo(data_dir, 3)
    finally:
        (data_dir / closed).chmod(mode)
    assert [line.startswith("AwayError") and reason in line for line in said] == [True] * 3, said
    assert undo_all(mover) == ALL
    assert tree(data_dir) == before


@pytest.mark.programs
def test_a_folder_that_may_not_be_listed_can_still_be_sorted_back_from(mover, data_dir):
    mover.sort("10.mp4", "food")
    (data_dir / "food").chmod(0o300)
    try:
        assert press_undo(data_dir, 1) == ["undone 10.mp4"]
    finally:
        (data_dir / "food").chmod(0o755)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EACCES, errno.ETIMEDOUT])
def test_undo_while_the_disk_does_not_answer_is_refused_and_each_action_keeps_its_turn(mover, monkeypatch, number):
    sort_five(mover)

    def fail(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(Place, "facts", fail)
        for _ in range(3):
            with pytest.raises(AwayError, match=os.strerror(number)):
                mover.undo()
    with struck_by(lambda when, step, *_: fail() if step == "rename" else None):
        for _ in range(3):
            with pytest.raises(AwayError, match=os.strerror(number)):
                mover.undo()
    assert undo_all(mover) == ALL


@pytest.mark.parametrize("put", [lambda path, outside: path.symlink_to(outside), lambda path, _: path.touch()])
def test_undo_while_something_else_has_the_name_of_the_folder_keeps_its_turn(mover, data_dir, tmp_path, put):
    sort_five(mover)
    (data_dir / "food").rename(tmp_path / "outside")
    put(data_dir / "food", tmp_path / "outside")
    for _ in range(3):
        with pytest.raises(AwayError, match="food"):
            mover.undo()
    assert (tmp_path / "outside" / "14.mp4").exists()
    (data_dir / "food").unlink()
    (tmp_path / "outside").rename(data_dir / "food")
    assert undo_all(mover) == ALL


@pytest.mark.programs
def test_a_folder_that_may_not_be_removed_keeps_its_turn(mover, data_dir):
    mover.create_folder("golf")
    data_dir.chmod(0o500)
    try:
        assert [line.split()[0] for line in press_undo(data_dir, 2)] == ["AwayError"] * 2
    finally:
        data_dir.chmod(0o755)
    assert mover.undo()[0].target == "golf"


def test_permissions_of_a_folder_that_comes_back_are_given_to_it_and_to_nothing_a_link_leads_to(
    mover, data_dir, tmp_path
):
    (data_dir / "food").chmod(0o700)
    mover.merge_folder("food", "soccer")
    (tmp_path / "outside").mkdir()
    mode = (tmp_path / "outside").stat().st_mode

    def swap(when, step, *_):
        if (when, step) == ("after", "make folder"):
            (data_dir / "food").rmdir()
            (data_dir / "food").symlink_to(tmp_path / "outside")

    with struck_by(swap), pytest.raises(AwayError, match="food is no folder"):
        mover.undo()
    assert (tmp_path / "outside").stat().st_mode == mode
    assert list((tmp_path / "outside").iterdir()) == []
    assert (data_dir / "soccer" / "3.mp4").read_text() == "food/3.mp4"


def test_a_file_that_comes_right_before_a_folder_is_removed_keeps_it(mover, data_dir):
    mover.create_folder("golf")
    with (
        before_each("remove folder", lambda: (data_dir / "golf" / "notes.txt").write_text("mine")),
        pytest.raises(ConflictError, match=r"golf is not empty \(notes\.txt\)"),
    ):
        mover.remove_folder("golf")
    assert (data_dir / "golf" / "notes.txt").read_text() == "mine"
    assert [move.kind for move in mover.history(5)] == ["create"]


def test_the_last_folder_of_an_empty_library_is_removed_and_comes_back(tmp_path, database):
    (tmp_path / "videos" / "golf").mkdir(parents=True)
    mover = Mover(tmp_path / "videos", database)
    mover.remove_folder("golf")
    mover.undo()
    assert (tmp_path / "videos" / "golf").is_dir()


def test_a_removed_folder_that_somebody_made_anew_is_taken_for_the_one_that_comes_back(mover, data_dir):
    mover.create_folder("golf")
    mover.remove_folder("golf")
    (data_dir / "golf").mkdir()
    (data_dir / "golf" / "notes.txt").write_text("mine")
    assert [move.state for move in mover.undo()] == ["undone"]
    with pytest.raises(ConflictError, match="not empty"):
        mover.redo()
    assert (data_dir / "golf" / "notes.txt").read_text() == "mine"
