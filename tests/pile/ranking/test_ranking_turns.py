"""The orders that look at the whole pile, each by a golden example, and what holds for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.pile.ranking.clusters import clusters, coordinates
from vidsort.pile.ranking.turns import alike, doubtful, is_begun, typical

# Three clusters on a line, of 3, 2 and 1 videos.
POINTS = np.array([[0.0], [0.1], [0.3], [5.0], [5.2], [2.0]])
MEMBER = np.array([0, 0, 0, 1, 1, 2])
CENTRES = np.array([[0.1], [5.1], [2.0]])


def asked(ranks):
    return np.argsort(ranks).tolist()


def test_typical_of_the_largest_cluster_first_and_each_in_its_turn():
    assert asked(typical(POINTS, MEMBER, CENTRES, np.zeros(3, int))) == [1, 3, 5, 0, 4, 2]


def test_clusters_of_which_none_is_labelled_come_first():
    assert asked(typical(POINTS, MEMBER, CENTRES, np.array([2, 0, 1]))) == [3, 4, 5, 1, 0, 2]


def test_doubts_first_and_no_kind_twice_before_another_had_its_turn():
    margins = np.array([0.01, 0.02, 0.03, 0.2, 0.04, 0.9])
    assert asked(doubtful(margins, np.array([7, 7, 7, 1, 1, 2]))) == [0, 4, 5, 1, 3, 2]


def test_what_is_hardly_doubtful_waits_whatever_its_kind():
    margins, kinds = np.linspace(0, 1, 100), np.r_[np.zeros(90, int), np.arange(1, 11)]
    assert set(asked(doubtful(margins, kinds))[:90]) == set(range(90))


def test_from_like_to_like_beginning_with_the_largest_cluster():
    assert asked(alike(POINTS, MEMBER, CENTRES)) == [0, 1, 2, 5, 3, 4]


@pytest.mark.parametrize(("counts", "expected"), [
    ((), False), ((50,), False), ((0, 0), False), ((2, 1), False), ((2, 2), True), ((9, 0, 0), False),
    ((18, 0, 0), True), ((2,) * 9 + (0,), True),
])
def test_doubts_mean_something_once_nearly_each_folder_has_two(counts, expected):
    assert is_begun(counts) is expected


@given(count=st.integers(1, 40), wanted=st.integers(1, 12), seed=st.integers(0, 1000))
def test_every_video_has_a_rank_of_its_own_whatever_lies_where(count, wanted, seed):
    chosen = np.random.default_rng(seed)
    points = coordinates(chosen.integers(0, 3, (count, 5)).astype(np.float32))
    member, centres = clusters(points, wanted)
    assert len(centres) <= wanted
    assert np.array_equal(np.unique(member), np.arange(len(centres)))
    labelled = chosen.integers(0, 3, len(centres))
    for ranks in (
        typical(points, member, centres, labelled), alike(points, member, centres),
        doubtful(chosen.random(count).round(1), member),
    ):
        assert sorted(ranks) == list(range(count))


def test_clusters_find_what_is_plainly_apart():
    chosen = np.random.default_rng(0)
    truth = np.repeat(np.arange(5), 30)
    points = coordinates((chosen.normal(0, 0.1, (150, 40)) + 3 * np.eye(40)[truth]).astype(np.float32))
    member, _ = clusters(points, 5)
    assert len({(one, other) for one, other in zip(truth.tolist(), member.tolist(), strict=True)}) == 5


def test_a_near_repeat_is_not_in_the_same_batch():
    chosen = np.random.default_rng(1)
    once = chosen.normal(size=(60, 20))
    points = coordinates(np.concatenate([once, once + 1e-4]).astype(np.float32))
    member, centres = clusters(points, 40)
    first = asked(typical(points, member, centres, np.zeros(len(centres), int)))[: len(centres)]
    assert len({row % 60 for row in first}) == len(centres)
