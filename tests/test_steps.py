"""Configs have ids and flags; a step runs as a program that speaks JSON lines."""

import argparse
import json
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from pydantic import Field

from vidsort.errors import NotEnoughLabelsError, SettingsError
from vidsort.jobs.program import add_config_flags, config_from_flags, step_main
from vidsort.records import Progress, Report
from vidsort.settings import Settings
from vidsort.steps import (
    STEPS,
    StepConfig,
    accuracy_text,
    counted,
    ignore_progress,
    make_config,
    percent,
    size_text,
    written_outputs,
)

# Of these the number is of a part, or never one.
PARTS = (" of {len(", " of {int(")


class Config(StepConfig):
    seed: int = Field(0, description="where chance starts")
    share: float = 0.5
    name: str | None = None
    heads: tuple[str, ...] = ("linear",)
    pooled: bool = True


class OtherConfig(Config):
    pass


def run_well(settings, config, *, progress=ignore_progress):
    progress(Progress(step="train", done=1, total=2))
    return Report(step="train", done=config.seed, took_s=0.1, outputs={"library": str(settings.data_dir)})


def test_the_id_is_stable_and_covers_every_field():
    ids = {Config().config_id, *(Config(**{name: value}).config_id for name, value in [
        ("seed", 1), ("share", 0.6), ("name", "x"), ("heads", ("knn",)), ("pooled", False),
    ])}
    assert len(ids) == 6
    assert Config(seed=1).config_id == Config(seed=1).config_id
    assert len(Config().config_id) == 12


def test_two_kinds_of_config_with_the_same_fields_have_different_ids():
    assert Config().config_id != OtherConfig().config_id


def test_every_field_is_a_flag():
    parser = argparse.ArgumentParser()
    add_config_flags(parser, Config)
    flags = parser.parse_args(
        ["--seed", "3", "--share", "0.25", "--name", "x", "--heads", "knn", "lda", "--no-pooled"]
    )
    set_before = Settings(steps={"train": {"seed": 1, "name": "y"}})
    assert config_from_flags(flags, set_before, "train", Config) == Config(
        seed=3, share=0.25, name="x", heads=("knn", "lda"), pooled=False
    )
    assert config_from_flags(parser.parse_args([]), set_before, "train", Config) == Config(seed=1, name="y")
    assert config_from_flags(parser.parse_args([]), Settings(), "train", Config) == Config()


def test_the_help_shows_what_a_flag_is_for_and_its_default():
    parser = argparse.ArgumentParser()
    add_config_flags(parser, Config)
    assert "where chance starts (default 0)" in parser.format_help()


@pytest.mark.parametrize(("share", "places", "text"), [
    (1.0, 0, "100%"), (0.996, 0, ">99%"), (0.994, 0, "99%"), (0.0, 0, "0%"), (0.004, 0, "<1%"), (0.006, 0, "1%"),
    (0.9996, 1, ">99.9%"), (0.0004, 1, "<0.1%"), (0.5, 1, "50.0%"),
])
def test_a_share_that_is_not_quite_all_is_never_rounded_to_all(share, places, text):
    assert percent(share, places) == text


def test_an_accuracy_says_what_it_is_not_of_and_untested_is_not_zero():
    assert accuracy_text(0.9, 0.8, 0.95, None) == "90.0% (80.0% to 95.0%)"
    assert accuracy_text(1.0, 0.6, 1.0, "of a only") == "100.0% (60.0% to 100.0%), of a only"
    assert accuracy_text(None, None, None, None) == "not measured yet"
    assert accuracy_text(None, None, None, "not measured yet: why") == "not measured yet: why"


def test_what_a_step_made_is_written_with_its_interval_and_without_what_there_is_not():
    accuracy = {"accuracy": 0.9, "accuracy_low": 0.8, "accuracy_high": 0.95, "accuracy_note": "of a only"}
    made = {"macro_f1": None, "decode_share": 0.004, "promoted": True, "encoder_calls": 3}
    outputs = {"model_id": "m"} | accuracy | made
    assert written_outputs(outputs) == [
        ("model id", "m"), ("accuracy", "90.0% (80.0% to 95.0%), of a only"), ("decode share", "<1%"),
        ("promoted", "yes"), ("encoder calls", "3"),
    ]
    untested = {"accuracy": None, "accuracy_low": None, "accuracy_high": None, "accuracy_note": "not measured yet"}
    assert written_outputs(untested) == [("accuracy", "not measured yet")]


def test_an_unknown_parameter_names_the_near_one_else_lists_those_there_are():
    with pytest.raises(SettingsError, match="colour is no parameter of this step; there are: seed, share"):
        make_config(Config, {"colour": 1})
    with pytest.raises(SettingsError, match=r"sed is no parameter of this step; did you mean seed\?"):
        make_config(Config, {"sed": 1})


def test_a_value_that_does_not_fit_is_shown():
    with pytest.raises(SettingsError, match="seed='many' does not fit"):
        make_config(Config, {"seed": "many"})


def test_a_step_run_as_a_program_speaks_json_lines(settings, capsys):
    code = step_main("train", run_well, Config, "Train.", [*settings.as_flags(), "--seed", "7"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert Progress(**lines[0]["progress"]) == Progress(step="train", done=1, total=2)
    report = Report(**lines[-1]["report"])
    assert (report.done, report.outputs["library"]) == (7, str(settings.data_dir))


def test_a_step_of_a_retrain_takes_its_settings_and_reads_no_file(settings, capsys):
    Path("vidsort.toml").write_text("[train]\nseed = 1\nfolds = 'broken'\n")
    given = settings.model_copy(update={"steps": {"train": {"seed": 5}}})
    assert step_main("train", run_well, Config, "Train.", ["--settings", given.as_json()]) == 0
    report = Report(**json.loads(capsys.readouterr().out.splitlines()[-1])["report"])
    assert (report.done, report.outputs["library"]) == (5, str(settings.data_dir))
    assert step_main("train", run_well, Config, "Train.", settings.as_flags()) == 2
    assert "vidsort.toml" in capsys.readouterr().err


def test_a_failing_step_says_one_sentence_and_exits_with_its_code(settings, capsys):
    def run(settings, config, *, progress):
        raise NotEnoughLabelsError("There are no folders: make two.")

    assert step_main("train", run, Config, "Train.", settings.as_flags()) == 6
    captured = capsys.readouterr()
    assert captured.err == "There are no folders: make two.\n"
    assert captured.out == ""


def test_an_error_of_the_system_is_one_sentence_of_a_step_too(settings, capsys):
    def run(settings, config, *, progress):
        raise PermissionError(13, "Permission denied", "/library")

    assert step_main("train", run, Config, "Train.", settings.as_flags()) == 1
    assert capsys.readouterr().err == "/library: Permission denied.\n"


@pytest.mark.parametrize("text", ["{", "[1]", '{"port": -1}', '{"prot": 1}', "[" * 100_000])
def test_settings_that_no_server_gave_are_refused_in_one_sentence(text, capsys):
    assert step_main("train", run_well, Config, "Train.", ["--settings", text]) == 2
    assert capsys.readouterr().err.startswith("--settings takes what a server gives its steps")


def test_an_interrupted_step_exits_as_a_shell_expects(settings):
    def run(settings, config, *, progress):
        raise KeyboardInterrupt

    assert step_main("train", run, Config, "Train.", settings.as_flags()) == 130


def test_a_wrong_value_on_the_command_line_is_a_usage_error(settings, capsys):
    assert step_main("train", run_well, Config, "Train.", [*settings.as_flags(), "--seed", "many"]) == 2
    assert "seed='many'" in capsys.readouterr().err


def test_each_step_runs_under_its_own_name_and_is_described_once():
    assert list(STEPS) == ["extract_features", "train", "predict"]
    for name, step in STEPS.items():
        module = sys.modules[step.run.__module__]
        assert module.__name__ == f"vidsort.{name}"
        assert name == module.STEP
        assert issubclass(step.config_type, StepConfig)


def test_the_page_names_the_steps_that_there_are():
    source = (ROOT / "vidsort" / "server" / "page" / "static" / "retrain.js").read_text(encoding="utf-8")
    (named,) = re.findall(r"^const STEPS = \{(.*)\};$", source, re.MULTILINE)
    assert re.findall(r"(\w+): ", named) == list(STEPS)


def test_one_is_one_and_all_else_are_many():
    assert [counted(count, "video") for count in range(3)] == ["0 videos", "1 video", "2 videos"]
    assert counted(1, "video has", "videos have") == "1 video has"
    assert counted(7, "video has", "videos have") == "7 videos have"


def test_no_sentence_of_the_package_counts_without_asking_whether_it_is_one():
    """A number in braces before the plural; "of 1 videos" is told by `counted`, too."""
    odd = re.compile(r"\{[^{}]*\} (?:unsorted )?(videos|folders)\b")
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}" for path in (ROOT / "vidsort").rglob("*.py")
        for line in path.read_text().splitlines() if odd.search(line) and "counted" not in line
    }
    assert {line for line in found if not any(part in line for part in PARTS)} == set()


@pytest.mark.parametrize(("size", "text"), [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9940, "9.9 kB"), (9960, "10 kB"), (999_499, "999 kB"),
    (999_500, "1.0 MB"), (3_400_000, "3.4 MB"), (1.2e9, "1.2 GB"), (5e12, "5000 GB"),
])
def test_bytes_are_told_as_a_person_says_them(size, text):
    assert size_text(size) == text
