"""Image/text pairs out of folders: pictures as networks were taught to see them, texts cut and filled as asked."""

import json

import numpy as np
import pytest
from pairs import COLOURS, PREPARED, SIDE, WIDTH, make_pair

from vidsort.features.encoders.pair import PictureNetwork, Prepared, TextNetwork, network_of

COLOUR_PICTURES = {"red": (250, 30, 30), "blue": (30, 80, 250), "green": (60, 240, 40), "violet": (230, 30, 200)}
GRADIENT = np.broadcast_to(np.arange(40, dtype=np.uint8)[:, None, None] * 6, (40, 20, 3))


def sides(folder):
    return PictureNetwork(network_of(folder, "vision")), TextNetwork(network_of(folder, "text"))


def pictures():
    return [np.full((30, 50, 3), colour, np.uint8) for colour in COLOUR_PICTURES.values()]


@pytest.mark.parametrize("made", [
    {}, {"one_folder": True}, {"tokens": 16}, {"answers": ("pooler_output", "pooler_output")},
], ids=["two folders", "one folder", "texts of one length", "the last token answers"])
def test_a_picture_is_closest_to_the_text_that_names_what_is_in_it(tmp_path, made):
    seen, read = sides(make_pair(tmp_path, **made))
    vectors, texts = seen.encode(pictures()), read.encode([f"a video of {name}" for name in COLOURS])
    assert vectors.dtype == texts.dtype == np.float32
    assert vectors.shape == texts.shape == (len(COLOURS), WIDTH)
    np.testing.assert_allclose(np.linalg.norm([*vectors, *texts], axis=1), 1, atol=1e-6)
    closeness = (vectors - vectors.mean(axis=0)) @ texts.T
    assert closeness.argmax(axis=1).tolist() == list(range(len(COLOURS)))


def test_a_text_is_cut_at_what_its_network_takes_and_may_be_any_text(tmp_path):
    read = sides(make_pair(tmp_path))[1]
    red, cut, _ = read.encode(["red " * 16, "red " * 16 + "blue " * 50, "no word of it"])
    np.testing.assert_allclose(red, cut, atol=1e-6)
    assert np.isfinite(read.encode(["", "\N{GRINNING FACE}" * 300, "Собака"])).all()


def test_the_middle_of_a_picture_is_seen_in_its_proportions():
    prepared = Prepared.of(PREPARED)
    pixels = prepared.pixels(GRADIENT)
    assert pixels.shape == (1, 3, SIDE, SIDE)
    assert pixels.dtype == np.float32
    whole = (np.arange(40) * 6 / 255 - 0.5) / 0.25
    assert abs(pixels.mean() - whole.mean()) < 0.05
    # 48 x 24 is left of 40 x 20; of these rows half are seen.
    assert np.ptp(pixels[0, 0, :, 0]) == pytest.approx(np.ptp(whole) / 2, rel=0.1)


def test_a_picture_is_squeezed_where_the_network_was_taught_so():
    prepared = Prepared.of(PREPARED | {"size": {"height": SIDE, "width": SIDE}, "do_center_crop": False})
    pixels = prepared.pixels(GRADIENT)
    assert pixels.shape == (1, 3, SIDE, SIDE)
    whole = (np.arange(40) * 6 / 255 - 0.5) / 0.25
    assert pixels[0, 0, -1, 0] - pixels[0, 0, 0, 0] == pytest.approx(np.ptp(whole), rel=0.1)


@pytest.mark.parametrize("odd", [
    {"size": {}}, {"crop_size": 99}, {"image_mean": [1, 2]}, {"size": None}, {"image_std": "none"},
])
def test_a_preparation_that_is_none_is_refused(odd):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Prepared.of(PREPARED | odd)


def test_older_configs_give_their_sizes_as_numbers():
    older = Prepared.of(PREPARED | {"size": SIDE, "crop_size": SIDE})
    np.testing.assert_array_equal(older.pixels(GRADIENT), Prepared.of(PREPARED).pixels(GRADIENT))


def test_a_folder_without_a_side_has_none(tmp_path):
    assert network_of(tmp_path, "vision") is None
    make_pair(tmp_path)
    assert network_of(tmp_path, "text") == tmp_path / "tiny-text" / "model.onnx"
    (tmp_path / "tiny-vision" / "preprocessor_config.json").write_text(json.dumps([]))
    with pytest.raises(TypeError):
        sides(tmp_path)
