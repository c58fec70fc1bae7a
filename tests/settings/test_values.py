"""Settings reach commands and child processes whole; other machines are let in with a password only."""

import argparse
import json
from pathlib import Path

import pytest

from vidsort.errors import SettingsError
from vidsort.jobs.program import add_settings_flags, settings_from_flags
from vidsort.settings import Settings, load_settings


def parse(*arguments: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_settings_flags(parser)
    return settings_from_flags(parser.parse_args(arguments))


def test_settings_reach_a_command_whole(settings):
    assert parse(*settings.as_flags()) == settings


def test_settings_reach_a_child_process_whole_but_for_the_password(tmp_path, monkeypatch):
    monkeypatch.setenv("VIDSORT_PASSWORD", "secret")
    text = "step_timeout_s = 0.5\nallowed_hosts = ['nas']\n[train]\nseed = 3\nheads = ['lda']\n"
    Path("vidsort.toml").write_text(text, encoding="utf-8")
    settings = load_settings(data_dir=tmp_path / "my \"clips\" \u00fc", port=9000)
    assert "secret" not in settings.as_json()
    assert Settings(**json.loads(settings.as_json())) == settings.model_copy(update={"password": None})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.9.1"])
def test_a_loopback_host_needs_no_password(host):
    Settings(host=host).require_safe_host(has_accounts=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_any_other_host_demands_one(host):
    with pytest.raises(SettingsError, match="VIDSORT_PASSWORD"):
        Settings(host=host).require_safe_host(has_accounts=False)
    Settings(host=host, password="secret").require_safe_host(has_accounts=False)
    Settings(host=host).require_safe_host(has_accounts=True)
