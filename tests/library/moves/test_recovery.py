"""A kill at any step of a move loses nothing, and recovery finishes or reverts what it finds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from killed import CHANGES
from places import make_places, tree

from vidsort.errors import ConflictError
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database
from vidsort.store.journal import Intent, Journal

PROGRAM = ROOT / "tests" / "killed.py"


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A small library; see `make_places`."""
    return make_places(tmp_path / "videos")


@pytest.fixture
def database(tmp_path):
    """A fresh database, closed at the end."""
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


@pytest.mark.parametrize("devices", ["same", "two"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_kill_at_each_step_loses_nothing(change, devices, tmp_path):
    run = subprocess.run(
        [sys.executable, PROGRAM, change, devices, tmp_path], capture_output=True, text=True, timeout=100, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= 8


def intend(data_dir, database, source, target):
    """A move that was journaled by a process which is dead since."""
    size_bytes = (data_dir / source).stat().st_size
    Journal(database, os.path.realpath(data_dir)).intend([Intent("sort", source, target, size_bytes)])


def test_a_file_that_somebody_put_at_the_target_meanwhile_stays(data_dir, database):
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "soccer" / "10.mp4").write_text("somebody's")
    before = tree(data_dir)
    assert [move.state for move in Mover(data_dir, database).recover()] == ["reverted"]
    assert tree(data_dir) == before


def test_the_same_bytes_on_one_device_are_no_copy_of_ours_and_stay(data_dir, database):
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "soccer" / "10.mp4").write_text((data_dir / "10.mp4").read_text())
    before = tree(data_dir)
    Mover(data_dir, database).recover()
    assert tree(data_dir) == before


def test_a_placeholder_goes_also_when_the_video_was_taken_away(data_dir, database):
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "soccer" / "10.mp4").touch()
    (data_dir / "10.mp4").unlink()
    assert [move.state for move in Mover(data_dir, database).recover()] == ["reverted"]
    assert not (data_dir / "soccer" / "10.mp4").exists()


def test_an_empty_video_that_was_moved_is_not_taken_for_a_placeholder(data_dir, database):
    (data_dir / "20.mp4").touch()
    intend(data_dir, database, "20.mp4", "soccer/20.mp4")
    (data_dir / "20.mp4").rename(data_dir / "soccer" / "20.mp4")
    assert [move.state for move in Mover(data_dir, database).recover()] == ["done"]
    assert (data_dir / "soccer" / "20.mp4").exists()


def test_a_change_of_which_nothing_is_left_is_closed(data_dir, database):
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "10.mp4").unlink()
    (data_dir / "soccer" / "5.mp4").unlink()
    (data_dir / "soccer").rmdir()
    mover = Mover(data_dir, database)
    assert [move.state for move in mover.recover()] == ["reverted"]
    assert mover.recover() == []


def test_the_next_move_settles_what_a_kill_left(data_dir, database):
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "soccer" / "10.mp4").touch()
    mover = Mover(data_dir, database)
    assert mover.sort("10.mp4", "soccer").state == "done"
    assert (data_dir / "soccer" / "10.mp4").read_text() == "10.mp4"


def test_a_move_of_another_process_in_flight_is_waited_for_not_touched(data_dir, database, tmp_path):
    program = (
        "import sys, pathlib, vidsort.library.moves.mover as moves\n"
        "from vidsort.store import open_database\n"
        "real = moves.carry_out\n"
        "def slow(data_dir, entry):\n"
        "    print('in flight', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    real(data_dir, entry)\n"
        "moves.carry_out = slow\n"
        "library, artifacts = map(pathlib.Path, sys.argv[1:])\n"
        "moves.Mover(library, open_database(artifacts)).sort('10.mp4', 'soccer')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, data_dir, tmp_path / "artifacts"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:
        assert other.stdout.readline() == "in flight\n"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vidsort.library.moves.mover.PATIENCE_S", 0.05)
            with pytest.raises(ConflictError):
                Mover(data_dir, database).recover()
        other.stdin.write("\n")
        other.stdin.close()
        assert other.wait(30) == 0
    mover = Mover(data_dir, database)
    assert mover.recover() == []
    assert [move.state for move in mover.history(5)] == ["done"]
