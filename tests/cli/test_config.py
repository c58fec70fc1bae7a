"""Every setting is shown with where it comes from, and a file that shows them all can be had."""

import re
import tomllib
from pathlib import Path

import pytest

from vidsort.api.choice import LibraryChoice
from vidsort.cli import main
from vidsort.settings import PLAIN, WEBHOOKS, load_settings
from vidsort.steps import STEPS

OF_STEPS = (f"{step.name}.{field}" for step in STEPS.values() for field in step.config_type.model_fields)
NAMES = [*PLAIN, WEBHOOKS, *OF_STEPS]


@pytest.fixture
def shown(capsys):
    """`shown(*flags)`: what `vidsort config` prints, as {setting: (value, origin)}."""

    def ask(*flags: str) -> dict[str, tuple[str, str]]:
        capsys.readouterr()
        assert main(["config", *flags]) == 0
        rows = [re.split("  +", line) for line in capsys.readouterr().out.splitlines()]
        return {row[0]: (row[1], row[2]) for row in rows if len(row) == 3 and row[0] != "setting"}

    return ask


def test_every_setting_is_shown_with_its_value_and_where_it_comes_from(shown, monkeypatch):
    Path("vidsort.toml").write_text("port = 1\nhost = 'localhost'\n[train]\nseed = 3\nheads = ['lda', 'mlp']\n")
    monkeypatch.setenv("VIDSORT_PORT", "2")
    monkeypatch.setenv("VIDSORT_PREDICT__TOP_K", "5")
    told = shown("--step-timeout-s", "60")
    assert list(told) == NAMES
    assert told["host"] == ("localhost", "vidsort.toml")
    assert told["port"] == ("2", "VIDSORT_PORT")
    assert told["step_timeout_s"] == ("60.0", "--step-timeout-s")
    assert told["train.seed"] == ("3", "vidsort.toml")
    assert told["train.heads"] == ("lda, mlp", "vidsort.toml")
    assert told["predict.top_k"] == ("5", "VIDSORT_PREDICT__TOP_K")
    assert told["train.repeats"] == ("3", "default")
    assert told["train.folds"] == ("not set", "default")
    assert told["data_dir"] == (str(Path.cwd() / "data/Favorites/videos"), "default")


def test_the_password_is_never_shown(monkeypatch, capsys):
    monkeypatch.setenv("VIDSORT_PASSWORD", "secret")
    assert main(["config"]) == 0
    out = capsys.readouterr().out
    assert "secret" not in out
    assert "VIDSORT_PASSWORD" in out


def test_a_wrong_setting_is_one_sentence(capsys):
    Path("vidsort.toml").write_text("[train]\nsed = 3\n")
    assert main(["config"]) == 2
    assert "did you mean seed?" in capsys.readouterr().err


def test_the_file_that_is_written_sets_nothing_and_shows_everything(capsys):
    before = load_settings()
    assert main(["config", "--init"]) == 0
    text = Path("vidsort.toml").read_text(encoding="utf-8")
    assert load_settings().model_dump(exclude={"steps"}) == before.model_dump(exclude={"steps"})
    assert not any(load_settings().steps.values())
    lines = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    found = tomllib.loads(lines)
    assert [name for name in found if name not in STEPS] == list(PLAIN)
    for step in STEPS.values():
        assert list(found[step.name]) == list(step.config_type.model_fields)
    for field in [*PLAIN.values(), *(one for step in STEPS.values() for one in step.config_type.model_fields.values())]:
        assert f"\n# {field.description}\n" in text


def test_what_the_file_shows_are_the_defaults(capsys):
    before = load_settings()
    assert main(["config", "--init"]) == 0
    text = Path("vidsort.toml").read_text(encoding="utf-8")
    # What has no default cannot be written as one.
    nothing = (
        r"^# (password|cluster|cluster_library|threshold|model_id|folds|semantic_model) = .*$"
        r"|^# the kinds of evidence to learn from[^\n]*\n# modalities = .*$"
    )
    without = re.sub(nothing, "", text, flags=re.MULTILINE)
    assert re.findall(r'^# (\w+) = ""$', text, flags=re.MULTILINE) == ["password"]
    Path("vidsort.toml").write_text(re.sub(r"^# (\w+ = )", r"\1", without, flags=re.MULTILINE), encoding="utf-8")
    after = load_settings()
    assert after.model_dump(exclude={"steps"}) == before.model_dump(exclude={"steps"})
    for step in STEPS.values():
        assert after.config(step.name, step.config_type) == step.config_type()


@pytest.mark.parametrize("there", ["port = 1\n", "broken ="])
def test_a_file_that_is_there_is_never_overwritten(there, capsys):
    Path("vidsort.toml").write_text(there)
    assert main(["config", "--init"]) == 4
    assert "never overwritten" in capsys.readouterr().err
    assert Path("vidsort.toml").read_text() == there


def test_a_link_to_nowhere_is_not_written_through(tmp_path, capsys):
    Path("vidsort.toml").symlink_to(tmp_path / "elsewhere")
    assert main(["config", "--init"]) == 4
    assert not (tmp_path / "elsewhere").exists()


def test_the_page_writes_its_choice_where_the_file_shows_the_library(tmp_path):
    assert main(["config", "--init"]) == 0
    LibraryChoice(load_settings()).choose(str(tmp_path))
    text = Path("vidsort.toml").read_text(encoding="utf-8")
    assert f'holds the videos\ndata_dir = "{tmp_path}"\n' in text
    assert load_settings().data_dir == tmp_path
