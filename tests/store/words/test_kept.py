"""Whose words are whose, also after a move; only what is otherwise is written."""

import contextlib
import sqlite3

import pytest

from vidsort.records import Video
from vidsort.store import open_database
from vidsort.store.words import Caption, Captions, Searched, Sidecar, WordStore, captions_of, documents_of

A, B = b"a" * 16, b"b" * 16
DOCUMENTS = {A: '{"title": "a"}', B: '{"title": "b"}'}


@pytest.fixture
def database(tmp_path):
    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        yield database


def video(root, filename, folder=None) -> Video:
    path = root / folder / filename if folder else root / filename
    return Video(filename=filename, folder=folder, directory=path.parent, size_bytes=1, mtime_ns=1)


def test_the_words_of_a_moved_video_are_found_by_its_name_and_of_two_of_one_name_by_their_paths(database, tmp_path):
    moved, first, second = video(tmp_path, "1.mp4"), video(tmp_path, "2.mp4", "a"), video(tmp_path, "2.mp4", "b")
    captions = {
        bytes(moved.path): Caption("1.mp4", A), bytes(first.path): Caption("2.mp4", A),
        bytes(second.path): Caption("2.mp4", B), bytes(tmp_path / "3.mp4"): Caption("3.mp4", None, error="odd"),
    }
    WordStore(database, tmp_path).replace({}, captions, DOCUMENTS)
    now, broken = video(tmp_path, "1.mp4", "b"), video(tmp_path, "3.mp4", "a")
    other = video(tmp_path / "other", "1.mp4")
    assert captions_of(database, [now, first, second, broken, other]) == Captions(
        {now: A, first: A, second: B}, {broken: "odd"}, {now: A, first: A, second: B}
    )
    assert documents_of(database, [A, B, b"c" * 16]) == DOCUMENTS
    assert WordStore(database, tmp_path).documents(["1.mp4", "3.mp4", "9.mp4"]) == {"1.mp4": {"title": "a"}}


def test_what_is_the_same_is_not_written_again(database, tmp_path):
    store = WordStore(database, tmp_path)
    sidecars = {b"1.json": Sidecar(1, 2, "{}"), b"2.json": Sidecar(3, 4, error="odd")}
    captions = {b"1.mp4": Caption("1.mp4", A, ".json")}
    store.replace(sidecars, captions, DOCUMENTS)
    before = database.connection().total_changes
    store.replace(sidecars, captions, DOCUMENTS)
    assert database.connection().total_changes == before
    assert store.sidecars() == sidecars
    assert list(store.broken().values()) == ["odd"]


def test_a_caption_is_a_document_or_a_reason_and_never_both(database, tmp_path):
    with pytest.raises(sqlite3.IntegrityError):
        WordStore(database, tmp_path).replace({}, {b"1.mp4": Caption("1.mp4", A, error="odd")}, DOCUMENTS)
    assert documents_of(database, DOCUMENTS) == {}


def test_a_video_is_searched_by_its_words_and_by_what_is_said_and_shown_in_it(database, tmp_path):
    store, path = WordStore(database, tmp_path), b"1.mp4"
    own, whole = '{"title": "Bread"}', '{"screen": "200 g flour", "speech": "Knead the dough", "title": "Bread"}'
    captions, documents = {path: Caption("1.mp4", A)}, {A: own, B: whole}
    store.replace({}, captions, documents)
    assert store.search("bread dough", 5) == []
    store.replace({}, captions, documents, {path: Searched("1.mp4", B), b"2.mp4": Searched("2.mp4", B)})
    assert store.search("bread dough", 5) == ["1.mp4", "2.mp4"]
    assert store.search("flour kne", 5) == ["1.mp4", "2.mp4"]
    assert store.documents(["1.mp4"])["1.mp4"]["screen"] == "200 g flour"
    assert documents_of(database, [A, B]) == documents
    store.replace({}, captions, documents)
    assert (store.search("dough", 5), store.search("bread", 5)) == ([], ["1.mp4"])
    assert documents_of(database, [A, B]) == {A: own}
    store.replace({}, {}, {})
    assert documents_of(database, [A, B]) == {}


def test_what_was_found_before_videos_were_read_is_found_after(tmp_path):
    database = open_database(tmp_path / "artifacts")
    WordStore(database, tmp_path).replace({}, {b"1.mp4": Caption("1.mp4", A)}, DOCUMENTS)
    with database.write() as connection:
        # As it was: what is made here is made anew.
        connection.execute("DROP TABLE searched")
        connection.execute("DROP TABLE lines_everywhere")
        connection.execute("DROP INDEX features_absent")
        connection.execute("ALTER TABLE features DROP COLUMN document")
        connection.execute("DROP TABLE leases")
        for index in ("moves_by_change", "moves_by_account"):
            connection.execute(f"DROP INDEX {index}")
        for table in ("session_key", "account_preferences", "stars"):
            connection.execute(f"DROP TABLE {table}")
        for column in ("author", "pending_author", "change", "account", "pending_account"):
            connection.execute(f"ALTER TABLE moves DROP COLUMN {column}")
        connection.execute("PRAGMA user_version=11")
    database.close()
    with contextlib.closing(open_database(tmp_path / "artifacts")) as again:
        assert WordStore(again, tmp_path).search("a", 5) == ["1.mp4"]
