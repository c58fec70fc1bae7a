"""Files read with a device: the same to the last bit, or read without it.

No machine of the tests has one. What stands for it decodes as the processor does, gives its frames as devices do, and
errs where a test wants it to; all that is done with them is real.
"""

import av
import numpy as np
import pytest
from videos import damage_pictures, make_video

from vidsort.errors import VideoDecodeError
from vidsort.media import hardware as module
from vidsort.media.hardware import PROBES, Hardware
from vidsort.media.reading import once, packets, runs
from vidsort.media.reading.frames import Frames, FramesWanted
from vidsort.media.reading.once import read_once
from vidsort.media.reading.runs import RunsWanted
from vidsort.media.reading.sound import SoundWanted

ALL = [FramesWanted(8, 64, repeats=True), RunsWanted(), SoundWanted(), FramesWanted(2, None)]


class Device:
    """What a device does with frames: `err` may change them, or raise; decoded: how many there were."""

    def __init__(self):
        self.decoded, self.opened, self.told = 0, [], []
        self.err = lambda frame: frame
        self.hardware = Hardware("cuda", self, self, self.told.append)

    def is_asked(self, context):
        return any(context is own for own in self.opened)


@pytest.fixture
def device(monkeypatch):
    device, open_file, real = Device(), av.open, module.plain

    def opened(path, *args, hwaccel=None, **options):
        container = open_file(path, *args, **options)
        if hwaccel is not None:
            device.opened.append(container.streams.video[0].codec_context)
        return container

    def plain(frame, codec):
        device.decoded += 1
        colours, frame.colorspace = frame.colorspace, module.UNSPECIFIED
        given = frame.reformat(format="nv12")
        given.colorspace = colours
        return real(device.err(given), codec)

    monkeypatch.setattr(av, "open", opened)
    monkeypatch.setattr(module, "plain", plain)
    for room in (module, once, runs):
        for name in ("is_offered", "is_decoding"):
            monkeypatch.setattr(room, name, device.is_asked, raising=False)
    return device


def arrays(given):
    if isinstance(given, Frames):
        return [*given.images, np.array(given.times_s)]
    if isinstance(given, list):
        return [array for run in given for array in (run.images, run.times_s)]
    return [] if given is None else list(given.pieces)


def assert_same(one, other):
    assert one.facts == other.facts
    for wanted in ALL:
        if isinstance(other.given[wanted], VideoDecodeError):
            assert str(one.given[wanted]) == str(other.given[wanted])
            continue
        for pair in zip(arrays(one.given[wanted]), arrays(other.given[wanted]), strict=True):
            assert np.array_equal(*pair)


@pytest.mark.parametrize("gop", [5, 1000])
@pytest.mark.parametrize(
    ("name", "codec"), [("1.mp4", "libx264"), ("1.mkv", "libx265"), ("1.webm", "libvpx"), ("1.webm", "libvpx-vp9")]
)
def test_what_a_device_gives_is_what_the_processor_gives(tmp_path, device, name, codec, gop):
    path = make_video(tmp_path / name, seconds=4, audio=True, gop=gop, codec=codec, preset="medium")
    wanted = read_once(path, ALL)
    assert not wanted.by_hardware
    for _ in range(PROBES + 1):
        found = read_once(path, ALL, hardware=device.hardware)
        assert found.by_hardware
        assert_same(found, wanted)
    assert device.decoded
    assert device.told == []


def test_a_video_of_many_frames_is_too(tmp_path, device, monkeypatch):
    """One that is not soon decoded in full: its stills are key frames, the edges of its movement are not smoothed."""
    monkeypatch.setattr(packets, "CHEAP_PIXELS", 0)
    path = make_video(tmp_path / "1.mp4", seconds=12, preset="medium")
    wanted = read_once(path, ALL)
    found = read_once(path, ALL, hardware=device.hardware)
    assert found.by_hardware
    assert_same(found, wanted)
    # Eight key frames, the first once more to be compared, the last once more for the second kind of stills.
    assert device.decoded == 10


def test_a_few_videos_are_compared_and_no_more(tmp_path, device, monkeypatch):
    proven, real = [], Hardware.prove
    monkeypatch.setattr(Hardware, "prove", lambda self, kind, *frames: proven.append(kind) or real(self, kind, *frames))
    path = make_video(tmp_path / "1.mp4")
    for _ in range(PROBES + 2):
        read_once(path, ALL, hardware=device.hardware)
    assert proven == [("h264", "yuv420p", "keys"), ("h264", "yuv420p", "in full")] * PROBES


def flip(frame):
    """One bit of one pixel."""
    plane = frame.planes[1]
    data = bytearray(plane)
    data[0] ^= 1
    plane.update(bytes(data))
    return frame


@pytest.mark.parametrize("of_which", [lambda frame: True, lambda frame: not frame.key_frame])
def test_a_device_that_gives_another_bit_is_not_used_for_that_codec_any_more(tmp_path, device, of_which):
    path = make_video(tmp_path / "1.mp4", seconds=2, gop=1000)
    wanted = read_once(path, ALL)
    device.err = lambda frame: flip(frame) if of_which(frame) else frame
    found = read_once(path, ALL, hardware=device.hardware)
    assert not found.by_hardware
    assert_same(found, wanted)
    device.decoded = 0
    assert_same(read_once(path, ALL, hardware=device.hardware), wanted)
    assert device.decoded == 0
    assert len(device.told) == 1
    other = make_video(tmp_path / "2.webm", codec="libvpx", audio=True)
    device.err = lambda frame: frame
    assert read_once(other, ALL, hardware=device.hardware).by_hardware


def test_what_a_device_cannot_decode_is_decoded_by_the_processor(tmp_path, device):
    path = make_video(tmp_path / "1.mp4", audio=True)
    wanted = read_once(path, ALL)

    def fail(_):
        raise av.error.ExternalError(0, "the driver has gone")

    device.err = fail
    found = read_once(path, ALL, hardware=device.hardware)
    assert not found.by_hardware
    assert_same(found, wanted)
    assert device.told == []


def test_what_is_damaged_is_said_by_the_processor(tmp_path, device):
    path = damage_pictures(make_video(tmp_path / "1.mp4"))
    wanted = read_once(path, ALL)
    assert not wanted.is_whole
    assert_same(read_once(path, ALL, hardware=device.hardware), wanted)
    nothing = tmp_path / "2.mp4"
    nothing.write_bytes(b"")
    assert read_once(nothing, ALL, hardware=device.hardware).facts == read_once(nothing, ALL).facts


def test_a_device_has_a_share_of_the_time_and_the_processor_all_of_it(tmp_path, device, monkeypatch):
    limits, real = [], once.Deadline
    monkeypatch.setattr(once, "Deadline", lambda limit_s: limits.append(limit_s) or real(limit_s))
    path = damage_pictures(make_video(tmp_path / "1.mp4"))
    read_once(path, ALL, time_limit_s=20, hardware=device.hardware)
    assert limits == [20 * once.DEVICE_SHARE, 20]


def test_a_codec_without_hardware_is_read_in_the_same_opening(tmp_path, device, monkeypatch):
    path = make_video(tmp_path / "1.mp4", audio=True)
    wanted = read_once(path, ALL)
    for room in (module, once, runs):
        monkeypatch.setattr(room, "is_offered", lambda _: False, raising=False)
        monkeypatch.setattr(room, "is_decoding", lambda _: False, raising=False)
    found = read_once(path, ALL, hardware=device.hardware)
    assert len(device.opened) == 1
    assert not found.by_hardware
    assert_same(found, wanted)
