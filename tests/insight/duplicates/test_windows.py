"""Parts of prints, evened out: light and contrast do not count, and a part of a picture is found in it."""

import numpy as np
import pytest

from vidsort.insight.duplicates.windows import ROUGH, TARGETS, WHOLE, WINDOWS, described, weights


@pytest.fixture
def prints():
    return np.random.default_rng(1).integers(0, 256, (3, 8, 8), np.uint8).repeat(4, 1).repeat(4, 2)


def test_each_window_of_each_print_has_length_one(prints):
    found = described(prints, WINDOWS)
    assert found.shape == (len(WINDOWS), 3, 144)
    assert np.allclose(np.linalg.norm(found, axis=-1), 1, atol=1e-3)
    assert TARGETS[0] == WINDOWS[0] == ROUGH[0] == (WHOLE, WHOLE)


def test_light_and_contrast_do_not_count(prints):
    darker = (prints * 0.7 + 20).astype(np.uint8)
    one, other = described(prints, TARGETS), described(darker, TARGETS)
    assert (one * other).sum(axis=-1).min() > 0.97


def test_other_pictures_do_not_match(prints):
    whole = described(prints, TARGETS[:1])[0]
    assert np.abs(np.triu(whole @ whole.T, 1)).max() < 0.6


def test_a_picture_of_one_colour_weighs_next_to_nothing(prints):
    plain = np.full((1, 32, 32), 90, np.uint8)
    assert weights(plain)[0] == pytest.approx(0.02)
    assert weights(prints).min() == 1
    assert np.abs(described(plain, TARGETS)).max() < 1e-3
