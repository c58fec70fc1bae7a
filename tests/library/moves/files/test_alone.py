"""One process and thread at a time changes a library; who waits too long is told so."""

import pytest
from places import data_dir, database, mover, tree

from vidsort.errors import ArtifactError, ConflictError, VidsortError
from vidsort.library.moves.files import alone
from vidsort.library.moves.mover import Mover

__all__ = ["data_dir", "database", "mover"]


def test_a_long_copy_of_another_makes_a_move_wait_and_then_say_so(mover, data_dir, database, monkeypatch):
    monkeypatch.setattr(alone, "PATIENCE_S", 0.05)
    before = tree(data_dir)
    with mover._alone():
        for waiting in (mover, Mover(data_dir, database)):
            with pytest.raises(ConflictError, match="under way"):
                waiting.sort("10.mp4", "soccer")
    assert tree(data_dir) == before
    mover.sort("10.mp4", "soccer")


def test_artifacts_that_cannot_be_locked_are_a_sentence(mover, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(alone.filelock.FileLock, "acquire", refuse)
    with pytest.raises(VidsortError, match="Permission denied"):
        mover.sort("10.mp4", "soccer")


def test_no_lock_is_made_in_place_of_artifacts_that_were_renamed(mover, data_dir, database, tmp_path):
    mover.sort("10.mp4", "food")
    database.path.parent.rename(tmp_path / "kept")
    for attempt in (mover.undo, lambda: mover.sort("11.mp4", "food")):
        with pytest.raises(ArtifactError, match="no longer there"):
            attempt()
    assert not database.path.parent.exists()
    (tmp_path / "kept").rename(database.path.parent)
    assert [move.source for move in mover.undo()] == ["10.mp4"]
