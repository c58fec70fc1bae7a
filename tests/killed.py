"""Kill a change of the library at each of its steps, and see what recovery makes of it.

A program of its own, because it forks: `python killed.py <change, or "recovery"> <drive> <folder>`. For step 1, 2, 3… a
child makes the change and is killed (SIGKILL) right after it: after each step that touches the disk or the
journal. Writes the number of kills. For the drives that it can play see `DRIVES`.
"""

import contextlib
import errno
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from places import add_kept, add_sidecars, apart, make_places, tree

from vidsort.errors import ConflictError, VidsortError
from vidsort.library.moves import Mover, Wish
from vidsort.library.moves.files import crossing
from vidsort.library.moves.files.faults import struck_by
from vidsort.store import open_database
from vidsort.store.people.decisions import Decisions

# Which ways of renaming it does not know, and whether each folder is another device.
DRIVES = {
    "one": ([], False), "linking": (["rename"], False), "reserving": (["rename", "link"], False),
    "two": ([], True), "two linking": (["rename"], True), "two reserving": (["rename", "link"], True),
    # Each folder is a mount of its own, for real: one device number, and yet no rename leads there.
    "bound": ([], False),
}
# Between folders and back to the pile; 12 and 5 have files beside them.
SORTED = [("12.mp4", "soccer"), ("11.mp4", "food")]
MOVED = [Wish("12.mp4", "soccer", "food"), Wish("11.mp4", "food", None), Wish("5.mp4", "soccer", "tennis")]
# What is done before, and what is killed.
CHANGES: dict[str, tuple[list[Callable[[Mover], object]], Callable[[Mover], object]]] = {
    "sort": ([], lambda mover: mover.sort("10.mp4", "soccer")),
    "batch": ([], lambda mover: mover.sort_batch([("10.mp4", "soccer"), ("11.mp4", "food"), ("12.mp4", "soccer")])),
    "filed alone": ([], lambda mover: file_alone(mover)),
    "making batch": ([], lambda mover: file_anew(mover)),
    "making batch undone": ([lambda mover: file_anew(mover)], lambda mover: mover.undo()),
    "undo": ([lambda mover: mover.sort("10.mp4", "soccer")], lambda mover: mover.undo()),
    "redo": ([lambda mover: mover.sort("10.mp4", "soccer"), lambda mover: mover.undo()], lambda mover: mover.redo()),
    "move": ([lambda mover: mover.sort("10.mp4", "soccer")], lambda mover: mover.move("10.mp4", "soccer", "food")),
    "unsort": ([lambda mover: mover.sort("10.mp4", "soccer")], lambda mover: mover.move("10.mp4", "soccer", None)),
    "create": ([], lambda mover: mover.create_folder("golf")),
    "uncreate": ([lambda mover: mover.create_folder("golf")], lambda mover: mover.undo()),
    "rename": ([], lambda mover: mover.rename_folder("soccer", "football")),
    "unrename": ([lambda mover: mover.rename_folder("soccer", "football")], lambda mover: mover.undo()),
    "remove": ([lambda mover: mover.create_folder("golf")], lambda mover: mover.remove_folder("golf")),
    "unremove": (
        [lambda mover: mover.create_folder("golf"), lambda mover: mover.remove_folder("golf")],
        lambda mover: mover.undo(),
    ),
    "move batch": ([lambda mover: mover.sort_batch(SORTED)], lambda mover: mover.move_batch(MOVED)),
    "move batch undone": (
        [lambda mover: mover.sort_batch(SORTED), lambda mover: mover.move_batch(MOVED)], lambda mover: mover.undo()
    ),
    "move batch redone": (
        [lambda mover: mover.sort_batch(SORTED), lambda mover: mover.move_batch(MOVED), lambda mover: mover.undo()],
        lambda mover: mover.redo(),
    ),
    "merge": ([], lambda mover: mover.merge_folder("food", "soccer")),
    # By a drive that refuses: what went along already is taken back.
    "refused": ([], lambda mover: sort_in_vain(mover)),
    # "kept …": of folders that hold what nobody moves.
    "kept merge": ([], lambda mover: mover.merge_folder("food", "soccer")),
    "kept unmerge": ([lambda mover: mover.merge_folder("food", "soccer")], lambda mover: mover.undo()),
    "kept rename": ([], lambda mover: mover.rename_folder("food", "dishes")),
    "unmerge": ([lambda mover: mover.merge_folder("food", "soccer")], lambda mover: mover.undo()),
}


def file_anew(mover: Mover) -> None:
    mover.sort_batch([("10.mp4", "golf"), ("11.mp4", "golf")], "golf")


def file_alone(mover: Mover) -> None:
    """10.mp4 and 11.mp4, and 12.mp4 is held back."""
    noting = decisions_of(mover).filed_alone_as(0.02, [("12.mp4", "soccer")])
    mover.move_batch([Wish("10.mp4", None, "soccer"), Wish("11.mp4", None, "food")], noting=noting)


def decisions_of(mover: Mover) -> Decisions:
    return Decisions(mover._journal._database, mover._journal._library)


def sort_in_vain(mover: Mover) -> None:
    with contextlib.suppress(VidsortError):
        mover.sort("10.mp4", "soccer")


class Drive:
    """Strikes at each step: refuses what this drive cannot do, and kills when it has been asked for so many steps.

    One that is called "refusing …" does not give 10.mp4 another name.
    """

    def __init__(self, name: str, steps: int | None = None) -> None:
        self._refuses = name.startswith("refusing ")
        self._unknown, self._has_devices = DRIVES[name.removeprefix("refusing ")]
        self._left = steps

    def __call__(self, when: str, step: str, *places) -> None:
        if self._left is not None and when == "after":
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        if when == "before" and step in ("rename", "link", "rename over") and not Path(str(places[0])).is_dir():
            if self._refuses and places[0].name == "10.mp4":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            if step in self._unknown:
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
            if self._has_devices and places[0].folder.path != places[1].folder.path:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def bind(data_dir: Path) -> None:
    for folder in filter(Path.is_dir, data_dir.iterdir()):
        subprocess.run(["mount", "--bind", folder, folder], check=True)


def survives(change: Callable[[Mover], object], drive: Drive, data_dir: Path, artifacts_dir: Path) -> bool:
    """Make the change in a child that is killed after so many steps; whether it came to its end before."""
    pid = os.fork()
    if pid == 0:
        mover = Mover(data_dir, open_database(artifacts_dir))
        with struck_by(drive):
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


def kill_at_each_step(name: str, drive: str, folder: Path) -> int:
    """The number of steps at which the change was killed, all of them survived by every file."""
    first_steps, change = CHANGES[name]
    steps = 0
    while True:
        steps += 1
        data_dir, artifacts_dir = add_sidecars(make_places(folder / f"{steps}")), folder / f"{steps}-artifacts"
        if name.startswith("kept "):
            add_kept(data_dir)
        if drive == "bound":
            bind(data_dir)
        untouched = tree(data_dir)
        database = open_database(artifacts_dir)
        for step in first_steps:
            step(Mover(data_dir, database))
        database.close()
        before = tree(data_dir)
        if survives(change, Drive(drive, steps), data_dir, artifacts_dir):
            return steps - 1
        left = tree(data_dir)
        assert set(untouched.values()) <= set(left.values()), f"lost at step {steps}: {left}"
        database = open_database(artifacts_dir)
        mover = Mover(data_dir, database)
        mover.recover()
        assert_whole(data_dir, untouched, f"step {steps}")
        if name == "filed alone":
            assert_remembered(mover, data_dir, f"step {steps}")
        if name in ("sort", "undo", "redo", "create", "uncreate", "rename", "unrename", "remove", "unremove"):
            finished_or_reverted(mover, change, before, data_dir)
        undo_all(mover)
        assert tree(data_dir) == untouched, f"undo after step {steps}"
        database.close()


def assert_whole(data_dir: Path, untouched: dict, at: str) -> None:
    """Each file is there once with its bytes, beside its video, and nothing else is."""
    settled = tree(data_dir)
    is_whole = sorted(filter(None, settled.values())) == sorted(filter(None, untouched.values()))
    assert is_whole, f"lost, doubled or littered at {at}: {settled}"
    empty = [list(each.values()).count("") for each in (settled, untouched)]
    assert empty[0] == empty[1], f"a placeholder stays, or an empty file is lost at {at}: {settled}"
    assert not apart(data_dir), f"apart at {at}: {settled}"


def assert_remembered(mover: Mover, data_dir: Path, at: str) -> None:
    """Whatever was filed without a person is known to be so, and what was held back for it too."""
    filed = {name for name, folder in (("10.mp4", "soccer"), ("11.mp4", "food")) if (data_dir / folder / name).exists()}
    decisions = decisions_of(mover)
    assert decisions.filed_alone() == filed, f"taken for what a person said at {at}"
    assert set(decisions.held()) == ({"12.mp4"} if filed else set()), f"forgotten at {at}"


def kill_the_recovery_too(drive: str, folder: Path) -> int:
    """The number of times that a sort was killed at a step, and its recovery at one of its own; all survived."""
    count = 0
    for first in range(1, 1000):
        for second in range(1, 1000):
            where = folder / f"{first}-{second}"
            data_dir, artifacts_dir = add_sidecars(make_places(where / "videos")), where / "artifacts"
            untouched = tree(data_dir)
            if survives(lambda mover: mover.sort("12.mp4", "soccer"), Drive(drive, first), data_dir, artifacts_dir):
                return count
            is_done = survives(lambda mover: mover.recover(), Drive(drive, second), data_dir, artifacts_dir)
            database = open_database(artifacts_dir)
            mover = Mover(data_dir, database)
            mover.recover()
            assert_whole(data_dir, untouched, f"steps {first} and {second}")
            undo_all(mover)
            assert tree(data_dir) == untouched, f"undo after steps {first} and {second}"
            database.close()
            if is_done:
                break
            count += 1
    raise AssertionError("a sort has no end")


def finished_or_reverted(mover: Mover, change: Callable[[Mover], object], before: dict, data_dir: Path) -> None:
    """A single change took place or it did not; where it did not, it can be made now."""
    if tree(data_dir) == before:
        change(mover)
    assert tree(data_dir) != before


if __name__ == "__main__":
    wanted, drive, where = sys.argv[1:]
    crossing.CHUNK_BYTES = 3
    with struck_by(Drive(drive)):
        kills = kill_the_recovery_too if wanted == "recovery" else functools.partial(kill_at_each_step, wanted)
        sys.stdout.write(str(kills(drive, Path(where))))
