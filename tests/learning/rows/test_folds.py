"""Folds: no group is split, every folder is spread, and a large library is told apart as a small one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidsort.learning.rows.folds import grouped_folds


def as_it_is_described(labels, groups, folds, seed):
    """Groups of many rows first, each to the fold that has fewest of its folders, then fewest rows."""
    numbers, member = np.unique(groups, return_inverse=True)
    folds = min(folds, len(numbers))
    order = np.random.default_rng(seed).permutation(len(numbers))
    found = np.full(len(labels), -1)
    for group in sorted(order, key=lambda group: -(member == group).sum()):
        inside = labels[member == group]
        found[member == group] = min(range(folds), key=lambda fold: (
            sum((labels[found == fold] == label).sum() for label in inside), (found == fold).sum(), fold
        ))
    return found


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 15)), min_size=1, max_size=80), st.integers(2, 6))
def test_a_group_is_never_split_and_folds_are_never_empty(rows, folds):
    labels, groups = np.array(rows).T
    fold_of = grouped_folds(labels, groups, folds, seed=1)
    assert len(fold_of) == len(rows)
    assert all(len(set(fold_of[groups == group])) == 1 for group in set(groups.tolist()))
    assert set(fold_of.tolist()) == set(range(min(folds, len(set(groups.tolist())))))


def test_every_folder_is_spread_evenly_over_folds():
    labels = np.repeat(np.arange(7), [40, 5, 23, 10, 2, 1, 60])
    fold_of = grouped_folds(labels, np.arange(len(labels)), 5, seed=3)
    for label in range(7):
        held = np.bincount(fold_of[labels == label], minlength=5)
        assert held.max() - held.min() <= 1
    assert not np.array_equal(fold_of, grouped_folds(labels, np.arange(len(labels)), 5, seed=4))
    assert np.array_equal(fold_of, grouped_folds(labels, np.arange(len(labels)), 5, seed=3))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 15)), min_size=1, max_size=60), st.integers(2, 6))
def test_each_group_goes_where_fewest_of_its_folders_are(rows, folds):
    labels, groups = np.array(rows).T
    assert np.array_equal(grouped_folds(labels, groups, folds, 3), as_it_is_described(labels, groups, folds, 3))
