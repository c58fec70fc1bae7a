"""What is kept of passwords and tokens: enough to know them again, and nothing to sign in with."""

import hashlib

import pytest

from vidsort.accounts.hashing import LONGEST_BYTES, SHORTEST, hash_password, is_password_of, new_token, token_digest
from vidsort.errors import InvalidNameError


def test_a_password_is_known_again_and_no_other_is():
    kept = hash_password("correct horse")
    assert kept.startswith("$argon2id$")
    assert kept != hash_password("correct horse")
    assert is_password_of(kept, "correct horse")
    for wrong in ("", "correct hors", "Correct horse", "correct horse ", "\udcff"):
        assert not is_password_of(kept, wrong)


def test_an_accent_is_one_however_a_keyboard_writes_it():
    assert is_password_of(hash_password("cafe\u0301 noir"), "caf\u00e9 noir")


def test_nothing_is_the_password_of_nobody():
    assert not is_password_of(None, "correct horse")
    assert not is_password_of("no hash at all", "correct horse")


@pytest.mark.parametrize("password", ["", "x" * (SHORTEST - 1), "x" * (LONGEST_BYTES + 1), "é" * LONGEST_BYTES])
def test_a_password_that_is_too_short_or_too_long_is_refused_with_what_to_do(password):
    with pytest.raises(InvalidNameError, match="take one of"):
        hash_password(password)


def test_each_token_is_another_long_one_and_is_kept_by_its_digest_alone():
    first, second = new_token(), new_token()
    assert first != second
    assert first.startswith("vidsort_")
    assert len(first) > 50
    assert token_digest(first.encode()) == hashlib.sha256(first.encode()).hexdigest()
