"""How unlike the rest of its folder a video is: strangers come out, whatever else the folder mixes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.shelves.unlike import MOST_COMPARED, Directions, distances

WIDTH = 200


def kinds(counts: list[int], seed: int = 0) -> np.ndarray:
    """Vectors of videos of as many kinds, as extraction gives them: not negative, with much in common."""
    rng = np.random.default_rng(seed)
    common = 3 * rng.exponential(size=WIDTH)
    centres = rng.exponential(size=(len(counts), WIDTH))
    of = np.repeat(np.arange(len(counts)), counts)
    return np.abs(common + centres[of] + 0.5 * rng.normal(size=(len(of), WIDTH))).astype(np.float16)


@pytest.mark.parametrize("is_rooted", [True, False])
@pytest.mark.parametrize("stranger", ["one", "a few copies"])
def test_a_stranger_is_furthest_also_in_a_folder_of_two_kinds_and_beside_a_copy_of_itself(is_rooted, stranger):
    vectors = kinds([30, 30, 1, 60])
    directions = Directions.of(vectors[::2], is_rooted=is_rooted)
    folder = vectors[:61] if stranger == "one" else np.concatenate([vectors[:61], vectors[60:61]])
    found = distances(directions.rows(folder))
    strangers = len(folder) - 60
    assert set(np.argsort(-found)[:strangers]) == set(range(60, len(folder)))
    assert found[60] > 2 * np.median(found)


def test_more_than_are_compared_with_are_told_alike():
    vectors = kinds([2 * MOST_COMPARED, 1, 100])
    found = distances(Directions.of(vectors[::3], is_rooted=True).rows(vectors[: 2 * MOST_COMPARED + 1]))
    assert found.argmax() == 2 * MOST_COMPARED


@given(count=st.integers(0, 12), alike=st.booleans())
def test_whatever_lies_there_each_has_a_distance(count, alike):
    vectors = np.ones((count, 5), np.float16) if alike else kinds([1] * count if count else [])[:, :5]
    rows = Directions.of(np.ones((1, 5), np.float16), is_rooted=True).rows(vectors)
    found = distances(rows)
    assert found.shape == (count,)
    assert np.isfinite(found).all()
    assert (found >= -1e-5).all()
