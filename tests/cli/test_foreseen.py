"""What an undo would come to, on the disk as it would be by then."""

import pytest

from vidsort.cli.foreseen import foresee
from vidsort.records import Move


def change(kind: str, source: str, target: str) -> Move:
    return Move(id=1, batch="b", kind=kind, source=source, target=target, state="done", at=1.0)


@pytest.fixture
def library(tmp_path):
    for place in ("dance/1.mp4", "food/2.mp4", "3.mp4"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    return tmp_path


@pytest.mark.parametrize(("turns", "why"), [
    ([change("sort", "9.mp4", "dance/9.mp4")], "is not there any more"),
    ([change("sort", "9.mp4", "golf/9.mp4")], "is not there any more"),
    ([change("sort", "3.mp4", "dance/1.mp4")], "already"),
    ([change("move", "golf/1.mp4", "dance/1.mp4")], "no folder golf"),
    ([change("create", "", "dance")], "not be empty"), ([change("create", "", "golf")], "not there any more"),
    ([change("rename", "golf", "chess")], "not there any more"), ([change("rename", "food", "dance")], "already"),
    ([change("remove", "3.mp4", "")], "already"),
    ([change("sort", "8.mp4", "dance/1.mp4"), change("sort", "9.mp4", "dance/1.mp4")], "is not there any more"),
    ([change("create", "", "dance"), change("sort", "8.mp4", "dance/1.mp4")], "not be empty"),
    ([change("rename", "golf", "dance"), change("sort", "8.mp4", "dance/1.mp4")], "is not there any more"),
    ([change("move", "food/1.mp4", "dance/1.mp4"), change("create", "", "food")], "not be empty"),
])
def test_what_could_not_go_back_stops_there_and_says_why(library, turns, why):
    found = foresee(library, [[turn] for turn in turns])
    assert why in found.stopped
    assert (found.moves, found.stays) == (turns[:-1] if len(found.moves) else [], [])


@pytest.mark.parametrize("turns", [
    [change("rename", "golf", "dance"), change("sort", "8.mp4", "golf/1.mp4"), change("create", "", "golf")],
    [change("sort", "8.mp4", "dance/1.mp4"), change("create", "", "dance"), change("remove", "dance", "")],
    [change("remove", "golf", ""), change("merge", "golf/1.mp4", "dance/1.mp4"), change("create", "", "dance")],
    [change("rename", "Dance", "dance"), change("sort", "8.mp4", "Dance/1.mp4")],
    [change("remove", "dance", "")],
])
def test_what_goes_back_makes_room_for_what_comes_then(library, turns):
    found = foresee(library, [[turn] for turn in turns])
    assert found == (turns, [], None)


def test_of_a_batch_what_stays_is_told_and_the_rest_goes_back(library):
    turn = [change("sort", "8.mp4", "dance/1.mp4"), change("sort", "3.mp4", "food/2.mp4")]
    found = foresee(library, [turn])
    assert (found.moves, found.stopped) == (turn[:1], None)
    assert len(found.stays) == 1
