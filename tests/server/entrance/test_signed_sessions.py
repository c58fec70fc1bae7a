"""Sessions of the page: valid in every process until they expire, and no longer than the key of whose they are."""

import pytest

from vidsort.server.entrance.sessions import SESSION_S, Session, Sessions, key_of_account, key_of_password


class Clock:
    now_s = 1000.0

    def __call__(self):
        return self.now_s


KEYS = {None: key_of_password("open sesame"), "ann": b"of ann", "Jürgen": b"of Juergen"}


@pytest.mark.parametrize("name", KEYS)
def test_a_session_is_valid_in_every_process_until_it_expires(name):
    clock = Clock()
    token = Sessions(KEYS.get, clock).issue(name)
    other_worker = Sessions({None: key_of_password("open sesame")}.get if name is None else KEYS.get, clock)
    assert other_worker.read(token) == Session(name, 1000 + SESSION_S)
    clock.now_s += SESSION_S + 1
    assert other_worker.read(token) is None


def test_a_session_ends_with_the_key_of_its_name_and_no_other_does():
    keys = dict(KEYS)
    sessions = Sessions(keys.get)
    tokens = {name: sessions.issue(name) for name in keys}
    keys["ann"] = b"another"
    assert {name: sessions.read(token) is not None for name, token in tokens.items()} == {
        None: True, "ann": False, "Jürgen": True,
    }
    del keys["Jürgen"]
    assert sessions.read(tokens["Jürgen"]) is None
    with pytest.raises(ValueError, match="no key"):
        sessions.issue("nobody")


def test_no_other_token_is_valid():
    sessions = Sessions(KEYS.get)
    token = sessions.issue("ann")
    claim, signature = token.rsplit(".", 1)
    expiry, nonce, who = claim.split(".")
    of_password = sessions.issue(None)
    for forged in (
        "", ".", "..", "...", "é", token + "0", token[:-1], f"{int(expiry) + 1000}.{nonce}.{who}.{signature}",
        f"{expiry}.{nonce}..{signature}", f"{claim}.", f".{signature}", f"{expiry}.{nonce}.é.{signature}",
        f"x.{claim}.{signature}", of_password.replace("..", f".{who}."), f"{expiry}.{nonce}.====.{signature}",
    ):
        assert sessions.read(forged) is None, forged


def test_the_key_of_an_account_needs_what_is_kept_of_its_password_and_the_key_of_the_database():
    assert key_of_account("hash", b"key") == key_of_account("hash", b"key")
    assert len({key_of_account("hash", b"key"), key_of_account("hash", b"other"), key_of_account("other", b"key")}) == 3
