"""Which pairs are compared: the nearest of what is asked, each pair once."""

import numpy as np

from vidsort.insight.duplicates.candidates import AT_ONCE, NEAREST, candidates, evened


def rows(count, width=32, seed=0):
    found = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_the_nearest_are_there_and_far_ones_are_not():
    features = rows(40)
    features[7] = features[3] * 0.99 + features[9] * 0.05
    features[7] /= np.linalg.norm(features[7])
    found = candidates(features, np.arange(40)).tolist()
    assert [3, 7] in found
    cosine = features @ features.T
    assert all(one < other and cosine[one, other] >= 0.5 for one, other in found)


def test_only_what_is_asked_for_is_compared_and_no_more_than_a_few_of_each():
    features = np.ones((AT_ONCE + 30, 4), np.float32) / 2
    asked = np.arange(AT_ONCE + 5)
    found = candidates(features, asked)
    assert len(found) <= NEAREST * len(asked)
    assert len(np.unique(found, axis=0)) == len(found)
    assert set(candidates(features, np.array([2])).ravel().tolist()) >= {2}
    assert len(candidates(features, np.array([2]))) == NEAREST


def test_of_none_or_a_single_one_there_is_no_pair():
    assert candidates(np.zeros((0, 4), np.float32), np.arange(0)).shape == (0, 2)
    assert candidates(rows(1), np.arange(1)).shape == (0, 2)
    assert candidates(rows(5), np.arange(0)).shape == (0, 2)
    assert not len(candidates(np.zeros((5, 4), np.float32), np.arange(5)))


def test_what_sounds_the_same_is_compared_however_else_it_looks():
    numbers = np.random.default_rng(3).normal(size=(20, 8)).astype(np.float32) * np.geomspace(1, 1000, 8)
    numbers[11] = numbers[4] * 1.001
    there = np.ones(20, bool)
    there[[0, 1]] = False
    numbers[[0, 1]] = 0
    heard = evened(numbers, there)
    assert np.allclose(np.linalg.norm(heard, axis=1), there)
    unlike = np.eye(20, dtype=np.float32)
    assert candidates(unlike, np.arange(20), heard).tolist() == [[4, 11]]
    assert not len(candidates(unlike, np.arange(20)))
    assert not evened(numbers, ~np.ones(20, bool)).any()
