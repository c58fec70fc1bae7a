"""What is wrong with a wish is told before anything is touched."""

import errno
import os
from pathlib import Path

import pytest
from places import data_dir, database, mover, refuse, tree

from vidsort.errors import AwayError, ConflictError, InvalidNameError, NotFoundError
from vidsort.library import scan
from vidsort.library.opened import Place

__all__ = ["data_dir", "database", "mover"]


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


def test_a_clash_refuses_the_whole_merge_and_names_the_file(mover, data_dir):
    (data_dir / "food" / "5.mp4").write_text("another")
    before = tree(data_dir)
    with pytest.raises(ConflictError, match=r"5\.mp4"):
        mover.merge_folder("food", "soccer")
    assert tree(data_dir) == before
    assert mover.history(10) == []


@pytest.mark.parametrize(("name", "into"), [("food", "nosuch"), ("nosuch", "food"), ("..", "food"), ("food", "")])
def test_a_merge_of_or_into_what_is_no_folder_is_refused(mover, name, into):
    with pytest.raises(InvalidNameError):
        mover.merge_folder(name, into)


def test_a_folder_is_not_merged_into_itself(mover, data_dir):
    before = tree(data_dir)
    with pytest.raises(ConflictError):
        mover.merge_folder("food", "food")
    assert tree(data_dir) == before


def test_only_a_folder_in_which_nothing_is_is_removed_and_a_refused_wish_ends_no_redo(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    mover.undo()
    (data_dir / "empty").mkdir(mode=0o750)
    (data_dir / "link").symlink_to(data_dir / "empty")
    (data_dir / "hidden").mkdir()
    (data_dir / "hidden" / ".DS_Store").write_text("theirs")
    before = tree(data_dir)
    for name, error, said in (
        ("food", ConflictError, r"3\.mp4"), ("hidden", ConflictError, "DS_Store"), ("link", InvalidNameError, "link"),
        ("nosuch", InvalidNameError, "nosuch"), ("..", InvalidNameError, "folder name"),
        ("", InvalidNameError, "folder name"),
    ):
        with pytest.raises(error, match=said):
            mover.remove_folder(name)
    assert tree(data_dir) == before
    assert mover.redo()[0].target == "soccer/10.mp4"
    mover.undo()
    mover.remove_folder("empty")
    assert not (data_dir / "empty").exists()
    mover.undo()
    assert (data_dir / "empty").stat().st_mode & 0o777 == 0o750
    assert tree(data_dir) == before


def test_a_link_to_a_folder_further_inside_is_used_as_one_and_not_removed(mover, data_dir):
    (data_dir / "soccer" / "inner").mkdir()
    (data_dir / "link").symlink_to(data_dir / "soccer" / "inner")
    with pytest.raises(ConflictError, match="link is a link"):
        mover.remove_folder("link")
    assert (data_dir / "link").is_symlink()
    assert (data_dir / "soccer" / "inner").is_dir()


def test_a_video_in_a_library_that_cannot_be_seen_is_not_said_to_be_sorted(mover, monkeypatch):
    monkeypatch.setattr(Place, "facts", lambda _: refuse(errno.EIO))
    with pytest.raises(AwayError, match="Input/output error"):
        mover.sort("10.mp4", "soccer")
