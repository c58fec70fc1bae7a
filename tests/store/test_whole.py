"""Questions about everything at once answer as those about each do, for whatever is stored."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidsort.records import Video
from vidsort.store import open_database
from vidsort.store.features import CHUNK, FeatureRow, FeatureStore
from vidsort.store.whole import (
    absent_in_all,
    contents_ever_under,
    contents_of_all,
    facts_with_words,
    failed_in_all,
    looked_at_under,
    settled_in_all,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    database = open_database(tmp_path_factory.mktemp("artifacts"))
    yield FeatureStore(database)
    database.close()


@pytest.fixture
def empty(store):
    with store.database.write() as connection:
        for table in ("features", "contents", "media"):
            connection.execute(f"DELETE FROM {table}")
    return store


def a_video(directory: Path, folder: str | None, number: int, mtime_ns: int = 7) -> Video:
    return Video(filename=f"{number}.mp4", folder=folder, directory=directory, size_bytes=number, mtime_ns=mtime_ns)


KEPT = {
    "vector": {"vector": np.ones(4, np.float32)}, "absent": {}, "failed": {"error": "no picture"},
    "to be tried again": {"error": "too slow", "retry": True}, "document": {"document": "{}"},
}


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(0, 5)), st.sampled_from(sorted(KEPT)), max_size=12))
def test_they_agree_with_questions_about_each(store, kept):
    with store.database.write() as connection:
        connection.execute("DELETE FROM features")
    store.put([FeatureRow(modality, b"%d" % source, **KEPT[how]) for (modality, source), how in kept.items()])
    sources = [b"%d" % number for number in range(6)]
    missing = {modality: set(store.missing(modality, sources)) for modality in "ab"}
    for modalities in ("a", "b", "ab"):
        lacking = set().union(*(missing[modality] for modality in modalities))
        assert settled_in_all(store.database, modalities) == set(sources) - lacking
    for modality in "ab":
        features = store.load(modality, sources)
        assert absent_in_all(store.database, modality) == features.absent
        assert failed_in_all(store.database, modality) == features.errors


def test_reasons_of_many_are_those_of_few(empty):
    sources = [b"%d" % number for number in range(2 * CHUNK)]
    empty.put([FeatureRow("a", source, error=f"because of {source!r}") for source in sources[::7]])
    empty.put([FeatureRow("b", source, error="other") for source in sources])
    assert empty.errors("a", sources) == empty.errors("a", sources[:CHUNK]) | empty.errors("a", sources[CHUNK:])
    assert empty.errors("a", sources[1:]).keys() == set(sources[7::7])


def test_contents_of_a_library_are_known_where_size_and_time_are_as_they_were(empty, tmp_path):
    library, beside = tmp_path / "lib", tmp_path / "lib2"
    videos = [a_video(library, None, 1), a_video(library / "food", "food", 1), a_video(library, None, 2)]
    other = a_video(beside, None, 3)
    empty.remember_contents({video: b"%d" % at for at, video in enumerate((*videos, other))})
    changed = a_video(library, None, 2, mtime_ns=8)
    asked = [videos[0], videos[1], changed, a_video(library, None, 4)]
    assert contents_of_all(empty.database, library, asked) == {videos[0]: b"0", videos[1]: b"1"}
    assert contents_of_all(empty.database, library, asked) == empty.remembered_contents(asked)
    assert sorted(contents_ever_under(empty.database, library)) == [b"0", b"1", b"2"]


@pytest.mark.parametrize("mtime_ns", [-(2**63) - 1, 2**63, 0])
def test_any_time_and_any_name_of_a_folder_is_found_again(empty, tmp_path, mtime_ns):
    library = tmp_path / "caf\udce9"
    video = a_video(library, None, 1, mtime_ns)
    empty.remember_contents({video: b"x"})
    assert contents_of_all(empty.database, library, [video]) == {video: b"x"}


def test_what_was_looked_at_at_all_is_told_by_path(empty, tmp_path):
    seen, unseen = a_video(tmp_path, None, 1), a_video(tmp_path, None, 2)
    empty.remember_contents({seen: b"1", unseen: b"2"})
    empty.put([FeatureRow("a", b"1", error="no picture")])
    assert looked_at_under(empty.database, tmp_path) == {seen.place}


def test_facts_without_words_are_not_even_read(empty):
    said = {
        b"none": {"caption": None, "tags": {}, "duration_s": 1.0},
        b"tags": {"caption": None, "tags": {"artist": "somebody"}},
        b"caption": {"caption": "a cake", "tags": {}},
        b"older": {"caption": "a dance"},
        b"sly": {"caption": None, "tags": {"comment": "\"caption\": null"}},
    }
    empty.put([], said)
    assert facts_with_words(empty.database) == {name: facts for name, facts in said.items() if name != b"none"}
