"""Whether anything is in a library at all."""

import errno
import os

import pytest

from vidsort.errors import NotFoundError
from vidsort.library import Snapshot, nothing_in, scan


def test_a_video_called_anything_or_a_folder_is_something(tmp_path):
    assert nothing_in(tmp_path)
    for place in ("1.mp4", "My clip.MOV"):
        (tmp_path / place).touch()
        assert not nothing_in(tmp_path)
        (tmp_path / place).unlink()
    (tmp_path / "food").mkdir()
    assert not nothing_in(tmp_path)


def test_what_is_no_video_and_no_category_folder_is_nothing(tmp_path):
    for name in ("@eaDir", ".hidden", "__MACOSX"):
        (tmp_path / name).mkdir()
    for name in ("notes.txt", "1.mp4.part", ".1.mp4", "thumbs.db"):
        (tmp_path / name).touch()
    (tmp_path / "outside").symlink_to(tmp_path.parent)
    (tmp_path / "2.mp4").symlink_to(tmp_path / "notes.txt")
    assert nothing_in(tmp_path)
    assert scan(tmp_path, "any") == Snapshot()


def test_without_a_library_it_says_what_to_choose(tmp_path):
    with pytest.raises(NotFoundError, match="--data-dir"):
        nothing_in(tmp_path / "none")


def test_a_closed_library_is_no_empty_one(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "scandir", lambda _: (_ for _ in ()).throw(PermissionError(errno.EACCES, "denied")))
    with pytest.raises(NotFoundError, match="cannot be read"):
        nothing_in(tmp_path)
