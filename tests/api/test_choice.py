"""Choosing the library from the page."""

import tomllib
from pathlib import Path

import pytest

from vidsort.api.choice import LibraryChoice
from vidsort.errors import ConflictError, InvalidNameError
from vidsort.settings import load_settings


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / 'my "videos" ü'
    folder.mkdir()
    return folder


def test_the_choice_is_in_force_at_once_and_after_a_restart(folder):
    choice = LibraryChoice(load_settings())
    assert choice.choose(str(folder)).data_dir == folder
    assert choice.settings().data_dir == folder
    assert load_settings().data_dir == folder


def test_other_lines_of_the_file_stay_as_they_are(folder):
    path = Path("vidsort.toml")
    path.write_text('# mine\nport = 9000  # high\ndata_dir = "old"\nallowed_hosts = [\n  "nas",\n]\n')
    LibraryChoice(load_settings()).choose(str(folder))
    text = path.read_text()
    assert text.startswith("# mine\nport = 9000  # high\n")
    assert tomllib.loads(text) == {"port": 9000, "data_dir": str(folder), "allowed_hosts": ["nas"]}


def test_another_process_follows(folder):
    other = LibraryChoice(load_settings())
    LibraryChoice(load_settings()).choose(str(folder))
    assert other.settings().data_dir == folder


def test_only_the_library_follows_the_file(folder):
    choice = LibraryChoice(load_settings(port=9000))
    choice.choose(str(folder))
    assert choice.settings().port == 9000


def test_where_a_flag_decides_nothing_is_written(folder, tmp_path):
    choice = LibraryChoice(load_settings(data_dir=tmp_path))
    assert not choice.can_choose
    with pytest.raises(ConflictError, match="--data-dir"):
        choice.choose(str(folder))
    assert not Path("vidsort.toml").exists()
    assert choice.settings().data_dir == tmp_path


@pytest.mark.parametrize("path", ["no/such", "/no/such/folder", "", ".", "\0", "x" * 5000, "~no-such-user-here/x"])
def test_what_is_no_folder_is_refused(path):
    with pytest.raises(InvalidNameError, match="no folder"):
        LibraryChoice(load_settings()).choose(path)


def test_a_file_that_cannot_be_changed_safely_is_left_alone(folder):
    path = Path("vidsort.toml")
    text = 'data_dir = """old\ndata_dir = 1\n"""\n'
    path.write_text(text)
    with pytest.raises(ConflictError, match="by hand"):
        LibraryChoice(load_settings()).choose(str(folder))
    assert path.read_text() == text


def test_a_file_that_is_broken_meanwhile_changes_nothing(folder, caplog):
    choice = LibraryChoice(load_settings())
    choice.choose(str(folder))
    Path("vidsort.toml").write_text("data_dir =")
    assert choice.settings().data_dir == folder
    assert "stays" in caplog.text
