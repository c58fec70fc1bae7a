"""A card that one browser shows is offered to no other, until a minute has gone by."""

import contextlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.store import open_database
from vidsort.store.people import leases
from vidsort.store.people.leases import LEASE_S, Leases


@pytest.fixture
def database(tmp_path):
    with contextlib.closing(open_database(tmp_path)) as opened:
        yield opened


@pytest.fixture
def clock(monkeypatch):
    """The time, which stands still: `clock.now`."""

    class Clock:
        now = 1_000_000.0

        def time(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(leases, "time", clock)
    return clock


def test_what_one_browser_shows_is_elsewhere_for_the_others_and_not_for_itself(database, clock):
    shown = Leases(database, "one")
    assert shown.take("ann", ["1.mp4", "2.mp4"]) == (["1.mp4", "2.mp4"], [])
    assert shown.take("ben", ["2.mp4", "3.mp4"]) == (["3.mp4"], ["2.mp4"])
    assert (shown.elsewhere("ann"), shown.elsewhere("ben")) == ({"3.mp4"}, {"1.mp4", "2.mp4"})
    assert shown.elsewhere("cas") == {"1.mp4", "2.mp4", "3.mp4"}
    assert not Leases(database, "another").elsewhere("cas")


def test_a_lease_ends_by_itself_and_is_longer_when_it_is_said_again(database, clock):
    shown = Leases(database, "one")
    shown.take("ann", ["1.mp4", "2.mp4"])
    clock.now += LEASE_S - 1
    shown.take("ann", ["2.mp4"])
    clock.now += 2
    assert shown.elsewhere("ben") == {"2.mp4"}
    assert shown.take("ben", ["1.mp4", "2.mp4"]) == (["1.mp4"], ["2.mp4"])
    clock.now += LEASE_S
    assert shown.take("ben", ["2.mp4"]).here == ["2.mp4"]
    (rows,) = database.connection().execute("SELECT count(*) FROM leases").fetchone()
    assert rows == 1, "what has ended is not kept"


def test_only_the_first_few_are_taken_and_no_more_are_tried(database, clock):
    shown = Leases(database, "one")
    shown.take("ben", ["1.mp4", "5.mp4"])
    assert shown.take("ann", ["1.mp4", "2.mp4", "3.mp4", "4.mp4", "5.mp4"], 2) == (["2.mp4", "3.mp4"], ["1.mp4"])


def test_of_many_that_ask_at_once_each_card_is_shown_in_one(database):
    shown, taken, names = Leases(database, "one"), [], [f"{number}.mp4" for number in range(40)]
    together = threading.Barrier(8)

    def ask(browser: str) -> None:
        together.wait()
        taken.extend(shown.take(browser, names, 5).here)

    threads = [threading.Thread(target=ask, args=(f"browser-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(names)


@given(wishes=st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from("12345"), unique=True)), max_size=12))
def test_no_card_is_ever_on_show_in_two(tmp_path_factory, wishes):
    with contextlib.closing(open_database(tmp_path_factory.mktemp("artifacts"))) as database:
        shown, held = Leases(database, "one"), {}
        for browser, names in wishes:
            here, elsewhere = shown.take(browser, names)
            assert {*here, *elsewhere} == set(names)
            assert all(held.setdefault(name, browser) == browser for name in here)
            assert all(held[name] != browser for name in elsewhere)
