"""What is remembered of decisions stands as long as their moves do, and is saved with them."""

import contextlib

import pytest

from vidsort.library.moves import Mover, Wish
from vidsort.store import open_database
from vidsort.store.journal import Journal
from vidsort.store.people.decisions import Decided, Decisions
from vidsort.store.rescue import TABLES

FILENAMES = ("71000000000000000.mp4", "71000000000000100.mp4")


@pytest.fixture
def database(settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as opened:
        yield opened


@pytest.fixture
def mover(settings, database):
    return Mover(settings.data_dir, database)


@pytest.fixture
def decisions(mover, database):
    assert isinstance(mover._journal, Journal)
    return Decisions(database, mover._journal._library)


def decided(is_blind, folder="food", **more):
    return Decided(folder, "food", 0.9, is_blind, **more)


def test_what_cards_are_drawn_by_is_made_once_for_a_library(decisions, database):
    assert decisions.seed() == decisions.seed() == Decisions(database, decisions._library).seed()
    assert Decisions(database, "another").seed() != decisions.seed()


def test_undo_takes_back_what_was_remembered_and_redo_brings_it_again(decisions, mover):
    first, second = (mover.sort(name, "food") for name in FILENAMES)
    decisions.note({first.id: decided(True), second.id: decided(False, "dance")})
    decisions.note({})
    assert decisions.agreement() == {True: (1, 1), False: (0, 1)}
    assert decisions.since_blind() == 1
    mover.undo()
    assert decisions.agreement() == {True: (1, 1), False: (0, 0)}
    mover.undo()
    assert decisions.blind() == []
    mover.redo()
    assert [each.folder for each in decisions.blind()] == ["food"]


def test_what_is_held_back_counts_while_anything_of_its_batch_stands(decisions, mover):
    noting = decisions.filed_alone_as(0.02, [(FILENAMES[1], "sport")])
    mover.move_batch([Wish(FILENAMES[0], None, "food")], noting=noting)
    assert decisions.held()[FILENAMES[1]].folder == "sport"
    assert decisions.filed_alone() == {FILENAMES[0]}
    mover.undo()
    assert decisions.held() == {}
    assert decisions.filed_alone() == set()


def test_a_batch_of_which_every_move_is_refused_is_not_remembered(decisions, mover):
    noting = decisions.filed_alone_as(0.02, [(FILENAMES[1], "sport")])
    assert mover.move_batch([Wish("1.mp4", None, "food")], noting=noting)[0].error
    assert decisions.held() == {}
    assert decisions.filed_alone() == set()


def test_a_damaged_database_gives_back_what_was_decided():
    assert {"decisions", "held_back", "autofiled", "blind_seeds"} <= set(TABLES)
