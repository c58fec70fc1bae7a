"""A disk that is full, read-only or gone: a sentence, nothing lost, and all goes on once it is mended.

Real disks: small ones in memory and mounts, which only root may make.
"""

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from killed import assert_whole, undo_all
from labelled import learned_library
from places import add_sidecars, apart, make_places, tree

from vidsort import artifacts, predict, train
from vidsort.artifacts.publication import read_predictions
from vidsort.errors import VidsortError
from vidsort.learning.fitting import TrainConfig
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

ROOM = "4m"
MOST_STEPS = 1000


def mount(*arguments: str | Path) -> None:
    tried = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"nothing can be mounted here: {tried.stderr.strip()}")


@contextlib.contextmanager
def disk(where: Path) -> Iterator[Path]:
    """A small disk of its own at a place."""
    where.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", where)
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", where], check=True)


@contextlib.contextmanager
def full(where: Path) -> Iterator[None]:
    """Not a byte more goes onto this disk."""
    ballast = where / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            file.write(b"\0")
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def read_only(where: Path) -> Iterator[None]:
    mount("-o", "remount,ro", where)
    try:
        yield
    finally:
        mount("-o", f"remount,rw,size={ROOM}", where)


CONDITIONS = {"full": full, "read-only": read_only}


@pytest.fixture
def moving(tmp_path) -> Iterator[tuple[Mover, Path, Path]]:
    """A mover, its library and its artifacts, each on a disk of its own, and the folder soccer on a third."""
    with (
        disk(tmp_path / "videos") as data_dir, disk(tmp_path / "artifacts") as artifacts_dir,
        disk(data_dir / "soccer"),
    ):
        add_sidecars(make_places(data_dir))
        with contextlib.closing(open_database(artifacts_dir)) as database:
            yield Mover(data_dir, database), data_dir, artifacts_dir


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_folder_on_a_disk_that_takes_no_more_refuses_what_is_sorted_into_it(moving, condition, attacked):
    mover, data_dir, _ = moving
    before = tree(data_dir)
    with CONDITIONS[condition](data_dir / "soccer"):
        with pytest.raises(VidsortError):
            mover.sort("12.mp4", "soccer")
        left = {place: text for place, text in tree(data_dir).items() if "ballast" not in place}
        assert left == before
        mover.sort("11.mp4", "food")
        mover.undo()
    mover.sort("12.mp4", "soccer")
    assert apart(data_dir) == []
    undo_all(mover)
    assert tree(data_dir) == before
    attacked(f"folders on a disk that is {condition}", 1)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_library_on_a_disk_that_takes_no_more_is_sorted_or_left_as_it_is(moving, condition, attacked):
    """On a full disk a name can still be changed, so the sort within it may be done."""
    mover, data_dir, _ = moving
    before = tree(data_dir)
    with CONDITIONS[condition](data_dir):
        is_done = False
        with contextlib.suppress(VidsortError):
            mover.sort("10.mp4", "food")
            is_done = True
        assert is_done == (data_dir / "food" / "10.mp4").exists()
        with contextlib.suppress(VidsortError):
            mover.create_folder("golf")
    undo_all(mover)
    assert tree(data_dir) == before
    mover.sort("10.mp4", "food")
    attacked(f"libraries on a disk that is {condition}", 1)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_without_room_for_the_journal_nothing_is_moved(tmp_path, condition, attacked):
    data_dir, refused = add_sidecars(make_places(tmp_path / "videos")), False
    before = tree(data_dir)

    def sort_and_undo(times: int) -> None:
        with contextlib.closing(open_database(artifacts_dir)) as database:
            mover = Mover(data_dir, database)
            for _ in range(times):
                mover.sort("12.mp4", "food")
                mover.undo()

    with disk(tmp_path / "artifacts") as artifacts_dir:
        sort_and_undo(1)
        with CONDITIONS[condition](artifacts_dir):
            # The journal's file may have some room left in its last page.
            try:
                sort_and_undo(200)
            except VidsortError:
                refused = True
        assert refused
        with contextlib.closing(open_database(artifacts_dir)) as database:
            mover = Mover(data_dir, database)
            mover.recover()
            undo_all(mover)
        assert tree(data_dir) == before
        sort_and_undo(1)
        assert apart(data_dir) == []
    attacked(f"journals on a disk that is {condition}", 1)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_retrain_without_room_leaves_what_is_in_force(tmp_path, condition, attacked):
    with disk(tmp_path / "disk") as place:
        settings = learned_library(place, {"dance": 6, "food": 6, None: 6})
        before = artifacts.current(settings.artifacts_dir)
        with CONDITIONS[condition](place):
            with pytest.raises(VidsortError):
                train.run(settings, TrainConfig(seed=7))
            with pytest.raises(VidsortError):
                predict.run(settings)
        assert artifacts.current(settings.artifacts_dir) == before
        assert len(read_predictions(artifacts.publication.predictions_path(settings.artifacts_dir))) == 6
        train.run(settings, TrainConfig(seed=7))
        predict.run(settings)
    attacked(f"retrains on a disk that is {condition}", 2)


class Plug:
    """A disk that holds `kept`, shown at `shown` while it is plugged in."""

    def __init__(self, kept: Path, shown: Path) -> None:
        self.kept, self.shown, self.is_in = kept, shown, False
        shown.mkdir()
        self.put_in()

    def put_in(self) -> None:
        mount("--bind", self.kept, self.shown)
        self.is_in = True

    def pull(self) -> None:
        """Whoever has a file open on it may go on with that; nobody finds it by its path."""
        subprocess.run(["umount", "--lazy", self.shown], check=True)
        self.is_in = False


@pytest.fixture
def plug(tmp_path) -> Iterator[Plug]:
    plug = Plug(add_sidecars(make_places(tmp_path / "kept")), tmp_path / "videos")
    yield plug
    if plug.is_in:
        plug.pull()


@pytest.mark.parametrize("change", ["sort", "batch", "merge"])
def test_a_library_that_vanishes_at_any_step_loses_nothing(plug, tmp_path, change, attacked):
    before = tree(plug.kept)
    changes = {
        "sort": lambda mover: mover.sort("12.mp4", "soccer"),
        "batch": lambda mover: mover.sort_batch([(f"1{number}.mp4", "food") for number in range(3)]),
        "merge": lambda mover: mover.merge_folder("food", "soccer"),
    }
    for wanted in range(1, MOST_STEPS):
        steps = 0

        def pull(when: str, *_, wanted: int = wanted) -> None:
            nonlocal steps
            steps += when == "before"
            if steps == wanted and plug.is_in:
                plug.pull()

        with contextlib.closing(open_database(tmp_path / f"artifacts-{wanted}")) as database:
            mover = Mover(plug.shown, database)
            with struck_by(pull), contextlib.suppress(VidsortError):
                changes[change](mover)
            with contextlib.suppress(VidsortError):
                mover.recover()
            assert sorted(filter(None, tree(plug.kept).values())) == sorted(filter(None, before.values()))
            is_over = plug.is_in
            if not is_over:
                plug.put_in()
            mover.recover()
            assert_whole(plug.shown, before, f"step {wanted}")
            undo_all(mover)
        assert tree(plug.kept) == before
        if is_over:
            break
    assert wanted > 5
    attacked(f"a disk pulled out in a {change}", wanted - 1)
