"""Folders made, renamed and merged: nothing is mixed up, and undo gives back exactly what was."""

import os
import stat
from pathlib import Path

import pytest
from places import make_places, tree

from vidsort.errors import ConflictError, InvalidNameError, VidsortError
from vidsort.library import scan
from vidsort.library.moves.mover import Mover
from vidsort.library.names import folded
from vidsort.store import open_database


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A small library; see `make_places`."""
    return make_places(tmp_path / "videos")


@pytest.fixture
def mover(data_dir, tmp_path):
    """A mover on that library."""
    database = open_database(tmp_path / "artifacts")
    yield Mover(data_dir, database)
    database.close()


def test_a_new_folder_is_there_and_undo_takes_it_away(mover, data_dir):
    before = tree(data_dir)
    move = mover.create_folder("golf")
    assert (move.kind, move.source, move.target, move.state) == ("create", "", "golf", "done")
    assert scan(data_dir).folders["golf"] == ()
    mover.sort("10.mp4", "golf")
    mover.undo()
    mover.undo()
    assert tree(data_dir) == before


def test_a_new_name_is_composed(mover, data_dir):
    assert mover.create_folder("cafe\u0301").target == "caf\u00e9"
    with pytest.raises(ConflictError):
        mover.create_folder("cafe\u0301")
    assert "caf\u00e9" in scan(data_dir).folders


@pytest.mark.parametrize("name", ["soccer", "Soccer", "SOCCER", "10.mp4"])
def test_a_name_or_its_case_twin_is_taken(mover, data_dir, name):
    before = tree(data_dir)
    with pytest.raises(ConflictError):
        mover.create_folder(name)
    with pytest.raises(ConflictError):
        mover.rename_folder("food", name)
    assert tree(data_dir) == before


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "x\0", ".hidden", "con", "a ", "x" * 256, "\udcff"])
def test_a_bad_new_name_is_refused(mover, data_dir, name):
    before = tree(data_dir)
    for change in (lambda: mover.create_folder(name), lambda: mover.rename_folder("food", name)):
        with pytest.raises(InvalidNameError):
            change()
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

    def blind(path):
        twins = [there for there in Path(path).parent.iterdir() if folded(there.name) == folded(Path(path).name)]
        return twins[0] if twins else Path(path)

    monkeypatch.setattr(os.path, "lexists", lambda path: blind(path).exists())
    monkeypatch.setattr(Path, "samefile", lambda one, other: blind(one).name == blind(other).name)
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


def test_a_clash_refuses_the_whole_merge_and_names_the_file(mover, data_dir):
    (data_dir / "food" / "5.mp4").write_text("another")
    before = tree(data_dir)
    with pytest.raises(ConflictError, match=r"5\.mp4"):
        mover.merge_folder("food", "soccer")
    assert tree(data_dir) == before
    assert mover.history(10) == []


def test_a_merge_leaves_what_is_no_video_in_its_folder(mover, data_dir):
    (data_dir / "food" / "notes.txt").write_text("mine")
    before = tree(data_dir)
    assert [move.kind for move in mover.merge_folder("food", "soccer")] == ["merge"]
    assert tree(data_dir / "food") == {"notes.txt": "mine"}
    mover.undo()
    assert tree(data_dir) == before


@pytest.mark.parametrize(("name", "into"), [("food", "nosuch"), ("nosuch", "food"), ("..", "food"), ("food", "")])
def test_a_merge_of_or_into_what_is_no_folder_is_refused(mover, name, into):
    with pytest.raises(InvalidNameError):
        mover.merge_folder(name, into)


def test_a_folder_is_not_merged_into_itself(mover, data_dir):
    before = tree(data_dir)
    with pytest.raises(ConflictError):
        mover.merge_folder("food", "food")
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


def test_a_folder_that_the_file_system_refuses_is_a_sentence(mover, monkeypatch):
    def refuse(path, mode=0o777):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(VidsortError, match="No space left"):
        mover.create_folder("golf")
    assert mover.history(10) == []


def test_undo_of_an_id_on_which_later_changes_build_is_refused(mover, data_dir):
    before = tree(data_dir)
    rename = mover.rename_folder("soccer", "football")[0]
    mover.sort("10.mp4", "football")
    after = tree(data_dir)
    with pytest.raises(ConflictError, match="football"):
        mover.undo(rename.id)
    assert tree(data_dir) == after
    mover.undo()
    mover.undo(rename.id)
    assert tree(data_dir) == before


def test_undo_of_an_id_that_is_refused_now_is_still_undone_in_its_turn(mover, data_dir):
    before = tree(data_dir)
    sort = mover.sort("10.mp4", "soccer")
    mover.rename_folder("soccer", "football")
    with pytest.raises(ConflictError):
        mover.undo(sort.id)
    mover.undo()
    mover.undo()
    assert tree(data_dir) == before
