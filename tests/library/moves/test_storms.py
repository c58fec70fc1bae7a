"""Storms: processes that sort one library at once, folders swapped while they are sorted into; nothing is lost."""

import contextlib
import ctypes
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from killed import Drive
from places import add_sidecars, make_places, tree

from vidsort.errors import VidsortError
from vidsort.library import scan
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

COUNT = 200
# Sorts all into one folder, one by one or as a batch, and writes the names that it moved.
PROGRAM = """
import sys
from pathlib import Path
from vidsort.errors import NotFoundError
from vidsort.library.moves import Mover
from vidsort.store import open_database

library, artifacts, folder, way, count = sys.argv[1:]
mover = Mover(Path(library), open_database(Path(artifacts)))
names = [f"{number}.mp4" for number in range(int(count))]
print("ready", flush=True)
sys.stdin.readline()
if way == "batch":
    moved = [outcome.wish.filename for outcome in mover.sort_batch([(name, folder) for name in names]) if outcome.move]
else:
    moved = []
    for name in names:
        try:
            mover.sort(name, folder)
            moved.append(name)
        except NotFoundError:
            pass
print(" ".join(moved), flush=True)
"""


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """Two folders and many unsorted files, each with its name in it."""
    root = tmp_path / "videos"
    for folder in ("food", "soccer"):
        (root / folder).mkdir(parents=True)
    for number in range(COUNT):
        (root / f"{number}.mp4").write_text(f"{number}.mp4")
    return root


def sort_at_once(data_dir: Path, workers: list[tuple[str, Path, str]]) -> list[list[str]]:
    """Start a process for each (folder, artifacts, way), let them go together; what each has moved."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, data_dir, artifacts, folder, way, str(COUNT)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for folder, artifacts, way in workers
    ]
    try:
        for process in running:
            assert process.stdout.readline() == "ready\n"
        for process in running:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [process.communicate(timeout=60)[0].split() for process in running]
    finally:
        for process in running:
            process.kill()
            process.communicate()


def assert_each_moved_once(data_dir: Path, moved: list[list[str]], folders: list[str]) -> None:
    names = [f"{number}.mp4" for number in range(COUNT)]
    assert sorted(name for each in moved for name in each) == sorted(names)
    assert scan(data_dir).unsorted == ()
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == sorted(names)
    assert all(path.read_text() == path.name for path in files)
    for folder in set(folders):
        winners = [name for each, where in zip(moved, folders, strict=True) for name in each if where == folder]
        assert sorted(path.name for path in (data_dir / folder).iterdir()) == sorted(winners)


@pytest.mark.storm
@pytest.mark.parametrize("folders", [["food", "soccer"], ["food", "food"]])
@pytest.mark.parametrize("way", ["single", "batch"])
def test_two_processes_move_each_video_exactly_once(data_dir, tmp_path, folders, way):
    moved = sort_at_once(data_dir, [(folder, tmp_path / "artifacts", way) for folder in folders])
    assert_each_moved_once(data_dir, moved, folders)
    database = open_database(tmp_path / "artifacts")
    history = Mover(data_dir, database).history(10 * COUNT)
    database.close()
    assert sorted(move.source for move in history) == sorted(f"{number}.mp4" for number in range(COUNT))
    assert {move.state for move in history} == {"done"}


@pytest.mark.storm
def test_two_processes_that_share_no_journal_overwrite_nothing_either(data_dir, tmp_path):
    folders = ["food", "soccer"]
    moved = sort_at_once(data_dir, [(folder, tmp_path / folder, "single") for folder in folders])
    assert_each_moved_once(data_dir, moved, folders)


@pytest.mark.storm
def test_undo_by_two_threads_and_a_restart_takes_each_back_once(data_dir, tmp_path):
    sort_at_once(data_dir, [("food", tmp_path / "artifacts", "single"), ("soccer", tmp_path / "artifacts", "single")])
    database = open_database(tmp_path / "artifacts")
    mover = Mover(data_dir, database)
    undone = [move.source for _ in range(COUNT) for move in mover.undo()]
    database.close()
    assert sorted(undone) == sorted(f"{number}.mp4" for number in range(COUNT))
    assert len(scan(data_dir).unsorted) == COUNT


RENAME_EXCHANGE = 2


def swap(one: Path, other: Path) -> bool:
    """Let two names change what they hold, in one step; whether the system can."""
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    return renameat2 is not None and renameat2(-100, bytes(one), -100, bytes(other), RENAME_EXCHANGE) == 0


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.storm)])
@pytest.mark.parametrize("drive", ["one", "linking", "reserving", "two"])
def test_a_folder_that_is_swapped_for_a_link_in_a_loop_never_leads_a_video_out(tmp_path, rounds, drive):
    """The link leads to a folder that holds files of the videos' names: none of them is moved or overwritten either.

    Nor what lies beside them.
    """
    data_dir, outside, link = add_sidecars(make_places(tmp_path / "videos")), tmp_path / "outside", tmp_path / "link"
    outside.mkdir()
    (outside / "12.description").write_text("theirs")
    for number in range(0, 5, 2):
        (outside / f"1{number}.mp4").write_text("theirs")
    link.symlink_to(outside)
    if not swap(data_dir / "soccer", link):
        pytest.skip("this system cannot swap two names in one step")
    swap(data_dir / "soccer", link)
    before, theirs = tree(data_dir), tree(outside)
    stopped = threading.Event()

    def storm() -> None:
        while not stopped.is_set():
            swap(data_dir / "soccer", link)

    database = open_database(tmp_path / "artifacts")
    mover = Mover(data_dir, database)
    thread = threading.Thread(target=storm)
    thread.start()
    moved = 0
    try:
        with struck_by(Drive(drive)):
            # On a busy machine the folder may be away whenever it is asked for: until one move came through.
            for turn in range(rounds * 100):
                if moved and turn >= rounds:
                    break
                for number in range(5):
                    with contextlib.suppress(VidsortError):
                        mover.sort(f"1{number}.mp4", "soccer")
                        moved += 1
                for _ in range(5):
                    with contextlib.suppress(VidsortError):
                        mover.undo()
    finally:
        stopped.set()
        thread.join()
    if (data_dir / "soccer").is_symlink():
        swap(data_dir / "soccer", link)
    assert moved > 0
    assert tree(outside) == theirs
    with struck_by(Drive(drive)):
        mover.recover()
        for _ in range(moved):
            with contextlib.suppress(VidsortError):
                mover.undo()
    database.close()
    left = tree(data_dir)
    assert sorted(filter(None, left.values())) == sorted(filter(None, before.values()))
    assert len(left) == len(before)
