"""`vidsort move` and `vidsort folders`: the moves of the page without a server, and safely beside one."""

import contextlib
import json

import pytest
from places import tree_of_names
from test_program import call

from vidsort.api.workspace import OpenLibrary
from vidsort.cli import main
from vidsort.library.moves.mover import Mover
from vidsort.store import open_database

__all__ = ["call"]
FILE, OTHER = "71000000000000000.mp4", "71000000000000100.mp4"


def first(settings, folder: str) -> str:
    return min(path.name for path in (settings.data_dir / folder).iterdir())


def test_a_video_is_moved_to_another_folder_and_back_to_the_pile_and_undo_takes_each_back(call, settings):
    before, name = tree_of_names(settings.data_dir), first(settings, "food")
    code, out, _ = call("move", name, "dance")
    assert code == 0
    assert f"dance/{name}" in out
    assert (settings.data_dir / "dance" / name).is_file()
    assert call("move", name, "--to-pile")[0] == 0
    assert (settings.data_dir / name).is_file()
    assert call("move", FILE, "food")[0] == 0
    assert (settings.data_dir / "food" / FILE).is_file()
    for _ in range(3):
        assert call("undo")[0] == 0
    assert tree_of_names(settings.data_dir) == before
    assert call("undo")[0] == 4


def test_where_several_folders_have_the_name_it_is_asked_which_one(call, settings):
    name = first(settings, "food")
    for place in ("dance", "."):
        (settings.data_dir / place / name).write_bytes(place.encode())
    code, _, err = call("move", name, "sport")
    assert code == 4
    assert "the unsorted videos, dance, food" in err
    assert call("move", name, "sport", "--from", "dance")[0] == 0
    assert (settings.data_dir / "sport" / name).read_bytes() == b"dance"
    assert call("move", name, "dance", "--from-pile")[0] == 0
    assert (settings.data_dir / "dance" / name).read_bytes() == b"."


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("404.mp4", "food"), 3, "404.mp4"), (("a.mp4", "food"), 2, "a.mp4"), (("../1.mp4", "food"), 2, "1.mp4"),
    ((FILE, "nosuch"), 2, "nosuch"), ((FILE, ".."), 2, "folder name"),
    ((FILE, "food", "--from", "food"), 2, "where it is"),
    ((FILE, "dance", "--from", "food"), 3, "not in food"), ((FILE, "--to-pile"), 2, "choose another folder"),
    (("food/1.mp4", "dance"), 2, "1.mp4"),
])
def test_what_cannot_be_moved_is_one_sentence_and_changes_nothing(call, settings, arguments, code, said):
    before = tree_of_names(settings.data_dir)
    exit_code, out, err = call("move", *arguments)
    assert (exit_code, out, err.count("\n")) == (code, "", 1)
    assert said in err
    assert tree_of_names(settings.data_dir) == before


@pytest.mark.parametrize("arguments", [(FILE,), (FILE, "food", "--to-pile"), (FILE, "x", "--from", "y", "--from-pile")])
def test_a_move_to_nowhere_or_to_two_places_is_a_wrong_call(call, arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        call("move", *arguments)
    assert stopped.value.code == 2
    assert "usage: vidsort move" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [
    ("sort", FILE), ("sort", FILE, "food"), ("move", FILE), ("move", FILE, "food"), ("move", "--to-pile"),
    ("move", "--from", "food"), ("move", "--from-pile"),
])
def test_what_stands_beside_a_batch_is_not_left_out_without_a_word(call, settings, tmp_path, arguments):
    wish = {"filename": FILE, "folder": "food"}
    if arguments[0] == "move":
        wish = {"filename": FILE, "from": None, "to": "food"}
    (tmp_path / "wishes.jsonl").write_text(json.dumps(wish))
    before = tree_of_names(settings.data_dir)
    code, out, err = call(*arguments, "--batch", str(tmp_path / "wishes.jsonl"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "beside --batch" in err
    assert tree_of_names(settings.data_dir) == before


def test_a_line_of_a_batch_ends_where_a_line_of_a_file_does(call, settings, tmp_path):
    name = "food\u2028and\x85drink"
    (settings.data_dir / name).mkdir()
    lines = [json.dumps({"filename": each, "folder": name}, ensure_ascii=False) for each in (FILE, OTHER)]
    (tmp_path / "wishes.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert call("sort", "--batch", str(tmp_path / "wishes.jsonl"))[0] == 0
    assert (settings.data_dir / name / FILE).is_file()
    assert (settings.data_dir / name / OTHER).is_file()


def test_the_row_of_a_batch_that_does_not_fit_is_named(call, settings, tmp_path):
    rows = [{"filename": FILE, "folder": "food"}, {"filename": OTHER, "folder": None}]
    (tmp_path / "wishes.json").write_text(json.dumps(rows))
    code, _, err = call("sort", "--batch", str(tmp_path / "wishes.json"))
    assert code == 2
    assert "moves, row 2, folder (None) does not fit" in err


def test_a_server_sees_at_once_what_the_command_line_moved_and_takes_it_back(call, settings):
    name = first(settings, "food")
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        opened = OpenLibrary(settings, database)
        assert name in opened.snapshot().folders["food"]
        assert call("move", name, "dance")[0] == 0
        assert name in opened.snapshot().folders["dance"]
        assert call("folders", "make", "golf")[0] == 0
        assert "golf" in opened.snapshot().folders
        assert [move.kind for _ in range(2) for move in opened.mover.undo()] == ["create", "move"]
    assert (settings.data_dir / "food" / name).is_file()


def test_what_a_kill_left_is_settled_first(call, settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        mover = Mover(settings.data_dir, database)
        mover.sort(FILE, "food")
        database.connection().execute("UPDATE moves SET pending = 'forth', state = 'intended'")
    assert call("move", FILE, "dance")[0] == 0
    assert (settings.data_dir / "dance" / FILE).is_file()


def test_folders_are_listed_made_renamed_merged_and_removed(call, settings):
    before = tree_of_names(settings.data_dir)
    assert call("folders", "make", "golf")[0] == 0
    assert "golf" in call("folders", "list")[1]
    assert call("folders", "rename", "golf", "chess")[0] == 0
    code, _, err = call("folders", "remove", "food")
    assert code == 4
    assert "food is not empty" in err
    assert call("folders", "remove", "chess")[0] == 0
    assert not (settings.data_dir / "chess").exists()
    assert call("folders", "merge", "food", "dance")[0] == 0
    assert len(list((settings.data_dir / "dance").iterdir())) == 8
    for _ in range(4):
        assert call("undo")[0] == 0
    assert tree_of_names(settings.data_dir) == before
    assert call("folders", "remove", "nosuch")[0] == 2


def test_a_library_without_folders_says_how_to_make_one(tmp_path, capsys):
    assert main(["folders", "list", "--data-dir", str(tmp_path)]) == 0
    assert "folders make" in capsys.readouterr().out
