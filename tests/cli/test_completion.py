"""Completion: made from the parser, for three shells, and each of them takes it."""

import shutil
import subprocess

import pytest

from vidsort.cli import main
from vidsort.cli.completion import words_of
from vidsort.cli.program import build_parser
from vidsort.cli.verbs import COMMANDS


@pytest.fixture
def script(capsys):
    """`script(shell)`: what is printed for it."""

    def printed(shell: str) -> str:
        capsys.readouterr()
        assert main(["completion", shell]) == 0
        return capsys.readouterr().out

    return printed


def test_all_commands_actions_and_flags_are_among_the_words():
    words = {path: {one.word for one in choices} for path, choices in words_of(build_parser(COMMANDS)).items()}
    assert set(COMMANDS) <= words[""]
    assert {"list", "make", "rename", "merge", "remove"} <= words["folders"]
    assert {"--json", "--quiet", "--dry-run", "--id"} <= words["undo"]
    assert {"bash", "zsh", "fish"} <= words["completion"]
    assert "--role" in words["users add"]


@pytest.mark.parametrize(("typed", "expected"), [
    (["so"], {"sort"}), (["folders", "re"], {"rename", "remove"}), (["undo", "--dr"], {"--dry-run"}),
    (["notebook", "tr"], {"train"}),
    (["folders", "merge", "--js"], {"--json"}), (["sort", "1.mp4", "--ma"], {"--makes"}),
])
def test_bash_completes_what_was_begun(script, tmp_path, typed, expected):
    (tmp_path / "vidsort.bash").write_text(script("bash"), encoding="utf-8")
    words = " ".join(f"'{word}'" for word in ["vidsort", *typed])
    code = (
        f"source '{tmp_path}/vidsort.bash'; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _vidsort;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "--norc", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected


@pytest.mark.parametrize(("shell", "begins"), [("zsh", "#compdef vidsort"), ("fish", "complete -c vidsort")])
def test_the_other_shells_read_theirs(script, tmp_path, shell, begins):
    text = script(shell)
    assert text.startswith(begins)
    assert all(name in text for name in COMMANDS)
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")
    path = tmp_path / shell
    path.write_text(text, encoding="utf-8")
    subprocess.run([found, "-n", str(path)], check=True)
