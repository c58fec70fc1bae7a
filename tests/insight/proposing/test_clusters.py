"""Many small tight groups: every row in one at most, the same for the same rows, loose rows in none."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vidsort.insight.proposing import clusters
from vidsort.insight.proposing.closeness import of_length_1
from vidsort.insight.proposing.clusters import LEAST, MEMBER, TIGHT, groups_of


def planted(sizes: list[int], loose: int = 0, width: int = 32, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(sizes)), sizes)
    centres = of_length_1(rng.normal(size=(len(sizes), width)))
    rows = np.vstack([centres[y] + 0.1 * rng.normal(size=(len(y), width)), rng.normal(size=(loose, width))])
    order = rng.permutation(len(rows))
    return of_length_1(rows)[order], np.r_[y, np.full(loose, -1)][order]


def test_what_was_planted_is_found_and_what_is_loose_stays_so():
    rows, y = planted([12, 9, 6, 4], loose=20)
    found = groups_of(rows)
    assert [len(group) for group in found[:4]] == [12, 9, 6, 4]
    assert [set(y[group]) for group in found[:4]] == [{0}, {1}, {2}, {3}]
    assert sum(len(group) for group in found[4:]) <= LEAST


def test_the_most_typical_come_first():
    rows, _ = planted([20])
    (group,) = groups_of(rows)
    middle = rows.mean(axis=0)
    likeness = rows[group] @ middle
    assert (np.diff(likeness) <= 1e-6).all()


def test_more_rows_than_are_paired_join_the_groups_that_they_are_like(monkeypatch):
    rows, y = planted([200, 120, 60], loose=40)
    monkeypatch.setattr(clusters, "MOST_PAIRED", 60)
    found = groups_of(rows)
    assert [set(y[group]) for group in found[:3]] == [{0}, {1}, {2}]
    assert sum(len(group) for group in found[:3]) >= 0.9 * 380


@settings(max_examples=40, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(0, 40), st.just(4)), elements=st.floats(-1, 1, width=32)))
def test_a_row_is_in_one_group_at_most_and_groups_are_tight(values):
    rows = of_length_1(values)
    found = groups_of(rows)
    members = np.concatenate(found) if found else np.zeros(0, int)
    assert len(set(members.tolist())) == len(members)
    assert all(len(group) >= LEAST for group in found)
    assert [len(group) for group in found] == sorted((len(group) for group in found), reverse=True)
    for group in found:
        cosines = rows[group] @ rows[group].T
        assert cosines[~np.eye(len(group), dtype=bool)].mean() >= MEMBER * TIGHT - 0.05
    again = groups_of(rows)
    assert all(np.array_equal(one, other) for one, other in zip(found, again, strict=True))


def test_two_groups_that_are_each_all_alike_are_not_one():
    rows = np.repeat(np.eye(3, dtype=np.float32), [12, 11, 10], axis=0)
    assert [len(group) for group in groups_of(rows)] == [12, 11, 10]


def test_rows_of_nothing_are_in_no_group():
    assert groups_of(np.zeros((20, 3), np.float32)) == []
    assert groups_of(np.zeros((20, 0), np.float32)) == []
