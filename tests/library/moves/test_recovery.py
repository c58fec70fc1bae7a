"""A kill at any step of a move loses nothing, and recovery finishes or reverts what it finds."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from killed import CHANGES, DRIVES
from places import data_dir, database, keeping_permissions, tree

from vidsort.errors import AwayError, ConflictError
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.mover import Mover
from vidsort.library.opened import Place
from vidsort.store import open_database
from vidsort.store.journal import Intent, Journal

# Changes of one video, which go through every step that there is for one.
ALONE = ["sort", "undo"]
PROGRAM = ROOT / "tests" / "killed.py"
__all__ = ["data_dir", "database"]


@pytest.mark.programs
@pytest.mark.parametrize(("drive", "change"), [
    *(("one", change) for change in CHANGES if change != "refused"),
    *((f"refusing {drive}", "refused") for drive in ("one", "reserving", "two")),
    *((drive, change) for drive in DRIVES if drive not in ("one", "bound") for change in ALONE),
    *(pytest.param("two", change, marks=pytest.mark.storm) for change in CHANGES if change not in (*ALONE, "refused")),
])
def test_a_kill_at_each_step_loses_nothing(drive, change, tmp_path):
    run = subprocess.run(
        [sys.executable, PROGRAM, change, drive, tmp_path], capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= (13 if "two" in drive and change in ALONE else 4)


@pytest.mark.programs
@pytest.mark.parametrize("drive", [
    "one", *(pytest.param(drive, marks=pytest.mark.storm) for drive in ("reserving", "two")),
])
def test_a_kill_at_each_step_of_the_recovery_of_a_killed_sort_loses_nothing_either(drive, tmp_path):
    run = subprocess.run(
        [sys.executable, PROGRAM, "recovery", drive, tmp_path], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= 10


@pytest.mark.programs
@pytest.mark.parametrize("change", ALONE)
def test_a_kill_at_each_step_of_a_move_to_another_mount_of_one_device_loses_nothing(change, tmp_path):
    """In a space of mounts of its own, which ends with the program."""
    apart = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    run = subprocess.run(
        [*apart, sys.executable, PROGRAM, change, "bound", tmp_path],
        capture_output=True, text=True, timeout=100, check=False,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= 13


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


def test_what_a_power_cut_takes_of_the_journal_is_found_out_again(data_dir, database, tmp_path):
    """What came of a move has not reached the disk, which the move itself and what was meant have."""
    (data_dir / "10.srt").write_text("said")

    def keep(when, step, *_):
        if (when, step) == ("before", "settle"):
            shutil.copytree(database.path.parent, tmp_path / "after the cut")

    with struck_by(keep):
        assert Mover(data_dir, database).sort("10.mp4", "soccer").state == "done"
    after = tree(data_dir)
    with contextlib.closing(open_database(tmp_path / "after the cut")) as left:
        mover = Mover(data_dir, left)
        assert [move.state for move in mover.recover()] == ["done"]
        assert tree(data_dir) == after
        mover.undo()
    assert (data_dir / "10.mp4").read_text() == "10.mp4"
    assert (data_dir / "10.srt").read_text() == "said"


@pytest.mark.programs
def test_a_move_of_another_process_in_flight_is_waited_for_not_touched(data_dir, database, tmp_path):
    program = (
        "import sys, pathlib\nfrom vidsort.library.moves import Mover\n"
        "from vidsort.library.moves.files.faults import struck_by\nfrom vidsort.store import open_database\n"
        "def slow(when, step, *_):\n"
        "    if (when, step) == ('before', 'rename'):\n"
        "        print('in flight', flush=True)\n"
        "        sys.stdin.readline()\n"
        "library, artifacts = map(pathlib.Path, sys.argv[1:])\n"
        "with struck_by(slow):\n"
        "    Mover(library, open_database(artifacts)).sort('10.mp4', 'soccer')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, data_dir, tmp_path / "artifacts"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:
        assert other.stdout.readline() == "in flight\n"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("vidsort.library.moves.files.alone.PATIENCE_S", 0.05)
            with pytest.raises(ConflictError):
                Mover(data_dir, database).recover()
        other.stdin.write("\n")
        other.stdin.close()
        assert other.wait(30) == 0
    mover = Mover(data_dir, database)
    assert mover.recover() == []
    assert [move.state for move in mover.history(5)] == ["done"]


def test_what_was_cut_off_waits_while_its_disk_is_away(data_dir, database, tmp_path):
    (data_dir / "tennis" / "7.mp4").unlink()
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "10.mp4").rename(data_dir / "soccer" / "10.mp4")
    data_dir.rename(tmp_path / "disk")
    data_dir.mkdir()
    mover = Mover(data_dir, database)
    assert mover.recover() == []
    data_dir.rmdir()
    (tmp_path / "disk").rename(data_dir)
    assert [(move.source, move.state) for move in mover.recover()] == [("10.mp4", "done")]
    assert mover.recover() == []
    assert [move.source for move in mover.undo()] == ["10.mp4"]


@pytest.mark.parametrize("kind", ["create", "rename", "remove"])
def test_a_change_of_a_folder_that_was_cut_off_waits_while_its_disk_is_away(data_dir, database, tmp_path, kind):
    (data_dir / "empty").mkdir()
    change = {
        "create": Intent("create", "", "golf"), "rename": Intent("rename", "soccer", "golf"),
        "remove": Intent("remove", "empty", "", mode=0o700),
    }[kind]
    Journal(database, os.path.realpath(data_dir)).intend([change])
    data_dir.rename(tmp_path / "disk")
    data_dir.mkdir()
    mover = Mover(data_dir, database)
    assert mover.recover() == []
    data_dir.rmdir()
    (tmp_path / "disk").rename(data_dir)
    assert [move.state for move in mover.recover()] == ["reverted"]


@pytest.mark.programs
@pytest.mark.parametrize("closed", ["soccer", ""])
def test_what_was_cut_off_waits_while_its_folder_is_closed_and_other_videos_do_not(
    data_dir, database, tmp_path, closed
):
    Mover(data_dir, database)  # so that the artifacts know whose they are
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "soccer" / "10.mp4").touch()
    (data_dir / closed).chmod(0)
    program = (
        "import sys, pathlib\nfrom vidsort.library.moves import Mover\nfrom vidsort.store import open_database\n"
        "library, artifacts = map(pathlib.Path, sys.argv[1:])\n"
        "mover = Mover(library, open_database(artifacts))\n"
        "for turn in range(2):\n"
        "    try: print(mover.recover(), mover.sort(f'1{turn + 1}.mp4', 'food').state)\n"
        "    except Exception as error: print(type(error).__name__)\n"
    )
    try:
        done = subprocess.run(
            [*keeping_permissions(), sys.executable, "-c", program, data_dir, tmp_path / "artifacts"],
            capture_output=True, text=True, check=True, timeout=60,
        )
    finally:
        (data_dir / closed).chmod(0o755)
    assert done.stdout.splitlines() == (["[] done"] * 2 if closed else ["AwayError"] * 2)
    # Told once, not at every press.
    assert done.stderr.count("cut off, and waits:") == (1 if closed else 0)
    assert [move.state for move in Mover(data_dir, database).recover()] == ["reverted"]
    assert not (data_dir / "soccer" / "10.mp4").exists()


def test_an_undo_that_was_cut_off_and_cannot_be_seen_is_not_begun_again(data_dir, database, monkeypatch):
    mover = Mover(data_dir, database)
    mover.sort("10.mp4", "soccer")
    journal = Journal(database, os.path.realpath(data_dir))
    journal.turn(journal.latest("done"), "back")
    (data_dir / "soccer").rename(data_dir / ".soccer")
    (data_dir / "soccer").symlink_to("nowhere")
    for _ in range(3):
        with pytest.raises(AwayError, match="cut off in the middle"):
            mover.undo()
    (data_dir / "soccer").unlink()
    (data_dir / ".soccer").rename(data_dir / "soccer")
    assert [(move.source, move.state) for move in mover.undo()] == [("10.mp4", "undone")]


def test_a_move_that_the_disk_let_go_in_the_middle_is_finished_when_it_answers_again(data_dir, database, monkeypatch):
    mover = Mover(data_dir, database)

    def fail(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def let_go(when, step, *_):
        if (when, step) == ("after", "rename"):
            monkeypatch.setattr(Place, "facts", fail)
            fail()

    with struck_by(let_go), pytest.raises(AwayError, match="in part only"):
        mover.sort("10.mp4", "soccer")
    monkeypatch.undo()
    assert [(move.source, move.state) for move in mover.recover()] == [("10.mp4", "done")]
    assert (data_dir / "soccer" / "10.mp4").read_text() == "10.mp4"


def set_aside(data_dir, database, *, copy: str | None, there: str | None, left: str | None = None) -> None:
    """A move to another device that was killed after its original was set aside; texts of copy, target, old name."""
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    move = Journal(database, os.path.realpath(data_dir)).pending()[0].move
    tag = f".vidsort-{move.batch}-{move.id}"
    (data_dir / "10.mp4").rename(data_dir / f"{tag}.original")
    for place, text in ((f"soccer/{tag}.part", copy), ("soccer/10.mp4", there), ("10.mp4", left)):
        if text is not None:
            (data_dir / place).write_text(text)


@pytest.mark.parametrize(("copy", "there", "left", "state", "texts"), [
    # Not published yet: the original gets its name back.
    ("10.mp4", None, None, "reverted", {"10.mp4": "10.mp4"}),
    (None, None, None, "reverted", {"10.mp4": "10.mp4"}),
    # Published: the original goes.
    (None, "10.mp4", None, "done", {"soccer/10.mp4": "10.mp4"}),
    # Another program's file came to the name before the copy got it, or over it afterwards: both stay.
    ("10.mp4", "theirs", None, "reverted", {"10.mp4": "10.mp4", "soccer/10.mp4": "theirs"}),
    ("10.mp4", "10.mp4", None, "reverted", {"10.mp4": "10.mp4", "soccer/10.mp4": "10.mp4"}),
    (None, "theirs", None, "reverted", {"10.mp4": "10.mp4", "soccer/10.mp4": "theirs"}),
    # Another file came to the old name: the original goes on to where it was sent.
    ("10.mp4", None, "new", "done", {"10.mp4": "new", "soccer/10.mp4": "10.mp4"}),
    (None, "10.mp4", "new", "done", {"10.mp4": "new", "soccer/10.mp4": "10.mp4"}),
])
def test_a_move_to_another_device_comes_to_one_of_its_ends(
    data_dir, database, copy, there, left, state, texts
):
    before = {path: text for path, text in tree(data_dir).items() if path != "10.mp4"}
    set_aside(data_dir, database, copy=copy, there=there, left=left)
    assert [move.state for move in Mover(data_dir, database).recover()] == [state]
    assert tree(data_dir) == before | texts


def test_an_original_whose_names_are_both_taken_waits_and_is_told_of(data_dir, database, caplog):
    set_aside(data_dir, database, copy="10.mp4", there="theirs", left="new")
    mover = Mover(data_dir, database)
    assert mover.recover() == []
    assert ".original cannot have its name 10.mp4 again" in caplog.text
    (data_dir / "10.mp4").unlink()
    assert [move.state for move in mover.recover()] == ["reverted"]
    assert (data_dir / "10.mp4").read_text() == "10.mp4"


def test_two_names_of_one_file_are_a_move_before_its_last_step(data_dir, database):
    intend(data_dir, database, "10.mp4", "soccer/10.mp4")
    (data_dir / "soccer" / "10.mp4").hardlink_to(data_dir / "10.mp4")
    assert [move.state for move in Mover(data_dir, database).recover()] == ["done"]
    assert not (data_dir / "10.mp4").exists()
    assert (data_dir / "soccer" / "10.mp4").read_text() == "10.mp4"
