"""Movement: where and how much of it there is, and none made up."""

import numpy as np
import pytest
from videos import make_video

from vidsort.features.encoders.motion import MotionConfig, MotionEncoder, history
from vidsort.features.extraction import look
from vidsort.media.reading.runs import Run


def a_run(frames: int = 10, rate: float = 10, at: slice = slice(0, 16)) -> Run:
    """A grey picture in which one cell flickers."""
    images = np.full((frames, 96, 96), 100, np.uint8)
    images[::2, at, at] = 140
    return Run(images, np.arange(frames) / rate)


def test_movement_is_found_where_it_is_and_as_strong_as_it_is():
    vector = MotionEncoder(MotionConfig()).encode([a_run()]).vector
    assert vector.shape == (36,)
    assert vector[0] == 1
    assert not vector[1:].any()


def test_what_moved_fades_by_the_seconds_since_whatever_the_frame_rate():
    def moved_once(rate: int) -> float:
        images = np.full((rate + 2, 96, 96), 100, np.uint8)
        images[0] = 50
        return float(history(Run(images, np.arange(rate + 2) / rate)).mean())

    assert moved_once(10) == pytest.approx(1 - 1 / 1.6, abs=1e-5)
    assert moved_once(50) == pytest.approx(1 - 1 / 1.6, abs=1e-5)


def test_noise_of_a_coder_does_not_move():
    noise = np.random.default_rng(0).integers(100, 106, (20, 96, 96)).astype(np.uint8)
    assert not history(Run(noise, np.arange(20) / 10)).any()


def test_several_places_count_alike():
    encoder = MotionEncoder(MotionConfig())
    both = encoder.encode([a_run(), a_run(at=slice(80, 96))]).vector
    assert both[[0, 35]] == pytest.approx([np.sqrt(0.5)] * 2)


def test_what_does_not_move_has_no_movement_rather_than_none_of_it():
    encoder = MotionEncoder(MotionConfig())
    assert encoder.encode(None).vector is None
    assert encoder.encode([Run(np.full((9, 96, 96), 100, np.uint8), np.arange(9) / 10)]).vector is None


def test_the_movement_of_a_video_gives_what_its_revision_says(tmp_path):
    """Where this fails, what comes out has changed: raise MotionConfig's revision, and write down the new numbers."""
    assert MotionConfig.revision == 4
    video = make_video(tmp_path / "1.mp4", seconds=3, size=(96, 160), pattern=3, seed=5)
    vector = look(video, {"motion": MotionEncoder(MotionConfig())}).found["motion"].vector
    assert vector[[0, 7, 14, 21, 28, 35]] == pytest.approx([0.957, 0.977, 0.965, 0.950, 0.974, 0.954], abs=0.02)
