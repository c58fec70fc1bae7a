"""What wrong passwords cost, by who sends them and at whose account."""

import asyncio

import pytest

from vidsort.server.entrance.throttle import LONGEST_CROWD_DELAY_S, Throttle, TooManyTriesError


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
def throttle(clock):
    return Throttle(clock, clock.sleep)


def tries(throttle, clock, *, is_right=False, address="10.0.0.1", account=""):
    """Seconds that one try took."""
    before_s = clock.now_s
    asyncio.run(throttle.wait(address, account))
    if is_right:
        throttle.right(address, account)
    else:
        throttle.wrong(account)
    return clock.now_s - before_s


def test_the_right_password_is_let_in_at_once_again_and_again(throttle, clock):
    assert [tries(throttle, clock, is_right=True) for _ in range(50)] == [0] * 50


def test_each_wrong_try_makes_the_next_wait_longer_up_to_a_limit(throttle, clock):
    assert [tries(throttle, clock) for _ in range(8)] == [0, 0.25, 0.5, 1, 2, 4, 5, 5]


def test_the_right_password_is_let_in_after_its_wait_and_ends_it(throttle, clock):
    for _ in range(5):
        tries(throttle, clock)
    assert tries(throttle, clock, is_right=True) == 4
    assert tries(throttle, clock, is_right=True) < 0.5


def test_tries_at_several_accounts_from_one_address_are_counted_together(throttle, clock):
    waits = [tries(throttle, clock, account=account) for account in ("ann", "ben", "cem", "ann", "ben")]
    assert waits == [0, 0.25, 0.5, 1, 2]


def test_who_signs_in_between_gets_no_more_guesses_at_another_account(throttle, clock):
    waits = []
    for _ in range(5):
        waits.append(tries(throttle, clock, account="admin"))
        tries(throttle, clock, account="mallory", is_right=True)
    assert waits == [0, 0.5, 1, 2, 4]


def test_tries_at_one_account_from_many_addresses_wait_for_one_another(throttle, clock):
    for number in range(40):
        tries(throttle, clock, address=f"10.1.0.{number}", account="ann")
    assert tries(throttle, clock, address="10.0.0.1", account="ann", is_right=True) == LONGEST_CROWD_DELAY_S
    assert tries(throttle, clock, address="10.0.0.2", account="ben", is_right=True) < 1


def test_many_tries_at_once_gain_nothing(clock):
    """They queue up as if one came after the other, and who would wait too long is told to go."""
    waits = []

    async def remember(seconds):
        waits.append(seconds)

    throttle = Throttle(clock, remember)

    async def all_at_once():
        return await asyncio.gather(*(throttle.wait("10.0.0.1") for _ in range(100)), return_exceptions=True)

    answers = asyncio.run(all_at_once())
    assert sum(answer is None for answer in answers) < 15
    refused = [answer for answer in answers if isinstance(answer, TooManyTriesError)]
    assert len(refused) > 85
    assert "try again in" in str(refused[0])
    assert waits == sorted(waits)


def test_who_waits_for_a_while_begins_anew(throttle, clock):
    for _ in range(8):
        tries(throttle, clock)
    clock.now_s += 1000
    assert tries(throttle, clock) == 0


def test_others_who_try_do_not_lock_the_owner_out(throttle, clock):
    """However many addresses guess, another one waits for a little while only."""
    for number in range(3000):
        tries(throttle, clock, address=f"10.1.{number // 250}.{number % 250}")
    assert tries(throttle, clock, is_right=True) <= LONGEST_CROWD_DELAY_S


def test_addresses_of_one_ipv6_network_are_one(throttle, clock):
    assert sum(tries(throttle, clock, address=f"2001:db8::{number}") for number in range(1, 4)) > 0.5
