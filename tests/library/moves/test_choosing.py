"""Undo of an id or a batch takes back that alone, and is refused where later changes build on it."""

import contextvars

import pytest
from places import data_dir, database, mover, tree

from vidsort.errors import ConflictError, ForbiddenError, NotFoundError
from vidsort.library import scan
from vidsort.store.journal import ACCOUNT

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


def done_by(account, change):
    """What comes of a change that this account makes."""

    def change_as():
        ACCOUNT.set(account)
        return change()

    return contextvars.copy_context().run(change_as)


def test_who_may_turn_only_the_own_gets_the_own_last_action_and_a_sentence_for_any_other(mover, data_dir):
    own = done_by("ann", lambda: mover.sort("10.mp4", "food"))
    other = done_by("ben", lambda: mover.sort("11.mp4", "food"))
    nobodys = mover.sort("12.mp4", "food")
    with pytest.raises(ForbiddenError, match="done by ben, and ann takes back only the own"):
        mover.undo(other.id, only_of="ann")
    with pytest.raises(ForbiddenError, match="somebody who did not sign in"):
        mover.undo(batch=nobodys.batch, only_of="ann")
    assert [move.id for move in done_by("ann", lambda: mover.undo(only_of="ann"))] == [own.id]
    with pytest.raises(ConflictError, match="nothing to undo"):
        mover.undo(only_of="ann")
    with pytest.raises(ConflictError, match="nothing to do again"):
        mover.redo(only_of="ben")
    assert [move.id for move in done_by("ann", lambda: mover.redo(only_of="ann"))] == [own.id]
    assert [move.id for move in done_by("ann", lambda: mover.undo(own.id, only_of="ann"))] == [own.id]
    assert (data_dir / "food" / "11.mp4").exists()


def test_what_an_admin_took_back_is_not_the_others_to_do_again(mover):
    move = done_by("ann", lambda: mover.sort("10.mp4", "food"))
    done_by("adam", lambda: mover.undo(move.id))
    with pytest.raises(ConflictError):
        mover.redo(only_of="ann")


def test_folders_are_turned_by_an_admin_also_where_they_are_the_own(mover):
    made = done_by("ann", lambda: mover.create_folder("cooking"))
    for turned in (lambda: mover.undo(only_of="ann"), lambda: mover.undo(made.id, only_of="ann")):
        with pytest.raises(ForbiddenError, match="folders are for an admin"):
            turned()
    assert mover.undo(made.id)
