"""`vidsort users`: people and scripts that are let in, by passwords and tokens that no command line ever has."""

import io
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from vidsort.accounts import Accounts, Role, users_path
from vidsort.accounts.hashing import is_password_of
from vidsort.api.contract import UsersAnswer
from vidsort.cli.program import main

PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch) -> Path:
    """users.toml of this test alone."""
    (tmp_path / "vidsort.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "users.toml"


@pytest.fixture
def users(monkeypatch, capsys):
    """`users("add", "ann", typed="…")`: exit code, what was said, and what was complained of."""

    def call(*command: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(["users", *command])
        return code, *capsys.readouterr()

    return call


def add(users, name, *more, password=PASSWORD):
    return users("add", name, "--password-stdin", *more, typed=f"{password}\n")


def test_without_accounts_it_is_said_what_that_means(users, path):
    code, said, _ = users("list")
    assert code == 0
    assert "whoever reaches the server on this machine may do everything" in said
    assert not path.exists()


def test_an_account_is_made_shown_and_removed(users, path):
    code, said, _ = add(users, "ann", "--role", "admin")
    assert (code, said) == (0, "ann is an admin now, and signs in with that password.\n")
    assert users_path() == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text()
    _, account = Accounts(path).account("ann")
    assert is_password_of(account.password, PASSWORD)
    assert "admin" in users("list")[1]
    code, said, _ = users("remove", "ANN")
    assert said.startswith("ann is let in no more.")
    assert "That was the last one" in said
    assert Accounts(path).account("ann") is None


def test_who_has_no_admin_is_told_so(users):
    assert "There is no account of an admin" in add(users, "ann")[1]
    assert "no account of an admin" not in users("role", "ann", "admin")[1]
    assert "There is no account of an admin" in users("role", "ann", "viewer")[1]


def test_another_password_and_another_role_hold_from_then_on(users, path):
    add(users, "ann")
    assert users("password", "Ann", "--password-stdin", typed="another password\n")[0] == 0
    users("role", "ann", "viewer")
    _, account = Accounts(path).account("ann")
    assert is_password_of(account.password, "another password")
    assert account.role is Role.VIEWER


def test_a_token_is_shown_once_and_nothing_else_goes_with_it_into_a_pipe(users, path):
    code, said, told = users("token", "nightly", "--role", "reviewer")
    assert code == 0
    token = said.strip()
    assert said == f"{token}\n"
    assert "vidsort users revoke nightly" in told
    assert token not in path.read_text()
    assert Accounts(path).token(token.encode()) == ("nightly", Role.REVIEWER)
    assert token not in users("list")[1]
    users("revoke", "nightly")
    assert Accounts(path).token(token.encode()) is None


@pytest.mark.parametrize(("command", "code", "sentence"), [
    (("add", "ann", "--password-stdin"), 4, "named ann already"),
    (("token", "ANN"), 4, "named ANN already"),
    (("add", "two words", "--password-stdin"), 2, "cannot be a name"),
    (("add", "ben"), 2, "There is no terminal to ask for the password on"),
    (("remove", "ben"), 3, "There is no account named 'ben'"),
    (("remove", "nightly"), 3, "There is no account named 'nightly'"),
    (("password", "ben", "--password-stdin"), 3, "There is no account named 'ben'"),
    (("role", "ben", "admin"), 3, "There is no account or token named 'ben'"),
    (("revoke", "ann"), 3, "There is no token named 'ann'"),
])
def test_what_cannot_be_is_one_sentence_and_changes_nothing(users, path, command, code, sentence):
    add(users, "ann")
    users("token", "nightly")
    before = path.read_bytes()
    found, said, told = users(*command, typed=f"{PASSWORD}\n")
    assert (found, said) == (code, "")
    assert sentence in told
    assert len(told.strip().splitlines()) == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("password", ["", "short"])
def test_a_short_password_is_refused_and_no_account_is_made(users, path, password):
    code, _, told = add(users, "ann", password=password)
    assert code == 2
    assert "too short" in told
    assert not path.exists()


def test_no_flag_takes_a_password_or_a_token(users, capsys):
    for command in ("add", "password"):
        with pytest.raises(SystemExit):
            users(command, "ann", "--password", PASSWORD)
        assert "unrecognized arguments" in capsys.readouterr().err


@pytest.mark.programs
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(("again", "code", "told"), [(PASSWORD, 0, "signs in"), ("another one", 2, "two passwords")])
def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(path, again, code, told):
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "vidsort", "users", "add", "ann"]
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True, cwd=path.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "dumb"},
    ) as asking:
        os.close(terminal)
        seen = b""
        for question, answer in ((b"Password of ann: ", PASSWORD), (b"The same again: ", again)):
            while question not in seen:
                seen += os.read(master, 1024)
            os.write(master, f"{answer}\n".encode())
        while True:
            try:
                seen += os.read(master, 1024)
            except OSError:  # the other side has gone
                break
        assert asking.wait(30) == code
    os.close(master)
    assert told in seen.decode()
    assert PASSWORD not in seen.decode()
    assert path.exists() is (code == 0)


@pytest.mark.skipif(os.name != "posix", reason="the mode of a file says nothing here")
def test_a_server_with_accounts_that_others_can_read_does_not_start(users, path, settings, capsys):
    add(users, "ann")
    path.chmod(0o644)
    assert main(["serve", "--port", "0", *settings.as_flags()]) == 2
    assert capsys.readouterr().err.count("chmod 600") == 1


def test_accounts_and_tokens_are_told_as_json_with_a_new_token_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["users", "token", "nightly", "--json"]) == 0
    (made,) = UsersAnswer.model_validate_json(capsys.readouterr().out).users
    assert (made.kind, made.role) == ("token", "viewer")
    assert made.token
    assert main(["users", "role", "nightly", "reviewer", "--json"]) == 0
    (now,) = UsersAnswer.model_validate_json(capsys.readouterr().out).users
    assert (now.role, now.token) == ("reviewer", None)
    assert main(["users", "list", "--json"]) == 0
    assert UsersAnswer.model_validate_json(capsys.readouterr().out).users == [now]
    assert main(["users", "revoke", "nightly", "--json"]) == 0
    assert UsersAnswer.model_validate_json(capsys.readouterr().out).users == []
    assert main(["users", "token", "weekly", "-q"]) == 0
    assert capsys.readouterr().out.startswith("vidsort_")
