"""The features of videos by kind of evidence: a row a video, a mask where there is none, a reason where nothing is."""

import shutil
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from vidsort import library
from vidsort.errors import ArtifactError
from vidsort.features import modalities
from vidsort.features.contents import contents_of
from vidsort.features.encoders.evidence import EvidenceConfig
from vidsort.features.modalities import ExtractConfig, Kind
from vidsort.features.stored import NO_MORE, NOT_YET, NOTHING, errors_of, features_of, read_in
from vidsort.features.words import gather
from vidsort.records import FeatureSet
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore

SET = ExtractConfig(modalities=("frames",)).feature_set
FRAMES = SET.modalities["frames"]


class SpokenConfig(EvidenceConfig):
    revision: ClassVar[int] = 1


def captions(contents):
    """The text beside a video, as its hash; a video without one has no such thing."""
    beside = {video: video.path.with_suffix(".txt") for video in contents.hashes}
    return {video: path.read_bytes().ljust(16, b".") for video, path in beside.items() if path.is_file()}


@pytest.fixture
def database(tmp_path):
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


@pytest.fixture
def pile(tmp_path) -> Path:
    """A library whose files are no videos: their bytes are all that matters here; 1 and 4 hold the same."""
    root = tmp_path / "pile"
    for name, data in {"1.mp4": b"one", "2.mp4": b"two", "food/3.mp4": b"three", "food/4.mp4": b"one"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.fixture
def spoken(monkeypatch) -> FeatureSet:
    """A second kind, which reads the text beside a video: the choice of it and of frames."""
    monkeypatch.setitem(modalities.KINDS, "spoken", Kind(SpokenConfig, captions, lambda _: None))
    return FeatureSet(id="both", modalities={"frames": FRAMES, "spoken": "spoken1"}, config=SET.config)


def seen(source: bytes, number: int) -> FeatureRow:
    return FeatureRow(FRAMES, source, np.full(3, number, np.float32), np.full(6, number, np.uint64))


def test_features_come_in_the_order_of_the_videos_and_copies_share_them(pile, database):
    store = FeatureStore(database)
    videos = library.videos(pile)
    hashes = {video.filename: content for video, content in contents_of(store, videos).hashes.items()}
    store.put([seen(hashes["2.mp4"], 1), seen(hashes["1.mp4"], 0)])
    store.put([FeatureRow(FRAMES, hashes["3.mp4"], error="no picture")])
    found = features_of(database, videos, SET)
    assert [video.filename for video in found.videos] == ["1.mp4", "2.mp4", "4.mp4"]
    assert found.contents == [hashes[name] for name in ("1.mp4", "2.mp4", "4.mp4")]
    assert list(found.parts) == ["frames"]
    frames = found.parts["frames"]
    assert frames.X[:, 0].tolist() == [0, 1, 0]
    assert (frames.X.dtype, frames.X.flags.c_contiguous) == (np.float32, True)
    assert (frames.mask.tolist(), frames.modality) == ([True, True, True], FRAMES)
    assert found.signatures[:, 5].tolist() == [0, 1, 0]
    assert [(failure.filename, failure.folder, failure.reason) for failure in found.failed] == [
        ("3.mp4", "food", "no picture")
    ]


def test_a_video_that_was_never_extracted_says_what_to_do(pile, database):
    found = features_of(database, library.videos(pile), SET)
    assert found.videos == []
    assert (len(found.parts["frames"].X), len(found.signatures)) == (0, 0)
    assert [failure.reason for failure in found.failed] == [NOT_YET] * 4
    assert "extract-features" in NOT_YET


def test_features_that_can_no_longer_be_made_say_what_else_to_do(pile, database):
    outdated = SET.model_copy(update={"modalities": {"frames": "0123456789ab"}})
    found = features_of(database, library.videos(pile), outdated)
    assert [failure.reason for failure in found.failed] == [NO_MORE] * 4
    assert "retrain" in NO_MORE


def test_two_equal_videos_may_have_two_captions_and_a_changed_one_is_a_new_row(pile, database, spoken):
    for name, text in {"1": "a cat", "food/4": "a dog"}.items():
        (pile / f"{name}.txt").write_text(text)
    store, videos = FeatureStore(database), library.videos(pile)
    told = {text: FeatureRow("spoken1", text.encode().ljust(16, b"."), np.full(2, len(text))) for text in
            ("a cat", "a dog", "a black dog")}
    contents = contents_of(store, videos)
    hashes = {video.filename: content for video, content in contents.hashes.items()}
    store.put([seen(hashes["1.mp4"], 7), told["a cat"], told["a black dog"]])
    missing = modalities.KINDS["spoken"].reads(contents)
    assert store.missing("spoken1", missing.values()) == [told["a dog"].source]

    found = features_of(database, videos, spoken)
    assert [video.filename for video in found.videos] == ["1.mp4", "4.mp4"]
    assert found.parts["frames"].X[:, 0].tolist() == [7, 7]
    assert (found.parts["spoken"].X[:, 0].tolist(), found.parts["spoken"].mask.tolist()) == ([5, 0], [True, False])
    (pile / "food" / "4.txt").write_text("a black dog")
    again = features_of(database, videos, spoken)
    assert (again.parts["spoken"].X[:, 0].tolist(), again.parts["spoken"].mask.tolist()) == ([5, 11], [True, True])


def test_a_video_with_any_of_the_evidence_has_its_row_but_none_without_what_is_essential(pile, database, spoken):
    for name, text in {"2": "two", "food/3": "three"}.items():
        (pile / f"{name}.txt").write_text(text)
    shutil.copy(pile / "2.mp4", pile / "5.mp4")
    (pile / "6.mp4").write_bytes(b"six")
    (pile / "6.txt").write_text("six")
    store, videos = FeatureStore(database), library.videos(pile)
    hashes = {video.filename: content for video, content in contents_of(store, videos).hashes.items()}
    store.put([
        FeatureRow(FRAMES, hashes["1.mp4"]),
        seen(hashes["2.mp4"], 1),
        FeatureRow("spoken1", b"two".ljust(16, b"."), error="no known language"),
        FeatureRow(FRAMES, hashes["3.mp4"], error="no picture"),
        FeatureRow("spoken1", b"three".ljust(16, b"."), np.ones(2)),
        FeatureRow("spoken1", b"six".ljust(16, b"."), np.ones(2)),
    ])
    found = features_of(database, videos, spoken)
    assert [video.filename for video in found.videos] == ["2.mp4", "5.mp4"]
    assert found.parts["frames"].mask.tolist() == [True, True]
    assert found.parts["frames"].failed == {}
    assert found.parts["spoken"].mask.tolist() == [False, False]
    assert found.parts["spoken"].failed == {0: "no known language"}
    assert [(failure.filename, failure.reason) for failure in found.failed] == [
        ("1.mp4", NOTHING), ("6.mp4", NO_MORE), ("3.mp4", "no picture"), ("4.mp4", NOTHING),
    ]
    reasons = errors_of(store, contents_of(store, videos), spoken)
    assert {video.filename: reason for video, reason in reasons.items()} == {"3.mp4": "no picture"}


def test_a_video_that_shows_nothing_has_a_row_where_other_evidence_is_there(pile, database, spoken):
    (pile / "2.txt").write_text("two")
    store, videos = FeatureStore(database), library.videos(pile)
    hashes = {video.filename: content for video, content in contents_of(store, videos).hashes.items()}
    store.put([FeatureRow(FRAMES, hashes["2.mp4"]), FeatureRow("spoken1", b"two".ljust(16, b"."), np.ones(2))])
    found = features_of(database, videos, spoken)
    assert [video.filename for video in found.videos] == ["2.mp4"]
    assert found.parts["frames"].mask.tolist() == [False]
    assert found.signatures.tolist() == [[0] * 6]


def test_words_are_documents_in_the_order_of_the_videos_and_broken_ones_have_their_reason(pile, database):
    for name, text in {"1.description": "a cat", "food/4.description": "a dog", "2.info.json": "{"}.items():
        (pile / name).write_text(text)
    store, videos = FeatureStore(database), library.videos(pile)
    hashes = contents_of(store, videos).hashes
    store.put([seen(content, 1) for content in hashes.values()])
    gather(database, pile, hashes)
    config = ExtractConfig(modalities=("frames", "words"))
    part = features_of(database, videos, config.feature_set).parts["words"]
    assert part.X.tolist() == ['{"description": "a cat"}', "", "", '{"description": "a dog"}']
    assert (part.X.dtype, part.mask.tolist(), part.rows) == (object, [True, False, False, True], "text")
    assert part.modality == config.feature_set.modalities["words"]
    assert list(part.failed) == [1]
    assert "2.info.json: it is no JSON" in part.failed[1]
    alone = features_of(database, videos, ExtractConfig(modalities=("words",)).feature_set)
    assert [video.filename for video in alone.videos] == ["1.mp4", "4.mp4"]
    assert [failure.reason for failure in alone.failed] == [part.failed[1], NOTHING]


def test_what_was_read_in_videos_is_their_documents_without_what_is_everywhere_in_the_library(pile, database):
    reading = ExtractConfig(modalities=("frames", "speech")).feature_set
    speech = reading.modalities["speech"]
    for number in range(20):
        (pile / f"1{number}.mp4").write_bytes(b"more %d" % number)
    store, videos = FeatureStore(database), library.videos(pile)
    contents = contents_of(store, videos)
    hashes = {video.filename: content for video, content in contents.hashes.items()}
    store.put([seen(content, 1) for content in set(hashes.values())])
    said = {name: f'{{"language": "en", "speech": "Subscribe!\\nnumber {name}"}}' for name in hashes}
    said["3.mp4"] = '{"language": "en", "speech": "subscribe"}'
    store.put([
        FeatureRow(speech, hashes[name], document=said[name]) for name in hashes if name not in ("2.mp4", "10.mp4")
    ])
    store.put([FeatureRow(speech, hashes["2.mp4"]), FeatureRow(speech, hashes["10.mp4"], error="its sound is broken")])
    read = read_in(store, contents, reading, pile)
    part = features_of(database, videos, reading).parts["speech"]
    told = {video.filename: text for video, text in zip(videos, part.X, strict=True)}
    assert (part.rows, part.X.dtype, part.modality) == ("text", object, speech)
    assert told["11.mp4"] == '{"language": "en", "speech": "number 11.mp4"}'
    assert told["1.mp4"] == told["4.mp4"] != ""
    lacking = {video.filename for video, there in zip(videos, part.mask, strict=True) if not there}
    assert lacking == {name for name, text in told.items() if not text} == {"2.mp4", "3.mp4", "10.mp4"}
    assert list(part.failed.values()) == ["its sound is broken"]
    assert {video.filename: texts for video, texts in read.items()} == {
        name: [text] for name, text in told.items() if text
    }
    elsewhere = contents_of(store, [library.videos(pile)[0]])
    assert [len(texts) for texts in read_in(store, elsewhere, SET, pile).values()] == []


def test_evidence_of_a_newer_vidsort_is_refused_in_a_sentence(pile, database):
    newer = SET.model_copy(update={"modalities": {"frames": FRAMES, "smell": "0123456789ab"}})
    with pytest.raises(ArtifactError, match=r"smell.*update vidsort"):
        features_of(database, library.videos(pile), newer)


def test_a_copy_made_later_needs_no_features_of_its_own(pile, database):
    store = FeatureStore(database)
    hashes = contents_of(store, library.videos(pile)).hashes
    store.put([seen(content, 1) for content in set(hashes.values())])
    shutil.copy(pile / "2.mp4", pile / "food" / "5.mp4")
    assert len(features_of(database, library.videos(pile), SET).videos) == 5
