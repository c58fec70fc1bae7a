"""Undo of an id or a batch takes back that alone, and is refused where later changes build on it."""

import pytest
from places import data_dir, database, mover, tree

from vidsort.errors import ConflictError, NotFoundError
from vidsort.library import scan

__all__ = ["data_dir", "database", "mover"]


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


def test_undo_of_an_id_of_a_merge_takes_back_the_whole_merge(mover, data_dir):
    before = tree(data_dir)
    merged = mover.merge_folder("food", "soccer")
    mover.undo(merged[0].id)
    assert tree(data_dir) == before


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
