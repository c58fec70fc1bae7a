"""A journal that was changed by something else: nothing that it names is believed, and nothing outside is touched."""

import pytest
from places import add_sidecars, data_dir, database, mover, tree

from vidsort.library.moves.carrying import UnsoundError
from vidsort.library.moves.mover import Mover

__all__ = ["data_dir", "database", "mover"]


@pytest.fixture
def outside(tmp_path):
    """A folder beside the library with a file of somebody's own in it, and an empty one."""
    (tmp_path / "outside" / "empty").mkdir(parents=True)
    (tmp_path / "outside" / "99.mp4").write_text("theirs")
    return tmp_path / "outside"


def ways(outside) -> list[dict[str, str]]:
    """Changes of the last row, of a sort of 10.mp4 into food, that lead out of the library or name no video."""
    return [
        {"target": "../outside/99.mp4"}, {"source": "../outside/10.mp4"}, {"source": "../" * 9 + f"{outside}/out.mp4"},
        {"source": f"{outside}/10.mp4"}, {"target": "food/../../outside/99.mp4"}, {"source": "food/evil.txt"},
        {"source": "."}, {"source": ".hidden/10.mp4"}, {"kind": "rename", "source": "..", "target": "food"},
        {"kind": "rename", "source": "food", "target": "../outside/food"},
        {"kind": "remove", "source": "../outside/empty", "target": ""},
        {"kind": "create", "source": "", "target": "../outside/empty"},
    ]


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("pending", [None, "back", "forth"])
def test_no_place_of_a_changed_journal_is_carried_out(mover, data_dir, database, outside, tmp_path, number, pending):
    mover.sort("11.mp4", "soccer")
    mover.sort("10.mp4", "food")
    change = ways(outside)[number] | {"pending": pending}
    with database.write() as connection:
        names = ", ".join(f"{name} = ?" for name in change)
        connection.execute(f"UPDATE moves SET {names} WHERE id = (SELECT max(id) FROM moves)", list(change.values()))
    before, theirs = tree(data_dir), tree(outside)
    again = Mover(data_dir, database)
    if pending is None:
        with pytest.raises(UnsoundError, match="something else has changed"):
            again.undo()
    else:
        again.recover()
    assert (tree(data_dir), tree(outside)) == (before, theirs)
    # It has lost its turn, and what was done before it can still be taken back.
    assert [move.source for move in again.undo()] == ["11.mp4"]


@pytest.mark.parametrize("name", ["../../outside/99.mp4", "11.srt", "10./../../outside/99.mp4"])
def test_no_sidecar_of_a_changed_journal_is_moved_unless_it_is_one(mover, data_dir, database, outside, name):
    add_sidecars(data_dir)
    mover.sort("10.mp4", "food")
    with database.write() as connection:
        connection.execute("UPDATE moved_sidecars SET name = ? WHERE name = '10.srt'", (name,))
    (data_dir / "food" / "11.srt").write_text("of another")
    before, theirs = tree(data_dir), tree(outside)
    with pytest.raises(UnsoundError):
        mover.undo()
    assert (tree(data_dir), tree(outside)) == (before, theirs)
