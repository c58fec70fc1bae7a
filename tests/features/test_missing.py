"""What is still to be looked at: no more than need be, and a sentence where something is looked at anew."""

import dataclasses

import pytest

from vidsort import library
from vidsort.features import modalities
from vidsort.features.contents import contents_of
from vidsort.features.encoders.frames import FramesConfig
from vidsort.features.encoders.speech import SpeechConfig
from vidsort.features.missing import missing_of, settled_of, told_anew
from vidsort.features.modalities import ExtractConfig, Kind
from vidsort.features.workers import cores
from vidsort.steps import duration
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore
from vidsort.store.words import Captions

NOW = ExtractConfig(modalities=("frames",))
BEFORE = ExtractConfig(frames=2, crops=("center",), modalities=("frames",))


@pytest.fixture
def store(tmp_path):
    database = open_database(tmp_path / "artifacts")
    yield FeatureStore(database)
    database.close()


@pytest.fixture
def contents(tmp_path, store):
    """Four files, 1 and 4 with the same bytes."""
    root = tmp_path / "pile"
    for name, data in {"1.mp4": b"one", "2.mp4": b"two", "food/3.mp4": b"three", "food/4.mp4": b"one"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return contents_of(store, library.videos(root))


def looked_at(store, config, contents, *names):
    """Features of these files by this config, as an extraction leaves them."""
    (modality,) = config.chosen
    hashes = {video.filename: content for video, content in contents.hashes.items()}
    store.put([FeatureRow(modality, hashes[name], error="no picture") for name in names])


def test_a_copy_is_looked_at_once_and_what_is_known_not_at_all(store, contents):
    modalities = NOW.chosen | BEFORE.chosen
    first = missing_of(store, contents, modalities)
    assert sorted(video.filename for video in first) == ["2.mp4", "3.mp4", "4.mp4"]
    assert {tuple(sources) for sources in first.values()} == {tuple(modalities)}
    looked_at(store, NOW, contents, "1.mp4", "2.mp4", "3.mp4")
    looked_at(store, BEFORE, contents, "2.mp4")
    assert {video.filename: list(sources) for video, sources in missing_of(store, contents, modalities).items()} == {
        "4.mp4": list(BEFORE.chosen), "3.mp4": list(BEFORE.chosen),
    }


def test_what_all_is_known_of_need_not_be_asked_about(store, contents):
    modalities = NOW.chosen | BEFORE.chosen
    assert settled_of(store, modalities) == set()
    looked_at(store, NOW, contents, "1.mp4", "2.mp4", "3.mp4")
    looked_at(store, BEFORE, contents, "2.mp4")
    settled = settled_of(store, modalities)
    (two,) = (content for video, content in contents.hashes.items() if video.filename == "2.mp4")
    assert settled == {two}
    assert missing_of(store, contents, modalities, settled) == missing_of(store, contents, modalities)
    assert settled_of(store, {}) == set()


def test_two_equal_videos_with_two_texts_are_each_looked_at_for_theirs(store, contents, monkeypatch):
    texts = {video: video.filename.encode() for video in contents.hashes}
    monkeypatch.setitem(modalities.KINDS, "spoken", Kind(FramesConfig, lambda _: texts, lambda _: None))
    spoken = modalities.Modality("spoken", FramesConfig())
    missing = missing_of(store, contents, NOW.chosen | {spoken.id: spoken})
    assert {video.filename: sorted(sources.values()) for video, sources in missing.items()} == {
        video.filename: sorted([texts[video], *([content] if video.filename != "1.mp4" else [])])
        for video, content in contents.hashes.items()
    }


def test_what_is_not_encoded_is_never_looked_for_in_a_video(store, contents):
    words = ExtractConfig(modalities=("words",))
    told = dataclasses.replace(contents, words=Captions(dict.fromkeys(contents.hashes, b"a text")))
    assert missing_of(store, told, words.chosen) == {}
    with pytest.raises(TypeError, match="words are not encoded"):
        next(iter(words.chosen.values())).load()


def sentence(store, contents, before, now=NOW, pace=None):
    return told_anew(store, contents, missing_of(store, contents, now.chosen), before, now.feature_set, pace)


def test_new_videos_and_the_same_way_to_look_need_no_sentence(store, contents):
    assert sentence(store, contents, None) == ""
    assert sentence(store, contents, BEFORE.feature_set) == ""
    looked_at(store, NOW, contents, "1.mp4")
    assert sentence(store, contents, NOW.feature_set) == ""


def test_a_changed_setting_is_told_with_how_many_and_how_long(store, contents):
    looked_at(store, BEFORE, contents, "1.mp4", "2.mp4")
    assert sentence(store, contents, BEFORE.feature_set, pace=0.02) == (
        "2 videos are looked at anew, for about 1 min 40 s: frames is 8 instead of 2, "
        "crops is first+second+center+squeezed instead of center."
    )
    looked_at(store, NOW, contents, "2.mp4")
    assert sentence(store, contents, BEFORE.feature_set).startswith("1 video is looked at anew, for about 0.")


def test_a_new_revision_is_told(store, contents, monkeypatch):
    before = NOW.feature_set
    looked_at(store, NOW, contents, "1.mp4")
    monkeypatch.setattr(FramesConfig, "revision", 99)
    told = sentence(store, contents, before, pace=1)
    assert told == "1 video is looked at anew, for about 1.0 s: this version of vidsort sees frames in another way."


def test_another_model_in_the_place_of_one_is_told(store, contents, tmp_path):
    config = ExtractConfig(modalities=("speech",), speech_model=str(tmp_path / "model"))
    before = config.feature_set
    looked_at(store, config, contents, "1.mp4")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.bin").write_bytes(b"other weights")
    told = told_anew(store, contents, missing_of(store, contents, config.chosen), before, config.feature_set, 1)
    assert told.endswith(f": another model for speech lies in {tmp_path / 'model'}.")


def test_a_further_kind_of_evidence_is_told(store, contents):
    looked_at(store, NOW, contents, "1.mp4")
    both = NOW.feature_set.model_copy(update={"modalities": NOW.feature_set.modalities | {"sound": "s"}})
    missing = {video: {"s": b"what is heard"} for video in contents.hashes}
    told = told_anew(store, contents, missing, NOW.feature_set, both, 1)
    assert told == "2 videos are looked at anew, for about 2.0 s: vidsort did not look for sound before."


def test_how_long_a_slow_kind_takes_is_told_though_the_last_extraction_was_quick(store, contents):
    looked_at(store, NOW, contents, "1.mp4")
    both = NOW.feature_set.model_copy(update={"modalities": NOW.feature_set.modalities | {"speech": "s"}})
    missing = {video: {"s": b"what is said"} for video in contents.hashes}
    took = told_anew(store, contents, missing, NOW.feature_set, both, 1000).split(" for about ")[1]
    assert took == f"{duration(2 * SpeechConfig.usual_s / cores())}: vidsort did not look for speech before."


def test_many_machines_are_told_to_take_less_time(store, contents):
    looked_at(store, NOW, contents, "1.mp4")
    both = NOW.feature_set.model_copy(update={"modalities": NOW.feature_set.modalities | {"speech": "s"}})
    missing = {video: {"s": b"what is said"} for video in contents.hashes}
    took = told_anew(store, contents, missing, NOW.feature_set, both, None, 64).split(" for about ")[1]
    assert took.startswith(f"{duration(2 * SpeechConfig.usual_s / 64)}: ")


def test_where_nothing_tells_what_was_before_it_says_just_that(store, contents):
    looked_at(store, BEFORE, contents, "1.mp4")
    assert sentence(store, contents, None).endswith(": they were looked at in another way before.")
