"""users.toml: nobody else may read it, what it says is understood or refused with a sentence, and nothing gets lost."""

import datetime
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from peopled import quick_hash, write_people

from vidsort.accounts import Role, has_accounts, users_path
from vidsort.accounts.users_file import Account, Token, Users, changing, checked_name, read_users
from vidsort.errors import InvalidNameError, SettingsError

KEPT = quick_hash("a password")
DIGEST = "0" * 64
ROW = f'[users.ann]\nrole = "admin"\npassword = "{KEPT}"\n'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "users.toml"


def write(path, text, mode=0o600):
    path.touch()
    path.chmod(mode)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def test_what_is_written_is_read_again_by_its_owner_alone(path):
    assert read_users(path) is None
    day = datetime.date(2026, 11, 27)
    with changing(path) as known:
        known.accounts["Jürgen"] = Account(role=Role.ADMIN, password=KEPT)
        known.tokens["nightly"] = Token(role=Role.VIEWER, sha256=DIGEST, made=day)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ann, nightly = Account(role=Role.ADMIN, password=KEPT), Token(role=Role.VIEWER, sha256=DIGEST, made=day)
    assert read_users(path) == Users({"Jürgen": ann}, {"nightly": nightly})


def test_a_change_that_fails_changes_nothing(path):
    write(path, ROW)
    with pytest.raises(KeyError), changing(path) as known:
        known.accounts.pop("ann") and known.accounts.pop("ben")
    assert read_users(path).accounts.keys() == {"ann"}


def test_many_changes_at_once_lose_none(path):
    def add(number):
        with changing(path) as known:
            known.accounts[f"user{number}"] = Account(role=Role.VIEWER, password=KEPT)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert len(read_users(path).accounts) == 24


@pytest.mark.skipif(os.name != "posix", reason="the mode of a file says nothing here")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
def test_a_file_that_others_can_read_is_refused_and_it_is_said_how_to_mend_it(path, mode):
    write(path, ROW, mode)
    with pytest.raises(SettingsError, match=f"chmod 600 {path}"):
        read_users(path)
    with pytest.raises(SettingsError, match="chmod 600"), changing(path):
        pytest.fail("it was opened")
    path.chmod(0o600)
    assert read_users(path).accounts.keys() == {"ann"}


@pytest.mark.parametrize(("text", "why"), [
    ("no toml", "no TOML"),
    (b"\xff\xfe", "no TOML"),
    ("[[users]]", "users"),
    ('[users.ann]\nrole = "owner"\npassword = "x"', "users.ann.role"),
    ('[users.ann]\nrole = "admin"\npassword = "in clear"', "users.ann.password"),
    (f'[users.ann]\npassword = "{KEPT}"', "users.ann.role"),
    (ROW + "note = 1", "users.ann.note"),
    ("[people.ann]", "people"),
    ('[tokens.a]\nrole = "admin"\nsha256 = "short"\nmade = 2026-01-01', "tokens.a.sha256"),
    (ROW.replace("ann", '"a b"'), "cannot be a name"),
    (ROW + ROW.replace("ann", "ANN"), "stands in it twice"),
    (ROW + f'[tokens.Ann]\nrole = "viewer"\nsha256 = "{DIGEST}"\nmade = 2026-01-01', "stands in it twice"),
])
def test_what_cannot_be_understood_is_refused_with_the_place_and_never_with_what_stands_there(path, text, why):
    write(path, text)
    with pytest.raises(SettingsError, match="cannot be read") as refused:
        read_users(path)
    assert why in str(refused.value)
    assert KEPT not in str(refused.value)
    assert "in clear" not in str(refused.value)


def test_what_is_no_file_is_refused(path):
    path.mkdir(0o700)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_users(path)


@pytest.mark.parametrize("name", ["ann", "Jürgen", "李雷", "नमिता", "a.b_c@d+e-f", "x" * 40, "7"])
def test_names_of_people_are_names(name):
    assert checked_name(name) == name


@pytest.mark.parametrize("name", [
    "", " ", "a b", "-a", ".a", '"', "a\n", "a\u202eb", "x" * 41, "a/b", "a:b", "\u0301a",
])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InvalidNameError, match="cannot be a name"):
        checked_name(name)


def test_a_name_is_one_however_it_is_typed(path):
    write(path, ROW.replace("ann", '"Jürgen"'))
    assert read_users(path).known_as("JU\u0308RGEN") == "Jürgen"
    assert read_users(path).known_as("jurgen") is None


def test_the_file_lies_beside_the_settings(tmp_path, monkeypatch):
    (tmp_path / "vidsort.toml").touch()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert users_path() == tmp_path / "users.toml"
    assert not has_accounts()
    write_people(tmp_path / "users.toml", "vera")
    assert has_accounts()
