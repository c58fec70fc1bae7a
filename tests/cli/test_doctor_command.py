"""`vidsort doctor` tells what it found and what mends it, as a table or JSON; it exits with 1 where that is needed."""

import json

import pytest

from vidsort import extract_features
from vidsort.cli import main
from vidsort.insight.doctor import SHOWN_FAILURES
from vidsort.insight.doctor.check import FORM


@pytest.fixture
def call(settings, capsys):
    """`call(*arguments)` on the tiny library: (exit code, stdout)."""

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["doctor", *arguments, *settings.as_flags()])
        return code, capsys.readouterr().out

    return run


def test_it_exits_with_1_where_something_needs_mending(call, settings):
    # That there is no model yet is no fault.
    assert call()[0] == 0
    (settings.artifacts_dir / "vidsort.db").write_bytes(b"no database " * 100)
    code, out = call()
    assert code == 1
    assert "FAILED" in out
    assert "vidsort doctor --rescue" in " ".join(out.split())


@pytest.mark.programs
def test_it_shows_the_first_few_unreadable_videos_and_all_of_them_on_request(call, settings):
    names = [f"79{number}.mp4" for number in range(SHOWN_FAILURES + 2)]
    for name in names:
        (settings.data_dir / name).write_bytes(f"no video {name}".encode())
    extract_features.run(settings)
    code, out = call()
    assert code == 1
    assert sum(f"{name}: " in out for name in names) == SHOWN_FAILURES
    assert "and 2 more: `vidsort doctor --all` shows them" in " ".join(out.split())
    code, out = call("--all")
    assert code == 1
    assert all(f"{name}: " in out for name in names)
    assert "more: `vidsort" not in out


@pytest.mark.parametrize("one", ["My clip.mp4", "link.mp4", "food/inner/1.mp4", "a..b/1.mp4"])
def test_it_never_says_that_all_is_well_while_something_is_left_out(learned, capsys, one):
    assert main(["doctor", *learned.as_flags()]) == 0
    assert capsys.readouterr().out.endswith("All is well.\n")
    path = learned.data_dir / one
    path.parent.mkdir(parents=True, exist_ok=True)
    if "link" in one:
        path.symlink_to(learned.artifacts_dir)
    else:
        path.write_bytes(b"x")
    assert main(["doctor", *learned.as_flags()]) == 1
    out = capsys.readouterr().out
    assert "All is well" not in out
    assert "1 of " in out.splitlines()[-1]


def test_as_json_it_has_the_documented_form(call, settings):
    (settings.data_dir / "9.mp4").touch()
    code, out = call("--json")
    told = json.loads(out)
    assert (code, told["form"], told["needs_mending"]) == (1, FORM, True)
    assert set(told) == {"form", "vidsort", "needs_mending", "checks"}
    for check in told["checks"]:
        assert set(check) == {"name", "state", "found", "mend"}
        assert check["state"] in ("ok", "warning", "failed")
        assert check["state"] != "ok" or check["mend"] is None
        assert check["state"] != "failed" or check["mend"]
    (settings.data_dir / "9.mp4").unlink()
    code, out = call("--json")
    assert (code, json.loads(out)["needs_mending"]) == (0, False)


@pytest.mark.parametrize("line", ["datadir = 'x'", "[trian]\nseed = 1", "data_dir =", "port = 'x'", "train = 3"])
def test_settings_that_cannot_be_read_are_a_fault_that_it_finds(tmp_path, monkeypatch, capsys, line):
    (tmp_path / "vidsort.toml").write_text(line)
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (check,) = (check for check in told["checks"] if check["name"] == "settings")
    assert check["state"] == "failed"
    assert str(tmp_path / "vidsort.toml") in check["mend"]
    # What needs no settings is looked at all the same.
    assert {check["name"]: check["state"] for check in told["checks"]}["encoder"] == "ok"


def test_a_variable_that_is_misspelt_is_found_and_a_wrong_flag_is_a_wrong_call(monkeypatch, capsys):
    monkeypatch.setenv("VIDSORT_DATADIR", "x")
    assert main(["doctor"]) == 1
    assert "did you mean" in capsys.readouterr().out
    monkeypatch.undo()
    assert main(["doctor", "--data-dir", "~no-such-user-here/x"]) == 2
