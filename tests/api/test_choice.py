"""Choosing the library from the page."""

import json
import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vidsort.api.choice import LibraryChoice
from vidsort.errors import ArtifactError, ConflictError, InvalidNameError
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes of this kind here")
def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(folder):
    choice = LibraryChoice(load_settings())
    os.mkfifo("vidsort.toml")
    with pytest.raises(ArtifactError, match="no file that can be read"):
        choice.choose(str(folder))


def test_another_process_follows(folder):
    other = LibraryChoice(load_settings())
    LibraryChoice(load_settings()).choose(str(folder))
    assert other.settings().data_dir == folder


def test_another_thread_that_asks_while_the_file_is_read_has_what_it_says_now(folder, monkeypatch):
    choice, follow, asked = LibraryChoice(load_settings()), LibraryChoice._follow, []
    LibraryChoice(load_settings()).choose(str(folder))

    def slowly(self):
        if not asked:
            # The first to see the change is held up here, while another asks.
            asked.append(None)
            with ThreadPoolExecutor(1) as pool:
                asked[0] = pool.submit(choice.settings).result()
        follow(self)

    monkeypatch.setattr(LibraryChoice, "_follow", slowly)
    assert choice.settings().data_dir == folder
    assert asked[0].data_dir == folder


def test_only_the_library_follows_the_file(folder):
    choice = LibraryChoice(load_settings(port=9000))
    choice.choose(str(folder))
    assert choice.settings().port == 9000


def test_where_a_flag_decides_nothing_is_written_also_when_the_file_names_the_same(folder, tmp_path):
    for text in ("", f"data_dir = '{tmp_path}'\n"):
        Path("vidsort.toml").write_text(text)
        choice = LibraryChoice(load_settings(data_dir=tmp_path))
        assert not choice.can_choose
        with pytest.raises(ConflictError, match="--data-dir"):
            choice.choose(str(folder))
        assert Path("vidsort.toml").read_text() == text
        assert choice.settings().data_dir == tmp_path


def test_where_the_environment_decides_the_file_is_neither_written_nor_followed(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("VIDSORT_DATA_DIR", str(tmp_path))
    choice = LibraryChoice(load_settings())
    with pytest.raises(ConflictError, match="VIDSORT_DATA_DIR decides"):
        choice.choose(str(folder))
    Path("vidsort.toml").write_text(f"data_dir = {json.dumps(str(folder))}\n")
    assert choice.settings().data_dir == tmp_path


def test_what_is_set_of_the_steps_is_followed_too_and_stays_where_the_file_is_broken(caplog):
    choice = LibraryChoice(load_settings(data_dir="here"))
    Path("vidsort.toml").write_text("[train]\nseed = 3\n")
    assert choice.settings().steps == {"train": {"seed": 3}}
    assert choice.settings().data_dir == Path.cwd() / "here"
    Path("vidsort.toml").write_text("[train]\nsed = 4\n")
    assert choice.settings().steps == {"train": {"seed": 3}}
    assert "did you mean seed" in caplog.text


def test_the_settings_of_a_program_follow_no_file(settings):
    choice = LibraryChoice(settings)
    Path("vidsort.toml").write_text('data_dir = "elsewhere"\n[train]\nseed = 3\n')
    assert choice.settings() == settings


def test_tables_a_byte_order_mark_and_line_ends_of_windows_stay(folder):
    path = Path("vidsort.toml")
    path.write_bytes(b"\xef\xbb\xbfport = 9000\r\ndata_dir = 'old'\r\n[train]\r\nseed = 3\r\n")
    LibraryChoice(load_settings()).choose(str(folder))
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfport = 9000\r\ndata_dir = ")
    assert written.endswith(b"\r\n[train]\r\nseed = 3\r\n")
    assert load_settings().data_dir == folder


def test_the_choice_stands_where_a_commented_file_shows_it(folder):
    path = Path("vidsort.toml")
    path.write_text('# The library.\n# data_dir = "data/Favorites/videos"\n\n[train]\n# seed = 0\n')
    LibraryChoice(load_settings()).choose(str(folder))
    before, after = path.read_text().split(f"data_dir = {json.dumps(str(folder), ensure_ascii=False)}")
    assert (before, after) == ("# The library.\n", "\n\n[train]\n# seed = 0\n")


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


def test_folders_that_are_not_learned_from_are_chosen_and_all_else_stays(folder):
    path = Path("vidsort.toml")
    path.write_text('video_names = "any"\nnot_learned = ["old"]\n')
    choice = LibraryChoice(load_settings())
    assert choice.choose_not_learned(["copies", 'a "quoted" one']).not_learned == ("copies", 'a "quoted" one')
    assert path.read_text() == 'video_names = "any"\nnot_learned = ["copies", "a \\"quoted\\" one"]\n'
    assert choice.choose_not_learned([]).not_learned == ()


def test_where_something_stronger_says_what_is_not_learned_from_it_is_refused_with_why(folder, monkeypatch):
    monkeypatch.setenv("VIDSORT_NOT_LEARNED", "trash")
    choice = LibraryChoice(load_settings())
    with pytest.raises(ConflictError, match="VIDSORT_NOT_LEARNED decides"):
        choice.choose_not_learned(["copies"])
    monkeypatch.delenv("VIDSORT_NOT_LEARNED")
    assert "--not-learned" in LibraryChoice(load_settings(not_learned=("trash",))).reason_of_not_learned
