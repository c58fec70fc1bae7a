"""How well a video fits the folders there are: calibrated on the sorted ones, low for what is of none."""

import numpy as np
import pytest

from vidsort.insight.proposing import belonging
from vidsort.insight.proposing.belonging import FEWEST_KNOWN, Belonging


def drawn(folders: list[int], count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    centres = np.random.default_rng(7).normal(size=(10, 40))
    rng = np.random.default_rng(seed)
    y = rng.choice(folders, count)
    names = np.array([f"folder {number}" for number in y], object)
    return np.abs(centres[y] + 0.6 * rng.normal(size=(count, 40))).astype(np.float32), names


def test_of_videos_that_belong_a_share_of_x_has_x_or_less():
    fits = Belonging.of(*drawn([0, 1, 2, 3], 400, 1)).fits(drawn([0, 1, 2, 3], 2000, 2)[0])
    for share in (0.1, 0.3, 0.5, 0.8):
        assert (fits <= share).mean() == pytest.approx(share, abs=0.1)


def test_videos_of_no_folder_fit_worse():
    known = Belonging.of(*drawn([0, 1, 2, 3], 400, 1))
    ours, strange = known.fits(drawn([0, 1, 2, 3], 200, 2)[0]), known.fits(drawn([8, 9], 200, 3)[0])
    assert (ours[:, None] > strange).mean() > 0.8


def test_too_few_sorted_videos_tell_nothing():
    rows, names = drawn([0, 1], FEWEST_KNOWN - 1, 1)
    assert Belonging.of(rows, names) is None
    rows, names = drawn([0], 100, 1)
    assert Belonging.of(rows, names) is None
    alone = np.array([f"folder {number}" for number in range(100)], object)
    assert Belonging.of(drawn([0, 1], 100, 1)[0], alone) is None


def test_more_sorted_videos_than_are_compared_with_are_thinned_out(monkeypatch):
    monkeypatch.setattr(belonging, "MOST_KNOWN", 100)
    known = Belonging.of(*drawn([0, 1, 2], 350, 1))
    assert 80 <= len(known.known) <= 100
    assert 0.3 < known.fits(drawn([0, 1, 2], 200, 2)[0]).mean() < 0.7
