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


TYPED = (
    (["so"], {"sort"}), (["folders", "re"], {"rename", "remove"}), (["undo", "--dr"], {"--dry-run"}),
    (["notebook", "tr"], {"train"}), (["folders", "merge", "--js"], {"--json"}), (["folders", "list", "--or"], set()),
    (["sort", "1.mp4", "--ma"], {"--makes"}), (["list", "--or"], {"--order"}),
)


@pytest.mark.programs
@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_bash_completes_what_was_begun(script, tmp_path, typed, expected):
    (tmp_path / "vidsort.bash").write_text(script("bash"), encoding="utf-8")
    words = " ".join(f"'{word}'" for word in ["vidsort", *typed])
    code = (
        f"source '{tmp_path}/vidsort.bash'; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _vidsort;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "--norc", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected


@pytest.mark.programs
def test_zsh_completes_what_was_begun(script, tmp_path):
    text = script("zsh")
    assert text.startswith("#compdef vidsort\n")
    (tmp_path / "_vidsort").write_text(text, encoding="utf-8")
    zsh = shutil.which("zsh") or pytest.skip("no zsh here")
    for typed, expected in TYPED:
        words = " ".join(f"'{word}'" for word in ["vidsort", *typed])
        code = (
            f"compdef() {{ }}; _files() {{ }}; _describe() {{ print -l -- ${{(P)2}} }}; source '{tmp_path}/_vidsort';"
            f" words=({words}); CURRENT={len(typed) + 1}; _vidsort"
        )
        done = subprocess.run([zsh, "-f", "-c", code], capture_output=True, text=True, check=True)
        offered = {line.partition(":")[0] for line in done.stdout.splitlines()}
        assert (typed, {word for word in offered if word.startswith(typed[-1])}) == (typed, expected)


@pytest.mark.programs
def test_fish_completes_what_was_begun(script, tmp_path, monkeypatch):
    text = script("fish")
    assert all(f" -a '{name}'" in text for name in COMMANDS)
    fish = shutil.which("fish") or pytest.skip("no fish here")
    (tmp_path / "vidsort.fish").write_text(text, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for typed, expected in TYPED:
        code = f"source '{tmp_path}/vidsort.fish'; complete -C 'vidsort {' '.join(typed)}'"
        done = subprocess.run([fish, "--no-config", "-c", code], capture_output=True, text=True, check=True)
        assert (typed, {line.split("\t")[0] for line in done.stdout.splitlines()}) == (typed, expected)
