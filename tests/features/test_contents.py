"""Which content lies behind a path: cheap to know, never wrong after a change."""

import os
from pathlib import Path

import pytest

from vidsort import library
from vidsort.errors import NotFoundError
from vidsort.features import contents
from vidsort.features.contents import GONE, contents_of, found_anew, library_contents, path_now
from vidsort.media.content import PIECE_BYTES, content_hash
from vidsort.store import open_database
from vidsort.store.features import FeatureStore


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
    monkeypatch.setattr(contents, "content_hash", lambda path: names.append(path.name) or read(path))
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

    monkeypatch.setattr(contents, "content_hash", denied)
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


@pytest.fixture
def moved_when_read(monkeypatch):
    """`moved_when_read(path, target)`: at the moment when its content is about to be read, somebody moves this file."""
    targets = {}
    read = content_hash

    def move_first(path):
        if path in targets:
            path.rename(targets.pop(path))
        return read(path)

    monkeypatch.setattr(contents, "content_hash", move_first)
    return targets.__setitem__


def test_a_video_that_is_moved_before_it_is_read_is_no_failure_of_the_disk(pile, database, moved_when_read):
    moved_when_read(pile / "2.mp4", pile / "food" / "2.mp4")
    found = contents_of(FeatureStore(database), library.videos(pile))
    assert [failure.reason for failure in found.failed] == [GONE]
    assert [video.filename for video in found.gone] == ["2.mp4"]


def test_a_library_is_listed_again_where_a_video_was_moved_before_it_was_read(pile, database, moved_when_read):
    moved_when_read(pile / "2.mp4", pile / "food" / "2.mp4")
    survey, found = library_contents(FeatureStore(database), pile)
    assert found.hashes.keys() == set(survey.videos)
    assert {(video.folder, video.filename) for video in found.hashes} == {
        (None, "1.mp4"), ("food", "2.mp4"), ("food", "3.mp4"), ("food", "4.mp4"),
    }
    assert (found.failed, found.gone) == ([], [])


def test_a_moved_video_is_found_anew_by_its_content_under_any_name(pile, database):
    store = FeatureStore(database)
    listed = {video.filename: video for video in library.videos(pile)}
    contents_of(store, list(listed.values()))
    (pile / "2.mp4").rename(pile / "food" / "22.mp4")
    (pile / "food" / "3.mp4").unlink()
    found = found_anew(store, [listed["2.mp4"], listed["3.mp4"]])
    assert {video.filename: there.path for video, there in found.items()} == {"2.mp4": pile / "food" / "22.mp4"}


def test_of_two_copies_the_one_of_the_same_name_is_taken_for_what_was_moved(pile, database):
    store = FeatureStore(database)
    first = library.videos(pile)[0]
    contents_of(store, [first])
    (pile / "sport").mkdir()
    first.path.rename(pile / "sport" / "1.mp4")
    assert found_anew(store, [first])[first].path == pile / "sport" / "1.mp4"


def test_another_file_of_the_same_name_and_size_is_not_taken_for_it(pile, database):
    store = FeatureStore(database)
    second = library.videos(pile)[1]
    contents_of(store, [second])
    second.path.unlink()
    (pile / "food" / "2.mp4").write_bytes(b"TWO")
    assert found_anew(store, [second]) == {}


def test_where_a_video_is_now_is_known_or_said_in_a_sentence(pile, database):
    second = library.videos(pile)[1]
    contents_of(FeatureStore(database), [second])
    artifacts_dir = database.path.parent
    assert path_now(artifacts_dir, second) == pile / "2.mp4"
    second.path.rename(pile / "food" / "2.mp4")
    assert path_now(artifacts_dir, second) == pile / "food" / "2.mp4"
    (pile / "food" / "2.mp4").unlink()
    with pytest.raises(NotFoundError, match=r"2\.mp4 is no longer where it was"):
        path_now(artifacts_dir, second)
