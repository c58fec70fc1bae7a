"""What happened between two marks is told by kinds of events, with the data of the stream."""

import json

import pytest

from vidsort.api.workspace import Workspace
from vidsort.records import Move
from vidsort.store.jobs import Jobs
from vidsort.webhooks import happened as happened_module
from vidsort.webhooks.happened import event_of, happened, mark_of
from vidsort.webhooks.message import body_of


@pytest.fixture
def workspace(settings):
    made = Workspace(settings)
    yield made
    made.stop()


@pytest.fixture
def told(workspace):
    """`told(do)`: what `do` is told as."""

    def tell(do):
        before = mark_of(workspace)
        do()
        return list(happened(workspace, before, mark_of(workspace)))

    return tell


NAMES = ("71000000000000000.mp4", "71000000000000100.mp4", "71000000000000200.mp4")


def test_filing_moving_and_taking_back_are_events_of_their_own(workspace, told):
    mover = workspace.library.mover
    (filed,) = told(lambda: mover.sort(NAMES[0], "dance"))
    assert (filed.event, [move.target for move in filed.data.moves]) == ("filed", [f"dance/{NAMES[0]}"])
    (moved,) = told(lambda: mover.move(NAMES[0], "dance", "food"))
    assert (moved.event, moved.data.moves[0].kind) == ("moved", "move")
    (undone,) = told(mover.undo)
    assert (undone.event, undone.data.moves[0].state) == ("taken_back", "undone")
    (again,) = told(mover.redo)
    assert again.event == "moved"
    (made,) = told(lambda: mover.create_folder("new"))
    assert (made.event, made.data.moves[0].kind) == ("moved", "create")
    assert told(lambda: None) == []
    assert len({each.id for each in (filed, moved, undone, again, made)}) == 5


def test_a_batch_is_one_message_and_of_very_many_the_last_are_told(workspace, told, monkeypatch):
    monkeypatch.setattr(happened_module, "MOST_TOLD", 2)
    (filed,) = told(lambda: workspace.library.mover.sort_batch([(name, "food") for name in NAMES]))
    assert ([move.source for move in filed.data.moves], filed.data.left_out) == (list(NAMES[1:]), 1)


def test_a_retrain_that_ends_is_told_with_its_result(workspace, told):
    jobs = Jobs(workspace.database)

    def train(result: str) -> None:
        jobs.end(jobs.begin(workspace.library.history), result, {"promoted": True})

    (ended,) = told(lambda: train("success"))
    assert (ended.event, ended.data.last_result, ended.data.promoted) == ("retrained", "success", True)
    (failed,) = told(lambda: train("Failed at train.py: no"))
    assert failed.data.last_result == "Failed at train.py: no"
    assert json.loads(body_of(ended))["data"]["last_result"] == "success"


def test_of_another_library_nothing_is_told(workspace):
    before = mark_of(workspace)
    workspace.library.mover.sort(NAMES[0], "dance")
    assert list(happened(workspace, before._replace(library="another"), mark_of(workspace))) == []


@pytest.mark.parametrize(("kind", "state", "event"), [
    ("sort", "done", "filed"), ("sort", "undone", "taken_back"), ("merge", "done", "moved"),
    ("rename", "undone", "taken_back"), ("remove", "done", "moved"),
])
def test_each_kind_of_move_is_an_event(kind, state, event):
    assert event_of(Move(id=1, batch="b", kind=kind, source="a", target="b", state=state, at=0.0)) == event
