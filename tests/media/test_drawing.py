"""Posters, strips and copies for browsers: small, upright, whole or not at all."""

import io

import av
import numpy as np
import pytest
from PIL import Image
from videos import make_video

from vidsort.errors import VideoDecodeError
from vidsort.media import Frames, playable_copy, poster_webp, probe, sample_frames, strip_webp


def picture(width, height, value=200):
    return np.full((height, width, 3), value, dtype=np.uint8)


def opened(webp):
    image = Image.open(io.BytesIO(webp))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize(
    ("size", "shown"),
    [((288, 512), (288, 512)), ((512, 288), (320, 180)), ((1, 1), (1, 1)), ((3000, 2), (320, 1))],
)
def test_a_poster_is_at_most_320_wide_and_never_enlarged(size, shown):
    assert opened(poster_webp(Frames([picture(*size)], [0.0]))).size == shown


def test_a_poster_is_the_first_frame():
    frames = Frames([picture(20, 30, 250), picture(20, 30, 60)], [0.0, 1.0])
    assert np.asarray(opened(poster_webp(frames))).mean() > 240


@pytest.mark.parametrize("count", [1, 2, 5, 6])
@pytest.mark.parametrize("size", [(288, 512), (512, 288), (1, 1), (2000, 20)])
def test_a_strip_has_six_cells_160_high_however_many_frames_there_are(count, size):
    strip = opened(strip_webp(Frames([picture(*size)] * count, [float(n) for n in range(count)])))
    assert strip.height == 160
    assert strip.width % 6 == 0
    assert 90 <= strip.width // 6 <= 284


def test_a_strip_shows_the_frames_in_order():
    shades = [40, 80, 120, 160, 200, 240]
    frames = Frames([picture(90, 160, shade) for shade in shades], [float(n) for n in range(6)])
    cells = np.asarray(opened(strip_webp(frames)).convert("L")).reshape(160, 6, 90).mean(axis=(0, 2))
    assert cells == pytest.approx(shades, abs=4)


def test_a_copy_plays_in_browsers_and_starts_before_it_is_loaded(tmp_path):
    path = make_video(tmp_path / "1.mp4", size=(66, 98), codec="libx265", audio=True)
    before = path.read_bytes()
    target = tmp_path / "copies" / "1.mp4"
    assert not probe(path).browser_playable
    playable_copy(path, target)
    facts = probe(target)
    assert facts.browser_playable
    assert (facts.video_codec, facts.audio_codec, facts.pixel_format) == ("h264", "aac", "yuv420p")
    assert (facts.width, facts.height) == (66, 98)
    assert facts.duration_s == pytest.approx(1.0, abs=0.1)
    data = target.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert path.read_bytes() == before
    assert [entry.name for entry in target.parent.iterdir()] == ["1.mp4"]


def test_a_copy_shows_the_same_pictures_as_the_original(tmp_path):
    path = make_video(tmp_path / "1.mp4", codec="mpeg4", gop=1)
    playable_copy(path, tmp_path / "copy.mp4")
    first, last = (sample_frames(tmp_path / name, short_side=None).images for name in ("1.mp4", "copy.mp4"))
    assert np.abs(first[0].astype(int) - last[0]).mean() < 12


def test_a_copy_of_a_large_odd_sized_video_is_small_and_even(tmp_path):
    path = make_video(tmp_path / "1.mkv", size=(1502, 200), seconds=0.2, codec="mpeg4")
    playable_copy(path, tmp_path / "copy.mp4")
    facts = probe(tmp_path / "copy.mp4")
    assert (facts.width, facts.height) == (1280, 170)


def test_a_copy_is_upright(tmp_path):
    path = tmp_path / "1.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.set_display_rotation(-90)
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(96, 64), format="rgb24")))
        container.mux(stream.encode())
    playable_copy(path, tmp_path / "copy.mp4")
    facts = probe(tmp_path / "copy.mp4")
    assert (facts.width, facts.height, facts.rotation) == (64, 96, 0)


def test_no_copy_is_made_of_what_cannot_be_read_and_nothing_is_left(tmp_path):
    path = tmp_path / "1.mp4"
    path.write_text("no video")
    target = tmp_path / "copies" / "1.mp4"
    with pytest.raises(VideoDecodeError, match="not a video"):
        playable_copy(path, target)
    assert not target.exists()


def test_a_copy_that_runs_out_of_time_leaves_nothing(tmp_path):
    path = make_video(tmp_path / "1.mp4", codec="mpeg4", seconds=2)
    target = tmp_path / "copies" / "1.mp4"
    with pytest.raises(VideoDecodeError, match="longer than"):
        playable_copy(path, target, time_limit_s=0)
    assert list(target.parent.iterdir()) == []
