"""A body: found and described where there is one, absent where there is none, and not looked for unless asked."""

import csv

import numpy as np
import pytest
from bodies import SIZE, draw_body, make_body_video
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from videos import make_frames, make_video

from vidsort.features import modalities
from vidsort.features.encoders.body import BodyConfig, BodyEncoder, far_apart, joints
from vidsort.features.encoders.image import SHORT_SIDE
from vidsort.features.encoders.pose import Pose, networks
from vidsort.features.extraction import look
from vidsort.features.modalities import KINDS, ExtractConfig, Kind
from vidsort.media import Frames
from vidsort.media.reading.frames import FramesWanted

JOINTS, COLOURS = 3 * 83, 24 * 100
OTHER_SIDE = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(one + (1 if one % 2 else -1) for one in range(11, 33))]
WORLDS = arrays.arrays(np.float64, (33, 3), elements=st.floats(-1, 1).map(lambda value: round(value, 3)))


def encode(*images: np.ndarray) -> np.ndarray | None:
    return BodyEncoder(BodyConfig()).encode(Frames(list(images), [float(index) for index in range(len(images))])).vector


def a_pose(world: np.ndarray) -> Pose:
    return Pose(np.zeros((33, 2), np.float32), world, 100.0)


def nothing(seed: int = 0) -> np.ndarray:
    return make_frames(1, SIZE, 1, seed)[0]


def test_a_body_is_one_file_one_row_and_off_by_default():
    assert KINDS["body"] == Kind(BodyConfig, modalities.video_bytes, BodyEncoder, "scaled")
    assert "body" not in ExtractConfig().feature_set.modalities
    asked_for = ExtractConfig(modalities=(*ExtractConfig().modalities, "body")).feature_set
    assert asked_for.modalities.keys() == {*ExtractConfig().feature_set.modalities, "body"}


def test_who_does_not_ask_for_a_body_has_no_network_of_it_in_memory():
    networks.cache_clear()
    loaded = [modality.load() for modality in ExtractConfig().chosen.values() if modality.is_encoded]
    assert len(loaded) == 3
    assert networks.cache_info().currsize == 0


def test_a_video_without_a_body_has_none_and_a_video_with_one_has_its_numbers(tmp_path):
    encoders = {"body": BodyEncoder(BodyConfig())}
    assert look(make_video(tmp_path / "1.mp4", seconds=2), encoders).found["body"].vector is None
    vector = look(make_body_video(tmp_path / "2.mp4"), encoders).found["body"].vector
    assert vector.shape == (JOINTS + COLOURS,)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()


def test_after_two_pictures_without_a_body_no_further_one_is_looked_at(monkeypatch):
    looked = []
    found = networks().find
    monkeypatch.setattr(networks(), "find", lambda image: looked.append(image) or found(image))
    assert encode(*[nothing(seed) for seed in range(8)]) is None
    assert len(looked) == 2
    looked.clear()
    assert encode(*[draw_body(arm / 4) for arm in range(8)]) is not None
    assert len(looked) == 4


def test_one_body_is_enough():
    assert encode(draw_body(), nothing(), nothing(1)) is not None
    assert encode(draw_body()).shape == (JOINTS + COLOURS,)


@pytest.mark.parametrize(("count", "wanted", "order"), [
    (0, 4, []), (1, 4, [0]), (2, 4, [0, 1]), (3, 4, [0, 2, 1]), (8, 4, [0, 5, 2, 7]), (8, 1, [4]), (4, 3, [0, 3, 2]),
])
def test_pictures_are_spread_and_the_first_two_are_no_neighbours(count, wanted, order):
    assert far_apart(count, wanted) == order


def test_what_the_arms_do_tells_more_than_who_does_it():
    arms = np.linspace(0.2, 0.6, 4), np.linspace(1.6, 2.4, 4)
    low, other, high = (
        encode(*[draw_body(arm, shirt) for arm in moved])[:JOINTS]
        for moved, shirt in ((arms[0], (40, 90, 170)), (arms[0], (150, 40, 50)), (arms[1], (40, 90, 170)))
    )
    assert np.linalg.norm(low - other) < 0.5 * np.linalg.norm(low - high)


def test_a_mirrored_video_says_the_same():
    pictures = [draw_body(arm, (200, 60, 40)) for arm in (0.2, 0.7, 1.2, 1.7)]
    one, other = encode(*pictures), encode(*[np.ascontiguousarray(image[:, ::-1]) for image in pictures])
    assert np.corrcoef(one[:JOINTS], other[:JOINTS])[0, 1] > 0.98
    assert np.corrcoef(one[JOINTS:], other[JOINTS:])[0, 1] > 0.95


@given(WORLDS, st.floats(0.5, 5))
def test_joints_say_the_same_of_a_mirrored_a_moved_and_a_larger_body(world, scale):
    trunk = world[[11, 12]].mean(axis=0) - world[[23, 24]].mean(axis=0)
    assume(np.linalg.norm(trunk) > 0.2)
    numbers = joints(a_pose(world))
    assert numbers.shape == (83,)
    assert joints(a_pose(world[OTHER_SIDE] * [-1, 1, 1])) == pytest.approx(numbers, abs=1e-6)
    assert joints(a_pose(scale * world + [1, 2, 3])) == pytest.approx(numbers, abs=1e-4)


@given(WORLDS)
def test_any_body_has_numbers_that_can_be_stored_also_one_without_a_trunk(world):
    for some in (world, np.zeros((33, 3)), np.where(np.isin(np.arange(33), (11, 12, 23, 24))[:, None], 0, world)):
        assert np.abs(joints(a_pose(some))).max() < 100


def test_the_body_of_a_video_gives_what_its_revision_says(tmp_path):
    """Where this fails, what comes out has changed: raise BodyConfig's revision, and write down the new numbers."""
    assert BodyConfig.revision == 2
    places = [1, 3, 6, 40, 90, 170, 300, 700, 1100, 1500, 1900, 2300]
    vector = look(make_body_video(tmp_path / "1.mp4"), {"body": BodyEncoder(BodyConfig())}).found["body"].vector
    numbers = [-0.947, 0.848, 0.458, 0.882, 0.010, 0.135, 0.528, 0.444, 0.222, -0.273, 0.383, -0.104]
    # As near as other versions of the codec come.
    assert vector[places] == pytest.approx(numbers, abs=0.1)


def test_bodies_are_found_in_real_clips(data_sets):
    rows = list(csv.DictReader((data_sets / "labels.csv").read_text(encoding="utf-8").splitlines()))
    clips = [row for row in rows if row["set"] == "exercise"][::20]
    encoder = BodyEncoder(BodyConfig())
    found = [
        look(data_sets / "exercise" / clip["folder"] / clip["filename"], {"body": encoder}).found["body"].vector
        for clip in clips
    ]
    assert sum(vector is not None for vector in found) >= 0.8 * len(clips)


def test_eight_pictures_are_read_as_the_network_of_frames_wants_them():
    assert BodyEncoder(BodyConfig()).wanted == FramesWanted(8, SHORT_SIDE, repeats=True)
