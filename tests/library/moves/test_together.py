"""A video and what lies beside it go together, forth and back, in one action, or stay together."""

import errno
import os
from pathlib import Path

import pytest
from killed import Drive
from places import KEPT, add_kept, add_sidecars, apart, before_each, database, make_places, refuse, tree

from vidsort.errors import AwayError, ConflictError, VidsortError
from vidsort.library import opened
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.mover import Mover
from vidsort.library.names import folded
from vidsort.library.opened import Place

__all__ = ["database"]


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A small library with sidecars, and what belongs to all."""
    root = add_sidecars(make_places(tmp_path / "videos"))
    (root / "captions.csv").write_text("filename,text\n10.mp4,hello\n")
    return root


@pytest.fixture(params=[True, False], ids=["live", "listed"])
def mover(request, data_dir, database) -> Mover:
    """One with the library in memory, and one without."""
    live = LiveLibrary(data_dir, video_names="any") if request.param else None
    return Mover(data_dir, database, live, video_names="any")


def inside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


OF_TEN = ["10.en.vtt", "10.info.json", "10.mp4", "10.mp4.json", "10.srt"]


def test_sidecars_go_along_forth_and_back_again_and_again(mover, data_dir):
    before = tree(data_dir)
    mover.sort("10.mp4", "soccer")
    after = tree(data_dir)
    assert inside(data_dir / "soccer") == [*OF_TEN, "5.mp4", "5.srt"]
    assert (data_dir / "soccer" / "10.info.json").read_text() == "10.info.json"
    assert apart(data_dir) == ["captions.csv"]
    for _ in range(2):
        mover.undo()
        assert tree(data_dir) == before
        mover.redo()
        assert tree(data_dir) == after


def test_their_facts_stay_as_they_are(mover, data_dir):
    before = (data_dir / "10.info.json").stat()
    mover.sort("10.mp4", "soccer")
    after = (data_dir / "soccer" / "10.info.json").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (before.st_ino, before.st_mtime_ns, before.st_mode)


def test_an_action_counts_videos_and_not_what_goes_along(mover, data_dir):
    mover.sort_batch([("10.mp4", "soccer"), ("12.mp4", "food")])
    assert [(action.count, action.move.source) for action in mover.actions()] == [(2, "10.mp4")]
    assert sorted(move.source for move in mover.history()) == ["10.mp4", "12.mp4"]
    assert len(mover.undo()) == 2


def test_of_a_batch_one_is_taken_back_with_its_own(mover, data_dir):
    outcomes = mover.sort_batch([("10.mp4", "soccer"), ("12.mp4", "soccer")])
    mover.undo(outcomes[1].move.id)
    assert {"12.mp4", "12.description"} <= set(inside(data_dir))
    assert "10.info.json" in inside(data_dir / "soccer")


def test_a_merge_takes_them_along_and_leaves_what_is_unknown(mover, data_dir):
    for name in ("3.unknown", "99.json"):
        (data_dir / "food" / name).write_text("not of a video here")
    before = tree(data_dir)
    mover.merge_folder("food", "soccer")
    assert inside(data_dir / "food") == ["3.unknown", "99.json"]
    assert {"3.json", "3.mp4", "3.webp"} <= set(inside(data_dir / "soccer"))
    mover.undo()
    assert tree(data_dir) == before


def test_in_a_merge_what_each_folder_says_of_itself_stays_and_is_told(mover, data_dir):
    before = tree(add_kept(data_dir))
    told = []
    assert [move.kind for move in mover.merge_folder("food", "soccer", tell=told.append)] == ["merge"]
    assert inside(data_dir / "food") == [".DS_Store", "Thumbs.db", "folder.txt"]
    assert (data_dir / "soccer" / "folder.txt").read_text() == "soccer/folder.txt"
    assert len(told) == 1
    assert "folder.txt" in told[0]
    mover.undo()
    assert tree(data_dir) == before


def test_a_renamed_folder_keeps_what_it_says_of_itself(mover, data_dir):
    before = tree(add_kept(data_dir))
    mover.rename_folder("food", "dishes")
    assert (data_dir / "dishes" / "folder.txt").read_text() == "food/folder.txt"
    mover.undo()
    assert tree(data_dir) == before


@pytest.mark.parametrize("name", KEPT)
def test_a_folder_that_holds_anything_is_never_removed_and_the_refusal_names_it(mover, data_dir, name):
    mover.create_folder("golf")
    (data_dir / "golf" / name).write_text("mine")
    for change in (mover.undo, lambda: mover.merge_folder("golf", "food")):
        with pytest.raises(ConflictError, match=name):
            change()
        assert (data_dir / "golf" / name).read_text() == "mine"
    assert not (data_dir / "food" / name).exists()


def test_a_merged_folder_with_nothing_else_is_gone_and_comes_back_whole(mover, data_dir):
    before = tree(data_dir)
    mover.merge_folder("food", "soccer")
    assert not (data_dir / "food").exists()
    mover.undo()
    assert tree(data_dir) == before


def test_a_renamed_folder_keeps_them_and_undo_finds_them_there(mover, data_dir):
    before = tree(data_dir)
    mover.sort("10.mp4", "soccer")
    mover.rename_folder("soccer", "football")
    assert inside(data_dir / "football") == [*OF_TEN, "5.mp4", "5.srt"]
    mover.undo()
    mover.undo()
    assert tree(data_dir) == before


@pytest.mark.parametrize("change", [
    lambda mover: mover.sort("10.mp4", "soccer"),
    lambda mover: mover.merge_folder("food", "soccer"),
])
def test_a_name_that_is_taken_is_a_conflict_and_nothing_is_moved(mover, data_dir, change):
    for name in ("10.en.vtt", "3.webp"):
        (data_dir / "soccer" / name).write_text("theirs")
    before = tree(data_dir)
    with pytest.raises(ConflictError, match=r"There is a (10\.en\.vtt|3\.webp) in soccer already"):
        change(mover)
    assert tree(data_dir) == before
    assert mover.history() == []


def test_in_a_batch_the_one_whose_name_is_taken_stays_alone(mover, data_dir):
    (data_dir / "soccer" / "10.en.vtt").mkdir()
    outcomes = mover.sort_batch([("10.mp4", "soccer"), ("12.mp4", "soccer")])
    assert [type(outcome.error) for outcome in outcomes] == [ConflictError, type(None)]
    assert set(OF_TEN) <= set(inside(data_dir))


@pytest.mark.parametrize("name", OF_TEN)
def test_a_name_that_is_taken_between_check_and_move_leaves_all_where_they_are(mover, data_dir, name):
    before = tree(data_dir)
    theirs = data_dir / "soccer" / name
    with before_each("rename", lambda: theirs.write_text("theirs")), pytest.raises(ConflictError):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) == before | {f"soccer/{name}": "theirs"}
    theirs.unlink()
    assert mover.sort("10.mp4", "soccer").state == "done"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_where_the_drive_refuses_one_of_them_all_stay(mover, data_dir, number):
    before = tree(data_dir)
    for name in OF_TEN:
        def strike(when, step, *places, name=name):
            if (when, step, places[0].name if places else "") == ("before", "rename", name):
                refuse(number)

        with struck_by(strike), pytest.raises(VidsortError, match=os.strerror(number)):
            mover.sort("10.mp4", "soccer")
        assert tree(data_dir) == before


def test_what_cannot_be_taken_back_now_is_taken_back_by_the_next_call(mover, data_dir):
    before = tree(data_dir)
    broken = []

    def strike(when, step, *places):
        if when == "before" and step == "rename" and (broken or places[0].name == "10.mp4"):
            broken.append(places)
            refuse(errno.EIO)

    with struck_by(strike), pytest.raises(AwayError, match="in part only"):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) != before
    assert [move.state for move in mover.recover()] == ["reverted"]
    assert tree(data_dir) == before


def test_undo_waits_while_the_place_of_a_sidecar_is_taken(mover, data_dir):
    before = tree(data_dir)
    mover.sort("10.mp4", "soccer")
    after = tree(data_dir)
    (data_dir / "10.info.json").write_text("theirs")
    for _ in range(2):
        with pytest.raises(ConflictError, match=r"There is a 10\.info\.json in the library's root already"):
            mover.undo()
    assert tree(data_dir) == after | {"10.info.json": "theirs"}
    (data_dir / "10.info.json").unlink()
    mover.undo()
    assert tree(data_dir) == before


def test_one_that_has_gone_or_was_changed_is_told_and_the_video_comes_back_all_the_same(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    (data_dir / "soccer" / "10.en.vtt").unlink()
    (data_dir / "soccer" / "10.mp4.json").unlink()
    (data_dir / "soccer" / "10.mp4.json").mkdir()
    (data_dir / "soccer" / "10.info.json").write_text("other words")
    told = []
    assert [move.state for move in mover.undo(tell=told.append)] == ["undone"]
    assert sorted(told) == [
        "10.en.vtt is no longer beside 10.mp4, so it did not go along.",
        "10.info.json was changed since it was moved, and went along as it is now.",
        "10.mp4.json is no longer beside 10.mp4, so it did not go along.",
    ]
    assert (data_dir / "10.mp4").exists()
    assert (data_dir / "10.info.json").read_text() == "other words"
    assert inside(data_dir / "soccer") == ["10.mp4.json", "5.mp4", "5.srt"]


def test_what_came_as_it_went_is_not_told_of(mover, data_dir):
    mover.sort("10.mp4", "soccer")
    told = []
    mover.undo(tell=told.append)
    mover.redo()
    mover.undo(tell=told.append)
    assert told == []


def test_what_has_come_beside_a_sorted_video_goes_back_with_it(mover, data_dir):
    mover.sort("11.mp4", "soccer")
    (data_dir / "soccer" / "11.de.srt").write_text("new")
    mover.undo()
    assert (data_dir / "11.de.srt").read_text() == "new"
    mover.redo()
    assert (data_dir / "soccer" / "11.de.srt").read_text() == "new"


def test_one_that_goes_between_check_and_move_holds_nobody_up(mover, data_dir):
    with before_each("intend", (data_dir / "10.en.vtt").unlink):
        mover.sort("10.mp4", "soccer")
    assert inside(data_dir / "soccer") == ["10.info.json", "10.mp4", "10.mp4.json", "10.srt", "5.mp4", "5.srt"]
    told = []
    mover.undo(tell=told.append)
    assert told == []


def test_what_two_videos_share_goes_with_the_last_and_undo_leaves_what_was_there_before(mover, data_dir):
    (data_dir / "10.mov").write_text("10.mov")
    trees = [tree(data_dir)]
    for name, folder in (("10.mp4", "soccer"), ("10.mov", "soccer")):
        mover.sort(name, folder)
        trees.append(tree(data_dir))
    assert "10.mp4.json" in inside(data_dir / "soccer")
    assert {"10.info.json", "10.en.vtt"} <= trees[1].keys()
    assert {"soccer/10.info.json", "soccer/10.en.vtt"} <= trees[2].keys()
    for expected in (trees[1], trees[0]):
        mover.undo()
        assert tree(data_dir) == expected
    for expected in trees[1:]:
        mover.redo()
        assert tree(data_dir) == expected


def test_what_two_videos_of_one_batch_share_goes_with_the_last_unless_the_first_stays(mover, data_dir):
    (data_dir / "10.mov").write_text("10.mov")
    before = tree(data_dir)
    mover.sort_batch([("10.mp4", "soccer"), ("10.mov", "food")])
    assert {"10.mov", "10.info.json", "10.en.vtt"} <= set(inside(data_dir / "food"))
    mover.undo()
    assert tree(data_dir) == before
    with before_each("rename", lambda: (data_dir / "soccer" / "10.mp4").write_text("theirs")):
        outcomes = mover.sort_batch([("10.mp4", "soccer"), ("10.mov", "food")])
    assert [type(outcome.error) for outcome in outcomes] == [ConflictError, type(None)]
    assert {"10.info.json", "10.en.vtt", "10.mp4", "10.mp4.json"} <= set(inside(data_dir))
    assert "10.mov" in inside(data_dir / "food")


def test_shared_files_are_neither_moved_nor_written(mover, data_dir):
    (data_dir / ".appdata").mkdir()
    (data_dir / ".appdata" / "db_texts.js").write_text("window.dbvd_base64")
    shared = [data_dir / "captions.csv", data_dir / ".appdata" / "db_texts.js"]
    before = [(path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in shared]
    mover.sort_batch([(f"1{number}.mp4", "soccer") for number in range(5)])
    mover.merge_folder("soccer", "food")
    mover.undo()
    assert [(path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in shared] == before


def test_a_move_of_another_process_leaves_a_library_in_memory_right(data_dir, database):
    live = LiveLibrary(data_dir)
    mover, other = Mover(data_dir, database, live), Mover(data_dir, database)
    live.poll()
    before = tree(data_dir)
    other.sort("10.mp4", "soccer")
    mover.undo()
    assert tree(data_dir) == before


@pytest.mark.parametrize("drive", ["linking", "reserving", "two", "two reserving"])
def test_they_go_every_way_that_a_video_goes(mover, data_dir, drive):
    (data_dir / "10.description").touch()
    (data_dir / "10.en.vtt").chmod(0o640)
    os.utime(data_dir / "10.en.vtt", ns=(10**18, 10**18))
    before, facts = tree(data_dir), (data_dir / "10.en.vtt").stat()
    told = []
    with struck_by(Drive(drive)):
        mover.sort("10.mp4", "soccer")
        after = (data_dir / "soccer" / "10.en.vtt").stat()
        assert inside(data_dir / "soccer") == ["10.description", *OF_TEN, "5.mp4", "5.srt"]
        mover.undo(tell=told.append)
    assert (after.st_mtime_ns, after.st_mode) == (facts.st_mtime_ns, facts.st_mode)
    assert tree(data_dir) == before
    assert told == []


def test_where_the_drive_takes_both_cases_for_one_a_name_in_another_case_is_taken(mover, data_dir, monkeypatch):
    """The file system is played: asked for another case, it gives the same file."""
    (data_dir / "soccer" / "10.Info.JSON").write_text("theirs")
    before = tree(data_dir)

    def blind(place):
        twins = [there for there in place.folder.path.iterdir() if folded(there.name) == folded(place.name)]
        return twins[0].lstat() if twins else None

    monkeypatch.setattr(Place, "facts", blind)
    with pytest.raises(ConflictError, match=r"There is a 10\.info\.json in soccer already"):
        mover.sort("10.mp4", "soccer")
    assert tree(data_dir) == before


def test_they_travel_where_a_system_has_no_descriptors_of_folders(mover, data_dir, monkeypatch):
    monkeypatch.setattr(opened, "HAS_DESCRIPTORS", False)
    before = tree(data_dir)
    mover.sort("10.mp4", "soccer")
    assert apart(data_dir) == ["captions.csv"]
    mover.merge_folder("soccer", "food")
    assert apart(data_dir) == ["captions.csv"]
    for _ in range(2):
        mover.undo()
    assert tree(data_dir) == before
