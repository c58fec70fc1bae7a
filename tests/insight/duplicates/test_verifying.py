"""Print against print: edits of a picture are known again, other pictures are not."""

import numpy as np
import pytest
from PIL import Image

from vidsort.features.encoders.prints import prints
from vidsort.insight.duplicates.links import LEAST_LIKELY
from vidsort.insight.duplicates.verifying import Described, likeness


def pictures(seed, count=4, size=(128, 192)):
    """Pictures of blots of all sizes, each of its own: uint8 [h, w, 3]."""
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        layers = [
            np.asarray(Image.fromarray(draw.integers(0, 256, (cells * 3 // 2, cells), np.uint8)).resize(
                size, Image.Resampling.BICUBIC), float)
            for cells in (3, 7, 14)
        ]
        grey = np.clip(np.average(layers, axis=0, weights=(3, 3, 2)), 0, 255)
        found.append(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8))
    return found


def resized(image, size):
    return np.asarray(Image.fromarray(np.ascontiguousarray(image)).resize(size))


def bordered(image):
    whole = np.zeros((192, 340, 3), np.uint8)
    whole[:, 106:234] = image
    return whole


def captioned(image):
    shown = image.copy()
    shown[160:] = 255
    shown[170:180, 20:110:6] = 0
    return shown


EDITS = {
    "scale": lambda image: resized(image, (60, 90)),
    "crop": lambda image: resized(image[20:180, 8:115], (128, 192)),
    "caption bar": captioned,
    "mirror": lambda image: image[:, ::-1],
    "black bars": bordered,
    "colour": lambda image: np.clip(image * 0.8 + np.array([30, 10, 0]), 0, 255).astype(np.uint8),
}


def described(images, times_s=None):
    return Described(prints(images), np.arange(len(images)) if times_s is None else np.asarray(times_s))


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_known_again(edit):
    for seed in range(3):
        images = pictures(seed)
        assert likeness(described(images), described([EDITS[edit](image) for image in images])) >= LEAST_LIKELY


def test_an_intro_as_long_as_the_video_hides_nothing():
    images = pictures(1)
    assert likeness(described(images), described([*pictures(9), *images])) >= LEAST_LIKELY


def test_an_intro_in_common_makes_two_videos_no_duplicates_though_the_rest_of_each_hardly_changes():
    intro, first, second = pictures(9), pictures(1)[:2], pictures(2)[:2]
    times_s = [*np.linspace(0, 2, len(intro)), 6, 12]
    pair = (described([*intro, *rest], times_s) for rest in (first, second))
    assert likeness(*pair) < LEAST_LIKELY
    evenly = (described([*intro, *rest]) for rest in (first, second))
    assert likeness(*evenly) >= LEAST_LIKELY


def test_other_videos_are_no_duplicates():
    found = [described(pictures(seed)) for seed in range(12)]
    likely = [likeness(one, other) for number, one in enumerate(found) for other in found[:number]]
    assert max(likely) < LEAST_LIKELY


def test_likeness_is_the_same_from_both_sides():
    one, other = described(pictures(1)), described([EDITS["crop"](image) for image in pictures(1)])
    assert likeness(one, other) == pytest.approx(likeness(other, one), abs=0.02)


def test_the_same_pictures_are_surely_one_video_whenever_they_are_shown_and_nearly_the_same_nearly_so():
    images = pictures(3)
    one, at_other_moments = described(images), described(images, [0, 1, 5, 20])
    assert likeness(one, at_other_moments) == 1
    one.prints[0, 5, 5] ^= 1
    assert likeness(one, at_other_moments) == pytest.approx(1, abs=1e-3)


def test_what_shows_nothing_is_like_nothing():
    plain = [np.full((192, 128, 3), 20, np.uint8)] * 4
    assert likeness(described(plain), described(plain)) == 0
