"""Kill a change of the library at each of its steps, and see what recovery makes of it.

A program of its own, because it forks: `python killed.py <change> <same|two> <folder>`. For step 1,
2, 3… a child makes the change and is killed (SIGKILL) right there: before or after each call that
touches the disk or the journal. `two` plays a library on two devices. Writes the number of kills.
"""

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from places import make_places, tree

from vidsort.errors import ConflictError
from vidsort.library.moves import recovery
from vidsort.library.moves import rename as safe_rename
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database
from vidsort.store.journal import Journal

# What is done before, and what is killed.
CHANGES: dict[str, tuple[list[Callable[[Mover], object]], Callable[[Mover], object]]] = {
    "sort": ([], lambda mover: mover.sort("10.mp4", "soccer")),
    "batch": ([], lambda mover: mover.sort_batch([("10.mp4", "soccer"), ("11.mp4", "food"), ("12.mp4", "soccer")])),
    "undo": ([lambda mover: mover.sort("10.mp4", "soccer")], lambda mover: mover.undo()),
    "redo": ([lambda mover: mover.sort("10.mp4", "soccer"), lambda mover: mover.undo()], lambda mover: mover.redo()),
    "create": ([], lambda mover: mover.create_folder("golf")),
    "uncreate": ([lambda mover: mover.create_folder("golf")], lambda mover: mover.undo()),
    "rename": ([], lambda mover: mover.rename_folder("soccer", "football")),
    "unrename": ([lambda mover: mover.rename_folder("soccer", "football")], lambda mover: mover.undo()),
    "merge": ([], lambda mover: mover.merge_folder("food", "soccer")),
    "unmerge": ([lambda mover: mover.merge_folder("food", "soccer")], lambda mover: mover.undo()),
}


class _Fuse:
    """Kills this process when it has burnt for so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, owner: object, name: str) -> None:
        """Let each call of this function burn a step before and one after."""
        real = getattr(owner, name)

        def wrapped(*args, **options):
            self.burn()
            result = real(*args, **options)
            self.burn()
            return result

        setattr(owner, name, wrapped)


class _BurningWriter:
    """A file that burns a step with each chunk, so that copies are cut off in the middle."""

    def __init__(self, file, fuse: _Fuse) -> None:
        self._file, self._fuse = file, fuse

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, chunk):
        self._file.write(chunk)
        self._file.flush()
        self._fuse.burn()


def play_two_devices() -> None:
    """Refuse renames from folder to folder as the system does between devices."""
    real_replace = os.replace

    def replace(source, target):
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(source), None, str(target))
        real_replace(source, target)

    os.replace = replace
    recovery.are_two_devices = lambda *_: True
    safe_rename.CHUNK_BYTES = 3


def burn_at_each_step(fuse: _Fuse) -> None:
    for name in ("open", "close", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "chmod"):
        fuse.wrap(os, name)
    fuse.wrap(shutil, "copystat")
    for name in ("intend", "turn", "settle"):
        fuse.wrap(Journal, name)
    real_open = Path.open

    def open_burning(path, mode="r", *args, **options):
        file = real_open(path, mode, *args, **options)
        return _BurningWriter(file, fuse) if mode == "wb" else file

    Path.open = open_burning


def survives(change: Callable[[Mover], object], data_dir: Path, artifacts_dir: Path, steps: int) -> bool:
    """Make the change in a child that is killed after so many steps; whether it came to its end before."""
    pid = os.fork()
    if pid == 0:
        mover = Mover(data_dir, open_database(artifacts_dir))
        burn_at_each_step(_Fuse(steps))
        change(mover)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    if status == 0:
        return True
    assert os.WIFSIGNALED(status), "the change failed by itself"
    assert os.WTERMSIG(status) == signal.SIGKILL, "the change failed by itself"
    return False


def undo_all(mover: Mover) -> None:
    while True:
        try:
            mover.undo()
        except ConflictError:
            return


def kill_at_each_step(name: str, folder: Path) -> int:
    """The number of steps at which the change was killed, all of them survived by every file."""
    first_steps, change = CHANGES[name]
    steps = 0
    while True:
        steps += 1
        data_dir, artifacts_dir = make_places(folder / f"{steps}"), folder / f"{steps}-artifacts"
        untouched = tree(data_dir)
        database = open_database(artifacts_dir)
        for step in first_steps:
            step(Mover(data_dir, database))
        database.close()
        before = tree(data_dir)
        if survives(change, data_dir, artifacts_dir, steps):
            return steps - 1
        left = tree(data_dir)
        assert set(untouched.values()) <= set(left.values()), f"lost at step {steps}: {left}"
        database = open_database(artifacts_dir)
        mover = Mover(data_dir, database)
        mover.recover()
        settled = tree(data_dir)
        is_whole = sorted(filter(None, settled.values())) == sorted(filter(None, untouched.values()))
        assert is_whole, f"lost, doubled or littered at step {steps}: {settled}"
        assert len([text for text in settled.values() if text == ""]) == 0, f"a placeholder stays at step {steps}"
        if name in ("sort", "undo", "redo", "create", "uncreate", "rename", "unrename"):
            finished_or_reverted(mover, change, before, data_dir)
        undo_all(mover)
        assert tree(data_dir) == untouched, f"undo after step {steps}"
        database.close()


def finished_or_reverted(mover: Mover, change: Callable[[Mover], object], before: dict, data_dir: Path) -> None:
    """A single change took place or it did not; where it did not, it can be made now."""
    if tree(data_dir) == before:
        change(mover)
    assert tree(data_dir) != before


if __name__ == "__main__":
    wanted, devices, where = sys.argv[1:]
    if devices == "two":
        play_two_devices()
    sys.stdout.write(str(kill_at_each_step(wanted, Path(where))))
