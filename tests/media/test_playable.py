"""Copies for what browsers do not play."""

import contextlib
import struct
import subprocess
import sys
from collections.abc import Callable

import filelock
import pytest
from videos import make_video

from vidsort import media
from vidsort.errors import VideoDecodeError
from vidsort.media.limited import LimitedChild
from vidsort.media.playable import LOCK_NAME, PlayableCopies

TEN_HOURS_MS = 36_000_000.0


@pytest.fixture
def odd(tmp_path):
    return make_video(tmp_path / "9.mp4", codec="mpeg4")


@pytest.fixture
def open_copies(tmp_path):
    """`open_copies()` gives the copies of this test's artifacts, as a server does when it starts."""
    opened = []

    def start() -> PlayableCopies:
        opened.append(PlayableCopies(tmp_path / "artifacts"))
        return opened[-1]

    yield start
    for copies in opened:
        copies.close()


def claims_ten_hours(path):
    """A file of two seconds whose header says that it is ten hours long."""
    made = make_video(path.with_suffix(".mkv"), codec="mpeg4", seconds=2)
    data = made.read_bytes()
    place = data.index(b"\x44\x89\x88") + 3
    path.write_bytes(data[:place] + struct.pack(">d", TEN_HOURS_MS) + data[place + 8 :])
    return path


@pytest.mark.programs
def test_a_copy_is_made_once_and_found_again_after_a_restart(odd, open_copies, tmp_path, eventually, monkeypatch):
    copies = open_copies()
    copy = eventually(lambda: copies.get(odd), 30)
    assert media.probe(copy).browser_playable
    monkeypatch.delattr(LimitedChild, "ask")
    assert open_copies().get(odd) == copy
    moved = odd.rename(tmp_path / "food-9.mp4")
    assert copies.get(moved) == copy


@pytest.mark.programs
def test_the_share_that_is_done_is_told_while_a_copy_is_made(odd, open_copies, eventually, monkeypatch):
    real, told = LimitedChild.ask, []
    copies = open_copies()

    def watched(child, request, limit_s, tell: Callable[[float], None] | None = None):
        if tell is None:
            return real(child, request, limit_s)

        def told_and_kept(share):
            tell(share)
            told.append(copies.share(odd))

        told.append(copies.share(odd))
        return real(child, request, limit_s, told_and_kept)

    monkeypatch.setattr(LimitedChild, "ask", watched)
    eventually(lambda: copies.get(odd), 30)
    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] > 0.8
    # The copy is there a moment before its maker has put its things away.
    eventually(lambda: copies.share(odd) is None)


@pytest.mark.programs
def test_what_a_browser_plays_needs_no_copy_and_is_looked_at_once(open_copies, tmp_path, monkeypatch):
    fine, copies = make_video(tmp_path / "1.mp4"), open_copies()
    assert copies.get(fine) == fine
    assert not (tmp_path / "artifacts").exists()
    monkeypatch.delattr(LimitedChild, "ask")
    moved = fine.rename(tmp_path / "2.mp4")
    assert copies.get(moved) == moved


@pytest.mark.programs
@pytest.mark.parametrize("made", [b"no video at all", None])
def test_what_cannot_be_looked_at_is_a_reason_and_the_next_one_is_answered(open_copies, tmp_path, made):
    copies, fine, broken = open_copies(), make_video(tmp_path / "1.mp4"), tmp_path / "2.mp4"
    if made is None:
        broken.write_bytes(fine.read_bytes()[:600])
    else:
        broken.write_bytes(made)
    for _ in range(2):
        with pytest.raises(VideoDecodeError):
            copies.get(broken)
        assert copies.get(fine) == fine


def test_what_cannot_be_copied_says_so_and_is_not_tried_for_ever(odd, open_copies, eventually, monkeypatch, caplog):
    tried = []

    def fails(_child, request, *_):
        if "target" not in request:
            return {"plays_itself": False}
        tried.append(request["path"])
        raise VideoDecodeError("its frames are damaged")

    monkeypatch.setattr(LimitedChild, "ask", fails)
    copies = open_copies()

    def reason():
        try:
            return copies.get(odd)
        except VideoDecodeError as error:
            return str(error)

    assert "frames are damaged" in eventually(reason, 10)
    assert "frames are damaged" in reason()
    assert len(tried) == 1
    assert "No playable copy" in caplog.text


@pytest.mark.programs
def test_a_file_that_claims_ten_hours_is_as_long_as_its_pictures(open_copies, tmp_path, eventually):
    bomb = claims_ten_hours(tmp_path / "8.mp4")
    assert media.probe(bomb).duration_s == pytest.approx(2, abs=0.2)
    copies = open_copies()
    copy = eventually(lambda: copies.get(bomb), 60)
    assert media.probe(copy).duration_s == pytest.approx(2, abs=0.2)


def test_the_deadline_holds_also_when_there_are_no_more_frames_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(media.playable, "measured_duration_s", lambda *_: TEN_HOURS_MS / 1000)
    with pytest.raises(VideoDecodeError, match=r"longer than 0\.5 s"):
        media.playable_copy(make_video(tmp_path / "1.mp4"), tmp_path / "copy.mp4", time_limit_s=0.5)
    assert not (tmp_path / "copy.mp4").exists()


def test_sound_that_goes_on_after_the_last_picture_is_left_out(tmp_path):
    import imageio_ffmpeg

    picture, long = make_video(tmp_path / "1.mp4", codec="mpeg4"), tmp_path / "2.mp4"
    silence = ["-f", "lavfi", "-t", "1200", "-i", "anullsrc=r=8000:cl=mono", "-c:a", "aac", "-c:v", "copy"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", picture, *silence, long], check=True)
    media.playable_copy(long, tmp_path / "copy.mp4")
    assert media.probe(tmp_path / "copy.mp4").duration_s == pytest.approx(1, abs=0.2)


@pytest.mark.programs
def test_what_a_killed_server_left_of_copies_is_swept_but_not_what_another_is_making(odd, open_copies, tmp_path):
    folder = tmp_path / "artifacts" / "playable"
    left, kept = folder / ".abc-xyz", folder / "abc.mp4"
    left.mkdir(parents=True)
    (left / "copy.mp4").write_bytes(b"half a copy")
    kept.write_bytes(b"a copy")
    code = (
        "import filelock, sys\nwith filelock.FileLock(sys.argv[1]):\n    print('on', flush=True)\n    sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(folder / LOCK_NAME)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"on\n"
        open_copies().open()
        assert left.exists()
    open_copies().open()
    assert not left.exists()
    assert kept.exists()
    filelock.FileLock(folder / LOCK_NAME).acquire(timeout=0)


def test_where_there_were_no_copies_there_is_nothing_to_sweep(open_copies, tmp_path):
    open_copies().open()
    assert not (tmp_path / "artifacts" / "playable").exists()


def test_a_copy_is_made_of_what_is_there_when_its_turn_comes_and_of_no_other_content(
    odd, open_copies, tmp_path, eventually, monkeypatch
):
    asked = []

    def noted(_child, request, *_):
        if "target" in request:
            asked.append(request["path"])
        return {"plays_itself": False}

    monkeypatch.setattr(LimitedChild, "ask", noted)
    copies, other = open_copies(), make_video(tmp_path / "other.mp4", codec="mpeg4")
    assert copies.get(odd, reopen=lambda: contextlib.nullcontext(other)) is None
    eventually(lambda: copies.share(odd) is None)
    assert asked == []
    moved = odd.rename(tmp_path / "moved.mp4")
    assert copies.get(moved, reopen=lambda: contextlib.nullcontext(moved)) is None
    eventually(lambda: copies.share(moved) is None)
    assert asked == [str(moved)]
