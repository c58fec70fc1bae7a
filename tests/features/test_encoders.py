"""The bundled network: the bytes it should be, the numbers it should give."""

import hashlib
from importlib import resources

import numpy as np
import pytest
from PIL import Image
from videos import make_frames

from vidsort.features.encoders.frames import crops_in_turn, pool
from vidsort.features.encoders.image import DIMENSIONS, SIDE, ImageEncoder, preprocess
from vidsort.features.encoders.signature import signature, signatures
from vidsort.insight.doctor.machine import STRONGEST_OF_A_RAMP, WEIGHTS_SHA256

# What the authors' torch network gives, with weights in float32, for pixels rising evenly from -1 to 1.
TORCH_STRONGEST_OF_A_RAMP = {
    113: 4.499, 897: 3.6611, 455: 3.5336, 930: 3.4724, 1277: 2.9309, 176: 2.4378, 102: 2.1467, 1226: 2.0985,
}


@pytest.fixture(scope="module")
def encoder() -> ImageEncoder:
    return ImageEncoder(threads=1)


def a_picture(size: tuple[int, int] = (300, 400), pattern: int = 0, seed: int = 0) -> np.ndarray:
    return make_frames(1, size, pattern, seed)[0]


def test_the_weights_are_those_that_the_tool_makes_and_their_notice_is_beside_them():
    weights = resources.files("vidsort.features.encoders") / "weights"
    assert hashlib.sha256((weights / "efficientnet_lite0.onnx").read_bytes()).hexdigest() == WEIGHTS_SHA256
    notice = (weights / "NOTICE").read_text(encoding="utf-8")
    for said in ("Google", "ML Illustrated", "Apache License", "TERMS AND CONDITIONS"):
        assert said in notice


def test_the_network_gives_nearly_the_pooled_features_of_the_torch_network(encoder):
    ramp = np.linspace(-1, 1, 3 * SIDE * SIDE, dtype=np.float32).reshape(1, 3, SIDE, SIDE)
    features = encoder.features(ramp)[0]
    assert features.shape == (DIMENSIONS,)
    assert features.min() >= 0
    # Like no photograph, it is where integers are farthest off.
    expected = np.array(list(TORCH_STRONGEST_OF_A_RAMP.values()))
    found = features[list(TORCH_STRONGEST_OF_A_RAMP)]
    assert found @ expected / np.linalg.norm(found) / np.linalg.norm(expected) > 0.995
    assert set(np.argsort(-features)[: len(STRONGEST_OF_A_RAMP)]) == set(STRONGEST_OF_A_RAMP)
    ours = {index: float(features[index]) for index in STRONGEST_OF_A_RAMP}
    assert ours == pytest.approx(STRONGEST_OF_A_RAMP, abs=0.05)


def test_a_picture_of_the_right_size_is_seen_as_it_is():
    image = a_picture((256, 400))
    centre = image[88:312, 16:240].astype(np.float32).transpose(2, 0, 1)
    assert np.array_equal(preprocess(image)[0], (centre - 127) / 128)


def test_preprocessing_is_short_side_256_bicubic_centre_224_and_scaling():
    image = a_picture((300, 400))
    resized = Image.fromarray(image).resize((256, 341), Image.Resampling.BICUBIC)
    centre = np.asarray(resized.crop((16, 58, 240, 282)), np.float32)
    assert np.array_equal(preprocess(image)[0], (centre.transpose(2, 0, 1) - 127) / 128)


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (500, 2), (224, 224), (1920, 1080)])
def test_a_picture_of_any_shape_gives_crops_of_one_shape(size):
    pixels = preprocess(np.full((size[1], size[0], 3), 127, np.uint8), ("center", "first", "second", "squeezed"))
    assert pixels.shape == (4, 3, SIDE, SIDE)
    assert pixels.dtype == np.float32
    assert np.all(pixels == 0)


@pytest.mark.parametrize("axis", [0, 1])
def test_two_crops_cover_the_two_ends_of_the_long_side(axis):
    image = np.zeros((455, 256, 3), np.uint8)
    image[:224] = 255
    image = image if axis == 0 else image.transpose(1, 0, 2).copy()
    first, second = preprocess(image, ("first", "second"))
    assert first.min() == 1
    assert second.max() == -127 / 128


def test_features_are_normalised_a_crop_and_do_not_depend_on_the_company(encoder):
    images = [a_picture(pattern=pattern, seed=pattern) for pattern in range(10)]
    together = encoder.encode(images, [("first", "second")] * 7 + [("center",)] * 3)
    assert together.shape == (17, DIMENSIONS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(17), abs=1e-5)
    assert together[15] == pytest.approx(encoder.encode(images[8:9])[0], abs=1e-4)


@pytest.mark.parametrize(("pictures", "seen"), [
    (0, []), (1, ["abcd"]), (2, ["ab", "cd"]), (3, ["ab", "cd", "ab"]), (5, ["ab", "cd", "ab", "cd", "ab"]),
])
def test_crops_are_taken_in_turn_and_each_is_seen_once_even_of_a_single_picture(pictures, seen):
    assert ["".join(crops) for crops in crops_in_turn(pictures, "abcd", 2)] == seen
    assert crops_in_turn(2, ("center",), 2) == [("center",), ("center",)]


def test_pooling_gives_one_vector_of_length_one_whatever_the_number_of_frames(encoder):
    features = encoder.encode([a_picture(seed=seed) for seed in range(3)])
    vector = pool(features)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert pool(features[:1]) == pytest.approx(features[0], abs=1e-5)
    with pytest.raises(ValueError, match="nothing to pool"):
        pool(features[:0])


def test_a_signature_survives_size_and_light_and_tells_pictures_apart():
    image = a_picture((300, 400), seed=1)
    smaller = np.asarray(Image.fromarray(image).resize((90, 120)))
    darker = (image * 0.8).astype(np.uint8)
    assert (signature(image) ^ signature(smaller)).bit_count() <= 4
    assert (signature(image) ^ signature(darker)).bit_count() <= 4
    assert (signature(image) ^ signature(a_picture((300, 400), seed=2))).bit_count() > 10
    assert signature(np.full((40, 30, 3), 99, np.uint8)) == 0


def test_signatures_are_padded_with_nothing():
    found = signatures([a_picture(seed=1), a_picture(seed=2)])
    assert found.dtype == np.uint64
    assert found.shape == (6,)
    assert np.all(found[:2] > 0)
    assert np.all(found[2:] == 0)
