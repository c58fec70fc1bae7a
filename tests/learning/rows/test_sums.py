"""Sums by folder: discriminants from any cells are those of their rows, and no row is copied for them."""

import tracemalloc

import numpy as np
import pytest
from labelled import clouds

from vidsort.learning.heads import ShrinkageLDA
from vidsort.learning.rows.sums import Sums

# The last has as many rows as directions, and less in what is left of it.
COUNTS = [{"a": 40, "b": 31, "c": 12, "alone": 1}, {"a": 2000, "b": 1500}, {"a": 20, "b": 20, "c": 8}]


def by_the_rows(rows, labels, shrinkage=None):
    """Coefficients and intercepts in 64 bits, from a copy of the rows less their means."""
    from sklearn.covariance import ledoit_wolf_shrinkage

    rows = rows.astype(np.float64)
    classes, member = np.unique(labels, return_inverse=True)
    means = np.stack([rows[member == number].mean(axis=0) for number in range(len(classes))])
    coefficients = means
    if shrinkage is None:
        residuals = rows - means[member]
        covariance = residuals.T @ residuals / len(rows)
        share, width = ledoit_wolf_shrinkage(residuals, assume_centered=True), rows.shape[1]
        covariance *= (1 - share) * width / np.trace(covariance)
        coefficients = np.linalg.solve(covariance + share * np.eye(width), means.T).T
    return coefficients, -0.5 * (means * coefficients).sum(axis=1)


@pytest.mark.parametrize("shrinkage", [None, 1.0])
@pytest.mark.parametrize("counts", COUNTS, ids=str)
def test_discriminants_of_any_cells_are_those_of_their_rows(counts, shrinkage):
    rows, y = clouds(counts)
    labels = 3 * np.unique(y, return_inverse=True)[1]
    cell_of = np.random.default_rng(1).integers(-1, 4, len(rows))
    sums = Sums(rows, labels, cell_of)
    for cells in ([0], [1, 3], [0, 1, 2, 3]):
        chosen = np.isin(cell_of, cells)
        fitted = ShrinkageLDA(shrinkage).fit_sums(sums.of(cells))
        coefficients, intercepts = by_the_rows(rows[chosen], labels[chosen], shrinkage)
        assert fitted.classes_.tolist() == sorted(set(labels[chosen].tolist()))
        np.testing.assert_allclose(fitted.coef_, coefficients, atol=1e-4 * np.abs(coefficients).max())
        np.testing.assert_allclose(fitted.intercept_, intercepts, rtol=1e-4)


def test_folders_that_lie_far_apart_lose_nothing_to_rounding():
    rng = np.random.default_rng(0)
    labels = np.arange(600) % 3
    rows = (1000 * np.eye(3, 8)[labels] + rng.normal(size=(600, 8))).astype(np.float32)
    cell_of = np.arange(600) // 150
    fitted = ShrinkageLDA().fit_sums(Sums(rows, labels, cell_of).of([0, 2]))
    coefficients, _ = by_the_rows(rows[np.isin(cell_of, [0, 2])], labels[np.isin(cell_of, [0, 2])])
    np.testing.assert_allclose(fitted.coef_, coefficients, rtol=1e-3, atol=1e-4 * np.abs(coefficients).max())


def test_where_each_folder_has_one_video_or_copies_of_one_rounding_is_not_taken_for_evidence():
    rows, _ = clouds({"a": 6})
    sums = Sums(rows, np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1]))
    known = sums.of([0])
    assert not known.products().any()
    np.testing.assert_array_equal(ShrinkageLDA().fit_sums(known).coef_, rows[:3])


def test_no_fit_copies_the_rows():
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(60_000, 48)).astype(np.float32), np.arange(60_000) % 5
    sums = Sums(rows, labels, np.arange(60_000) % 6)
    tracemalloc.start()
    try:
        for out in range(6):
            ShrinkageLDA().fit_sums(sums.of(set(range(6)) - {out}))
        assert tracemalloc.get_traced_memory()[1] < rows.nbytes / 4
    finally:
        tracemalloc.stop()
