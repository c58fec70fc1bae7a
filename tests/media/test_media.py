"""Frames and facts of videos made on the spot: spread, upright, never black, repeated or made up."""

import os
import shutil
import subprocess
import sys

import av
import numpy as np
import pytest
from videos import make_frames, make_video

import vidsort.media.reading.frames as frames_module
from vidsort.errors import VideoDecodeError
from vidsort.media import probe, sample_frames
from vidsort.media.reading.frames import Pictures, spread

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 200, 30), (30, 30, 200), (240, 240, 240)


def write(path, images, *, rate=10, gop=10, codec="libx264", times=None, options=None, prepare=lambda _stream: None):
    """A video of these pictures (uint8 RGB); `times`: when each is shown, in hundredths of a second."""
    with av.open(path, "w", options=options or {}) as container:
        tuning = {"preset": "ultrafast", "sc_threshold": "0"} if codec == "libx264" else {}
        stream = container.add_stream(codec, rate=rate, options=tuning)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt, stream.gop_size = "yuv420p", gop
        prepare(stream)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[number], av.rational.AVRational(1, 100)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def plain(colour, width=64, height=96):
    return np.full((height, width, 3), colour, dtype=np.uint8)


def quarters(width=64, height=32):
    """Red and green above, blue and white below: shows every rotation and mirroring."""
    image = plain(WHITE, width, height)
    image[: height // 2, : width // 2], image[: height // 2, width // 2 :] = RED, GREEN
    image[height // 2 :, : width // 2] = BLUE
    return image


def corners(image):
    height, width = image.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [
        min((RED, GREEN, BLUE, WHITE), key=lambda colour: np.abs(np.array(colour) - image[place].astype(int)).sum())
        for place in places
    ]


def moving(count, size=(64, 96)):
    return make_frames(count, size, pattern=2, seed=5)


def test_key_frames_are_taken_evenly_from_a_video_that_has_many(tmp_path):
    path = write(tmp_path / "1.mp4", moving(120), gop=5)
    frames = sample_frames(path)
    assert len(frames.images) == 6
    assert np.diff(frames.times_s) == pytest.approx([2.3] * 5, abs=0.3)
    assert all(time_s * 10 % 5 == pytest.approx(0, abs=1e-6) for time_s in frames.times_s)


@pytest.mark.parametrize("seconds", [3, 20])
def test_a_video_with_a_single_key_frame_is_sampled_over_its_whole_length(tmp_path, seconds):
    path = write(tmp_path / "1.mp4", moving(seconds * 10), gop=1000)
    frames = sample_frames(path)
    assert len(frames.images) == 6
    assert frames.times_s[0] < seconds * 0.2
    assert frames.times_s[-1] > seconds * 0.8


def test_of_a_long_video_with_a_single_key_frame_a_bounded_part_is_sampled_evenly(tmp_path, monkeypatch):
    monkeypatch.setattr("vidsort.media.reading.frames.MOST_PIXELS", 64 * 96 * 60)
    frames = sample_frames(write(tmp_path / "1.mp4", moving(200), gop=1000))
    assert len(frames.images) == 6
    assert 5 <= frames.times_s[-1] <= 6


def test_of_thousands_of_key_frames_only_some_are_held_and_few_decoded(tmp_path, monkeypatch):
    decoded = []
    monkeypatch.setattr("vidsort.media.reading.once.MOST_PACKETS", 12)
    real = frames_module.decode_alone
    monkeypatch.setattr(frames_module, "decode_alone", lambda packet: decoded.append(packet) or real(packet))
    frames = sample_frames(write(tmp_path / "1.mp4", moving(150), gop=1))
    assert len(decoded) == len(frames.images) == 6
    assert frames.times_s[0] < 2
    assert frames.times_s[-1] > 12


def test_a_looped_video_is_decoded_once_around(tmp_path, monkeypatch):
    decoded = []
    real = frames_module.decode_alone
    monkeypatch.setattr(frames_module, "decode_alone", lambda packet: decoded.append(packet) or real(packet))
    once = write(tmp_path / "1.mp4", [plain(RED), plain(GREEN), plain(BLUE)], gop=1)
    with av.open(tmp_path / "2.mp4", "w") as target:
        for turn in range(5):
            with av.open(once) as source:
                track = source.streams.video[0]
                stream = target.streams.video[0] if turn else target.add_stream_from_template(track)
                for packet in source.demux(track):
                    if packet.dts is not None:
                        packet.pts, packet.dts = (stamp + turn * track.duration for stamp in (packet.pts, packet.dts))
                        packet.stream = stream
                        target.mux(packet)
    assert len(sample_frames(tmp_path / "2.mp4").images) == 3
    assert len(decoded) == 3


@pytest.mark.parametrize("gop", [1, 5, 1000])
def test_one_frame_may_be_asked_for(tmp_path, gop):
    assert len(sample_frames(write(tmp_path / "1.mp4", moving(20), gop=gop), 1).images) == 1


def test_one_frame_is_one_picture(tmp_path):
    path = write(tmp_path / "1.mp4", moving(1))
    assert sample_frames(path).times_s == [0.0]
    assert probe(path).readable


def test_frames_are_the_pictures_that_were_recorded(tmp_path):
    images = moving(40)
    path = write(tmp_path / "1.mp4", images, gop=4)
    frames = sample_frames(path, short_side=None)
    for image, time_s in zip(frames.images, frames.times_s, strict=True):
        assert np.abs(image.astype(int) - images[round(time_s * 10)]).mean() < 12


def test_the_same_file_always_gives_the_same_frames(tmp_path):
    path = write(tmp_path / "1.mp4", moving(30), gop=1000)
    first, again = sample_frames(path), sample_frames(path)
    assert first.times_s == again.times_s
    assert all(np.array_equal(one, other) for one, other in zip(first.images, again.images, strict=True))


def test_pictures_are_scaled_down_to_the_short_side_and_never_up(tmp_path):
    path = write(tmp_path / "1.mp4", moving(2, size=(400, 600)))
    assert sample_frames(path).images[0].shape == (432, 288, 3)
    assert sample_frames(path, short_side=100).images[0].shape == (150, 100, 3)
    assert sample_frames(path, short_side=None).images[0].shape == (600, 400, 3)
    assert sample_frames(path, short_side=500).images[0].shape == (600, 400, 3)


@pytest.mark.parametrize(
    ("counter_clockwise", "mirrored", "expected", "rotation"),
    [
        (0, False, [RED, GREEN, BLUE, WHITE], 0),
        (-90, False, [BLUE, RED, WHITE, GREEN], 90),
        (180, False, [WHITE, BLUE, GREEN, RED], 180),
        (90, False, [GREEN, WHITE, RED, BLUE], 270),
        (0, True, [GREEN, RED, WHITE, BLUE], 180),
    ],
)
def test_rotation_and_mirroring_are_applied(tmp_path, counter_clockwise, mirrored, expected, rotation):
    path = write(
        tmp_path / "1.mp4",
        [quarters()],
        codec="mpeg4",
        prepare=lambda stream: stream.set_display_rotation(counter_clockwise, hflip=mirrored),
    )
    image = sample_frames(path).images[0]
    assert corners(image) == expected
    facts = probe(path)
    assert (facts.height, facts.width) == image.shape[:2]
    if not mirrored:
        assert facts.rotation == rotation


def test_wide_samples_make_a_wide_picture(tmp_path):
    def wide(stream):
        stream.codec_context.sample_aspect_ratio = 2

    path = write(tmp_path / "1.mp4", moving(3, size=(64, 64)), codec="mpeg4", prepare=wide)
    assert sample_frames(path).images[0].shape == (64, 128, 3)
    assert (probe(path).width, probe(path).height) == (128, 64)


def test_variable_frame_rate_is_sampled_by_time_not_by_number(tmp_path):
    # 30 frames within the first second, the other 10 over the next nine.
    times = [3 * number for number in range(30)] + [100 + 90 * number for number in range(10)]
    path = write(tmp_path / "1.mp4", moving(40), rate=100, gop=1000, times=times)
    assert sum(time_s > 1 for time_s in sample_frames(path).times_s) >= 4


def test_black_frames_are_left_out_and_made_up_for(tmp_path):
    images = [plain((0, 0, 0)) if number % 10 < 5 else picture for number, picture in enumerate(moving(60))]
    for gop in (5, 1000):
        frames = sample_frames(write(tmp_path / f"{gop}.mp4", images, gop=gop))
        assert len(frames.images) >= 4
        assert all(image.mean() > 12 for image in frames.images)


def test_a_video_that_fades_from_black_after_its_only_key_frame_shows_what_follows(tmp_path):
    path = write(tmp_path / "1.mp4", [plain((0, 0, 0))] * 5 + moving(20), gop=1000)
    assert all(image.mean() > 12 for image in sample_frames(path).images)


def test_repeated_frames_are_left_out(tmp_path):
    assert len(sample_frames(write(tmp_path / "still.mp4", [quarters()] * 40, gop=5)).images) == 1
    two = [plain(RED)] * 20 + [plain(BLUE)] * 20
    assert len(sample_frames(write(tmp_path / "two.mp4", two, gop=5)).images) == 2


def test_a_black_video_still_gives_a_frame(tmp_path):
    images = [plain((value, value, value)) for value in (0, 6, 0, 0)]
    frames = sample_frames(write(tmp_path / "1.mp4", images, gop=1))
    assert len(frames.images) == 1


@pytest.mark.parametrize(
    ("name", "codec", "options", "plays"),
    [
        ("1.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}, True),
        ("1.mov", "libx264", {}, True),
        ("1.webm", "libvpx", {}, True),
        ("1.webm", "libvpx-vp9", {}, True),
        ("1.mkv", "libx264", {}, False),
        ("1.ts", "libx264", {}, False),
        ("1.flv", "libx264", {}, False),
        ("1.avi", "mpeg4", {}, False),
        ("1.mp4", "libx265", {}, False),
        ("1.mp4", "mpeg4", {}, False),
    ],
)
def test_containers_and_codecs_whatever_the_file_is_named(tmp_path, name, codec, options, plays):
    path = write(tmp_path / name, moving(30), codec=codec, options=options)
    path = path.rename(tmp_path / "7000000000000000000.mp4")
    frames, facts = sample_frames(path), probe(path)
    assert len(frames.images) >= 3
    assert facts.readable
    assert facts.browser_playable is plays
    assert facts.duration_s == pytest.approx(3, abs=0.2)
    assert (facts.width, facts.height) == (64, 96)


def test_facts_of_an_ordinary_video(tmp_path):
    facts = probe(make_video(tmp_path / "1.mp4", seconds=2, rate=10, gop=5, audio=True))
    assert facts.model_dump() == {
        "duration_s": pytest.approx(2, abs=0.1), "width": 64, "height": 96, "rotation": 0,
        "frame_rate": pytest.approx(10), "video_codec": "h264", "audio_codec": "aac", "has_audio": True,
        "pixel_format": "yuv420p", "key_frames": 4, "readable": True, "reason": None, "browser_playable": True,
        "caption": None, "tags": {},
    }
    assert not probe(make_video(tmp_path / "2.mp4")).has_audio


@pytest.mark.parametrize(
    ("tags", "caption"),
    [
        ({"title": "Pasta <b>al</b> forno", "comment": "vid:v0300fg10000"}, "Pasta <b>al</b> forno"),
        ({"title": "A title", "description": "Ten minutes,\n one pan #dinner"}, "Ten minutes, one pan #dinner"),
        ({"comment": "ハンドメイドのパスタ"}, "ハンドメイドのパスタ"),
        ({"comment": "7234567890123456", "title": "vid:v0300fg10000"}, None),
        ({"description": "word " * 1000}, ("word " * 1000)[:1000]),
    ],
)
def test_the_words_saved_in_a_file_are_its_caption(tmp_path, tags, caption):
    path = make_video(tmp_path / "1.mp4")
    with av.open(path) as source, av.open(tmp_path / "2.mp4", "w") as target:
        target.metadata.update(tags)
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    facts = probe(tmp_path / "2.mp4")
    assert facts.caption == caption
    assert facts.tags == {name: text for name, text in tags.items() if "v0300" not in text and not text.isdigit()}


def half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def test_a_download_that_was_cut_off_gives_what_is_there_or_its_reason(tmp_path):
    first = write(tmp_path / "1.mp4", moving(60), gop=5, options={"movflags": "faststart"})
    frames = sample_frames(half(first))
    assert len(frames.images) >= 2
    assert frames.times_s[-1] < 4
    last = half(write(tmp_path / "2.mp4", moving(60), gop=5))
    with pytest.raises(VideoDecodeError, match="incomplete"):
        sample_frames(last)


def overwritten(path, clean, fill):
    """The file with the middle half of each of its packets replaced, where `clean` does not name them."""
    data = bytearray(path.read_bytes())
    with av.open(path) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        for number, packet in enumerate(packets):
            if number not in clean:
                start, size = packet.pos + packet.size // 4, packet.size // 2
                data[start : start + size] = fill(size)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9"])
def test_holes_of_an_unfinished_download_are_never_shown_as_grey(tmp_path, codec):
    name = "1.webm" if codec == "libvpx-vp9" else "1.mp4"
    images = [np.random.default_rng(number).integers(0, 255, (96, 64, 3), dtype=np.uint8) for number in range(12)]
    path = write(tmp_path / name, images, gop=1, codec=codec)
    whole = dict(zip(*reversed(list(vars(sample_frames(path, 12, short_side=None)).values())), strict=True))
    frames = sample_frames(overwritten(path, {0, 5}, bytes), 12, short_side=None)
    assert frames.times_s == pytest.approx([0.0, 0.5])
    assert all(
        np.array_equal(image, whole[time_s]) for image, time_s in zip(frames.images, frames.times_s, strict=True)
    )


def test_nothing_built_on_a_damaged_key_frame_is_shown(tmp_path):
    noise = np.random.default_rng(0)
    path = write(tmp_path / "1.mp4", [noise.integers(0, 255, (128, 128, 3), dtype=np.uint8)] * 30, gop=1000)
    overwritten(path, set(range(1, 30)), lambda size: noise.bytes(size))
    with pytest.raises(VideoDecodeError, match="damaged"):
        sample_frames(path)


def fifo(path):
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b""), "the file is empty"),
        (lambda path: path.write_text("a diary, not a film\n" * 100), "it is not a video file"),
        (lambda path: path.write_text("#EXTM3U\n#EXTINF:9,\nhttp://localhost:1/a.ts\n"), "it is not a video file"),
        (lambda path: path.write_text("ffconcat version 1.0\nfile other.mp4\n"), "it is not a video file"),
        (lambda path: path.mkdir(), "it is a folder, not a video"),
        (fifo, "it is not a regular file"),
    ],
    ids=["empty", "text", "playlist", "concat", "folder", "fifo"],
)
def test_what_is_no_video_is_named(tmp_path, make, reason):
    path = tmp_path / "1.mp4"
    make(path)
    with pytest.raises(VideoDecodeError) as refused:
        sample_frames(path)
    assert str(refused.value) == reason == probe(path).reason


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "1.mp4"
    make_video(path, audio=True)
    with av.open(path) as source, av.open(tmp_path / "sound.mp4", "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert probe(tmp_path / "sound.mp4").reason == "no video track"


def test_a_missing_file_is_a_missing_file(tmp_path):
    for read in (probe, sample_frames):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "1.mp4")


def test_a_file_may_not_take_longer_than_its_limit(tmp_path):
    path = write(tmp_path / "1.mp4", moving(30), gop=1000)
    with pytest.raises(VideoDecodeError, match="longer than 0 s"):
        sample_frames(path, time_limit_s=0)
    assert "longer than" in probe(path, time_limit_s=0).reason


def test_a_copy_of_a_video_is_read_without_being_changed(tmp_path):
    path = make_video(tmp_path / "1.mp4")
    path.chmod(0o444)
    before = path.read_bytes(), path.stat().st_mtime_ns
    sample_frames(shutil.copy2(path, tmp_path / "2.mp4"))
    sample_frames(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize("count", [1, 2, 6, 40])
def test_spread_names_every_index_once_and_the_even_ones_first(count):
    times_s = [float(number) for number in range(31)]
    order = spread(times_s, count)
    assert sorted(order) == list(range(31))
    gaps = np.diff(sorted([-1, *order[:count], 31]))
    assert count == 1 or gaps.max() <= max(2, 31 / (count - 1) + 1)


def test_spread_of_clustered_times_reaches_the_far_ones():
    order = spread([0.0, 0.1, 0.2, 0.3, 9.0, 10.0], 3)
    assert {0, 5} <= set(order[:3])


def test_near_black_pictures_lose_to_any_other_and_the_brightest_of_them_wins_alone():
    pictures = Pictures()
    for time_s, value in enumerate((0, 9, 3)):
        pictures.offer(float(time_s), plain((value, value, value)))
    assert [time_s for time_s, _ in pictures.best(6)] == [1.0]
    pictures.offer(3.0, plain(RED))
    assert [time_s for time_s, _ in pictures.best(6)] == [3.0]


@pytest.mark.programs
def test_importing_the_package_does_not_load_the_decoder():
    code = "import sys, vidsort.media; sys.exit(bool({'av', 'PIL', 'moviepy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
