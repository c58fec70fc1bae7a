"""Copies for what browsers do not play."""

import pytest
from videos import make_video

from vidsort import media
from vidsort.errors import VideoDecodeError
from vidsort.media import playable
from vidsort.media.playable import PlayableCopies


@pytest.fixture
def odd(tmp_path):
    return make_video(tmp_path / "9.mp4", codec="mpeg4")


def test_a_copy_is_made_once_and_found_again_after_a_restart(odd, tmp_path, eventually, monkeypatch):
    copies = PlayableCopies(tmp_path / "artifacts")
    copy = eventually(lambda: copies.get(odd), 30)
    assert media.probe(copy).browser_playable
    monkeypatch.delattr(playable, "playable_copy")
    assert PlayableCopies(tmp_path / "artifacts").get(odd) == copy
    moved = odd.rename(tmp_path / "food-9.mp4")
    assert copies.get(moved) == copy


def test_the_share_that_is_done_is_told_while_a_copy_is_made(odd, tmp_path, eventually, monkeypatch):
    real, told = media.playable_copy, []
    copies = PlayableCopies(tmp_path / "artifacts")

    def watched(path, target, *, progress):
        def told_and_kept(share):
            progress(share)
            told.append(copies.share(odd))

        told.append(copies.share(odd))
        real(path, target, progress=told_and_kept)

    monkeypatch.setattr(playable, "playable_copy", watched)
    eventually(lambda: copies.get(odd), 30)
    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] > 0.8
    assert copies.share(odd) is None


def test_what_a_browser_plays_needs_no_copy(tmp_path):
    fine = make_video(tmp_path / "1.mp4")
    assert PlayableCopies(tmp_path / "artifacts").get(fine) == fine
    assert not (tmp_path / "artifacts").exists()


def test_what_cannot_be_copied_says_so_and_is_not_tried_for_ever(odd, tmp_path, eventually, monkeypatch, caplog):
    tried = []

    def fails(path, _target, **_):
        tried.append(path)
        raise VideoDecodeError("its frames are damaged")

    monkeypatch.setattr(playable, "playable_copy", fails)
    copies = PlayableCopies(tmp_path / "artifacts")

    def reason():
        try:
            return copies.get(odd)
        except VideoDecodeError as error:
            return str(error)

    assert "frames are damaged" in eventually(reason, 10)
    assert "frames are damaged" in reason()
    assert len(tried) == 1
    assert "No playable copy" in caplog.text
