"""How fast a person sorts."""

import pytest

from vidsort.pile.pace import pace_of


def decisions(*at_s, folder="food"):
    return [(f"{number}.mp4", folder, when) for number, when in enumerate(at_s)]


def test_too_few_decisions_tell_nothing():
    pace = pace_of(decisions(0, 5, 10), {}, 100)
    assert (pace.sorted_last_hour, pace.per_hour, pace.left_s, pace.top1_accepted_share) == (3, None, None, None)


def test_a_video_every_four_seconds_is_900_an_hour():
    pace = pace_of(decisions(*range(0, 80, 4)), {}, 450)
    assert pace.per_hour == pytest.approx(900)
    assert pace.left_s == pytest.approx(1800)


def test_a_break_is_not_slow_sorting():
    pace = pace_of(decisions(0, 4, 8, 12, 2000, 2004, 2008), {}, 0)
    assert pace.per_hour == pytest.approx(900)


def test_a_whole_batch_in_one_moment_gives_a_number():
    assert pace_of(decisions(*[7.0] * 200), {}, 10).per_hour > 0


def test_the_share_accepted_is_over_those_whose_prediction_is_known():
    pace = pace_of(decisions(0, 1, 2, 3), {"0.mp4": "food", "1.mp4": "art", "9.mp4": "food"}, 0)
    assert pace.top1_accepted_share == 0.5


def test_nothing_left_takes_no_time():
    assert pace_of(decisions(*range(10)), {}, 0).left_s == 0
