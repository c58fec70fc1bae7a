"""What was opened stays what is worked on: no link leads out, whatever comes to a name meanwhile."""

import os
from pathlib import Path

import pytest
from places import make_places

from vidsort.errors import AwayError, NotFoundError
from vidsort.library import opened
from vidsort.library.opened import Folders, open_video


@pytest.fixture(params=["by descriptor", "by path"])
def data_dir(request, tmp_path, monkeypatch) -> Path:
    """A small library, opened by descriptors or, as where there are none, by paths."""
    if request.param == "by path":
        monkeypatch.setattr(opened, "HAS_DESCRIPTORS", False)
        monkeypatch.setattr(opened, "NO_LINK", 0)
    return make_places(tmp_path / "videos")


@pytest.fixture
def outside(tmp_path) -> Path:
    """A folder out of the library, with a file of a video's name."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "5.mp4").write_text("secret")
    return tmp_path / "outside"


def test_a_folder_stays_the_same_one_whatever_comes_to_its_name(tmp_path, outside):
    data_dir = make_places(tmp_path / "videos")
    with Folders(data_dir) as folders:
        place = folders.place("soccer/5.mp4")
        (data_dir / "soccer").rename(data_dir / ".aside")
        (data_dir / "soccer").symlink_to(outside)
        assert os.path.samestat(place.facts(), (data_dir / ".aside" / "5.mp4").stat())
        assert folders.category("soccer").names() == ["5.mp4"]
    with Folders(data_dir) as folders, pytest.raises(NotADirectoryError):
        folders.category("soccer")


def test_a_link_is_no_folder_but_for_one_further_inside_the_library(data_dir, outside):
    (data_dir / ".second_disk" / "golf").mkdir(parents=True)
    (data_dir / ".second_disk" / "golf" / "9.mp4").touch()
    for name, target in (("golf", data_dir / ".second_disk" / "golf"), ("alias", "soccer"), ("out", outside),
                         ("up", ".."), ("self", "."), ("dangling", "nowhere"), ("round", "round")):
        (data_dir / name).symlink_to(target)
    with Folders(data_dir) as folders:
        assert folders.place("golf/9.mp4").facts() is not None
        for name in ("alias", "out", "up", "self", "dangling", "round", "10.mp4"):
            with pytest.raises(NotADirectoryError):
                folders.category(name)
        with pytest.raises(FileNotFoundError):
            folders.category("nosuch")


def test_a_folder_on_the_way_of_such_a_link_that_became_a_link_leads_nowhere(data_dir, outside, monkeypatch):
    (data_dir / ".second_disk" / "golf").mkdir(parents=True)
    (data_dir / "golf").symlink_to(data_dir / ".second_disk" / "golf")
    real = opened.inner_folder

    def swapped(path):
        parts = real(path)
        (data_dir / ".second_disk").rename(data_dir / ".aside")
        (data_dir / ".second_disk").symlink_to(outside)
        return parts

    monkeypatch.setattr(opened, "inner_folder", swapped)
    with Folders(data_dir) as folders, pytest.raises(NotADirectoryError):
        folders.category("golf")


def test_a_library_may_itself_be_a_link(data_dir, tmp_path):
    (tmp_path / "link").symlink_to(data_dir)
    with Folders(tmp_path / "link") as folders:
        assert folders.place("soccer/5.mp4").facts() is not None


def test_no_descriptor_is_left_open(data_dir):
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with Folders(data_dir) as folders:
        for name in ("food", "soccer", "tennis"):
            folders.category(name)
    with pytest.raises(NotFoundError):
        Folders(data_dir / "10.mp4")
    with open_video(data_dir, data_dir / "10.mp4").as_path():
        pass
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_library_that_cannot_be_opened_is_away(data_dir, monkeypatch):
    def fail(*_, **__):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "is_dir", fail)
    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(AwayError, match="Input/output error"):
        Folders(data_dir)


def test_a_video_opens_where_it_was_found(data_dir):
    for place in ("10.mp4", "soccer/5.mp4"):
        with open_video(data_dir, data_dir / place).file as file:
            assert file.read().decode() == place


@pytest.mark.parametrize("put", [
    lambda path, outside: path.symlink_to(outside / "5.mp4"), lambda path, _: path.mkdir(),
    lambda path, _: os.mkfifo(path), lambda path, _: None,
])
def test_only_a_regular_file_opens_and_a_pipe_keeps_nobody_waiting(data_dir, outside, put):
    for place in ("90.mp4", "soccer/90.mp4"):
        put(data_dir / place, outside)
        with pytest.raises(FileNotFoundError):
            open_video(data_dir, data_dir / place)


def test_a_folder_that_became_a_link_leads_to_no_video(data_dir, outside):
    found = data_dir / "soccer" / "5.mp4"
    (data_dir / "soccer").rename(data_dir / ".aside")
    (data_dir / "soccer").symlink_to(outside)
    assert found.read_text() == "secret"
    with pytest.raises(FileNotFoundError):
        open_video(data_dir, found)


def test_a_path_leads_to_what_is_open_whatever_its_name_holds_by_now(tmp_path, outside):
    data_dir = make_places(tmp_path / "videos")
    video = open_video(data_dir, data_dir / "soccer" / "5.mp4")
    with video.as_path() as path:
        (data_dir / "soccer" / "5.mp4").unlink()
        (data_dir / "soccer" / "5.mp4").symlink_to(outside / "5.mp4")
        assert path.read_text() == "soccer/5.mp4"
    assert video.file.closed


@pytest.mark.parametrize("replace", [Path.unlink, lambda path: (path.unlink(), path.write_text("another"))])
def test_where_there_are_no_such_paths_what_was_read_counts_only_if_it_is_still_there(data_dir, monkeypatch, replace):
    real = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: "/proc" not in str(path) and real(path))
    path = data_dir / "10.mp4"
    with open_video(data_dir, path).as_path() as shown:
        assert shown == path
    with pytest.raises(NotFoundError, match="moved just now"), open_video(data_dir, path).as_path():
        replace(path)


