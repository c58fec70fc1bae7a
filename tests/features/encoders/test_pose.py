"""The networks that find a body: the bytes they should be, the numbers they should give, and bodies where they are."""

import hashlib
from importlib import resources

import numpy as np
import pytest
from bodies import draw_body, joints_of
from PIL import Image
from videos import make_frames

from vidsort.features.encoders.pose import anchors, letterboxed, networks

WEIGHTS_SHA256 = {
    "blazepose_detector.onnx": "81d33997597da57e7b92e6ed363714232eac0ec549129716a6671805226c9c04",
    "blazepose_landmarks.onnx": "7f02f0b0c613103e9c2245729ad2d6a002393c053396f2dfb89b6b01b34c91b4",
}
# What the authors' networks give, run by LiteRT, for pixels rising evenly, from -1 to 1 for the detector and from 0
# to 1 for the landmarks: by number of the answer the middle of the hips, the point on the circle, and the score.
RAMP_ANSWERS = {
    500: (4.32, -0.79, -3.05, 15.87, -123.483), 2000: (0.23, 0.14, 0.08, -0.03, -20.561),
    1568: (-23.20, -65.52, 27.15, 48.80, -6.896),
}
# By number of the point its place in pixels and in metres.
RAMP_POINTS = {
    0: (140.60, 53.10, 0.0149, -0.5790, -0.1759), 11: (154.08, 71.11, 0.1091, -0.4406, -0.1422),
    16: (122.92, 125.96, -0.1208, -0.0515, -0.0574), 28: (126.08, 196.65, -0.0561, 0.2818, 0.0519),
}
RAMP_FLAG = 0.00357


def off(points: np.ndarray, arm: float) -> float:
    """The mean distance of found points from where the joints were drawn, in pixels."""
    return float(np.mean([np.hypot(*(points[joint] - place)) for joint, place in joints_of(arm).items()]))


def test_the_weights_are_those_that_the_tool_makes_and_their_notice_is_beside_them():
    weights = resources.files("vidsort.features.encoders") / "weights"
    for name, digest in WEIGHTS_SHA256.items():
        assert hashlib.sha256((weights / name).read_bytes()).hexdigest() == digest
    notice = (weights / "NOTICE").read_text(encoding="utf-8")
    for said in (*WEIGHTS_SHA256, "The MediaPipe Authors", "TERMS AND CONDITIONS"):
        assert said in notice


def test_the_networks_give_what_the_authors_networks_give():
    def ramp(side: int, low: float) -> np.ndarray:
        return np.linspace(low, 1, 3 * side * side, dtype=np.float32).reshape(1, side, side, 3)

    boxes, scores = networks()._detector.run(["boxes", "scores"], {"pixels": ramp(224, -1)})
    for number, expected in RAMP_ANSWERS.items():
        assert [*boxes[0, number, 4:8], scores[0, number, 0]] == pytest.approx(expected, abs=0.02)
    given = networks()._landmarks.run(["landmarks", "flag", "world"], {"pixels": ramp(256, 0)})
    places, world = given[0].reshape(39, 5), given[2].reshape(39, 3)
    for number, expected in RAMP_POINTS.items():
        assert [*places[number, :2], *world[number]] == pytest.approx(expected, abs=0.02)
    assert given[1][0, 0] == pytest.approx(RAMP_FLAG, abs=1e-4)


@pytest.mark.parametrize("arm", [0.2, 0.8, 1.5, 2.4])
def test_the_joints_are_found_where_they_are(arm):
    pose = networks().find(draw_body(arm))
    assert off(pose.points, arm) < 10


@pytest.mark.parametrize(("scale", "around"), [(0.5, (0, 0)), (1.0, (200, 20)), (1.7, (0, 150))])
def test_a_body_is_found_in_a_picture_of_any_size_and_shape(scale, around):
    drawn = Image.fromarray(draw_body(0.8))
    drawn = np.asarray(drawn.resize((round(drawn.width * scale), round(drawn.height * scale))))
    padded = np.pad(drawn, ((around[1],) * 2, (around[0],) * 2, (0, 0)), constant_values=205)
    pose = networks().find(padded)
    assert off((pose.points - around) / scale, 0.8) < 12


def test_who_lies_is_found_lying_also_in_metres():
    turned = np.ascontiguousarray(np.rot90(draw_body(0.8)))
    pose, upright = networks().find(turned), networks().find(draw_body(0.8))
    # A quarter turn to the left: what was right of the middle is above it, and up is to the left.
    back = np.stack([turned.shape[0] - pose.points[:, 1], pose.points[:, 0]], axis=1)
    assert off(back, 0.8) < 14
    nose, ankle = 0, 27
    assert upright.world[nose, 1] < -0.3 < 0.3 < upright.world[ankle, 1]
    assert pose.world[nose, 0] < -0.3 < 0.3 < pose.world[ankle, 0]


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (160, 96)])
def test_where_there_is_no_body_none_is_found(size):
    assert networks().find(np.full((size[1], size[0], 3), 127, np.uint8)) is None
    assert networks().find(make_frames(1, size, 1, 0)[0]) is None


def test_a_circle_without_extent_has_no_body():
    assert networks().landmarks(draw_body(), np.array([120.0, 160.0]), np.array([120.0, 160.0])) is None


def test_a_picture_stands_in_the_middle_of_a_square():
    pixels, scale, corner = letterboxed(np.full((100, 50, 3), 200, np.uint8), 224)
    assert (scale, corner.tolist()) == (2.24, [56, 0])
    assert np.all(pixels[:, 56:168] == 200)
    assert not pixels[:, :56].any()
    assert not pixels[:, 168:].any()


def test_the_detector_answers_twice_a_cell_of_each_map():
    assert anchors().shape == (2 * (28**2 + 14**2 + 3 * 7**2), 2)
    assert anchors()[:3].tolist() == [[0.5 / 28, 0.5 / 28]] * 2 + [[1.5 / 28, 0.5 / 28]]
    assert np.all(anchors()[-6:] == 6.5 / 7)
