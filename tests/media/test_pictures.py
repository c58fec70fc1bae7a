"""Posters and strips: made once, kept by content, made again when they are gone."""

import io
import shutil

import pytest
from PIL import Image
from videos import make_video

from vidsort.errors import VideoDecodeError
from vidsort.media import pictures
from vidsort.media.content import content_hash


@pytest.fixture
def made(monkeypatch) -> list[bytes]:
    """The contents of which pictures are made."""
    contents = []
    keep = pictures.keep_pictures

    def counted(artifacts_dir, content, frames, kinds=pictures.KINDS):
        contents.append(content)
        keep(artifacts_dir, content, frames, kinds)

    monkeypatch.setattr(pictures, "keep_pictures", counted)
    return contents


@pytest.mark.parametrize("draw", [pictures.poster, pictures.strip])
def test_a_picture_is_made_on_demand_and_then_kept(tmp_path, made, draw):
    video = make_video(tmp_path / "1.mp4")
    picture = draw(tmp_path / "artifacts", video)
    assert Image.open(io.BytesIO(picture)).format == "WEBP"
    assert draw(tmp_path / "artifacts", video) == picture
    assert made == [content_hash(video)]


def test_a_moved_or_copied_video_keeps_its_picture(tmp_path, made):
    video = make_video(tmp_path / "1.mp4")
    picture = pictures.poster(tmp_path / "artifacts", video)
    copied = shutil.copy(video, tmp_path / "2.mp4")
    moved = video.rename(tmp_path / "3.mp4")
    assert pictures.poster(tmp_path / "artifacts", copied) == picture
    assert pictures.poster(tmp_path / "artifacts", moved) == picture
    assert len(made) == 1


def test_other_bytes_under_the_same_name_give_another_picture(tmp_path):
    video = make_video(tmp_path / "1.mp4", pattern=0)
    before = pictures.poster(tmp_path / "artifacts", video)
    make_video(tmp_path / "1.mp4", pattern=1, seconds=2)
    assert pictures.poster(tmp_path / "artifacts", video) != before


def test_a_cache_that_was_deleted_is_made_again(tmp_path, made):
    video = make_video(tmp_path / "1.mp4")
    picture = pictures.strip(tmp_path / "artifacts", video)
    shutil.rmtree(tmp_path / "artifacts")
    assert pictures.strip(tmp_path / "artifacts", video) == picture
    assert len(made) == 2


def test_a_video_without_a_frame_has_no_picture_but_a_reason(tmp_path):
    damaged = tmp_path / "1.mp4"
    damaged.write_bytes(b"no video at all")
    with pytest.raises(VideoDecodeError):
        pictures.poster(tmp_path / "artifacts", damaged)
    with pytest.raises(FileNotFoundError):
        pictures.poster(tmp_path / "artifacts", tmp_path / "none.mp4")
    assert not (tmp_path / "artifacts").exists()
