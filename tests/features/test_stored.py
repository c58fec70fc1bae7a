"""Which content lies behind a path: cheap to know, never wrong after a change."""

import os
from pathlib import Path

import numpy as np
import pytest

from vidsort import library
from vidsort.features import stored as content
from vidsort.features.stored import contents_of, features_of
from vidsort.media.content import PIECE_BYTES, content_hash
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore


@pytest.fixture
def database(tmp_path):
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


@pytest.fixture
def pile(tmp_path) -> Path:
    """A library whose files are no videos: their bytes are all that matters here."""
    root = tmp_path / "pile"
    for name, data in {"1.mp4": b"one", "2.mp4": b"two", "food/3.mp4": b"three", "food/4.mp4": b"one"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The names of the files whose content is read."""
    names = []
    read = content_hash
    monkeypatch.setattr(content, "content_hash", lambda path: names.append(path.name) or read(path))
    return names


def test_the_hash_follows_the_bytes_and_not_the_name(tmp_path):
    for name, data in {"a": b"x" * 10, "b": b"x" * 10, "c": b"x" * 11, "empty": b""}.items():
        (tmp_path / name).write_bytes(data)
    hashes = [content_hash(tmp_path / name) for name in ("a", "b", "c", "empty")]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


@pytest.mark.parametrize("at", [0, 2 * PIECE_BYTES - 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES - 1])
def test_every_byte_of_a_file_up_to_three_pieces_counts(tmp_path, at):
    data = bytearray(3 * PIECE_BYTES)
    path = tmp_path / "a"
    path.write_bytes(data)
    before = content_hash(path)
    data[at] = 1
    path.write_bytes(data)
    assert content_hash(path) != before


@pytest.mark.parametrize(("at", "counts"), [(5, True), (10 * PIECE_BYTES, True), (20 * PIECE_BYTES - 1, True),
                                            (5 * PIECE_BYTES, False)])
def test_of_a_larger_file_head_middle_and_tail_are_read(tmp_path, at, counts):
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(20 * PIECE_BYTES)
    before = content_hash(path)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"x")
    assert (content_hash(path) != before) is counts


def test_an_unchanged_file_is_not_opened_again(pile, database, opened):
    store = FeatureStore(database)
    first = contents_of(store, library.videos(pile))
    assert sorted(opened) == ["1.mp4", "2.mp4", "3.mp4", "4.mp4"]
    opened.clear()
    assert contents_of(store, library.videos(pile)) == first
    assert opened == []


def test_a_changed_or_moved_file_alone_is_opened_again(pile, database, opened):
    store = FeatureStore(database)
    before = contents_of(store, library.videos(pile)).hashes
    opened.clear()
    (pile / "1.mp4").write_bytes(b"changed")
    (pile / "2.mp4").rename(pile / "food" / "2.mp4")
    after = contents_of(store, library.videos(pile)).hashes
    assert sorted(opened) == ["1.mp4", "2.mp4"]
    assert len(set(after.values()) - set(before.values())) == 1


def test_same_size_and_new_time_is_a_change(pile, database):
    store = FeatureStore(database)
    before = set(contents_of(store, library.videos(pile)).hashes.values())
    facts = (pile / "2.mp4").stat()
    (pile / "2.mp4").write_bytes(b"TWO")
    os.utime(pile / "2.mp4", ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert set(contents_of(store, library.videos(pile)).hashes.values()) != before


def test_a_file_that_cannot_be_read_has_a_reason_and_stops_nothing(pile, database, monkeypatch):
    read = content_hash

    def denied(path):
        if path.name == "2.mp4":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(content, "content_hash", denied)
    found = contents_of(FeatureStore(database), library.videos(pile))
    assert len(found.hashes) == 3
    assert [(failure.filename, "Permission denied" in failure.reason) for failure in found.failed] == [("2.mp4", True)]


def test_paths_need_not_be_utf_8(tmp_path, database):
    root = tmp_path / os.fsdecode(b"caf\xe9")
    try:
        root.mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (root / "1.mp4").write_bytes(b"one")
    store = FeatureStore(database)
    contents_of(store, library.videos(root))
    assert len(store.remembered_contents(library.videos(root))) == 1


def test_features_come_in_the_order_of_the_videos_and_copies_share_them(pile, database):
    store = FeatureStore(database)
    videos = library.videos(pile)
    hashes = contents_of(store, videos).hashes
    rows = {video.filename: FeatureRow(hashes[video], vector=np.full(3, number, np.float32),
                                       signatures=np.full(6, number, np.uint64))
            for number, video in enumerate(videos)}
    store.put("set", [rows["2.mp4"], rows["1.mp4"]])
    store.put("set", [FeatureRow(rows["3.mp4"].content_hash, error="no picture")])
    found = features_of(database, videos, "set")
    assert [video.filename for video in found.videos] == ["1.mp4", "2.mp4", "4.mp4"]
    assert found.X[:, 0].tolist() == [0, 1, 0]
    assert found.X.flags.c_contiguous
    assert found.signatures[:, 5].tolist() == [0, 1, 0]
    assert [(failure.filename, failure.folder, failure.reason) for failure in found.failed] == [
        ("3.mp4", "food", "no picture")
    ]


def test_a_video_that_was_never_extracted_says_what_to_do(pile, database):
    found = features_of(database, library.videos(pile), "set")
    assert found.videos == []
    assert len(found.X) == 0
    assert all("extract-features" in failure.reason for failure in found.failed)
    assert len(found.failed) == 4
