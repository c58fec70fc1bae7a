"""The table of commands: each explains itself with an example that can be typed, and answers in the API's form."""

import json
import shlex

import pytest
from test_program import call

from vidsort.api import contract
from vidsort.cli import main
from vidsort.cli.program import actions_of, build_parser
from vidsort.cli.verbs import COMMANDS
from vidsort.records import Report

__all__ = ["call"]
FILE = "71000000000000000.mp4"
# What each answers with --json on a library that has been learned, in an order in which each can.
ANSWERS = {
    "predict": Report,
    "status": contract.StatusAnswer,
    "library": contract.LibraryAnswer,
    "list": contract.VideosAnswer,
    "list --order unsure --limit 1": contract.VideosAnswer,
    "list --in food --order newest": contract.FolderVideosAnswer,
    f"show {FILE}": contract.VideoAnswer,
    f"why {FILE}": contract.WhyAnswer,
    f"similar {FILE}": contract.LikeAnswer,
    "search word": contract.RecordsAnswer,
    "insights folders": contract.InsightAnswer,
    f"sort {FILE} food": contract.SortAnswer,
    f"move {FILE} dance": contract.MoveAnswer,
    "history": contract.HistoryAnswer,
    "history --actions": contract.ActionsAnswer,
    "undo 2 --dry-run": contract.MovesAnswer,
    "undo 2": contract.MovesAnswer,
    "redo": contract.MovesAnswer,
    "undo --id 1": contract.MovesAnswer,
    f"skip {FILE}": contract.SkipBody,
    f"skip {FILE} --back": contract.SkipBody,
    "folders list": contract.FoldersAnswer,
    "folders make golf": contract.FoldersAnswer,
    "folders rename golf chess": contract.MovesAnswer,
    "folders remove chess": contract.MovesAnswer,
    "folders merge sport food": contract.MovesAnswer,
    "autofile": contract.AutofileAnswer,
    "duplicates": contract.DuplicatesAnswer,
    "misfiled": contract.MisfiledAnswer,
    "proposals": contract.ProposalsAnswer,
    "models list": contract.ModelsAnswer,
    "retrain --cancel": contract.RetrainCancelled,
    "config": contract.ConfigAnswer,
    "download frames": contract.DownloadAnswer,
}


def calls_of_all() -> list[str]:
    """Each command and each action of one, as it is typed."""
    return [
        f"{name} {action}".strip() for name, parser in actions_of(build_parser(COMMANDS)).items()
        for action in actions_of(parser) or [""]
    ]


def test_every_command_and_action_has_an_example_that_can_be_typed(capsys):
    for name in calls_of_all():
        with pytest.raises(SystemExit) as stopped:
            main([*name.split(), "--help"])
        shown = capsys.readouterr().out
        assert stopped.value.code == 0, name
        example = shown.split("example:\n")[1].strip()
        assert example.startswith(f"vidsort {name}"), shown
        words = shlex.split(example.partition(" >")[0])[1:]
        flags = build_parser([words[0]]).parse_args(words)
        assert callable(flags.run), example


def test_every_command_takes_json_but_for_those_that_say_why_not():
    for name in calls_of_all():
        words = name.split()
        parser = actions_of(build_parser([words[0]]))[words[0]]
        parser = actions_of(parser)[words[1]] if len(words) > 1 else parser
        assert ("--json" in parser.format_help()) == COMMANDS[words[0]].has_json, name
        assert "--quiet" in parser.format_help()
    assert [name for name, one in COMMANDS.items() if not one.has_json] == ["serve", "demo", "completion"]


def test_each_answers_in_the_form_of_the_api_and_prints_nothing_else(learned, call):
    for asked, model in ANSWERS.items():
        code, out, err = call(*asked.split(), "--json")
        assert code == 0, (asked, err)
        answer = json.loads(out)
        model.model_validate(answer)
        known = {field.alias or name for name, field in model.model_fields.items()}
        assert set(answer) <= known, asked
        assert out.isascii()
    assert (learned.data_dir / FILE).is_file()


def test_quiet_prints_nothing_and_an_error_is_told_all_the_same(learned, call):
    assert call("list", "-q") == (0, "", "")
    assert call("predict", "-q") == (0, "", "")
    assert call("show", "404.mp4", "-q")[::2] == (
        3, "There is no video 404.mp4 in the library: it may have been moved out of it.\n"
    )
    code, out, err = call("show", "404.mp4", "--json")
    assert (code, out) == (3, "")
    assert "404.mp4" in err


def test_verbose_tells_where_an_error_came_from(learned, caplog, call):
    call("show", "404.mp4", "-v")
    assert any(record.exc_info for record in caplog.records)


def test_a_table_in_a_pipe_is_a_line_a_row_without_colour_however_long(learned, call):
    code, out, _ = call("list")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["video", "likely", "confidence"]
    assert [line.split()[0] for line in lines[1:4]] == sorted(path.name for path in learned.data_dir.glob("*.mp4"))
    assert out.isascii()
    assert "\x1b" not in out


def test_a_person_on_a_terminal_gets_lines_around_a_table(learned, call, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "│" in call("list")[1]


@pytest.mark.parametrize(("arguments", "said"), [
    (("list", "--in", "food", "--predicted", "food"), "no prediction"),
    (("list", "--order", "unlike"), "--order unlike"),
    (("undo", "2", "--batch", "x"), "a number of actions"), (("sort", "--batch", "{here}"), "no list of moves"),
    (("predict", "--move", "--json"), "autofile --json"), (("library", "--preview", ""), "empty text"),
    (("sort", "--batch", "{empty}"), "moves"),
])
def test_what_does_not_go_together_is_one_sentence(settings, call, tmp_path, arguments, said):
    (tmp_path / "here").write_text("{no json", encoding="utf-8")
    (tmp_path / "empty").write_text("", encoding="utf-8")
    given = [one.format(here=tmp_path / "here", empty=tmp_path / "empty") for one in arguments]
    code, out, err = call(*given)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err.lower()


def test_without_a_library_each_says_how_to_name_one(tmp_path, capsys):
    for asked in ("list", "folders list", "duplicates", "history", f"sort {FILE} food"):
        flags = ["--data-dir", str(tmp_path / "nowhere"), "--artifacts-dir", str(tmp_path / "artifacts")]
        assert main([*asked.split(), *flags]) == 3
        assert "--data-dir" in capsys.readouterr().err


def test_the_library_is_chosen_and_looked_at_beforehand(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vidsort.toml").write_text("# mine\n", encoding="utf-8")
    for name in ("videos/food", "videos/later"):
        (tmp_path / name).mkdir(parents=True)
    assert main(["library", "--preview", "videos", "--json"]) == 0
    assert contract.LibraryPreview.model_validate_json(capsys.readouterr().out).exists
    assert main(["library", "--choose", "videos"]) == 0
    assert main(["library", "--names", "any"]) == 0
    assert main(["library", "--never-learn", "later"]) == 0
    capsys.readouterr()
    assert main(["library", "--json"]) == 0
    found = contract.LibraryAnswer.model_validate_json(capsys.readouterr().out)
    assert (found.data_dir, found.video_names, found.not_learned) == (str(tmp_path / "videos"), "any", ["later"])
    assert main(["library", "--choose", "nowhere"]) == 2


def test_a_star_is_given_listed_and_taken_away(settings, call):
    name = "71000000000000000.mp4"
    assert call("star")[1] == "No video has a star.\n"
    assert call("star", name)[1] == f"{name} has a star now.\n"
    assert [line.split() for line in call("star")[1].splitlines()] == [["video", "lies", "in"], [name, "(unsorted)"]]
    assert call("star", name, "--back")[1] == f"{name} has no star now.\n"
    assert call("star")[1] == "No video has a star.\n"
    assert call("star", "--back")[0] == 2
    assert call("star", "79999999999999999.mp4")[0] == 3
