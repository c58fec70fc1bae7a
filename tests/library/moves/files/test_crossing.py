"""One file moved to another device or mount: whole or not at all, and nothing that others do meanwhile is lost."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from places import mounted

from vidsort.errors import ConflictError
from vidsort.library import opened
from vidsort.library.moves.files import crossing
from vidsort.library.moves.files.crossing import move_file
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.files.rename import LeftHalfDone
from vidsort.library.opened import Folders


@pytest.fixture
def bound(tmp_path):
    """A folder that is another mount of the same device: one device number, and yet no rename leads there."""
    folder = tmp_path / "bound"
    folder.mkdir()
    with mounted(folder, folder):
        yield folder


@pytest.fixture(params=["bound", "shared memory", "by path"])
def elsewhere(request, tmp_path, monkeypatch):
    """A folder that no rename leads to from `tmp_path`; once where there are no descriptors of folders."""
    if request.param == "by path":
        monkeypatch.setattr(opened, "HAS_DESCRIPTORS", False)
    if request.param == "bound":
        yield request.getfixturevalue("bound")
        return
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second device to move to")
    with tempfile.TemporaryDirectory(dir=shared_memory) as folder:
        yield Path(folder)


@pytest.fixture
def source(tmp_path, monkeypatch) -> Path:
    """A file of more than one chunk, an old one."""
    monkeypatch.setattr(crossing, "CHUNK_BYTES", 1000)
    path = tmp_path / "1.mp4"
    path.write_bytes(os.urandom(2500))
    os.utime(path, ns=(10**18, 10**18))
    return path


def move(source: Path, target: Path) -> None:
    with Folders(source.parent) as here, Folders(target.parent) as there:
        move_file(here.place(source.name), there.place(target.name), "tag")


def left(*folders: Path) -> list[str]:
    """What lies in these folders, hidden things too."""
    return sorted(path.name for folder in folders for path in folder.iterdir() if not path.is_dir())


def once(*pairs: object) -> contextlib.AbstractContextManager:
    """Do something once at each step; one is written as "before rename .part 1.mp4": its name, how its places end."""
    pending = dict(zip(pairs[::2], pairs[1::2], strict=True))

    def strike(now, name, *places):
        for at in list(pending):
            when, step, *ends = at.split()
            is_there = (now, name.replace(" ", "-")) == (when, step) and len(ends) <= len(places)
            if is_there and all(str(place).endswith(end) for place, end in zip(places, ends, strict=False)):
                pending.pop(at)()

    return struck_by(strike)


def fail(number: int) -> Callable[[], None]:
    def raise_it() -> None:
        raise OSError(number, os.strerror(number))

    return raise_it


def replace(path: Path, text: str) -> None:
    """As programs do that save a file whole."""
    path.with_name("beside").write_text(text)
    path.with_name("beside").replace(path)


def test_a_file_goes_to_another_device_whole_with_its_facts(source, elsewhere):
    content = source.read_bytes()
    source.chmod(0o640)
    if os.getuid() == 0:
        os.chown(source, 1234, 1234)
    before = source.stat()
    move(source, elsewhere / "1.mp4")
    after = (elsewhere / "1.mp4").stat()
    assert (elsewhere / "1.mp4").read_bytes() == content
    assert [(facts.st_mtime_ns, facts.st_mode, facts.st_uid) for facts in (before, after)] == [
        (10**18, 0o100640, before.st_uid)
    ] * 2
    assert not source.exists()
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_a_taken_name_is_not_overwritten_and_nothing_is_copied(source, elsewhere):
    (elsewhere / "1.mp4").write_text("somebody's")
    with once("before create", fail(errno.EIO)), pytest.raises(FileExistsError):
        move(source, elsewhere / "1.mp4")
    assert (elsewhere / "1.mp4").read_text() == "somebody's"
    assert source.exists()
    assert left(elsewhere, source.parent) == ["1.mp4", "1.mp4"]


@pytest.mark.parametrize("at", [
    "after create .part", "after write .part", "after flush .part", "before rename 1.mp4 .original",
    "before flush-folder", "before rename .part 1.mp4",
])
@pytest.mark.parametrize("write", [Path.write_text, replace, lambda path, _: path.touch()])
def test_what_another_program_writes_to_the_name_meanwhile_is_kept(source, elsewhere, at, write):
    content, target = source.read_bytes(), elsewhere / "1.mp4"
    with once(at, lambda: write(target, "somebody's")), pytest.raises(FileExistsError):
        move(source, target)
    assert target.read_text() in ("somebody's", "")
    assert source.read_bytes() == content
    assert left(elsewhere, source.parent) == ["1.mp4", "1.mp4"]


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"theirs")


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"theirs")


@pytest.mark.parametrize("at", [
    "after create .part", "after write .part", "after flush .part", "before rename 1.mp4 .original",
])
@pytest.mark.parametrize("change", [append, overwrite, lambda path: replace(path, "theirs")])
def test_a_change_of_the_original_while_it_is_copied_is_kept(source, elsewhere, at, change):
    with once(at, lambda: change(source)), pytest.raises(ConflictError, match=r"1\.mp4 is being written to, or was ch"):
        move(source, elsewhere / "1.mp4")
    assert b"theirs" in source.read_bytes()
    assert left(elsewhere, source.parent) == ["1.mp4"]


@pytest.mark.parametrize("at", ["after rename 1.mp4 .original", "after rename .part 1.mp4"])
def test_what_is_appended_after_the_comparison_is_not_deleted(source, elsewhere, monkeypatch, at):
    """Also where the file system does not tell who writes."""
    monkeypatch.setattr(crossing, "_is_being_written", lambda _: False)
    with contextlib.ExitStack() as files:
        held = []
        with once(
            "after create .part", lambda: held.append(files.enter_context(source.open("ab", buffering=0))),
            at, lambda: held[0].write(b"theirs"),
        ), pytest.raises(ConflictError):
            move(source, elsewhere / "1.mp4")
    assert source.read_bytes().endswith(b"theirs")
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_a_program_that_opened_the_original_while_it_was_copied_writes_into_no_deleted_file(source, elsewhere):
    if not _tells_of_writers(source.parent):
        pytest.skip("this file system does not tell who writes")
    with contextlib.ExitStack() as files:
        held = []
        opens = once("after write .part", lambda: held.append(files.enter_context(source.open("ab", buffering=0))))
        with opens, pytest.raises(ConflictError):
            move(source, elsewhere / "1.mp4")
        held[0].write(b"later")
    assert source.read_bytes().endswith(b"later")


def _tells_of_writers(folder: Path) -> bool:
    return os.major(folder.stat().st_dev) != 0


def test_a_file_that_a_program_has_open_for_writing_is_not_copied_at_all(source, elsewhere):
    if not _tells_of_writers(source.parent):
        pytest.skip("this file system does not tell who writes")
    with source.open("ab"), once("before create", fail(errno.EIO)), pytest.raises(ConflictError, match="written to"):
        move(source, elsewhere / "1.mp4")
    with source.open("rb"):
        move(source, elsewhere / "1.mp4")
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_a_new_file_that_comes_to_the_old_name_is_another_one_and_stays(source, elsewhere):
    content = source.read_bytes()
    with once("after rename 1.mp4 .original", lambda: source.write_text("newer")):
        move(source, elsewhere / "1.mp4")
    assert (elsewhere / "1.mp4").read_bytes() == content
    assert source.read_text() == "newer"
    assert left(elsewhere, source.parent) == ["1.mp4", "1.mp4"]


def test_a_name_that_is_taken_on_both_sides_leaves_the_original_to_recovery(source, elsewhere):
    content = source.read_bytes()

    def take_both():
        source.write_text("newer")
        (elsewhere / "1.mp4").write_text("somebody's")

    with once("after rename 1.mp4 .original", take_both), pytest.raises(LeftHalfDone):
        move(source, elsewhere / "1.mp4")
    assert (source.parent / ".vidsort-tag.original").read_bytes() == content


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("at", [
    "before create .part", "before write .part", "after write .part", "before flush .part",
    "before rename 1.mp4 .original", "before flush-folder", "before rename .part 1.mp4", "before remove .original",
])
def test_whatever_the_drive_refuses_the_file_stays_where_it_was_alone(source, elsewhere, at, number):
    content = source.read_bytes()
    with once(at, fail(number)), pytest.raises(OSError, match=os.strerror(number)):
        move(source, elsewhere / "1.mp4")
    assert source.read_bytes() == content
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_a_target_that_could_not_be_flushed_never_costs_the_original(source, elsewhere):
    content = source.read_bytes()
    with once(f"before flush-folder {elsewhere}", fail(errno.EIO)), pytest.raises(OSError, match="Input/output"):
        move(source, elsewhere / "1.mp4")
    assert source.read_bytes() == content
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_a_copy_that_came_out_otherwise_is_thrown_away(source, elsewhere):
    content = source.read_bytes()
    with once("before flush .part", lambda: overwrite(elsewhere / ".vidsort-tag.part")), pytest.raises(
        ConflictError, match="came out otherwise"
    ):
        move(source, elsewhere / "1.mp4")
    assert source.read_bytes() == content
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_the_only_copy_is_kept_when_the_original_was_taken_away(source, elsewhere):
    content, aside = source.read_bytes(), source.parent / ".vidsort-tag.original"
    with once("before remove .original", aside.unlink):
        move(source, elsewhere / "1.mp4")
    assert (elsewhere / "1.mp4").read_bytes() == content


def test_the_only_copy_is_kept_when_the_drive_says_that_it_did_not_remove_the_original(source, elsewhere):
    content = source.read_bytes()
    with once("after remove .original", fail(errno.EIO)), pytest.raises(LeftHalfDone):
        move(source, elsewhere / "1.mp4")
    assert (elsewhere / "1.mp4").read_bytes() == content


def test_what_an_earlier_try_left_is_no_obstacle(source, elsewhere):
    (elsewhere / ".vidsort-tag.part").write_text("half")
    move(source, elsewhere / "1.mp4")
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_a_folder_that_cannot_be_flushed_at_all_is_no_failure(source, elsewhere, monkeypatch):
    real_sync = os.fsync

    def cannot(descriptor):
        if Path(f"/proc/self/fd/{descriptor}").is_dir():
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real_sync(descriptor)

    monkeypatch.setattr(os, "fsync", cannot)
    move(source, elsewhere / "1.mp4")
    assert left(elsewhere, source.parent) == ["1.mp4"]


def test_nothing_is_open_when_it_is_renamed_or_removed(source, elsewhere):
    """Which Windows would refuse."""
    met = []

    def look(when, step, *places):
        if when == "before" and step in ("rename", "remove"):
            opened_now = {os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()}
            met.append(opened_now & {os.path.realpath(str(place)) for place in places})

    with struck_by(look):
        move(source, elsewhere / "1.mp4")
    assert met == [set()] * 4
