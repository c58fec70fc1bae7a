"""Rows of length 1 in which what is alike points the same way."""

import json

import numpy as np
import pytest

from vidsort.insight.proposing.closeness import MOST_DIRECTIONS, Space, layers
from vidsort.learning.rows.parts import Part

RNG = np.random.default_rng(0)


def seen(count: int, kinds: int = 4, width: int = 80, preparation="rooted") -> tuple[Part, np.ndarray]:
    centres = np.abs(np.random.default_rng(1).normal(size=(kinds, width)))
    y = np.arange(count) % kinds
    noise = np.random.default_rng(2).normal(size=(count, width))
    return Part(np.abs(centres[y] + 0.3 * noise).astype(np.float32), np.ones(count, bool), "seen", preparation), y


@pytest.mark.parametrize("preparation", ["rooted", "scaled"])
def test_videos_of_one_kind_point_the_same_way(preparation):
    part, y = seen(60, preparation=preparation)
    rows = Space.of({"frames": part}).rows({"frames": part})
    cosines, same = rows @ rows.T, y[:, None] == y
    assert rows.shape[1] == 60 // 5
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    assert cosines[same].mean() > 0.25 > 0.05 > abs(cosines[~same].mean()) - 0.1


def test_what_a_sample_told_holds_for_videos_that_were_not_in_it():
    part, _ = seen(200)
    space = Space.of({"frames": part.at(np.arange(100))})
    np.testing.assert_allclose(
        space.rows({"frames": part.at(np.arange(50, 150))})[:50], space.rows({"frames": part})[50:100], atol=1e-5
    )


def test_no_more_directions_are_taken_than_videos_can_tell():
    part, _ = seen(400)
    assert Space.of({"frames": part}).rows({"frames": part}).shape[1] == MOST_DIRECTIONS
    few = part.at(np.arange(9))
    assert Space.of({"frames": few}).rows({"frames": few}).shape == (9, 0)


def test_a_video_without_the_kind_is_zeros():
    part, _ = seen(40)
    mask = np.arange(40) % 2 == 0
    halved = Part(part.X * mask[:, None], mask, "seen", "rooted")
    rows = Space.of({"frames": halved}).rows({"frames": halved})
    assert not rows[~mask].any()
    assert rows[mask].any(axis=1).all()


def test_words_are_rows_too():
    texts = [json.dumps({"description": f"{word} today", "hashtags": [word]}) for word in ("dogs", "bread") * 20]
    part = Part(np.array(texts, object), np.ones(40, bool), "said", "text")
    rows = Space.of({"words": part}).rows({"words": part})
    cosines = rows @ rows.T
    assert cosines[0, 2] > 0.9
    assert cosines[0, 1] < 0.1


def test_features_that_are_all_the_same_tell_nothing():
    part = Part(np.ones((50, 20), np.float32), np.ones(50, bool), "seen", "rooted")
    assert not Space.of({"frames": part}).rows({"frames": part}).any()


def test_what_is_seen_comes_first_and_then_what_is_said_by_meaning_where_that_is_known():
    numbers = Part(np.ones((2, 3), np.float32), np.ones(2, bool), "x", "scaled")
    text = Part(np.array(["{}", "{}"], object), np.ones(2, bool), "x", "text")
    nothing = Part(np.array(["", ""], object), np.zeros(2, bool), "x", "text")
    assert layers({"frames": numbers, "motion": numbers, "words": text}) == [("frames",), ("words",)]
    assert layers({"frames": numbers, "clip": numbers, "words": text, "semantic": numbers}) == [
        ("frames", "clip"), ("semantic",)
    ]
    assert layers({"frames": numbers, "words": nothing}) == [("frames",)]
    assert layers({"motion": numbers, "sound": numbers}) == [("motion",), ("sound",)]
    assert layers({}) == []
