"""What explains a prediction: the most similar labelled videos, most similar first."""

import numpy as np
import pytest

from vidsort.neighbours import nearest


def test_the_most_similar_come_first_with_their_likeness():
    known = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0]], np.float32)
    found = nearest(known, np.array([[1, 0, 0], [0, 2, 0]], np.float32), 2)
    assert [row for row, _ in found[0]] == [0, 2]
    assert found[0][0][1] == pytest.approx(1)
    assert found[0][0][1] > found[0][1][1]
    assert found[1][0] == (1, pytest.approx(1))


def test_fewer_known_than_asked_for_and_none_at_all():
    one = np.ones((1, 3), np.float32)
    assert [len(row) for row in nearest(one, one, 5)] == [1]
    assert nearest(np.empty((0, 0), np.float32), one, 5) == [[]]
    assert nearest(one, np.empty((0, 0), np.float32), 5) == []
