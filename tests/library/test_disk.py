"""What counts as a video and as a folder, and what never does."""

import os
from pathlib import Path

import pytest

from vidsort.errors import InvalidNameError, NotFoundError
from vidsort.library import (
    Snapshot,
    find,
    folder_path,
    folders,
    left_out,
    list_folder,
    list_root,
    scan,
    survey,
    videos,
)
from vidsort.library.names import folded


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """Folders food (2 videos), soccer (1) and empty, two unsorted; the files are no real videos."""
    root = tmp_path / "videos"
    for place in ("food/3.mp4", "food/4.mp4", "soccer/5.mp4", "2.mp4", "10.mp4"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(place.encode())
    (root / "empty").mkdir()
    return root


def test_a_scan_has_all_videos_and_folders_sorted_by_name(data_dir):
    assert scan(data_dir) == Snapshot(
        ("10.mp4", "2.mp4"), {"empty": (), "food": ("3.mp4", "4.mp4"), "soccer": ("5.mp4",)}
    )


def test_an_empty_folder_is_a_folder_with_no_videos(data_dir):
    assert [(folder.name, folder.count) for folder in folders(data_dir)] == [("empty", 0), ("food", 2), ("soccer", 1)]


def test_videos_come_with_size_and_time_unsorted_first(data_dir):
    found = videos(data_dir)
    assert [(video.folder, video.filename) for video in found] == [
        (None, "10.mp4"), (None, "2.mp4"), ("food", "3.mp4"), ("food", "4.mp4"), ("soccer", "5.mp4"),
    ]
    assert found[2].path == data_dir / "food" / "3.mp4"
    assert found[2].size_bytes == len("food/3.mp4")
    assert found[2].mtime_ns == found[2].path.stat().st_mtime_ns


def test_a_survey_has_at_once_what_is_asked_for_one_by_one(data_dir):
    for place in ("food/3.info.json", "2.jpg", "My clip.mp4", "soccer/notes.txt", "soccer/too/deep/6.mp4"):
        (data_dir / place).parent.mkdir(parents=True, exist_ok=True)
        (data_dir / place).touch()
    for names in ("digits", "any"):
        found = survey(data_dir, names)
        assert (found.videos, found.left_out) == (videos(data_dir, names), left_out(data_dir, names))
        assert list(found.folders) == [folder.name for folder in folders(data_dir, names)]
        assert found.beside == {data_dir: ("2.jpg",), data_dir / "food": ("3.info.json",)}
    assert found.of_any_name == scan(data_dir, "any")
    assert survey(data_dir).of_any_name is None, "My clip.mp4 is not in it"
    (data_dir / "My clip.mp4").unlink()
    assert survey(data_dir).of_any_name == scan(data_dir, "any")


@pytest.mark.parametrize(
    "name", ["__MACOSX", "@eaDir", ".ipynb_checkpoints", "#recycle", "$RECYCLE.BIN", ".trash", "a..b", "a\\b"]
)
def test_foreign_and_hidden_folders_are_no_folders(data_dir, name):
    (data_dir / name).mkdir()
    (data_dir / name / "7.mp4").touch()
    assert set(scan(data_dir).folders) == {"empty", "food", "soccer"}
    assert all(video.filename != "7.mp4" for video in videos(data_dir))
    with pytest.raises(InvalidNameError):
        folder_path(data_dir, name)
    with pytest.raises(NotFoundError):
        find(data_dir, "7.mp4")


def test_a_folder_whose_name_is_no_unicode_is_left_alone(data_dir):
    os.mkdir(os.fsencode(data_dir) + b"/caf\xe9")  # noqa: PTH102 (pathlib takes no bytes)
    assert set(scan(data_dir).folders) == {"empty", "food", "soccer"}


@pytest.mark.parametrize("name", ["7.MP4", "a.mp4", "7.mp4.part", "\uff17.mp4", "7.mp4\n", ".vidsort-x.part"])
def test_other_files_are_no_videos(data_dir, name):
    (data_dir / name).touch()
    (data_dir / "food" / name).touch()
    assert scan(data_dir).unsorted == ("10.mp4", "2.mp4")
    assert scan(data_dir).folders["food"] == ("3.mp4", "4.mp4")


def test_links_pipes_and_folders_with_a_videos_name_are_no_videos(data_dir, tmp_path):
    outside = tmp_path / "secret"
    outside.write_text("not yours")
    (data_dir / "70.mp4").symlink_to(outside)
    (data_dir / "71.mp4").mkdir()
    os.mkfifo(data_dir / "72.mp4")
    (data_dir / "food" / "73.mp4").symlink_to(data_dir / "2.mp4")
    assert scan(data_dir).unsorted == ("10.mp4", "2.mp4")
    assert len(videos(data_dir)) == 5
    for name in ("70.mp4", "71.mp4", "72.mp4", "73.mp4"):
        with pytest.raises(NotFoundError):
            find(data_dir, name)


def test_a_link_that_leaves_the_library_is_no_folder(data_dir, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "7.mp4").touch()
    (data_dir / "away").symlink_to(tmp_path / "outside")
    (data_dir / "up").symlink_to("..")
    (data_dir / "self").symlink_to(".")
    (data_dir / "dangling").symlink_to("nowhere")
    (data_dir / "round").symlink_to("round")
    assert set(scan(data_dir).folders) == {"empty", "food", "soccer"}
    for name in ("away", "up", "self", "dangling", "round"):
        with pytest.raises(InvalidNameError):
            folder_path(data_dir, name)
    with pytest.raises(NotFoundError):
        find(data_dir, "7.mp4")


def test_a_link_further_into_the_library_is_a_folder_and_an_alias_of_one_is_not(data_dir):
    (data_dir / ".second_disk" / "tennis").mkdir(parents=True)
    (data_dir / "tennis").symlink_to(data_dir / ".second_disk" / "tennis")
    (data_dir / "football").symlink_to("soccer")
    assert set(scan(data_dir).folders) == {"empty", "food", "soccer", "tennis"}
    assert folder_path(data_dir, "tennis") == data_dir / "tennis"


def test_a_library_may_itself_be_a_link(data_dir, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(data_dir)
    assert scan(link) == scan(data_dir)


def test_find_looks_in_the_root_first_then_in_folders_by_name(data_dir):
    (data_dir / "food" / "5.mp4").touch()
    assert find(data_dir, "2.mp4") == data_dir / "2.mp4"
    assert find(data_dir, "5.mp4") == data_dir / "food" / "5.mp4"
    (data_dir / "5.mp4").touch()
    assert find(data_dir, "5.mp4") == data_dir / "5.mp4"


@pytest.mark.parametrize("name", ["../2.mp4", "2.mp4\n", "2.mp4\0", "1" * 5000 + ".mp4"])
def test_find_refuses_what_is_no_filename(data_dir, name):
    with pytest.raises(InvalidNameError):
        find(data_dir, name)


@pytest.mark.parametrize("name", ["nosuch", "2.mp4", "x" * 255, "Soccer"])
def test_a_name_that_is_no_folder_here_is_refused(data_dir, name):
    with pytest.raises(InvalidNameError):
        folder_path(data_dir, name)


def test_a_file_system_blind_to_case_does_not_make_two_folders_of_one(data_dir, monkeypatch):
    """The file system is played: asked for another case or composition, it gives the same folder."""
    real_lstat = Path.lstat

    def blind_lstat(path):
        twins = [there for there in path.parent.iterdir() if folded(there.name) == folded(path.name)]
        return real_lstat(twins[0] if twins else path)

    monkeypatch.setattr(Path, "lstat", blind_lstat)
    monkeypatch.setattr(Path, "is_dir", lambda path: not path.name.endswith(".mp4"))
    assert folder_path(data_dir, "soccer") == data_dir / "soccer"
    for name in ("Soccer", "SOCCER"):
        with pytest.raises(InvalidNameError):
            folder_path(data_dir, name)


def test_a_closed_folder_counts_as_empty_and_is_logged(data_dir, monkeypatch, caplog):
    real_scandir = os.scandir

    def closed(path):
        if Path(path).name == "food":
            raise PermissionError(13, "Permission denied", str(path))
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert scan(data_dir).folders["food"] == ()
    assert "food" in caplog.text


@pytest.mark.parametrize("ask", [scan, videos, folders, lambda data_dir: find(data_dir, "1.mp4")])
def test_a_missing_library_is_a_sentence_that_names_the_flag(tmp_path, ask):
    with pytest.raises(NotFoundError, match="--data-dir"):
        ask(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(NotFoundError, match="--data-dir"):
        ask(tmp_path / "file")


def test_a_listing_has_what_may_lie_beside_videos_apart_from_them(tmp_path):
    root = tmp_path / "videos"
    (root / "food").mkdir(parents=True)
    for name in ("1.mp4", "1.info.json", "1.EN.VTT", "captions.csv", "food/2.mp4", "food/2.jpg", "food/notes.txt"):
        (root / name).touch()
    (root / "1.srt").symlink_to("1.info.json")
    (root / "1.webp").mkdir()
    listings = list_root(root), list_folder(root / "food")
    assert [listing.beside for listing in listings] == [("1.EN.VTT", "1.info.json"), ("2.jpg",)]
    assert [listing.videos for listing in listings] == [("1.mp4",), ("2.mp4",)]
    assert not any(listing.left_out.counts for listing in listings)


def test_a_snapshot_tells_every_place_of_a_name_the_root_first():
    snapshot = Snapshot(("1.mp4", "3.mp4"), {"b": ("1.mp4", "2.mp4"), "a": ("1.mp4",), "empty": ()})
    assert [snapshot.places_of(f"{number}.mp4") for number in range(5)] == [[], [None, "a", "b"], ["b"], [None], []]
