"""Vectors prepared some at a time: as if all had been at once, in little memory."""

import tracemalloc

import numpy as np
import pytest

from vidsort.learning.rows.basis import root, span, spreads
from vidsort.learning.rows.dense import prepared
from vidsort.learning.rows.sums import AT_ONCE

MANY = 2 * AT_ONCE + 7


def vectors(count, width=12):
    rng = np.random.default_rng(0)
    found = rng.exponential(size=(count, width)) * np.geomspace(0.1, 10, width)
    found[:, 3] = 1.0
    return found.astype(np.float32)


@pytest.mark.parametrize("is_rooted", [True, False], ids=["rooted", "scaled"])
@pytest.mark.parametrize("count", [9, MANY])
def test_rows_are_centred_in_a_basis_that_keeps_their_products(count, is_rooted):
    given, mask = vectors(count), np.arange(count) % 5 > 0
    numbers, rows, directions = prepared(given, mask, is_rooted)
    there = given[mask].astype(np.float64)
    if is_rooted:
        values = np.sqrt(there) / np.linalg.norm(np.sqrt(there), axis=1, keepdims=True)
    else:
        values = np.delete(there / np.where(there.std(axis=0) > 1e-9, there.std(axis=0), 1), 3, axis=1)
    values = values - values.mean(axis=0)
    values /= np.sqrt((values**2).sum(axis=1).mean())
    np.testing.assert_allclose(rows[mask] @ rows[mask].T, values @ values.T, atol=1e-5 * count)
    assert not rows[~mask].any()
    np.testing.assert_allclose(rows[mask], numbers.rows(given[mask]) @ directions, atol=1e-5)
    np.testing.assert_allclose(directions.T @ directions, np.eye(directions.shape[1]), atol=1e-5)


def test_spreads_are_the_standard_deviations_and_what_does_not_vary_has_none():
    given = vectors(MANY)
    found = spreads(given)
    assert np.isinf(found[3])
    others = np.delete(np.arange(12), 3)
    np.testing.assert_allclose(found[others], given[:, others].std(axis=0, dtype=np.float64), rtol=1e-6)


def test_roots_keep_their_signs():
    np.testing.assert_allclose(root(np.array([[-4.0, 9.0, 0.0]], np.float32)), [[-2, 3, 0]] / np.sqrt(np.float32(13)))


def test_preparing_takes_little_more_than_the_rows_that_come_of_it():
    given = vectors(40_000, 64)
    tracemalloc.start()
    try:
        _, rows, _ = prepared(given, np.ones(len(given), bool), is_rooted=True)
        assert tracemalloc.get_traced_memory()[1] < 1.25 * rows.nbytes + 2**20
    finally:
        tracemalloc.stop()


def test_a_span_of_rows_of_one_direction_is_that_direction():
    rows = np.outer(np.arange(MANY), [3, 4]).astype(np.float32)
    np.testing.assert_allclose(np.abs(span(rows).directions.ravel()), [0.6, 0.8], atol=1e-6)
