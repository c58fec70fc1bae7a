"""Discriminants that are kept up to date are those that would be fitted from nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import clouds

from vidsort.learning.heads import ShrinkageLDA
from vidsort.learning.live.discriminants import Discriminants
from vidsort.learning.rows.basis import span

FOLDERS = ("a", "b", "c", None)
FEATURES, OF = clouds({"a": 9, "b": 8, "c": 7})
STEPS = st.lists(st.tuples(st.integers(0, len(OF) - 1), st.sampled_from(FOLDERS)), min_size=1, max_size=80)


def centred(scores: np.ndarray) -> np.ndarray:
    return scores - scores.mean(axis=1, keepdims=True)


def from_nothing(labels: np.ndarray, shrinkage: float | None) -> np.ndarray:
    """Scores of all rows, float [n, k], as training finds them: in the directions that labelled rows span."""
    there = np.flatnonzero(labels != "")
    basis = span(FEATURES[there])
    columns = np.unique(labels[there], return_inverse=True)[1]
    fitted = ShrinkageLDA(shrinkage).fit(basis.rows(FEATURES[there]), columns)
    return (basis.rows(FEATURES) @ fitted.coef_.T + fitted.intercept_) * basis.scale**2


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, at_once=st.integers(1, 9), is_centroid=st.booleans())
def test_whatever_labels_come_go_and_change_they_are_those_fitted_from_nothing(steps, at_once, is_centroid):
    kept, labels = Discriminants(FEATURES, is_centroid=is_centroid), np.full(len(OF), "", object)
    for start in range(0, len(steps), at_once):
        now = dict(steps[start : start + at_once])
        kept.move({row: (labels[row] or None, folder) for row, folder in now.items()})
        for row, folder in now.items():
            labels[row] = folder or ""
    names, counts = np.unique(labels[labels != ""].astype(str), return_counts=True)
    assert kept.counts == dict(zip(names.tolist(), counts.tolist(), strict=True))
    # With as many rows as folders, or one more, there is nothing or one direction within them to compare.
    if len(names) > 1 and counts.sum() > len(names) + 1:
        weights, biases = kept.fit()
        expected = centred(from_nothing(labels, 1.0 if is_centroid else None))
        found = centred(FEATURES @ weights + biases)
        np.testing.assert_allclose(found, expected, atol=2e-3 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("count", [1, 2])
def test_of_one_video_a_folder_the_nearest_is_told(count):
    kept = Discriminants(FEATURES)
    kept.move({0: (None, "a"), 9: (None, "b"), 17: (None, "c")} if count > 1 else {0: (None, "a"), 9: (None, "b")})
    weights, biases = kept.fit()
    assert (FEATURES[[0, 9]] @ weights + biases).argmax(axis=1).tolist() == [0, 1]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), counts=st.lists(st.integers(1, 3), min_size=2, max_size=5))
def test_few_videos_of_many_numbers_are_learned_from_whatever_is_left_by_rounding(seed, counts):
    """As stored features are: far more numbers than videos, not centred on the labelled ones."""
    rows = 3 + np.random.default_rng(seed).normal(size=(sum(counts), 400)).astype(np.float32)
    kept, of = Discriminants(rows), np.repeat(np.arange(len(counts)), counts)
    kept.move({row: (None, f"folder {number}") for row, number in enumerate(of)})
    weights, biases = kept.fit()
    assert ((rows @ weights + biases).argmax(axis=1) == of).all()
