"""Defaults, then vidsort.toml, then the environment, then flags, the later winning; a misspelt name is an error."""

import argparse
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT

from vidsort.errors import SettingsError
from vidsort.jobs.program import add_settings_flags, settings_from_flags
from vidsort.learning.fitting import TrainConfig
from vidsort.predict import PredictConfig
from vidsort.settings import PLAIN, Settings, base_dir, load_settings
from vidsort.steps import STEPS


def write_config(text: str) -> None:
    Path("vidsort.toml").write_text(text, encoding="utf-8")


class Kernel:
    """What a process that is a notebook's has made; as ipykernel has it."""

    @staticmethod
    def initialized() -> bool:
        return True


def parse(*arguments: str, names: tuple[str, ...] = ("host", "port", "allowed_hosts")) -> Settings:
    parser = argparse.ArgumentParser()
    add_settings_flags(parser, *names)
    return settings_from_flags(parser.parse_args(arguments))


def test_the_documented_defaults_hold():
    settings = load_settings()
    assert settings.data_dir == Path.cwd() / "data/Favorites/videos"
    assert settings.artifacts_dir == Path.cwd() / "artifacts"
    assert (settings.host, settings.port, settings.password) == ("127.0.0.1", 8000, None)
    assert settings.step_timeout_s == 900


def test_the_environment_wins_over_the_file_and_a_flag_over_both(monkeypatch):
    write_config("port = 1001\n")
    assert parse().port == 1001
    monkeypatch.setenv("VIDSORT_PORT", "1002")
    assert parse().port == 1002
    assert parse("--port", "1003").port == 1003


def test_of_a_step_each_source_sets_only_what_it_names_too(monkeypatch):
    write_config("[train]\nseed = 1\nfolds = 4\nrepeats = 2\n[predict]\ntop_k = 5\n")
    monkeypatch.setenv("VIDSORT_TRAIN__SEED", "2")
    monkeypatch.setenv("VIDSORT_TRAIN__FOLDS", "6")
    settings = load_settings(train={"seed": 3, "strengths": None})
    assert settings.config("train", TrainConfig) == TrainConfig(seed=3, folds=6, repeats=2)
    assert settings.config("train", TrainConfig, {"seed": 0, "folds": None}) == TrainConfig(seed=0, folds=6, repeats=2)
    assert settings.config("predict", PredictConfig) == PredictConfig(top_k=5)
    assert [settings.origin(f"train.{name}").name for name in ("seed", "folds", "repeats", "heads")] == [
        "--seed", "VIDSORT_TRAIN__FOLDS", str(Path.cwd() / "vidsort.toml"), "default",
    ]


def test_a_list_in_the_environment_is_written_with_commas(monkeypatch):
    monkeypatch.setenv("VIDSORT_TRAIN__HEADS", "lda, mlp")
    monkeypatch.setenv("VIDSORT_TRAIN__STRENGTHS", "0.5,7")
    # Also one that may be left out.
    monkeypatch.setenv("VIDSORT_TRAIN__MODALITIES", "frames,words")
    expected = TrainConfig(heads=("lda", "mlp"), strengths=(0.5, 7), modalities=("frames", "words"))
    assert load_settings().config("train", TrainConfig) == expected


def test_each_source_sets_only_what_it_names(monkeypatch):
    monkeypatch.setenv("VIDSORT_STEP_TIMEOUT_S", "5")
    write_config('host = "::1"\n')
    settings = parse("--port", "9")
    assert (settings.step_timeout_s, settings.host, settings.port) == (5, "::1", 9)


@pytest.mark.parametrize(
    ("variable", "near"), [("VIDSORT_DATADIR", "VIDSORT_DATA_DIR"), ("VIDSORT_PASWORD", "VIDSORT_PASSWORD")]
)
def test_a_misspelt_variable_names_the_near_one(monkeypatch, variable, near):
    monkeypatch.setenv(variable, "x")
    with pytest.raises(SettingsError, match=f"{variable}.*did you mean {near}"):
        load_settings()


def test_a_variable_near_to_nothing_lists_what_there_is(monkeypatch):
    monkeypatch.setenv("VIDSORT_QQQQQQQQ", "x")
    with pytest.raises(SettingsError, match="VIDSORT_PORT"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('artifact_dir = "x"\n', r"artifact_dir is no setting of vidsort; did you mean artifacts_dir\?"),
        ("seed = 1\n", r"seed is no setting of vidsort; did you mean train\.seed\?"),
        ("[train]\nport = 1\n", r"port is no setting of \[train\]: write it above the tables"),
        ("[trian]\nseed = 1\n", r"\[trian\] is no table of vidsort; did you mean \[train\]\?"),
        ("[server]\nport = 1\n", r"\[server\] is no table of vidsort; .*\[extract_features\], \[train\], \[predict\]"),
        ("[train]\nsed = 1\n", r"sed is no setting of \[train\]; did you mean seed\?"),
        ("predict.topk = 1\n", r"topk is no setting of \[predict\]; did you mean top_k\?"),
        ("train = 3\n", r"train is a step and no value: write \[train\]"),
        ("steps = {}\n", r"\[steps\] is no table of vidsort"),
        ('"a\\nb" = 1\n', r"a\\nb is no setting of vidsort"),
    ],
)
def test_a_misspelt_name_in_the_file_names_the_file_and_the_near_one(text, said):
    write_config(text)
    with pytest.raises(SettingsError, match=rf"vidsort\.toml: {said}"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "near"),
    [("VIDSORT_TRAIN__SED", "VIDSORT_TRAIN__SEED"), ("VIDSORT_TRIAN__SEED", "VIDSORT_TRAIN__SEED"),
     ("VIDSORT_TRAIN_SEED", "VIDSORT_TRAIN__SEED"), ("VIDSORT_PREDICT__TOPK", "VIDSORT_PREDICT__TOP_K")],
)
def test_a_misspelt_variable_of_a_step_names_the_near_one(monkeypatch, variable, near):
    monkeypatch.setenv(variable, "1")
    with pytest.raises(SettingsError, match=f"{variable} is no setting of vidsort; did you mean {near}"):
        load_settings()


@pytest.mark.parametrize("text", ["train.seed = 'many'\n", "train.heads = 'lda'\n", "predict.top_k = 0\n"])
def test_a_value_of_a_step_that_does_not_fit_is_shown_with_its_name_and_file(text):
    write_config(text)
    name, value = text.strip().split(" = ")
    with pytest.raises(SettingsError, match=rf"The setting {name}={value} does not fit: .*vidsort\.toml\)\.$"):
        load_settings()


def test_a_file_with_a_byte_order_mark_is_read():
    Path("vidsort.toml").write_bytes(b"\xef\xbb\xbfport = 1001\r\n[train]\r\nseed = 3\r\n")
    assert load_settings().port == 1001
    assert load_settings().steps == {"train": {"seed": 3}}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"port = " + b"9" * 5000, "a number in it has too many digits"),
        (b"port = " + b"[" * 100_000, "nested too deeply"),
        ("port = 1\n".encode("utf-16"), "not in UTF-8"),
    ],
)
def test_an_odd_file_is_told_of_in_one_sentence(content, why):
    Path("vidsort.toml").write_bytes(content)
    said = rf"vidsort\.toml cannot be read \(.*{why}.*\): mend or remove it\.$"
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


HUGE = ("9" * 5000, "9" * 4000, "0x" + "f" * 5000)


@pytest.mark.parametrize("name", ["port", "step_timeout_s", "train.seed", "predict.threshold"])
@pytest.mark.parametrize("digits", HUGE)
def test_a_number_of_thousands_of_digits_is_refused_in_one_sentence_wherever_it_comes_from(monkeypatch, name, digits):
    step, _, field = name.rpartition(".")

    def refused(**flags):
        with pytest.raises(SettingsError) as caught:
            load_settings(**flags)
        assert len(str(caught.value)) < 300
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert refused(**({step: {field: digits}} if step else {field: digits})).startswith(f"The setting {name}=")
    variable = "VIDSORT_" + name.replace(".", "__").upper()
    monkeypatch.setenv(variable, digits)
    assert refused().startswith(f"The setting {name}=")
    monkeypatch.delenv(variable)
    write_config(f"{name} = {digits}\n")
    assert "vidsort.toml" in refused()


@pytest.mark.parametrize("path", ["~no-such-user-here/clips", "a\0b"])
@pytest.mark.parametrize("name", ["data_dir", "artifacts_dir"])
def test_a_path_that_there_cannot_be_is_refused_in_one_sentence_wherever_it_comes_from(monkeypatch, name, path):
    with pytest.raises(SettingsError, match=f"The setting {name}="):
        parse("--" + name.replace("_", "-"), path)
    write_config(f"{name} = {json.dumps(path)}\n")
    with pytest.raises(SettingsError, match=f"The setting {name}="):
        load_settings()
    if "\0" not in path:
        Path("vidsort.toml").unlink()
        monkeypatch.setenv("VIDSORT_" + name.upper(), path)
        with pytest.raises(SettingsError, match=f"The setting {name}="):
            load_settings()


@pytest.mark.parametrize("text", ["port = ", "\x00", "port = 1\nport = 2\n"])
def test_a_file_that_is_no_toml_is_named_in_one_sentence(text):
    write_config(text)
    with pytest.raises(SettingsError, match=r"vidsort\.toml cannot be read"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("VIDSORT_PORT", "many"), ("VIDSORT_PORT", "70000"), ("VIDSORT_STEP_TIMEOUT_S", "0"), ("VIDSORT_PORT", "-1")],
)
def test_a_value_that_does_not_fit_is_shown_with_its_name(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"{variable.removeprefix('VIDSORT_').lower()}='{value}' does not fit"):
        load_settings()


def test_a_wrong_password_setting_is_never_shown():
    write_config('password = ["secret"]\n')
    with pytest.raises(SettingsError, match="password") as caught:
        load_settings()
    assert "secret" not in str(caught.value)


def test_the_password_does_not_show_in_logs(monkeypatch):
    monkeypatch.setenv("VIDSORT_PASSWORD", "secret")
    settings = load_settings()
    assert settings.password.get_secret_value() == "secret"
    assert "secret" not in repr(settings)


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("VIDSORT_PASSWORD", "")
    monkeypatch.setenv("VIDSORT_DATA_DIR", "")
    assert load_settings() == load_settings(data_dir=Path.cwd() / "data/Favorites/videos")
    assert load_settings().password is None


def test_an_empty_password_in_the_file_is_refused():
    write_config('password = ""\n')
    with pytest.raises(SettingsError, match="password"):
        load_settings()


def test_allowed_hosts_come_from_a_list_a_comma_list_or_flags(monkeypatch):
    monkeypatch.setenv("VIDSORT_ALLOWED_HOSTS", "a.example, b.example,")
    assert parse().allowed_hosts == ("a.example", "b.example")
    monkeypatch.delenv("VIDSORT_ALLOWED_HOSTS")
    write_config('allowed_hosts = ["c.example"]\n')
    assert parse().allowed_hosts == ("c.example",)
    assert parse("--allowed-hosts", "d", "e").allowed_hosts == ("d", "e")


def test_the_table_in_the_readme_has_every_setting():
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Settings")[1].split("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE))))
    assert set(PLAIN) <= named
    assert all(f"`[{step}]`" in table for step in STEPS)


def test_there_is_no_password_flag():
    with pytest.raises(SystemExit):
        parse("--password", "secret")


def test_a_path_of_the_file_is_relative_to_the_file(monkeypatch):
    write_config('data_dir = "clips"\n')
    home, below = Path.cwd(), Path.cwd() / "deep" / "er"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert load_settings().data_dir == home / "clips"


def test_a_path_given_by_hand_is_relative_to_where_it_was_given(monkeypatch):
    write_config("port = 8001\n")
    below = Path.cwd() / "deep"
    below.mkdir()
    monkeypatch.chdir(below)
    monkeypatch.setenv("VIDSORT_ARTIFACTS_DIR", "made")
    settings = parse("--data-dir", "../clips")
    assert settings.data_dir == below.parent / "clips"
    assert settings.artifacts_dir == below / "made"


def test_a_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VIDSORT_DATA_DIR", "~/clips")
    assert load_settings().data_dir == tmp_path / "clips"


def test_the_base_is_the_checkout_when_a_notebook_is_opened_inside_it(tmp_path):
    (tmp_path / "notebooks").mkdir()
    assert base_dir(tmp_path / "notebooks") == tmp_path / "notebooks"
    (tmp_path / "app.py").touch()
    assert base_dir(tmp_path / "notebooks") == tmp_path


def test_a_variable_means_the_same_in_a_notebook_as_in_the_shell_that_opened_it(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "app.py").touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("VIDSORT_DATA_DIR", "../clips")
    assert load_settings().data_dir == tmp_path / "clips"
    # Jupyter and editors run a notebook in its own folder, whatever the folder they were started in.
    monkeypatch.setitem(sys.modules, "ipykernel.kernelapp", SimpleNamespace(IPKernelApp=Kernel))
    assert load_settings().data_dir == tmp_path.parent / "clips"
    assert load_settings(data_dir="../mine").data_dir == tmp_path / "mine"
    monkeypatch.chdir(tmp_path.parent)
    assert load_settings().data_dir == tmp_path.parent.parent / "clips"


def test_to_have_imported_ipykernel_makes_no_notebook_of_a_process(tmp_path, monkeypatch):
    """Papermill and jupyter_client import it, in tests, servers and command lines alike."""
    pytest.importorskip("ipykernel.kernelapp", reason="needs the extra `notebook`")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "app.py").touch()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("VIDSORT_DATA_DIR", "../clips")
    assert load_settings().data_dir == tmp_path / "clips"


def test_loading_anew_keeps_flags_over_what_has_changed(monkeypatch):
    write_config("port = 1\nstep_timeout_s = 5\n")
    settings = load_settings(port=9, train={"seed": 3})
    write_config("port = 2\nstep_timeout_s = 6\n[train]\nseed = 4\nfolds = 3\n")
    again = settings.loaded_anew()
    assert (again.port, again.step_timeout_s, again.steps) == (9, 6, {"train": {"seed": 3, "folds": 3}})
