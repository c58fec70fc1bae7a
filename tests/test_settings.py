"""Environment, then vidsort.toml, then flags, the later winning; a misspelt name is an error."""

import argparse
import sys
from pathlib import Path

import pytest

from vidsort.errors import SettingsError
from vidsort.jobs.program import add_settings_flags, settings_from_flags
from vidsort.settings import Settings, base_dir, load_settings


def write_config(text: str) -> None:
    Path("vidsort.toml").write_text(text, encoding="utf-8")


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


def test_the_file_wins_over_the_environment_and_a_flag_over_both(monkeypatch):
    monkeypatch.setenv("VIDSORT_PORT", "1001")
    assert parse().port == 1001
    write_config("port = 1002\n")
    assert parse().port == 1002
    assert parse("--port", "1003").port == 1003


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


def test_a_misspelt_name_in_the_file_names_the_file_and_the_near_one():
    write_config('artifact_dir = "x"\n')
    with pytest.raises(SettingsError, match=r"vidsort\.toml.*did you mean artifacts_dir"):
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
    write_config('allowed_hosts = ["c.example"]\n')
    assert parse().allowed_hosts == ("c.example",)
    assert parse("--allowed-hosts", "d", "e").allowed_hosts == ("d", "e")


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
    monkeypatch.setitem(sys.modules, "ipykernel", object())
    assert load_settings().data_dir == tmp_path.parent / "clips"
    assert load_settings(data_dir="../mine").data_dir == tmp_path / "mine"
    monkeypatch.chdir(tmp_path.parent)
    assert load_settings().data_dir == tmp_path.parent.parent / "clips"


def test_settings_reach_a_child_process_whole(settings):
    assert parse(*settings.as_flags()) == settings


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1"])
def test_a_loopback_host_needs_no_password(host):
    Settings(host=host).require_safe_host()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_any_other_host_demands_one(host):
    with pytest.raises(SettingsError, match="VIDSORT_PASSWORD"):
        Settings(host=host).require_safe_host()
    Settings(host=host, password="secret").require_safe_host()
