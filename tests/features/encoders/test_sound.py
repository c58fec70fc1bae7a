"""Sound: what is heard tells voices apart, and silence is nothing that was heard."""

import numpy as np
import pytest
from videos import make_video

from vidsort.features.encoders.sound import RATE, SoundConfig, SoundEncoder, describe
from vidsort.features.extraction import look
from vidsort.media.reading.sound import Sound

NUMBERS = 166


def tone(hz: float, seconds: float = 2.0, loudness: float = 0.2) -> np.ndarray:
    return (loudness * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def noise(seconds: float = 2.0, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).normal(size=round(seconds * RATE))).astype(np.float32)


def test_a_pitch_is_heard_and_noise_has_none():
    low, high, hiss = (describe([sound]) for sound in (tone(100), tone(200), noise()))
    assert high[147] - low[147] == pytest.approx(1, abs=0.05)
    assert low[145] > 0.99 > hiss[145]


def test_it_is_the_sound_that_tells_not_how_loud_it_was_recorded():
    quiet, loud = describe([0.1 * noise()]), describe([noise()])
    alike = np.r_[0:80, 118:145]
    assert quiet[alike] == pytest.approx(loud[alike], abs=0.01)
    assert loud[151] - quiet[151] == pytest.approx(2, abs=0.01)


def test_the_same_kind_of_sound_is_nearer_than_another():
    hiss, other, hum = describe([noise()]), describe([noise(seed=1)]), describe([tone(100) + tone(200)])
    assert np.linalg.norm(hiss - other) < 0.3 * np.linalg.norm(hiss - hum)


def test_silence_and_what_is_too_short_are_nothing_heard():
    encoder = SoundEncoder(SoundConfig())
    assert encoder.encode(None).vector is None
    assert encoder.encode(Sound([], RATE)).vector is None
    assert encoder.encode(Sound([np.zeros(RATE, np.float32)], RATE)).vector is None
    assert encoder.encode(Sound([tone(100, 0.01)], RATE)).vector is None


@pytest.mark.parametrize("pieces", [[tone(100, 0.04)], [noise(2.0), np.zeros(RATE, np.float32)], [noise(0.05)] * 3])
def test_any_sound_gives_numbers(pieces):
    vector = SoundEncoder(SoundConfig()).encode(Sound(pieces, RATE)).vector
    assert vector.shape == (NUMBERS,)
    assert np.isfinite(vector).all()


def test_the_sound_of_a_video_gives_what_its_revision_says(tmp_path):
    """Where this fails, what comes out has changed: raise SoundConfig's revision, and write down the new numbers."""
    assert SoundConfig.revision == 1
    strongest = [-0.415, 4.043, -2.649, 20.80, 0.440, 1.0, 1.132, -2.127]
    video = make_video(tmp_path / "1.mp4", seconds=3, audio=True, pattern=1)
    vector = look(video, {"sound": SoundEncoder(SoundConfig())}).found["sound"].vector
    assert vector[[0, 3, 20, 80, 137, 145, 147, 151]] == pytest.approx(strongest, rel=0.02, abs=0.05)
