"""How many videos a task has."""

from vidsort.features.cluster.pacing import FIRST_AT_ONCE, MOST_AT_ONCE, task_size


def test_a_task_is_some_hundred_videos_and_at_the_end_fewer():
    assert task_size(None, 10_000, 4) == FIRST_AT_ONCE
    assert task_size(0.06, 10_000, 4) == 167
    assert task_size(0.06, 100, 4) == 13
    assert task_size(0.01, 10_000, 4) == MOST_AT_ONCE
    assert task_size(60, 10_000, 4) == 1
    assert task_size(0.06, 0, 0) == 1
    # A clock that tells nothing of what takes so little.
    assert task_size(0.0, 10_000, 4) == MOST_AT_ONCE
