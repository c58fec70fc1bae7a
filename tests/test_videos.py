"""The tests' own videos: the rest of the suite leans on what is promised here."""

import av
import numpy as np
import pytest
from videos import make_frames, make_video


def test_a_made_video_is_as_long_and_as_large_as_was_asked(tmp_path):
    path = make_video(tmp_path / "1.mp4", seconds=2, size=(48, 80), rate=12)
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (48, 80)
        assert sum(1 for _ in container.decode(video=0)) == 24


@pytest.mark.parametrize(("name", "codec"), [("1.mp4", "libx264"), ("2.webm", "libvpx-vp9"), ("3.mp4", "libx265")])
def test_any_codec_can_carry_sound(tmp_path, name, codec):
    with av.open(make_video(tmp_path / name, codec=codec, audio=True)) as container:
        assert container.streams.video
        assert container.streams.audio


def test_key_frames_come_as_often_as_was_asked(tmp_path):
    with av.open(make_video(tmp_path / "1.mp4", seconds=2, rate=10, gop=5)) as container:
        assert sum(packet.is_keyframe for packet in container.demux(video=0) if packet.size) == 4


def test_the_same_name_gives_the_same_bytes_and_another_name_another_look(tmp_path):
    first = make_video(tmp_path / "a" / "1.mp4").read_bytes()
    assert make_video(tmp_path / "b" / "1.mp4").read_bytes() == first
    assert make_video(tmp_path / "2.mp4").read_bytes() != first


def test_no_frame_is_near_black():
    for pattern in range(6):
        assert min(frame.mean() for frame in make_frames(3, (64, 96), pattern, seed=pattern)) > 40


def test_the_tiny_library_has_three_folders_and_a_pile(library):
    folders = sorted(path.name for path in library.iterdir() if path.is_dir())
    assert folders == ["dance", "food", "sport"]
    assert [len(list((library / folder).glob("*.mp4"))) for folder in folders] == [4, 4, 4]
    assert len(list(library.glob("*.mp4"))) == 3


def test_two_seeds_of_a_pattern_differ_in_their_layout_of_light():
    one, other = (make_frames(1, (64, 96), 0, seed)[0].mean(axis=2) for seed in (1, 2))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] < 0.8
