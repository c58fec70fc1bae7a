"""Vectors that a person has made are a kind of evidence: kept by content, weighed, and refused where they are none."""

import contextlib
import shutil

import numpy as np
import pytest

import vidsort
from vidsort import library as on_disk
from vidsort.artifacts import current_feature_set, show_model
from vidsort.errors import NotFoundError, SettingsError
from vidsort.insight.overview import evidence_table
from vidsort.store import open_database


@pytest.fixture
def library(learned) -> vidsort.Library:
    return vidsort.open(learned.data_dir, learned.artifacts_dir)


def told_apart(library: vidsort.Library) -> tuple[np.ndarray, list[str]]:
    """Vectors of all videos, of which those of a folder are alike; and the filenames."""
    videos = library.videos()
    number = videos["folder"].map({"dance": 0, "food": 1, "sport": 2}).fillna(0).astype(int).to_numpy()
    rng = np.random.default_rng(0)
    return np.eye(8)[number] + 0.05 * rng.normal(size=(len(videos), 8)), videos["filename"].to_list()


def test_they_are_learned_from_and_follow_a_video_wherever_it_goes(library, learned):
    vectors, filenames = told_apart(library)
    report = library.give(vectors, filenames)
    assert report.outputs["encoder_calls"] == 0
    seen = library.features("given")
    row_of = {name: row for row, name in enumerate(filenames)}
    expected = vectors[[row_of[str(name)] for name in seen.filenames]]
    assert np.allclose(seen.X, expected, atol=1e-3)
    made = show_model(learned.artifacts_dir, library.train(repeats=1).outputs["model_id"])
    kinds = made["metrics"]["modalities"]
    assert kinds["given"]["videos"] == 12
    assert kinds["given"]["alone"]["value"] == 1
    assert made["manifest"]["own_evidence"] == {"given": "handed over"}
    assert library.predict().done == 3
    library.move(filenames[-1], None)
    assert filenames[-1] in library.features("given", unsorted=True).filenames


def test_a_video_without_one_is_judged_by_the_rest(library, learned):
    vectors, filenames = told_apart(library)
    library.give(vectors[3:10], filenames[3:10])
    assert len(library.features("given")) == 7
    assert len(library.features("frames")) == 12
    with contextlib.closing(open_database(learned.artifacts_dir)) as database:
        counted = evidence_table(
            database, on_disk.videos(learned.data_dir), current_feature_set(learned.artifacts_dir)
        ).set_index("kind").loc["given"]
    # Nobody will look for it in the others, so that nobody is told to.
    assert (counted["videos"], counted["none"], counted["failed"]) == (7, 8, 0)
    assert "not looked at yet" not in counted
    assert library.train(repeats=1).done == 12
    assert library.predict().done == 3


def test_a_further_set_has_a_name_of_its_own_and_a_vector_that_is_given_again_is_another(library):
    vectors, filenames = told_apart(library)
    library.give(vectors, filenames)
    with pytest.raises(SettingsError, match="kept as 'own' have 8 numbers each, these have 4: give them another name"):
        library.give(vectors[:, :4], filenames)
    library.give(vectors[:, :4], filenames, name="short")
    assert library.features("given").X.shape == (12, 4)
    library.give(2 * vectors[:1], filenames[:1])
    library.give(2 * vectors[3:4], filenames[3:4])
    assert np.allclose(library.features("given").X[0], 2 * vectors[3], atol=1e-2)


@pytest.mark.parametrize("spoil", [
    lambda vectors: vectors[:-1], lambda vectors: vectors[:, 0], lambda vectors: vectors[:, :0],
    lambda vectors: np.where(vectors > 0.5, np.nan, vectors), lambda vectors: 1e6 * vectors,
    lambda vectors: [["a"]] * len(vectors), lambda vectors: [[0.0] * (1 + row % 2) for row in range(len(vectors))],
])
def test_what_are_no_vectors_is_one_sentence_and_kept_nowhere(library, spoil):
    vectors, filenames = told_apart(library)
    with pytest.raises(SettingsError, match="finite numbers"):
        library.give(spoil(vectors), filenames)
    with pytest.raises(SettingsError, match="given is no kind of evidence that was extracted"):
        library.features("given")


def test_a_video_that_there_is_not_is_named(library):
    vectors, filenames = told_apart(library)
    with pytest.raises(NotFoundError, match=r"There is no video '404\.mp4'"):
        library.give(vectors, [*filenames[:-1], "404.mp4"])


def test_a_name_that_means_several_videos_is_refused_and_nothing_is_kept(library, learned):
    vectors, filenames = told_apart(library)
    with pytest.raises(SettingsError, match="is given two vectors that differ"):
        library.give(np.vstack([vectors, vectors[:1] + 1]), [*filenames, filenames[0]])
    inside = sorted((learned.data_dir / "food").glob("*.mp4"))
    shutil.copy(sorted((learned.data_dir / "dance").glob("*.mp4"))[0], inside[0].with_name("7.mp4"))
    shutil.copy(inside[1], learned.data_dir / "sport" / "7.mp4")
    with pytest.raises(SettingsError, match=r"'7\.mp4' is the name of several videos that differ"):
        library.give(vectors[:1], ["7.mp4"])
    # The same video twice is one, and so is a vector that is given twice.
    shutil.copy(learned.data_dir / "sport" / "7.mp4", inside[0].with_name("7.mp4"))
    library.give(np.vstack([vectors[:1]] * 2), ["7.mp4", "7.mp4"])
    assert list(library.features("given").filenames).count("7.mp4") == 2


def test_a_name_of_a_set_that_fits_nowhere_is_one_sentence(library):
    vectors, filenames = told_apart(library)
    for name in ("", "x" * 61):
        with pytest.raises(SettingsError, match="given_vectors"):
            library.give(vectors, filenames, name=name)
