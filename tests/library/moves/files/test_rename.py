"""One file gets another name: never over another one, in whichever of the three ways."""

import errno
import os
from pathlib import Path

import pytest

from vidsort.library import opened
from vidsort.library.moves.files import rename
from vidsort.library.moves.files.faults import struck_by
from vidsort.library.moves.files.rename import LeftHalfDone, rename_file, rename_folder
from vidsort.library.opened import Folders, Place

WAYS = ["rename", "link", "reserve"]
DESCRIPTORS = ["by descriptor", "by path"]


@pytest.fixture(params=DESCRIPTORS)
def folders(request, tmp_path, monkeypatch):
    """A library with a folder, opened by descriptors or, as where there are none, by paths."""
    if request.param == "by path":
        monkeypatch.setattr(opened, "HAS_DESCRIPTORS", False)
    (tmp_path / "folder").mkdir()
    (tmp_path / "1.mp4").write_text("mine")
    with Folders(tmp_path) as folders:
        yield folders


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """The way that a file is renamed in: those before it are unknown to the system."""
    unknown = WAYS[: WAYS.index(request.param)]

    def refuse(when, name, *_):
        if when == "before" and name in unknown:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    with struck_by(refuse):
        yield request.param


def striking(at: str, action, way: str):
    """What strikes once before the step of this way that takes the name, the ways before it being unknown."""
    unknown = WAYS[: WAYS.index(way)]
    left = [action]

    def strike(when, name, *_):
        if when == "before" and name in unknown:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        if (when, name) == ("before", at) and left:
            left.pop()()

    return struck_by(strike)


def places(folders: Folders) -> tuple[Place, Place]:
    return folders.place("1.mp4"), folders.place("folder/1.mp4")


def tree(folders: Folders) -> dict[str, str]:
    root = folders.root.path
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_a_file_gets_the_name_and_stays_the_same_file(folders, way):
    source, target = places(folders)
    facts = source.facts()
    rename_file(source, target)
    assert tree(folders) == {"folder/1.mp4": "mine"}
    assert target.holds(facts)


@pytest.mark.parametrize("make", [
    lambda path: path.write_text("somebody's"), Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere"),
])
def test_a_taken_name_is_never_overwritten(folders, way, make):
    source, target = places(folders)
    make(Path(str(target)))
    before = target.facts()
    with pytest.raises(FileExistsError):
        rename_file(source, target)
    assert target.holds(before)
    assert target.facts().st_size == before.st_size
    assert Path(str(source)).read_text() == "mine"


@pytest.mark.parametrize(("way", "at"), [("rename", "rename"), ("link", "link"), ("reserve", "reserve")])
def test_a_name_that_is_taken_in_the_last_moment_is_not_overwritten(folders, way, at):
    source, target = places(folders)
    with striking(at, lambda: Path(str(target)).write_text("somebody's"), way), pytest.raises(FileExistsError):
        rename_file(source, target)
    assert tree(folders) == {"1.mp4": "mine", "folder/1.mp4": "somebody's"}


@pytest.mark.parametrize("come", [
    lambda path: path.write_text("somebody's"),  # into our placeholder
    lambda path: (path.unlink(), path.write_text("somebody's")),  # in place of it
    lambda path: (path.with_name("x").write_text("somebody's"), path.with_name("x").replace(path)),
])
def test_what_came_to_a_reserved_name_is_not_overwritten(folders, come):
    source, target = places(folders)
    with striking("rename over", lambda: come(Path(str(target))), "reserve"), pytest.raises(FileExistsError):
        rename_file(source, target)
    assert tree(folders) == {"1.mp4": "mine", "folder/1.mp4": "somebody's"}


def test_a_file_that_was_replaced_while_it_had_two_names_is_not_removed(folders):
    source, target = places(folders)

    def replaced():
        Path(f"{source}.new").write_text("newer")
        Path(f"{source}.new").replace(str(source))

    with striking("remove", replaced, "link"):
        rename_file(source, target)
    assert tree(folders) == {"1.mp4": "newer", "folder/1.mp4": "mine"}


@pytest.mark.parametrize("at", ["remove", "rename over"])
def test_what_is_refused_halfway_is_taken_back(folders, at):
    source, target = places(folders)

    def refuse():
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with striking(at, refuse, {"remove": "link", "rename over": "reserve"}[at]), pytest.raises(OSError, match="Input"):
        rename_file(source, target)
    assert tree(folders) == {"1.mp4": "mine"}


@pytest.mark.parametrize("make", [
    lambda path: None, Path.mkdir, os.mkfifo, lambda path: path.symlink_to("elsewhere"),
])
def test_only_a_regular_file_is_renamed(folders, way, make):
    source, target = places(folders)
    Path(str(source)).rename(folders.root.path / "elsewhere")
    make(Path(str(source)))
    with pytest.raises(FileNotFoundError):
        rename_file(source, target)
    assert target.facts() is None


def test_a_drive_that_did_it_and_lost_its_answer_is_believed_when_looked_at(folders):
    source, target = places(folders)

    def strike(when, name, *_):
        if (when, name) == ("after", "rename"):
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))

    with struck_by(strike):
        rename_file(source, target)
    assert tree(folders) == {"folder/1.mp4": "mine"}


def test_a_drive_that_tells_nothing_any_more_leaves_it_to_recovery(folders, monkeypatch):
    source, target = places(folders)

    def fail(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def strike(when, name, *_):
        monkeypatch.setattr(Place, "facts", fail)
        fail()

    with struck_by(strike), pytest.raises(LeftHalfDone):
        rename_file(source, target)


def test_a_folder_is_not_renamed_onto_an_empty_one_that_came_in_the_last_moment(tmp_path):
    (tmp_path / "soccer").mkdir()
    with Folders(tmp_path) as folders:
        source, target = folders.place("soccer"), folders.place("football")
        with (
            striking("rename", (tmp_path / "football").mkdir, "rename"),
            pytest.raises(FileExistsError),
        ):
            rename_folder(source, target)
    assert (tmp_path / "soccer").is_dir()


def test_a_folder_is_renamed_where_the_system_knows_no_way_that_refuses(folders, monkeypatch):
    monkeypatch.setattr(rename, "_renameat2", lambda: None)
    rename_folder(folders.place("folder"), folders.place("other"))
    assert (folders.root.path / "other").is_dir()
    (folders.root.path / "folder").mkdir()
    with pytest.raises(FileExistsError):
        rename_folder(folders.place("folder"), folders.place("other"))
