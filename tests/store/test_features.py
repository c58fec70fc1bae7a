"""Features by content: what is written comes back, and what is known is not asked for again."""

import numpy as np
import pytest

from vidsort.store import open_database
from vidsort.store.features import CHUNK, FeatureRow, FeatureStore


@pytest.fixture
def store(tmp_path):
    database = open_database(tmp_path)
    yield FeatureStore(database)
    database.close()


def a_row(content: bytes, value: float = 1.0) -> FeatureRow:
    return FeatureRow(content, vector=np.full(4, value, np.float32), signatures=np.array([2**64 - 1, 0], np.uint64))


def test_what_was_put_is_loaded_in_float16_precision(store):
    store.put("a", [a_row(b"1", 0.1), a_row(b"2", 2)])
    features = store.load("a", [b"2", b"1", b"2", b"none"])
    assert features.vectors.dtype == np.float32
    assert features.vectors.flags.c_contiguous
    assert features.vectors[features.index[b"1"]] == pytest.approx(np.full(4, 0.1), rel=1e-3)
    assert features.vectors[features.index[b"2"]].tolist() == [2, 2, 2, 2]
    assert features.signatures[0].tolist() == [2**64 - 1, 0]
    assert set(features.index) == {b"1", b"2"}
    assert features.errors == {}


def test_feature_sets_do_not_see_one_another(store):
    store.put("a", [a_row(b"1")])
    assert store.missing("b", [b"1"]) == [b"1"]
    assert len(store.load("b", [b"1"]).vectors) == 0


def test_a_lasting_failure_is_known_and_a_passing_one_is_asked_for_again(store):
    store.put("a", [FeatureRow(b"bad", error="no picture"), FeatureRow(b"slow", error="took long", retry=True)])
    assert store.missing("a", [b"slow", b"bad", b"new", b"slow"]) == [b"slow", b"new"]
    assert store.load("a", [b"slow", b"bad"]).errors == {b"bad": "no picture", b"slow": "took long"}
    store.put("a", [a_row(b"slow")])
    assert store.missing("a", [b"slow", b"bad"]) == []
    assert store.errors("a", [b"slow", b"bad"]) == {b"bad": "no picture"}


def test_more_contents_than_one_question_may_name(store):
    contents = [number.to_bytes(4, "big") for number in range(2 * CHUNK + 1)]
    store.put("a", [a_row(content, number % 7) for number, content in enumerate(contents)])
    features = store.load("a", contents)
    assert len(features.vectors) == len(contents)
    assert all(features.vectors[features.index[content]][0] == n % 7 for n, content in enumerate(contents))
    assert store.missing("a", contents) == []


def test_rows_are_written_all_or_none(store):
    with pytest.raises(TypeError):
        store.put("a", [a_row(b"1"), FeatureRow(b"2", error="x", facts={"not": object()})])
    assert store.missing("a", [b"1"]) == [b"1"]


def test_facts_of_a_container_are_kept_beside_its_failure(store):
    store.put("a", [FeatureRow(b"bad", error="no picture", facts={"duration_s": 1.5})])
    assert store.facts([b"bad", b"none"]) == {b"bad": {"duration_s": 1.5}}
