"""What came into a library since it was watched: each once, when nobody writes it any more."""

import os
import time

import pytest

from vidsort.jobs.arrivals import LOOK_AFTER_EVERY_S, MOST_AT_ONCE, QUIET_S, Arrivals
from vidsort.library import Snapshot

A, B, C = "1.mp4", "2.mp4", "3.mp4"


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arrivals(tmp_path, clock) -> Arrivals:
    (tmp_path / "food").mkdir()
    arrivals = Arrivals(tmp_path, clock)
    arrivals.take(Snapshot((A,), {"food": (B,)}))
    return arrivals


def write(path, data=b"x", age_s=0.0):
    path.write_bytes(data)
    os.utime(path, (time.time() - age_s,) * 2)


def test_what_was_there_before_and_what_was_moved_is_not_new(arrivals):
    arrivals.take(Snapshot((B,), {"food": (A,), "new": ()}))
    arrivals.take(Snapshot((), {"kitchen": (A, B)}))
    assert len(arrivals) == 0


def test_what_comes_into_the_pile_or_a_folder_waits_until_it_is_quiet(arrivals, tmp_path, clock):
    write(tmp_path / C)
    write(tmp_path / "food" / "4.mp4")
    arrivals.take(Snapshot((A, C), {"food": (B, "4.mp4")}))
    assert arrivals.quiet() == []
    clock.now_s += QUIET_S / 2
    write(tmp_path / C, b"more")
    clock.now_s += QUIET_S / 2
    assert arrivals.quiet() == ["food/4.mp4"]
    clock.now_s += QUIET_S
    assert arrivals.quiet() == [C, "food/4.mp4"]
    assert C in arrivals


def test_an_old_file_is_no_download_and_one_that_has_gone_is_forgotten(arrivals, tmp_path):
    write(tmp_path / C, age_s=60)
    arrivals.take(Snapshot((A, C, "9.mp4"), {"food": (B,)}))
    assert arrivals.quiet() == [C]
    assert "9.mp4" not in arrivals


def test_one_that_is_changed_after_it_was_looked_at_waits_again(arrivals, tmp_path, clock):
    write(tmp_path / C, b"half")
    arrivals.take(Snapshot((A, C), {"food": (B,)}))
    arrivals.quiet()
    clock.now_s += QUIET_S
    arrivals.looked_at(arrivals.stamps(arrivals.quiet()))
    assert arrivals.quiet() == []
    write(tmp_path / C, b"whole, at last")
    clock.now_s += LOOK_AFTER_EVERY_S
    arrivals.quiet()
    clock.now_s += QUIET_S
    assert arrivals.quiet() == [C]


def test_of_more_than_a_machine_should_begin_with_by_itself_none_is_taken(arrivals):
    arrivals.take(Snapshot((A, *(f"{number}.mp4" for number in range(10, 11 + MOST_AT_ONCE))), {"food": (B,)}))
    assert len(arrivals) == 0
    arrivals.take(Snapshot((A, C), {"food": (B,)}))
    assert len(arrivals) == 1
