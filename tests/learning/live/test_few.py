"""Folders of few videos are put on the scale of the others, and those that are known well stay as they are."""

import numpy as np
import pytest

from vidsort.learning.live.few import levelled

RNG = np.random.default_rng(0)


def test_a_column_that_never_came_up_is_given_its_chance():
    scores = RNG.normal(size=(300, 3))
    scores[:, 2] = 0.1 * scores[:, 2] - 9
    found = levelled(scores, np.array([90, 110, 1]))
    assert (scores.argmax(axis=1) == 2).sum() == 0
    assert 30 < (found.argmax(axis=1) == 2).sum() < 130
    assert np.array_equal(np.argsort(found[:, 2]), np.argsort(scores[:, 2]))


def test_what_is_known_well_stays_nearly_as_it_is():
    scores = RNG.normal(size=(300, 3))
    np.testing.assert_allclose(levelled(scores, np.array([64, 70, 80])), scores, atol=0.01)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (5, 1)])
def test_where_there_is_no_spread_nothing_changes(shape):
    scores = np.ones(shape)
    assert np.array_equal(levelled(scores, np.ones(shape[1], int)), scores)


def test_columns_without_any_spread_are_no_error():
    assert np.isfinite(levelled(np.ones((9, 3)), np.array([1, 2, 3]))).all()
