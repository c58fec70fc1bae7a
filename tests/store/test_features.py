"""Features by source and modality: what is written comes back, and what is known is not asked for again."""

import dataclasses
import sqlite3

import numpy as np
import pytest

from vidsort.errors import ArtifactError
from vidsort.records import Video
from vidsort.store import open_database
from vidsort.store.features import CHUNK, FeatureRow, FeatureStore


@pytest.fixture
def store(tmp_path):
    database = open_database(tmp_path)
    yield FeatureStore(database)
    database.close()


def a_row(source: bytes, value: float = 1.0, modality: str = "a") -> FeatureRow:
    signatures = np.array([2**64 - 1, 0], np.uint64)
    return FeatureRow(modality, source, vector=np.full(4, value, np.float32), signatures=signatures)


def test_what_was_put_is_loaded_in_float16_precision(store):
    store.put([a_row(b"1", 0.1), a_row(b"2", 2)])
    features = store.load("a", [b"2", b"1", b"2", b"none"])
    assert features.vectors.dtype == np.float32
    assert features.vectors.flags.c_contiguous
    assert features.vectors[features.index[b"1"]] == pytest.approx(np.full(4, 0.1), rel=1e-3)
    assert features.vectors[features.index[b"2"]].tolist() == [2, 2, 2, 2]
    assert features.signatures[0].tolist() == [2**64 - 1, 0]
    assert set(features.index) == {b"1", b"2"}
    assert (features.errors, features.absent) == ({}, set())


@pytest.mark.parametrize("mtime_ns", [0, -(10**18), 2**63 - 1, 2**63, -(2**63) - 1, 2**62 * 10**9])
def test_a_content_is_remembered_by_any_time_that_a_file_can_have(store, tmp_path, mtime_ns):
    video = Video(filename="1.mp4", folder=None, directory=tmp_path, size_bytes=5, mtime_ns=mtime_ns)
    store.remember_contents({video: b"content"})
    assert store.remembered_contents([video]) == {video: b"content"}
    assert store.remembered_contents([dataclasses.replace(video, mtime_ns=mtime_ns + 1)]) == {}


def test_modalities_do_not_see_one_another(store):
    store.put([a_row(b"1")])
    assert store.missing("b", [b"1"]) == [b"1"]
    assert len(store.load("b", [b"1"]).vectors) == 0
    store.put([a_row(b"1", 7, "b")])
    assert [store.load(name, [b"1"]).vectors[0, 0] for name in ("a", "b")] == [1, 7]


def test_a_lasting_failure_is_known_and_a_passing_one_is_asked_for_again(store):
    store.put([FeatureRow("a", b"bad", error="no picture"), FeatureRow("a", b"slow", error="took long", retry=True)])
    assert store.missing("a", [b"slow", b"bad", b"new", b"slow"]) == [b"slow", b"new"]
    assert store.load("a", [b"slow", b"bad"]).errors == {b"bad": "no picture", b"slow": "took long"}
    store.put([a_row(b"slow")])
    assert store.missing("a", [b"slow", b"bad"]) == []
    assert store.errors("a", [b"slow", b"bad"]) == {b"bad": "no picture"}


def test_what_a_source_does_not_have_is_known_and_is_neither_a_vector_nor_a_failure(store):
    store.put([FeatureRow("sound", b"silent"), a_row(b"1", modality="sound")])
    assert store.missing("sound", [b"silent", b"1", b"new"]) == [b"new"]
    features = store.load("sound", [b"silent", b"1", b"new"])
    assert (set(features.index), features.errors, features.absent) == ({b"1"}, {}, {b"silent"})
    assert store.errors("sound", [b"silent", b"1"]) == {}


def test_a_kind_that_sees_no_pictures_has_no_signatures(store):
    store.put([FeatureRow("words", source, vector=np.ones(3)) for source in (b"1", b"2")])
    features = store.load("words", [b"1", b"2"])
    assert (features.vectors.shape, features.signatures.shape) == ((2, 3), (2, 0))


def test_a_row_has_a_vector_or_a_reason_never_both(store):
    with pytest.raises(sqlite3.IntegrityError):
        store.put([FeatureRow("a", b"1", vector=np.ones(3), error="no picture")])


def test_in_which_modalities_a_source_was_looked_at_is_known(store):
    store.put([a_row(b"1"), a_row(b"1", modality="b"), FeatureRow("a", b"2", error="no picture")])
    assert store.modalities_of([b"1", b"2", b"new"]) == {b"1": {"a", "b"}, b"2": {"a"}}


def test_more_sources_than_one_question_may_name(store):
    sources = [number.to_bytes(4, "big") for number in range(2 * CHUNK + 1)]
    store.put([a_row(source, number % 7) for number, source in enumerate(sources)])
    features = store.load("a", sources)
    assert len(features.vectors) == len(sources)
    assert all(features.vectors[features.index[source]][0] == n % 7 for n, source in enumerate(sources))
    assert store.missing("a", sources) == []


def test_rows_are_written_all_or_none(store):
    with pytest.raises(TypeError):
        store.put([a_row(b"1"), FeatureRow("a", b"2", error="x")], {b"2": {"not": object()}})
    assert store.missing("a", [b"1"]) == [b"1"]


def test_facts_of_a_container_are_kept_beside_its_failure(store):
    store.put([FeatureRow("a", b"bad", error="no picture")], {b"bad": {"duration_s": 1.5}})
    assert store.facts([b"bad", b"none"]) == {b"bad": {"duration_s": 1.5}}


def test_a_document_in_place_of_a_vector_is_kept_and_is_not_nothing(store):
    read = FeatureRow("a", b"1", document='{"speech": "für dich"}')
    store.put([read, FeatureRow("a", b"2"), FeatureRow("a", b"3", error="x")])
    features = store.load("a", [b"1", b"2", b"3", b"4"])
    assert features.documents == {b"1": '{"speech": "für dich"}'}
    assert (features.absent, features.errors, features.index) == ({b"2"}, {b"3": "x"}, {})
    assert store.missing("a", [b"1", b"2", b"3", b"4"]) == [b"4"]
    with pytest.raises(sqlite3.IntegrityError):
        store.put([FeatureRow("a", b"5", error="x", document="{}")])


def test_vectors_of_one_modality_that_differ_in_length_are_one_sentence(store):
    store.put([a_row(b"1"), FeatureRow("a", b"2", vector=np.ones(6, np.float32))])
    with pytest.raises(ArtifactError, match="differ in length"):
        store.load("a", [b"1", b"2"])


def test_rows_come_in_the_order_in_which_they_are_asked_for_with_or_without_gaps(store):
    names = [bytes([number]) for number in (9, 3, 7, 1, 5)]
    store.put([FeatureRow("m", name, np.full(2, name[0], np.float16)) for name in sorted(names)])
    for asked in (names, [*names, b"not there"], [b"not there", *names[:2], b"nor this", *names[2:]]):
        found = store.load("m", asked)
        assert list(found.index) == names
        assert list(found.index.values()) == list(range(5))
        assert found.vectors[:, 0].tolist() == [name[0] for name in names]
