"""Colours at points of a body: of the place that they are named for, and left and right alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vidsort.features.encoders.colours import PAIRS, colours, described_colours, pairs_of_points
from vidsort.features.encoders.pose import Pose

# Right of each left point of BlazePose: eyes, ears, mouth, shoulders and all below.
OTHER_SIDE = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(one + (1 if one % 2 else -1) for one in range(11, 33))]
POINTS = arrays.arrays(np.float64, (33, 2), elements=st.floats(-50, 300))


def a_pose(points: np.ndarray) -> Pose:
    return Pose(points.astype(np.float32), np.zeros((33, 3), np.float32), 400.0)


def standing() -> np.ndarray:
    """A body of 200 pixels that faces us, its left side on our right."""
    points = np.full((33, 2), 100.0)
    for left, x, y in ((11, 20, 60), (13, 30, 90), (15, 30, 120), (23, 20, 120), (25, 20, 160), (27, 20, 200)):
        points[left], points[left + 1] = (100 + x, y), (100 - x, y)
    points[0] = (100, 30)
    return points


@given(POINTS)
def test_a_mirrored_body_has_its_points_mirrored(points):
    mirrored = points[OTHER_SIDE] * [-1, 1]
    assert pairs_of_points(points).shape == (PAIRS, 2, 2)
    assert pairs_of_points(mirrored) == pytest.approx(pairs_of_points(points)[:, ::-1] * [-1, 1], abs=1e-6)


def test_a_colour_is_seen_where_it_is():
    points = standing()
    image = np.full((220, 200, 3), 128, np.uint8)
    image[122:158, 104:136] = (255, 0, 0)  # the left thigh
    seen = colours(image, a_pose(points))
    pairs = pairs_of_points(points)
    thigh = [index for index, (x, y) in enumerate(pairs[:, 0]) if 112 < x < 128 and 131 < y < 149]
    assert len(thigh) == 3
    assert seen[thigh, 0, 0].min() > 0.7
    assert abs(seen[thigh, 1, 0]).max() < 0.1
    assert seen[:15, :, 0] == pytest.approx(0, abs=1e-3)


def test_left_and_right_count_alike():
    points, random = standing(), np.random.default_rng(0)
    image = random.integers(0, 256, (11, 10, 3)).astype(np.uint8).repeat(20, axis=0).repeat(20, axis=1)
    turned = points[OTHER_SIDE] * [-1, 1] + [image.shape[1], 0]
    one, other = (described_colours(colours(seen, a_pose(where))[None])
                  for seen, where in ((image, points), (np.ascontiguousarray(image[:, ::-1]), turned)))
    assert other == pytest.approx(one, abs=0.02)


@given(POINTS, st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_any_place_in_any_picture_has_a_colour(points, shape):
    seen = colours(np.full((*shape, 3), (200, 100, 50), np.uint8), a_pose(points))
    assert seen == pytest.approx(np.broadcast_to([100 / 255, 100 / 255, 150 / 255, 350 / 765], (PAIRS, 2, 4)), abs=1e-6)


def test_light_and_contrast_of_a_video_are_only_in_what_is_told_as_it_is():
    seen = np.random.default_rng(0).uniform(0.2, 0.6, (4, PAIRS, 2, 4))
    as_is, beside = np.split(described_colours(seen), [8 * PAIRS])
    as_is_darker, beside_darker = np.split(described_colours(0.9 * seen - 0.1), [8 * PAIRS])
    assert beside.shape == (16 * PAIRS,)
    assert np.abs(as_is - as_is_darker).min() > 0.05
    assert beside_darker == pytest.approx(beside, abs=0.1)
