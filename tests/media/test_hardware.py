"""Video hardware: whether there is any, and whether what it gives is what the processor gives, bit for bit."""

from fractions import Fraction

import av
import numpy as np
import pytest
from videos import make_video

from vidsort.media import hardware as module
from vidsort.media.hardware import PROBES, Hardware, are_same, plain
from vidsort.media.reading.shape import display_matrix
from vidsort.media.reading.source import Deadline, open_video

FULL, LIMITED = 2, 1


def frame_of(size, pixels="yuv420p", color_range=LIMITED, seed=0, colorspace=2):
    """A frame of noise."""
    frame = av.VideoFrame(*size, pixels)
    frame.colorspace = colorspace
    frame.color_range, frame.pts, frame.time_base = color_range, 7, Fraction(1, 30)
    generator = np.random.default_rng(seed)
    for plane in frame.planes:
        plane.update(generator.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
    return frame


def rows(plane, width):
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, :width]


def downloaded(frame):
    """The frame as a device gives it, put together by hand: both colours in one plane, turn by turn."""
    given = av.VideoFrame(frame.width, frame.height, "nv12")
    given.colorspace = frame.colorspace
    given.color_range, given.pts, given.time_base = frame.color_range, frame.pts, frame.time_base
    light, colours = (np.zeros((plane.buffer_size // plane.line_size, plane.line_size), np.uint8)
                      for plane in given.planes)
    light[: frame.height, : frame.width] = rows(frame.planes[0], frame.width)
    for turn, plane in enumerate(frame.planes[1:]):
        seen = rows(plane, plane.width)
        colours[: len(seen), turn : 2 * seen.shape[1] : 2] = seen
    given.planes[0].update(light.tobytes())
    given.planes[1].update(colours.tobytes())
    return given


class Device:
    """Stands where an opened one does."""


@pytest.fixture
def told():
    return []


@pytest.fixture
def device(told):
    return Hardware("cuda", Device(), Device(), told.append)


def test_off_is_off_and_says_nothing(told):
    assert Hardware.opened("off", told.append) is None
    assert told == []


@pytest.mark.parametrize("wanted", ["cuda", "vulkan", "auto"])
def test_a_device_that_is_not_there_is_told_in_one_sentence(wanted, told):
    if Hardware.opened(wanted, told.append) is not None:
        pytest.skip("this machine has one")
    (sentence,) = told
    assert sentence.startswith(f"The setting hardware_decoding={wanted} does nothing here")
    assert "the processor decodes" in sentence
    if wanted == "vulkan":
        assert "this PyAV has nothing for it" in sentence


@pytest.mark.parametrize("size", [(64, 48), (61, 47), (1080, 608)])
@pytest.mark.parametrize(
    ("codec", "pixels", "color_range"),
    [("h264", "yuv420p", LIMITED), ("h264", "yuvj420p", FULL), ("hevc", "yuvj420p", FULL), ("vp9", "yuv420p", FULL)],
)
def test_what_comes_from_a_device_is_brought_into_the_processors_form_without_a_loss(size, codec, pixels, color_range):
    for colorspace in (0, 1, 2, 4, 5, 6, 7, 9, 10):
        wanted = frame_of(size, pixels, color_range, colorspace=colorspace)
        found = plain(downloaded(wanted), codec)
        assert (found.format.name, found.pts, found.time_base) == (pixels, 7, Fraction(1, 30))
        assert are_same(found, wanted), f"colours {colorspace}"


def test_a_form_that_is_not_known_stays_as_it_is():
    given = frame_of((64, 48), "yuv422p")
    assert plain(given, "h264") is given
    assert not are_same(given, frame_of((64, 48)))


def test_how_a_frame_is_turned_survives(tmp_path):
    path = make_video(tmp_path / "1.mp4")
    one, minus = (1 << 16).to_bytes(4, "big"), (-(1 << 16)).to_bytes(4, "big", signed=True)
    # The first one is that of the whole file, the second that of the track.
    before, matrix, after = path.read_bytes().rpartition(one + bytes(12) + one)
    assert matrix
    turned = before + bytes(4) + one + bytes(4) + minus + bytes(4) + after
    path.write_bytes(turned)
    with open_video(path, Deadline(20)) as (container, stream):
        frame = next(container.decode(stream))
        assert display_matrix(frame)[0] == 0
        assert display_matrix(plain(frame.reformat(format="nv12"), "h264")) == display_matrix(frame)


def test_frames_are_the_same_only_where_every_bit_that_is_seen_is():
    one, other = frame_of((60, 48)), frame_of((60, 48))
    for plane in other.planes:
        # What fills a row up is nobody's.
        whole = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size).copy()
        whole[:, plane.width :] ^= 255
        plane.update(whole.tobytes())
    assert are_same(one, other)
    for number in range(3):
        changed = frame_of((60, 48))
        plane = changed.planes[number]
        data = bytearray(plane)
        data[plane.line_size * (plane.height - 1) + plane.width - 1] ^= 1
        plane.update(bytes(data))
        assert not are_same(one, changed), f"plane {number}"
    for field, value in {"pts": 8, "color_range": FULL, "colorspace": 1}.items():
        changed = frame_of((60, 48))
        setattr(changed, field, value)
        assert not are_same(one, changed), field
    assert not are_same(one, frame_of((60, 46)))


def test_so_many_videos_of_a_kind_are_compared_and_no_more(device, told):
    keys, in_full = ("h264", "yuv420p", "keys"), ("h264", "yuv420p", "in full")
    for _ in range(PROBES):
        assert device.is_unproven(keys)
        assert device.prove(keys, [frame_of((64, 48))], [frame_of((64, 48))])
    assert not device.is_unproven(keys)
    assert device.is_unproven(in_full)
    assert told == []


def test_a_codec_whose_frames_differ_is_left_to_the_processor_and_told_once(device, told):
    kind, other = ("hevc", "yuv420p", "keys"), ("h264", "yuv420p", "keys")
    assert not device.prove(kind, [frame_of((64, 48))], [frame_of((64, 48), seed=1)])
    assert not device.prove(kind, [], [frame_of((64, 48))])
    assert device.is_left_off("hevc")
    assert not device.is_left_off("h264")
    assert device.is_unproven(other)
    (sentence,) = told
    assert "cuda decodes of hevc" in sentence


def test_every_device_that_a_setting_names_is_one_that_the_frames_of_are_known():
    """Else a decoder that uses it would pass for one that has given it up."""
    names = set(module.HardwareDecoding.__args__) - {"off", "auto"}
    known = {name.split("_")[0].removesuffix("va") for name in module.ON_DEVICE}
    assert {name.removesuffix("va") for name in names} == known
