"""One file moved: never over another one, also from device to device, and whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from vidsort.errors import ConflictError
from vidsort.library.moves import rename as safe_rename
from vidsort.library.moves.rename import move_file


@pytest.fixture
def elsewhere(tmp_path):
    """A folder on another device than `tmp_path`."""
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir() or shared_memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second device to move to")
    with tempfile.TemporaryDirectory(dir=shared_memory) as folder:
        yield Path(folder)


@pytest.fixture
def source(tmp_path) -> Path:
    """A file of more than one chunk, an old one."""
    path = tmp_path / "1.mp4"
    path.write_bytes(os.urandom(safe_rename.CHUNK_BYTES + 12345))
    os.utime(path, ns=(10**18, 10**18))
    return path


def test_a_file_goes_to_another_device_whole_with_its_time(source, elsewhere):
    content = source.read_bytes()
    move_file(source, elsewhere / "1.mp4", elsewhere / "part")
    assert (elsewhere / "1.mp4").read_bytes() == content
    assert (elsewhere / "1.mp4").stat().st_mtime_ns == 10**18
    assert not source.exists()
    assert [path.name for path in elsewhere.iterdir()] == ["1.mp4"]


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_taken_name_is_never_overwritten(source, tmp_path, where, request):
    folder = tmp_path / "folder" if where == "here" else request.getfixturevalue("elsewhere")
    folder.mkdir(exist_ok=True)
    (folder / "1.mp4").write_text("somebody's")
    with pytest.raises(FileExistsError):
        move_file(source, folder / "1.mp4", folder / "part")
    assert (folder / "1.mp4").read_text() == "somebody's"
    assert source.exists()
    assert [path.name for path in folder.iterdir()] == ["1.mp4"]


def test_a_full_disk_leaves_the_file_where_it_was_and_nothing_beside_the_target(source, elsewhere, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        move_file(source, elsewhere / "1.mp4", elsewhere / "part")
    assert source.exists()
    assert list(elsewhere.iterdir()) == []


def test_a_copy_that_came_out_otherwise_is_thrown_away(source, elsewhere, monkeypatch):
    monkeypatch.setattr(safe_rename, "_digest", lambda _: b"otherwise")
    with pytest.raises(ConflictError):
        move_file(source, elsewhere / "1.mp4", elsewhere / "part")
    assert source.exists()
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_is_still_being_written_is_left_where_it_is(source, elsewhere, monkeypatch):
    real_copy = safe_rename._copy

    def written_meanwhile(*places):
        digest = real_copy(*places)
        with source.open("ab") as file:
            file.write(b"more")
        return digest

    monkeypatch.setattr(safe_rename, "_copy", written_meanwhile)
    with pytest.raises(ConflictError, match="changed"):
        move_file(source, elsewhere / "1.mp4", elsewhere / "part")
    assert source.read_bytes().endswith(b"more")
    assert list(elsewhere.iterdir()) == []


def test_an_original_that_cannot_be_deleted_stays_alone(source, elsewhere, monkeypatch):
    real_unlink = os.unlink

    def read_only(path):
        if Path(path) == source:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        real_unlink(path)

    monkeypatch.setattr(os, "unlink", read_only)
    with pytest.raises(OSError, match="Read-only"):
        move_file(source, elsewhere / "1.mp4", elsewhere / "part")
    assert source.exists()
    assert list(elsewhere.iterdir()) == []


def test_the_only_copy_is_kept_when_the_original_was_taken_away(source, elsewhere, monkeypatch):
    content = source.read_bytes()
    real_sync = safe_rename.sync_folder

    def taken_away(folder):
        real_sync(folder)
        source.unlink()

    monkeypatch.setattr(safe_rename, "sync_folder", taken_away)
    move_file(source, elsewhere / "1.mp4", elsewhere / "part")
    assert (elsewhere / "1.mp4").read_bytes() == content


def test_a_folder_that_cannot_be_flushed_is_no_failure(source, tmp_path, monkeypatch, caplog):
    def cannot(_):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", cannot)
    safe_rename.sync_folder(tmp_path)
    safe_rename.sync_folder(tmp_path / "gone")
    assert caplog.text == ""
