"""Who is let in follows the file at once, and a file that has gone or is damaged lets nobody in."""

import os

import pytest
from peopled import PASSWORDS, write_people

from vidsort.accounts import Accounts, Role
from vidsort.accounts.hashing import is_password_of
from vidsort.accounts.users_file import HEAD
from vidsort.errors import SettingsError

TOKEN = "vidsort_of-a-script"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "users.toml"


def test_without_a_file_nobody_is_asked(path):
    accounts = Accounts(path)
    assert not accounts.are_asked_for()
    assert accounts.account("vera") is None
    assert accounts.token(TOKEN.encode()) is None


def test_an_account_and_a_token_are_found_and_no_other_is(path):
    write_people(path, tokens={"nightly": (Role.REVIEWER, TOKEN)})
    accounts = Accounts(path)
    assert accounts.are_asked_for()
    name, account = accounts.account("VERA")
    assert (name, account.role) == ("vera", Role.VIEWER)
    assert is_password_of(account.password, PASSWORDS["vera"])
    assert accounts.account("nightly") is None
    assert accounts.token(TOKEN.encode()) == ("nightly", Role.REVIEWER)
    assert accounts.token(TOKEN.encode() + b"x") is None


def test_what_changes_in_the_file_holds_at_once(path):
    accounts = Accounts(path)
    write_people(path, "vera")
    assert accounts.are_asked_for()
    write_people(path, "rita", tokens={"nightly": (Role.VIEWER, TOKEN)})
    assert accounts.account("vera") is None
    assert accounts.account("rita")[1].role is Role.REVIEWER
    assert accounts.token(TOKEN.encode())
    write_people(path, "rita")
    assert accounts.token(TOKEN.encode()) is None


def test_a_file_that_has_gone_opens_nothing_to_everybody_until_the_server_starts_anew(path):
    write_people(path)
    accounts = Accounts(path)
    path.unlink()
    for asked in (accounts.are_asked_for, lambda: accounts.account("vera"), lambda: accounts.token(b"x")):
        with pytest.raises(SettingsError, match="has gone"):
            asked()
    assert not Accounts(path).are_asked_for()
    path.touch(0o600)
    path.write_text(HEAD)
    assert accounts.are_asked_for()
    assert accounts.account("vera") is None


def test_a_file_that_becomes_damaged_or_readable_by_others_lets_nobody_in_until_it_is_mended(path):
    write_people(path)
    accounts = Accounts(path)
    text = path.read_text()
    path.write_text("damaged")
    for _ in range(2):
        with pytest.raises(SettingsError, match="cannot be read"):
            accounts.are_asked_for()
    path.write_text(text)
    assert accounts.account("vera")
    if os.name == "posix":
        path.chmod(0o644)
        with pytest.raises(SettingsError, match="chmod 600"):
            accounts.account("vera")
        path.chmod(0o600)
        assert accounts.account("vera")


def test_a_server_does_not_start_with_a_file_that_cannot_be_trusted(path):
    path.write_text("damaged")
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="cannot be read"):
        Accounts(path)
