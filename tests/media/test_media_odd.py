"""Real odd and damaged media files: each gives a result or a reason, in time, and is never written to."""

import hashlib
import time

import pytest

from vidsort.errors import VideoDecodeError
from vidsort.media import probe, sample_frames

TIME_LIMIT_S = 20
NO_TRACK = "no video track"
NO_FRAMES = "its video track holds no frames: the file is damaged or cut off"
DAMAGED = "none of its frames can be decoded: the data is damaged or cut off"
NO_INDEX = "the file is damaged or incomplete: its index cannot be read"

# The reason, or (width, height as shown, browsers play it as it is).
EXPECTED = {
    "-video-with-dash-.mp4": (1, 1, False),
    "09100029_Eland.MP4": (106, 60, True),
    "FLIR Thermal (space in name).mp4": (1080, 1440, True),
    "audio_only_aac_0.5s.mp4": NO_TRACK,
    "audio_only_opus.mp4": NO_TRACK,
    "audio_only_xheaac.mp4": NO_TRACK,
    "av1_video.mkv": (640, 360, False),
    "chunk_out_of_range.mp4": NO_INDEX,
    "derived_audio_only_aac.mp4": NO_TRACK,
    "derived_fragmented.mp4": (576, 1024, True),
    "derived_long_gop.mp4": (576, 1024, True),
    "derived_moov_at_end.mp4": (576, 1024, True),
    "derived_no_audio_portrait.mp4": (576, 1024, True),
    "derived_text_named_as.mp4": "it is not a video file",
    "derived_truncated_half_moov_first.mp4": (480, 648, True),
    "derived_truncated_no_moov.mp4": NO_INDEX,
    "encrypted_cenc.mp4": "it is encrypted",
    "failing_audio.mp4": (640, 360, True),
    "smpte_bars_1080p.mp4": (1920, 1080, True),
    "full_range.mp4": (1280, 720, True),
    "fuzz_1185230.mp4": DAMAGED,
    "gif_named_as.mp4": (360, 360, False),
    "h264_10bit.mp4": (200, 200, False),
    "h264_1frame_sar.mp4": (1138, 480, True),
    "hevc.mp4": (128, 128, False),
    "hevc_10bit.mp4": (200, 200, False),
    "hevc_1frame.mp4": (640, 480, False),
    "init_segment_encrypted_video.mp4": NO_FRAMES,
    "init_segment_only_audio.mp4": NO_TRACK,
    "invalid_userdata.mp4": NO_FRAMES,
    "jpeg_named_as.mp4": "it is a picture, not a video",
    "many_streams_nasa.mp4": (480, 270, True),
    "metadata_tags.mp4": (320, 240, True),
    "mpeg4_1frame_noaudio.mp4": (256, 144, False),
    "no_duration.webm": (1280, 720, True),
    "no_timescale.mp4": DAMAGED,
    "nonmonotonic_dts_Ollie76.mov": (1920, 1080, True),
    "phone_3gp5.mp4": (720, 1280, True),
    "phone_with_gps.mov": (320, 568, True),
    "realshort.mp4": (320, 240, True),
    "rotated_90_1frame.mp4": (60, 100, True),
    "rotated_minus90_iphone_hevc.mov": (1080, 1920, False),
    "sample.3gp": (176, 144, False),
    "smallest.avi": NO_FRAMES,
    "smallest.flv": NO_INDEX,
    "smallest.webm": (8, 8, True),
    "smallest_262_bytes.mp4": NO_TRACK,
    "smallest_with_audio.mp4": NO_TRACK,
    "tiny_av1.mp4": (64, 64, True),
    "transparent_vp9_alpha.webm": (200, 200, True),
    "vfr_portrait_booktok_9.mp4": (576, 1024, True),
    "vp8_vorbis_1s.webm": (1280, 720, True),
    "zero_byte.webm": "the file is empty",
    "zero_empty_stsc.mp4": DAMAGED,
}


@pytest.fixture(scope="module")
def odd(data_sets):
    return data_sets / "odd"


def test_the_table_names_every_odd_file(odd):
    assert {path.name for path in odd.iterdir() if path.name != "README.md"} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_an_odd_file_gives_frames_or_its_reason_in_time(odd, name):
    path, expected = odd / name, EXPECTED[name]
    before, started = hashlib.sha256(path.read_bytes()).digest(), time.monotonic()
    facts = probe(path)
    if isinstance(expected, str):
        with pytest.raises(VideoDecodeError) as refused:
            sample_frames(path)
        assert str(refused.value) == facts.reason == expected
        assert not facts.readable
        assert not facts.browser_playable
    else:
        frames = sample_frames(path)
        assert (facts.width, facts.height, facts.browser_playable) == expected
        assert facts.readable
        assert facts.reason is None
        assert 1 <= len(frames.images) == len(frames.times_s) <= 6
        assert frames.times_s == sorted(frames.times_s)
        for image in frames.images:
            height, width = image.shape[:2]
            assert min(width, height) <= 288
            assert width / height == pytest.approx(facts.width / facts.height, rel=0.02)
    assert time.monotonic() - started < TIME_LIMIT_S
    assert hashlib.sha256(path.read_bytes()).digest() == before
