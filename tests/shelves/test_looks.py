"""What is stored of a folder tells who is unlike the rest of it: no video is opened, and each is read once."""

import contextlib

import pytest
from labelled import make_library, store_features

from vidsort.artifacts.feature_sets import record_extraction
from vidsort.features.modalities import ExtractConfig
from vidsort.library import scan
from vidsort.library.moves import Mover, Wish
from vidsort.shelves.looks import MOST_KEPT, Looks
from vidsort.store import open_database
from vidsort.store.features import FeatureStore


@pytest.fixture
def looked(tmp_path, settings):
    """`food` with twenty videos of its kind, beside two other folders; the settings, the database and the looks."""
    here = settings.model_copy(update={"data_dir": tmp_path / "videos"})
    make_library(here.data_dir, {"food": 20, "soccer": 20, "tennis": 20, None: 3})
    store_features(here, unreadable=frozenset({"1.mp4"}))
    with contextlib.closing(open_database(here.artifacts_dir)) as database:
        yield here, database, Looks(here.data_dir, database, here.artifacts_dir)


def of(looks: Looks, here, folder: str) -> dict[str, float]:
    return dict(looks.distances(folder, scan(here.data_dir).folders[folder]))


def test_a_video_that_was_moved_since_it_was_looked_at_is_known_and_unlike_the_rest(looked):
    here, database, looks = looked
    before = of(looks, here, "food")
    assert set(before) == {f"{number}.mp4" for number in range(2, 21)}
    mover = Mover(here.data_dir, database)
    mover.move("25.mp4", "soccer", "food")
    after = of(looks, here, "food")
    assert max(after, key=after.get) == "25.mp4"
    assert after["25.mp4"] > 2 * max(before.values())
    mover.move("25.mp4", "food", "soccer")
    assert of(looks, here, "food") == pytest.approx(before, abs=1e-5)


def test_each_video_is_read_of_the_database_once(looked, monkeypatch):
    here, database, looks = looked
    asked = []
    real = FeatureStore.vectors
    monkeypatch.setattr(FeatureStore, "vectors", lambda self, modality, sources: (
        asked.append(len(list(sources))), real(self, modality, sources))[1])
    first = of(looks, here, "food")
    assert asked == [63, 20]
    Mover(here.data_dir, database).move_batch([Wish(f"{number}.mp4", "food", "tennis") for number in (2, 3)])
    assert of(looks, here, "food").keys() == first.keys() - {"2.mp4", "3.mp4"}
    assert asked == [63, 20, 1]
    names = scan(here.data_dir).folders["food"]
    assert looks.distances("food", names) is looks.distances("food", names)
    assert asked == [63, 20, 1]


def test_what_is_looked_at_anew_is_known_at_the_next_question(looked):
    here, _, looks = looked
    assert "1.mp4" not in of(looks, here, "food")
    store_features(here)
    assert "1.mp4" in of(looks, here, "food")


def test_another_kind_of_evidence_is_another_distance(looked):
    here, _, looks = looked
    of(looks, here, "food")
    record_extraction(here.artifacts_dir, ExtractConfig(modalities=("motion",)).feature_set)
    assert of(looks, here, "food") == {}
    record_extraction(here.artifacts_dir, ExtractConfig(modalities=("words",)).feature_set)
    assert of(looks, here, "food") == {}


def test_where_nothing_was_extracted_nothing_is_unlike(tmp_path):
    make_library(tmp_path / "videos", {"food": 3})
    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        looks = Looks(tmp_path / "videos", database, tmp_path / "artifacts")
        assert looks.distances("food", ("1.mp4", "2.mp4", "3.mp4")) == {}


def test_no_more_folders_are_kept_than_are_said(looked):
    _, _, looks = looked
    for number in range(2 * MOST_KEPT):
        assert looks.distances(f"folder {number}", ("404.mp4",)) == {}
    assert len(looks._kept) == MOST_KEPT
