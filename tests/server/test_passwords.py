"""The password: sessions, and what wrong tries cost."""

import asyncio

import pytest

from vidsort.server.passwords import LONGEST_CROWD_DELAY_S, SESSION_S, PasswordCheck, Sessions, TooManyTriesError

RIGHT = b"open sesame"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.now_s = 1000.0

    def __call__(self):
        return self.now_s

    async def sleep(self, seconds):
        self.now_s += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def check(clock):
    return PasswordCheck(RIGHT.decode(), clock, clock.sleep)


def tries(check, given, address="10.0.0.1"):
    return asyncio.run(check.is_right(given, address))


def test_the_right_password_is_right_at_once_again_and_again(check, clock):
    assert all(tries(check, RIGHT) for _ in range(50))
    assert clock.now_s == 1000


@pytest.mark.parametrize("given", [b"", b"open", b"open sesame ", b"Open sesame", b"\xff\xfe"])
def test_anything_else_is_wrong(check, given):
    assert not tries(check, given)


def test_a_password_that_is_not_ascii_is_compared_by_its_utf8(clock):
    assert tries(PasswordCheck("Sésame", clock, clock.sleep), "Sésame".encode())


def test_each_wrong_try_makes_the_next_wait_longer_up_to_a_limit(check, clock):
    waits = []
    for _ in range(8):
        before_s = clock.now_s
        tries(check, b"wrong")
        waits.append(clock.now_s - before_s)
    assert waits == [0, 0.25, 0.5, 1, 2, 4, 5, 5]


def test_the_right_password_is_let_in_after_its_wait_and_ends_it(check, clock):
    for _ in range(5):
        tries(check, b"wrong")
    assert tries(check, RIGHT)
    before_s = clock.now_s
    assert tries(check, RIGHT)
    assert clock.now_s - before_s < 0.5


def test_many_tries_at_once_gain_nothing(clock):
    """They queue up as if one came after the other, and who would wait too long is told to go."""
    waits = []

    async def remember(seconds):
        waits.append(seconds)

    check = PasswordCheck(RIGHT.decode(), clock, remember)

    async def all_at_once():
        return await asyncio.gather(*(check.is_right(b"wrong", "10.0.0.1") for _ in range(100)), return_exceptions=True)

    answers = asyncio.run(all_at_once())
    assert sum(answer is False for answer in answers) < 15
    refused = [answer for answer in answers if isinstance(answer, TooManyTriesError)]
    assert len(refused) > 85
    assert "try again in" in str(refused[0])
    assert waits == sorted(waits)


def test_who_waits_for_a_while_begins_anew(check, clock):
    for _ in range(8):
        tries(check, b"wrong")
    clock.now_s += 1000
    before_s = clock.now_s
    tries(check, b"wrong")
    assert clock.now_s == before_s


def test_others_who_try_do_not_lock_the_owner_out(check, clock):
    """However many addresses guess, another one waits for a little while only."""
    for number in range(3000):
        tries(check, b"wrong", f"10.1.{number // 250}.{number % 250}")
    before_s = clock.now_s
    assert tries(check, RIGHT, "10.0.0.1")
    assert clock.now_s - before_s <= LONGEST_CROWD_DELAY_S


def test_addresses_of_one_ipv6_network_are_one(check, clock):
    for number in range(1, 4):
        tries(check, b"wrong", f"2001:db8::{number}")
    assert clock.now_s > 1000.5


def test_a_session_is_valid_in_every_process_until_it_expires():
    clock = Clock()
    token = Sessions("open sesame", clock).issue()
    other_worker = Sessions("open sesame", clock)
    assert other_worker.is_valid(token)
    clock.now_s += SESSION_S + 1
    assert not other_worker.is_valid(token)


def test_no_other_token_is_valid():
    sessions = Sessions("open sesame")
    token = sessions.issue()
    claim, signature = token.rsplit(".", 1)
    later = f"{int(claim.split('.')[0]) + 1000}.{claim.split('.')[1]}.{signature}"
    for forged in ("", ".", "..", "é", token + "0", token[:-1], later, f"{claim}.", f".{signature}"):
        assert not sessions.is_valid(forged)
    assert not Sessions("another password").is_valid(token)
