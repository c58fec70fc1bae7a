"""What is left out of a library is counted and told, with examples and what to do."""

import os
from pathlib import Path

import pytest

from vidsort.errors import NotFoundError
from vidsort.library import find, left_out, scan, videos
from vidsort.library.left_out import sentence
from vidsort.library.live import LiveLibrary

PEOPLES = (
    "My clip [dQw4w9WgXcQ].mp4", "IMG_1234.MP4", "7234567890123457 (1).mp4", "@someone_72.mp4", "72.mov", "clip.webm",
    "Ünïcode 日本 \N{PARTY POPPER}.m4v", 'a "b" <i>&c#d?e%20f.mkv', "סרטון.avi", "x.3GP", "y.ts", "z.mpg", "w.wmv",
)
LEFTOVERS = (
    "1.mp4.part", "2.f137.mp4", "3.temp.mp4", "3.TEMP.MP4", "4.f251-drc.webm", "._5.mp4", ".6.mp4", ".mp4",
    "7.part.mp4", "Thumbs.db", "desktop.ini", ".DS_Store", "notes.txt", "mp4", "8.mp4~",
)


@pytest.fixture
def data_dir(tmp_path) -> Path:
    for name in ("1.mp4", "cats/2.mp4", *PEOPLES, *LEFTOVERS, "cats/Tom.mov"):
        place = tmp_path / "library" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return tmp_path / "library"


def kinds(found) -> dict[str, int]:
    return {one.kind: one.count for one in found}


def test_names_that_the_setting_would_let_in_are_counted_and_those_alone(data_dir):
    (one,) = left_out(data_dir)
    assert one.reason == f"{len(PEOPLES) + 1} videos are left out because of their names"
    assert one.count == len(videos(data_dir, "any")) - len(videos(data_dir))
    assert set(one.examples) <= {*PEOPLES, "cats/Tom.mov"}
    assert 'video_names = "any"' in one.mend
    assert sentence(one).startswith(one.reason)


def test_let_in_they_are_videos_and_leftovers_never_are(data_dir):
    assert set(scan(data_dir, "any").unsorted) == {"1.mp4", *PEOPLES}
    assert scan(data_dir, "any").folders == {"cats": ("2.mp4", "Tom.mov")}
    assert not left_out(data_dir, "any")


def test_one_video_is_told_as_one(tmp_path):
    (tmp_path / "a.mp4").touch()
    assert left_out(tmp_path)[0].reason == "1 video is left out because of its name"


@pytest.mark.parametrize("video_names", ["digits", "any"])
def test_names_that_nothing_lets_in_are_told_as_they_can_be_shown(tmp_path, video_names):
    for name in (b"tab\t.mp4", b"latin-\xe9.mp4", b"line\n.mp4"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()
    (one,) = left_out(tmp_path, video_names)
    assert (one.kind, one.count) == ("unusable_names", 3)
    assert all(example.isprintable() and example.encode() for example in one.examples)
    assert "latin-\\xe9.mp4" in one.examples
    assert not scan(tmp_path, video_names).unsorted


def test_links_are_counted_and_a_link_that_is_asked_for_is_said_to_be_one(data_dir, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "4100.mp4").touch()
    (data_dir / "4001.mp4").symlink_to(tmp_path / "outside" / "4100.mp4")
    (data_dir / "linked").symlink_to(tmp_path / "outside")
    (data_dir / "cats" / "gone.mp4").symlink_to("nowhere")
    (data_dir / "cats" / "round.mp4").symlink_to("round.mp4")
    (data_dir / "notes").symlink_to(data_dir / "notes.txt")
    assert kinds(left_out(data_dir, "any")) == {"links": 4}
    with pytest.raises(NotFoundError, match=r"4001\.mp4 is a link"):
        find(data_dir, "4001.mp4")


def test_folders_that_cannot_be_used_and_videos_too_deep_are_told(tmp_path):
    for name in ("wow...", "a..b", "back\\slash", "nested/inner", "nested/.hidden", "nested/@eaDir", "@eaDir", ".git"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "3001.mp4").touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).mkdir()
    assert kinds(left_out(tmp_path)) == {"folders": 4, "too_deep": 1}
    assert left_out(tmp_path)[1].examples == ("nested/inner/3001.mp4",)


def test_the_library_in_memory_tells_the_same_and_lists_nothing_for_it(data_dir, monkeypatch):
    (data_dir / "cats" / "inner").mkdir()
    (data_dir / "cats" / "inner" / "9.mp4").touch()
    live = LiveLibrary(data_dir)
    assert live.left_out() == left_out(data_dir)
    with monkeypatch.context() as patched:
        patched.setattr(LiveLibrary, "poll", None)
        patched.setattr(LiveLibrary, "refresh", None)
        assert kinds(live.left_out()) == {"names": len(PEOPLES) + 1, "too_deep": 1}
    (data_dir / "cats" / "inner" / "10.mp4").touch()
    os.utime(data_dir / "cats" / "inner", ns=(1, 1))
    assert kinds(live.left_out())["too_deep"] == 2
    (data_dir / "cats" / "Tom.mov").unlink()
    live.refresh("cats")
    assert kinds(live.left_out())["names"] == len(PEOPLES)


def test_two_spellings_of_a_name_are_two_videos(tmp_path):
    names = ("caf\u00e9.mp4", "cafe\u0301.mp4", "A.mp4", "a.mp4", "a.MP4")
    for name in names:
        (tmp_path / name).touch()
    assert set(scan(tmp_path, "any").unsorted) == {path.name for path in tmp_path.iterdir()}
