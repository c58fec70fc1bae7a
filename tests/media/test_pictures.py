"""Posters and strips: made once, kept by content, made again when they are gone."""

import contextlib
import io
import os
import resource
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import av
import pytest
from conftest import children_of
from PIL import Image
from videos import make_video

from vidsort.errors import VideoDecodeError
from vidsort.media.content import content_hash
from vidsort.media.limited import LimitedChild
from vidsort.media.pictures import KINDS, MADE_AT_ONCE, Pictures, picture_path
from vidsort.media.playable import LOOKED_AT_ONCE, PlayableCopies


@pytest.fixture
def kept(tmp_path) -> Iterator[Pictures]:
    """Pictures in artifacts of this test's own."""
    kept = Pictures(tmp_path / "artifacts")
    yield kept
    kept.close()


def made(tmp_path) -> int:
    """How many pictures were made, each of a content and kind."""
    return sum(1 for _ in (tmp_path / "artifacts").rglob("*.webp"))


def started(kept: Pictures) -> list[LimitedChild]:
    """Which of the processes run."""
    return [child for child in kept._children._children if child._process is not None]


@pytest.mark.programs
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_made_on_demand_and_then_kept(tmp_path, kept, kind):
    video = make_video(tmp_path / "1.mp4")
    picture = kept.get(video, kind)
    assert Image.open(io.BytesIO(picture)).format == "WEBP"
    marked = picture_path(tmp_path / "artifacts", content_hash(video), kind)
    marked.write_bytes(b"kept")
    assert kept.get(video, kind) == b"kept"


@pytest.mark.programs
def test_a_moved_or_copied_video_keeps_its_picture(tmp_path, kept):
    video = make_video(tmp_path / "1.mp4")
    picture = kept.get(video, "poster")
    copied = shutil.copy(video, tmp_path / "2.mp4")
    moved = video.rename(tmp_path / "3.mp4")
    assert kept.get(copied, "poster") == picture
    assert kept.get(moved, "poster") == picture
    assert made(tmp_path) == len(KINDS)


@pytest.mark.programs
def test_other_bytes_under_the_same_name_give_another_picture(tmp_path, kept):
    video = make_video(tmp_path / "1.mp4", pattern=0)
    before = kept.get(video, "poster")
    make_video(tmp_path / "1.mp4", pattern=1, seconds=2)
    assert kept.get(video, "poster") != before


@pytest.mark.programs
def test_a_cache_that_was_deleted_is_made_again(tmp_path, kept):
    video = make_video(tmp_path / "1.mp4")
    picture = kept.get(video, "strip")
    shutil.rmtree(tmp_path / "artifacts")
    assert kept.get(video, "strip") == picture


@pytest.mark.programs
def test_a_video_without_a_frame_has_no_picture_but_a_reason(tmp_path, kept):
    damaged = tmp_path / "1.mp4"
    damaged.write_bytes(b"no video at all")
    with pytest.raises(VideoDecodeError, match="not a video"):
        kept.get(damaged, "poster")
    with pytest.raises(FileNotFoundError):
        kept.get(tmp_path / "none.mp4", "poster")
    assert not (tmp_path / "artifacts").exists()


@pytest.mark.programs
def test_many_who_ask_at_once_are_answered_by_a_few_processes(tmp_path, kept):
    videos = [make_video(tmp_path / f"{number}.mp4") for number in range(6)]
    before = set(children_of(os.getpid()))
    with ThreadPoolExecutor(18) as threads:
        pictures = list(threads.map(lambda video: kept.get(video, "poster"), videos * 3))
    assert pictures[:6] * 3 == pictures
    assert len(set(pictures)) == 6
    assert len(set(children_of(os.getpid())) - before) <= MADE_AT_ONCE


@pytest.mark.programs
@pytest.mark.parametrize("size", [(16000, 16), (16, 16000)])
def test_a_long_thin_video_has_a_poster_and_a_strip(tmp_path, kept, size):
    video = make_video(tmp_path / "1.mp4", size=size, seconds=0.1)
    poster, strip = (Image.open(io.BytesIO(kept.get(video, kind))) for kind in KINDS)
    assert 1 <= poster.width <= 320
    assert 1 <= poster.height <= 1280
    assert strip.height == 160


@pytest.mark.programs
def test_huge_pictures_are_made_without_the_server_growing(tmp_path, kept):
    huge = make_huge(tmp_path / "1.mp4", 8192)
    copies = PlayableCopies(tmp_path / "artifacts")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert Image.open(io.BytesIO(kept.get(huge, "poster"))).size == (288, 288)
    others = set(children_of(os.getpid()))
    with contextlib.closing(copies), ThreadPoolExecutor(8) as threads:
        assert set(threads.map(copies.get, [huge] * 8)) == {huge}
        assert len(set(children_of(os.getpid())) - others) <= LOOKED_AT_ONCE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 50_000


def make_huge(path, side):
    """A tiny file with a picture of so many pixels either way."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=1, options={"preset": "ultrafast", "threads": "1"})
        stream.width = stream.height = side
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame(side, side, "yuv420p")
        for plane, shade in zip(frame.planes, (180, 128, 128), strict=True):
            plane.update(bytes([shade]) * plane.buffer_size)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.programs
def test_trying_out_decodes_a_clip_in_this_process_and_in_a_limited_one_and_keeps_nothing(tmp_path, kept, monkeypatch):
    kept.try_out()
    assert len(started(kept)) == 1
    assert made(tmp_path) == 0
    kept.close()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    broken = Pictures(tmp_path / "artifacts")
    with pytest.raises(OSError, match="no-python"):
        broken.try_out()


def test_nobody_waits_for_pictures_that_are_being_made_to_try_out(kept):
    with contextlib.ExitStack() as at_work:
        for _ in range(MADE_AT_ONCE):
            at_work.enter_context(kept._children.one())
        kept.try_out()
        assert started(kept) == []
