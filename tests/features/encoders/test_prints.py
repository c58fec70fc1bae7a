"""Prints: small grey frames without their borders, packed as they are stored."""

import numpy as np

from vidsort.features.encoders.frames import FramesConfig, FramesEncoder
from vidsort.features.encoders.prints import PrintsConfig, PrintsEncoder, packed, prints, unpacked, without_borders
from vidsort.media import Frames


def noisy(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def bordered(inner, top, left, colour):
    whole = np.full((inner.shape[0] + 2 * top, inner.shape[1] + 2 * left, 3), colour, np.uint8)
    whole[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return whole


def test_no_frame_is_decoded_for_prints():
    assert PrintsEncoder(PrintsConfig(frames=5)).wanted == FramesEncoder(FramesConfig(frames=5)).wanted


def test_borders_of_any_colour_are_cut_off_on_all_sides():
    inner = noisy(60, 40)
    for colour in ((0, 0, 0), (250, 250, 250), (200, 30, 90)):
        grey = np.stack([bordered(inner, 20, 30, colour)[..., 1]] * 3)
        assert without_borders(grey) == (20, 80, 30, 70)


def test_one_dark_frame_shows_no_border_and_a_plain_video_is_left_as_it_is():
    frames = np.stack([noisy(64, 48, seed)[..., 0] for seed in range(4)])
    frames[2] = 0
    assert without_borders(frames) == (0, 64, 0, 48)
    assert without_borders(np.full((4, 64, 48), 7, np.uint8)) == (0, 64, 0, 48)


def test_prints_come_back_as_they_were_stored():
    found = prints([noisy(90, 70, seed) for seed in range(3)])
    assert (found.shape, found.dtype) == ((3, 32, 32), np.uint8)
    back = unpacked(packed(found)[None])
    assert np.array_equal(back[0, :3], found)
    assert not back[0, 3:].any()


def test_of_many_pictures_eight_are_kept_and_of_few_the_times_say_how_many():
    encoder = PrintsEncoder(PrintsConfig())
    many = encoder.encode(Frames([noisy(40, 40, seed) for seed in range(12)], [float(time) for time in range(12)]))
    assert (many.vector >= 0).sum() == 8
    few = encoder.encode(Frames([noisy(40, 40)], [0.0]))
    assert few.vector.tolist() == [0, *[-1] * 7]
    assert unpacked(few.signatures[None]).reshape(8, -1).any(axis=1).tolist() == [True] + [False] * 7


def test_the_tiniest_picture_has_a_print():
    assert prints([np.zeros((1, 1, 3), np.uint8)]).shape == (1, 32, 32)
