"""One opening of a file: frames, runs of grey frames and sound, each with its own failure."""

import av
import numpy as np
import pytest
from videos import damage_pictures, damage_sound, make_frames, make_video, usual_priority

from vidsort.errors import VideoDecodeError
from vidsort.media import probe, sample_frames
from vidsort.media.reading import frames as frames_module
from vidsort.media.reading import sound as sound_module
from vidsort.media.reading.frames import Frames, FramesSource, FramesWanted
from vidsort.media.reading.once import Given, read_once
from vidsort.media.reading.runs import RunPackets, RunsWanted, another_decoder
from vidsort.media.reading.sound import Sound, SoundWanted
from vidsort.media.reading.source import Deadline

FRAMES, RUNS, SOUND = FramesWanted(4), RunsWanted(), SoundWanted()
ALL = [FRAMES, RUNS, SOUND]


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The paths that containers were opened at."""
    paths, real = [], av.open
    monkeypatch.setattr(av, "open", lambda path, *args, **options: paths.append(path) or real(path, *args, **options))
    return paths


@pytest.mark.parametrize("gop", [5, 1000])
@pytest.mark.parametrize("name", ["1.mp4", "1.webm", "1.mkv"])
def test_frames_movement_and_sound_come_out_of_one_opening(tmp_path, opened, name, gop):
    codec = "libvpx" if name.endswith("webm") else "libx264"
    path = make_video(tmp_path / name, seconds=4, audio=True, gop=gop, codec=codec)
    opened.clear()
    reading = read_once(path, ALL)
    assert len(opened) == 1
    assert len(reading.given[FRAMES].images) == 4
    (run,) = reading.given[RUNS]
    assert run.images.shape[1:] == (96, 96)
    assert 2 <= len(run.images) == len(run.times_s) <= 25
    assert np.all(np.diff(run.times_s) > 0)
    heard = reading.given[SOUND]
    assert sum(map(len, heard.pieces)) == pytest.approx(4 * 16_000, abs=3000)
    assert reading.facts == probe(path)


@pytest.mark.parametrize(("seconds", "gop"), [(12, 10), (2, 1000), (9, 1000)])
def test_what_is_read_in_company_is_what_is_read_alone(tmp_path, seconds, gop):
    path = make_video(tmp_path / "1.mp4", seconds=seconds, audio=True, gop=gop, preset="medium")
    company = [*ALL, FramesWanted(8, 64, repeats=True), FramesWanted(2, None), RunsWanted(0.5)]
    together = read_once(path, company).given
    for one in company:
        for pair in zip(_arrays(together[one]), _arrays(read_once(path, [one]).given[one]), strict=True):
            assert np.array_equal(*pair)
    frames = sample_frames(path, 4)
    assert all(np.array_equal(*pair) for pair in zip(frames.images, together[FRAMES].images, strict=True))


def test_a_video_with_one_key_frame_is_decoded_once_for_stills_and_movement(tmp_path, monkeypatch):
    path = make_video(tmp_path / "1.mp4", seconds=9, gop=1000, preset="medium")
    passes, real = [], FramesSource._all
    monkeypatch.setattr(FramesSource, "_all", lambda *args: passes.append(args[1:]) or real(*args))
    given = read_once(path, [RUNS, FRAMES, FramesWanted(8, 64, repeats=True)]).given
    assert [len(given[FRAMES].images), len(given[RUNS])] == [4, 1]
    assert passes == []
    assert len(read_once(path, [FRAMES]).given[FRAMES].images) == 4
    assert len(passes) == 1


@pytest.mark.parametrize("seconds", [9, 30])
def test_damage_in_a_video_with_one_key_frame_ends_the_movement_and_no_still(tmp_path, seconds):
    """Where the one pass meets damage, each is decoded for itself."""
    path = damage_pictures(make_video(tmp_path / "1.mp4", seconds=seconds, gop=1000), 60)
    company = read_once(path, [RUNS, FRAMES]).given
    alone = [read_once(path, [one]).given[one] for one in (RUNS, FRAMES)]
    for one, other in zip((company[RUNS], company[FRAMES]), alone, strict=True):
        assert len(_arrays(one)) == len(_arrays(other)) > 0
        assert all(np.array_equal(*pair) for pair in zip(_arrays(one), _arrays(other), strict=True))


def _arrays(given: Given) -> list[np.ndarray]:
    if isinstance(given, Frames):
        return [*given.images, np.array(given.times_s)]
    if isinstance(given, Sound):
        return given.pieces
    return [array for run in given for array in (run.images, run.times_s)]


def test_stills_are_had_of_the_key_frames_that_movement_was_decoded_from(tmp_path, monkeypatch):
    path, alone = make_video(tmp_path / "1.mp4", seconds=30, gop=150, preset="medium"), []
    real = frames_module.decode_alone
    monkeypatch.setattr(frames_module, "decode_alone", lambda packet: alone.append(packet.pts) or real(packet))
    wanted = FramesWanted(2)
    apart = read_once(path, [wanted]).given[wanted]
    assert len(alone) == 2
    together = read_once(path, [wanted, RUNS]).given[wanted]
    assert len(alone) == 2
    assert all(np.array_equal(*pair) for pair in zip(apart.images, together.images, strict=True))


def test_stills_in_place_of_black_key_frames_are_as_smooth_in_company(tmp_path):
    path, images = tmp_path / "1.mp4", make_frames(300, (320, 256), 0, 0)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "40", "preset": "fast"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 256, "yuv420p", 20
        for number, image in enumerate(images):
            shown = np.zeros_like(image) if number % 20 == 0 else image
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode())
    wanted = FramesWanted(4, None)
    apart, together = (read_once(path, company).given[wanted] for company in ([wanted], [wanted, RUNS]))
    assert min(image.mean() for image in apart.images) > 20
    assert all(np.array_equal(*pair) for pair in zip(apart.images, together.images, strict=True))


def test_of_a_long_video_several_places_are_seen_and_heard(tmp_path):
    path = make_video(tmp_path / "1.mp4", seconds=30, audio=True, gop=10)
    given = read_once(path, ALL).given
    assert [round(run.times_s[0]) for run in given[RUNS]] == [0, 15]
    assert [run.times_s[-1] - run.times_s[0] for run in given[RUNS]] == pytest.approx([0.7] * 2, abs=0.15)
    assert [len(piece) for piece in given[SOUND].pieces] == pytest.approx([32_000] * 3, abs=1500)


def test_consecutive_frames_are_those_that_were_recorded_also_after_what_was_left_unread(tmp_path):
    path = make_video(tmp_path / "1.mp4", seconds=30, gop=10)
    runs = read_once(path, [RUNS]).given[RUNS]
    with av.open(path) as container:
        decoded = container.decode(video=0)
        grey = [frame.reformat(96, 96, "gray", interpolation="AREA").to_ndarray() for frame in decoded]
    for run in runs:
        for image, time_s in zip(run.images, run.times_s, strict=True):
            assert np.abs(image.astype(int) - grey[round(time_s * 10)]).mean() < 8


@pytest.mark.parametrize("first", [[FramesWanted(2), RUNS], [FRAMES, RUNS], [RUNS]], ids=str)
def test_of_av1_consecutive_frames_are_seen_too_though_its_decoder_is_told_once_what_to_leave_out(tmp_path, first):
    path = make_video(tmp_path / "1.mp4", seconds=3, gop=10, codec="libsvtav1")
    (run,) = read_once(path, first).given[RUNS]
    assert len(run.images) > 10
    assert np.diff(run.times_s).max() < 0.5


def test_of_av1_with_black_key_frames_the_others_are_seen(tmp_path):
    path, images = tmp_path / "1.mp4", make_frames(30, (64, 64), 0, 0)
    with usual_priority(), av.open(path, "w") as container:
        stream = container.add_stream("libsvtav1", rate=10, options={"svtav1-params": "keyint=10:irefresh-type=2"})
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 64, 64, "yuv420p", 10
        for number, image in enumerate(images):
            shown = np.zeros_like(image) if number % 10 == 0 else image
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode())
    frames = sample_frames(path, 2)
    assert min(image.mean() for image in frames.images) > 20


def test_runs_are_upright_as_the_video_is_shown(tmp_path):
    path = tmp_path / "1.mp4"
    image = np.full((32, 64, 3), 20, np.uint8)
    image[:, :32] = 230
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        stream.set_display_rotation(-90)
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    shown = sample_frames(path).images[0].mean(axis=2)
    seen = read_once(path, [RUNS]).given[RUNS][0].images[0]
    assert (shown[0].mean() > shown[-1].mean()) == (seen[0].mean() > seen[-1].mean())
    assert abs(float(seen[0].mean()) - float(seen[-1].mean())) > 100


def test_a_single_frame_has_no_movement_and_a_video_without_sound_no_sound(tmp_path):
    given = read_once(make_video(tmp_path / "1.mp4", seconds=0.1), ALL).given
    assert len(given[FRAMES].images) == 1
    assert given[RUNS] is None
    assert given[SOUND] is None


def test_sound_that_cannot_be_decoded_is_its_own_error_and_the_rest_goes_on(tmp_path):
    given = read_once(damage_sound(make_video(tmp_path / "1.mp4", audio=True)), ALL).given
    assert isinstance(given[SOUND], VideoDecodeError)
    assert "sound cannot be decoded" in str(given[SOUND])
    assert given[FRAMES].images
    assert given[RUNS]


@pytest.mark.parametrize(("name", "codec"), [("1.mp4", "libx264"), ("1.webm", "libvpx-vp9")])
def test_movement_is_failed_and_not_absent_where_the_frames_after_the_first_cannot_be_decoded(tmp_path, name, codec):
    path = damage_pictures(make_video(tmp_path / name, gop=100, codec=codec), first=1)
    given = read_once(path, ALL).given
    assert len(given[FRAMES].images) == 1
    assert isinstance(given[RUNS], VideoDecodeError)
    assert "movement cannot be seen" in str(given[RUNS])


def test_all_is_failed_where_no_frame_can_be_decoded(tmp_path):
    given = read_once(damage_pictures(make_video(tmp_path / "1.mp4")), ALL).given
    assert isinstance(given[FRAMES], VideoDecodeError)
    assert isinstance(given[RUNS], VideoDecodeError)


def test_one_frame_of_two_that_no_other_needs_is_no_movement_and_no_failure(tmp_path):
    path = tmp_path / "1.mp4"
    with av.open(path, "w") as container:
        # The last of them is a B frame: the decoder leaves it out.
        stream = container.add_stream("libx264", rate=10, options={"x264-params": "bframes=1:b-adapt=0:b-pyramid=0"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        packets = []
        for image in make_frames(3, (64, 64), 0, 0):
            packets += stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24"))
        packets += stream.encode()
        container.mux(packets)
    read = RunPackets(RUNS, None)
    with av.open(path) as container:
        stream = container.streams.video[0]
        for packet in [packet for packet in container.demux(video=0) if packet.size]:
            if packet.is_keyframe or packet.is_disposable:
                read.offer(packet)
        assert read.decode(stream, another_decoder(stream), Deadline(20)) is None


@pytest.mark.parametrize("name", ["1.mp4", "1.mkv", "1.ts"])
def test_a_sound_track_that_gives_nothing_is_failed_whatever_holds_it(tmp_path, name):
    given = read_once(damage_sound(make_video(tmp_path / name, audio=True)), ALL).given
    assert isinstance(given[SOUND], VideoDecodeError)
    assert given[FRAMES].images


def test_sound_whose_decoder_gives_nothing_and_says_nothing_is_failed(tmp_path, monkeypatch):
    monkeypatch.setattr(sound_module, "_frames", lambda packets, deadline: iter(()))
    given = read_once(make_video(tmp_path / "1.mp4", audio=True), [SOUND]).given
    assert "sound cannot be decoded" in str(given[SOUND])


def test_a_file_that_is_no_video_fails_all_with_one_reason_and_a_missing_one_is_missing(tmp_path):
    (tmp_path / "1.mp4").write_bytes(b"no video at all")
    reading = read_once(tmp_path / "1.mp4", ALL)
    assert {str(error) for error in reading.given.values()} == {"it is not a video file"} == {reading.facts.reason}
    with pytest.raises(FileNotFoundError):
        read_once(tmp_path / "2.mp4", ALL)


def test_the_time_limit_holds_for_all(tmp_path):
    reading = read_once(make_video(tmp_path / "1.mp4", audio=True), ALL, time_limit_s=0)
    assert all("longer than 0 s" in str(error) for error in reading.given.values())


def test_what_is_too_large_to_be_held_is_opened_once_more_and_gives_the_same(tmp_path, opened, monkeypatch):
    path = make_video(tmp_path / "1.mp4", seconds=3, gop=1000)
    held = read_once(path, [FRAMES]).given[FRAMES]
    monkeypatch.setattr("vidsort.media.reading.packets.MOST_HELD_BYTES", 100)
    opened.clear()
    again = read_once(path, [FRAMES]).given[FRAMES]
    assert len(opened) == 2
    assert again.times_s == held.times_s
    assert all(np.array_equal(*pair) for pair in zip(again.images, held.images, strict=True))


def test_sound_far_into_a_long_video_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(sound_module, "FURTHEST_S", 9.0)
    path = make_video(tmp_path / "1.mp4", seconds=30, audio=True, gop=10)
    taken = []
    real = sound_module.SoundPackets.offer
    monkeypatch.setattr(
        sound_module.SoundPackets, "offer", lambda self, packet: taken.append(packet) or real(self, packet)
    )
    heard = read_once(path, [SOUND]).given[SOUND]
    assert len(heard.pieces) == 3
    assert max(float(packet.pts * packet.time_base) for packet in taken if packet.pts is not None) < 12


def test_sound_in_one_part_is_the_beginning(tmp_path):
    path = make_video(tmp_path / "1.mp4", seconds=4, audio=True)
    beginning, all_of_it = SoundWanted(1, parts=1), SoundWanted(60, parts=1)
    heard = read_once(path, [beginning, all_of_it, SOUND]).given
    assert len(heard[beginning].pieces) == len(heard[all_of_it].pieces) == 1
    first, whole = heard[beginning].pieces[0], heard[all_of_it].pieces[0]
    # Whole packets: the last one ends before.
    assert 15_000 < len(first) <= 16_000 < len(whole)
    assert whole[:14_000] == pytest.approx(first[:14_000], abs=1e-4)


@pytest.mark.parametrize("gop", [5, 1000])
def test_frames_of_two_sizes_from_one_reading_are_those_of_two(tmp_path, gop):
    path = tmp_path / "1.mp4"
    with av.open(path, "w") as container:
        # With frames that are shown before ones that they need, as most videos have them.
        stream = container.add_stream("libx264", rate=10, options={"preset": "medium", "threads": "1"})
        (stream.width, stream.height), stream.pix_fmt, stream.gop_size = (64, 96), "yuv420p", gop
        for image in make_frames(20, (64, 96), 2, 0):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    few, more = FramesWanted(4, 32), FramesWanted(8, 64, repeats=True)
    together = read_once(path, [few, more]).given
    for wanted in (few, more):
        alone = read_once(path, [wanted]).given[wanted]
        assert together[wanted].times_s == alone.times_s
        assert all(np.array_equal(*pair) for pair in zip(together[wanted].images, alone.images, strict=True))
