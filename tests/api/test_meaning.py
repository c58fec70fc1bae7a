"""Search by meaning: what means the like is found beside what has the words, wherever it lies and in any language."""

import contextlib

import pytest
from labelled import make_library
from sentences import Concepts

from vidsort import library
from vidsort.api.finding import search
from vidsort.api.meaning import Meaning
from vidsort.api.workspace import Workspace
from vidsort.artifacts.feature_sets import record_extraction
from vidsort.errors import SettingsError
from vidsort.features import modalities
from vidsort.features.contents import contents_of
from vidsort.features.encoders.semantic import SemanticEncoder
from vidsort.features.modalities import ExtractConfig
from vidsort.features.said import understand
from vidsort.features.words import gather
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.features import FeatureStore

SET = ExtractConfig(modalities=("frames", "words", "semantic")).feature_set
WORDS = {
    "1": "my puppy hears his leash", "2": "Welpe im Schnee", "3": "a dog and its ball", "4": "noodles recipe",
    "5": "train to the island", "6": "potatoes", "7": "Strand", "8": "nothing of all that",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, {None: 8, "pets": 1})
    (settings.data_dir / "2.mp4").rename(settings.data_dir / "pets" / "2.mp4")
    for name, text in WORDS.items():
        (next(settings.data_dir.rglob(f"{name}.mp4")).with_suffix(".description")).write_text(text)
    kind = modalities.KINDS["semantic"]._replace(understands=lambda config: SemanticEncoder(config, Concepts()))
    monkeypatch.setitem(modalities.KINDS, "semantic", kind)
    learn_words(settings)
    record_extraction(settings.artifacts_dir, SET)
    return Workspace(settings)


def learn_words(settings):
    encoder = modalities.KINDS["semantic"].understands(None)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store, videos = FeatureStore(database), library.videos(settings.data_dir)
        gather(database, settings.data_dir, contents_of(store, videos).hashes)
        sources = contents_of(store, videos).words.sources
        understand(store, SET.modalities["semantic"], sources.values(), encoder, lambda *_: None)


def found(here, query, limit=50):
    return [(one["filename"], one["folder"]) for one in search(here, query, limit, Meaning(here))]


def test_what_means_the_like_is_found_after_what_has_the_word_too(here):
    assert found(here, "dog")[0] == ("3.mp4", None)
    assert set(found(here, "dog")) == {("3.mp4", None), ("1.mp4", None), ("2.mp4", "pets")}
    assert found(here, "puppy")[0] == ("1.mp4", None)
    assert {name for name, _ in found(here, "travel")} == {"5.mp4", "7.mp4"}
    assert len(found(here, "dog", limit=2)) == 2
    assert found(here, "  ") == []


def test_new_words_are_found_without_a_restart(here):
    meaning = Meaning(here)
    assert "8.mp4" not in meaning.near(here.library, "dog", 9)
    (here.library.data_dir / "8.description").write_text("собака")
    learn_words(here.settings)
    assert "8.mp4" in meaning.near(here.library, "dog", 9)


def test_without_the_kind_or_its_extra_words_are_found_by_their_letters(here, monkeypatch, caplog):
    def missing(_):
        raise SettingsError("it is not there")

    monkeypatch.setitem(modalities.KINDS, "semantic", modalities.KINDS["semantic"]._replace(understands=missing))
    meaning = Meaning(here)
    for _ in range(2):
        assert [one["filename"] for one in search(here, "dog", 9, meaning)] == ["3.mp4"]
    assert len(caplog.records) == 1
    record_extraction(here.settings.artifacts_dir, ExtractConfig(modalities=("frames", "words")).feature_set)
    assert found(here, "dog") == [("3.mp4", None)]
