"""What is taken out goes to names that are free, looked at before anything is done and again when it is written."""

import subprocess
import sys

import pytest
from places import tree_of_names

from vidsort.api.workspace import Workspace
from vidsort.cli import main
from vidsort.errors import ConflictError, SettingsError
from vidsort.exchange.written import require_free, write_file


def test_a_name_that_was_taken_meanwhile_is_left_as_it_is(tmp_path):
    library = tmp_path / "library"
    library.mkdir()
    place = tmp_path / "labels.csv"
    require_free(place, library)
    place.write_bytes(b"another")
    with pytest.raises(ConflictError, match="never written over"):
        write_file(place, b"mine")
    assert place.read_bytes() == b"another"


def test_a_link_that_leads_nowhere_is_a_name_that_is_taken(settings, tmp_path, capsys):
    place = tmp_path / "labels.csv"
    place.symlink_to(tmp_path / "gone")
    assert main(["export", "--output", str(place), *settings.as_flags()]) == 4
    assert "never written over" in capsys.readouterr().err
    assert place.readlink() == tmp_path / "gone"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("name", ["labels.csv", "dance/labels.csv", "new/labels.csv"])
def test_nothing_is_written_into_the_library(settings, tmp_path, capsys, name):
    before = tree_of_names(settings.data_dir)
    (tmp_path / "way").symlink_to(settings.data_dir)
    for place in (settings.data_dir / name, tmp_path / "way" / name):
        for flags in ([], ["--format", "label-studio"], ["--format", "fiftyone-tree"]):
            assert main(["export", *flags, "--output", str(place), *settings.as_flags()]) == 2
            assert "in the library" in capsys.readouterr().err
    with pytest.raises(SettingsError):
        require_free(settings.data_dir, settings.data_dir)
    assert tree_of_names(settings.data_dir) == before


def test_of_two_files_none_is_written_where_the_second_is_taken(settings, tmp_path, capsys):
    (tmp_path / "tasks.xml").write_bytes(b"another")
    for name, code in (("tasks.json", 4), ("other.xml", 2)):
        output = ["--format", "label-studio", "--output", str(tmp_path / name)]
        assert main(["export", *output, *settings.as_flags()]) == code
        assert capsys.readouterr().out == ""
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"tasks.xml"}


def test_names_are_looked_at_before_anything_is_done(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(Workspace, "predicted", lambda _: pytest.fail("it was done first"))
    (tmp_path / "guesses.csv").write_bytes(b"")
    assert main(["export", "predictions", "--output", str(tmp_path / "guesses.csv"), *settings.as_flags()]) == 4


@pytest.mark.programs
def test_who_stops_reading_stops_no_export(settings):
    """`vidsort export --output - | true`."""
    command = [sys.executable, "-m", "vidsort", "export", "--output", "-", *settings.as_flags()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
