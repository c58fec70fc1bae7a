"""X and y as scikit-learn takes them: rows that belong together, named, and groups that stay on one side of a split."""

import shutil

import numpy as np
import pytest

import vidsort
from vidsort.errors import ArtifactError, SettingsError


def test_rows_of_features_labels_and_filenames_belong_together(learned):
    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    seen, labels = library.features("frames"), library.labels("frames")
    assert seen.X.dtype == np.float32
    assert seen.X.shape == (12, 1280)
    assert seen.filenames.tolist() == labels.filenames.tolist()
    assert seen.y.tolist() == labels.y.tolist() == seen.labels.y.tolist()
    lies_in = {path.name: path.parent.name for path in learned.data_dir.glob("*/*.mp4")}
    assert dict(zip(seen.filenames.tolist(), seen.y.tolist(), strict=True)) == lies_in
    assert labels.folders == ("dance", "food", "sport")
    assert repr(seen) == "<Features of 12 videos: frames, 1280 numbers each>"
    assert repr(labels) == "<Labels of 12 videos in 3 folders>"


def test_scikit_learn_takes_them_as_they_are(learned):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_score

    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    seen = library.features()
    X, y = seen.X, seen.y  # noqa: N806  (the customary names)
    scores = cross_val_score(LogisticRegression(), X, y, groups=seen.groups, cv=GroupKFold(3))
    assert scores.mean() > 0.9
    pile = library.features(unsorted=True)
    assert LogisticRegression().fit(X, y).predict(pile.X).tolist() == ["dance", "food", "sport"]
    assert set(pile.y.tolist()) == {""}


def test_copies_of_one_video_are_one_group_and_what_is_not_learned_from_has_no_row(learned):
    first = next(learned.data_dir.glob("dance/*.mp4"))
    shutil.copy(first, learned.data_dir / "dance" / "72000000000000000.mp4")
    library = vidsort.open(learned.data_dir, learned.artifacts_dir, not_learned=["food"])
    library.extract()
    seen = library.features()
    group_of = dict(zip(seen.filenames.tolist(), seen.groups.tolist(), strict=True))
    assert group_of["72000000000000000.mp4"] == group_of[first.name]
    assert set(seen.y.tolist()) == {"dance", "sport"}


def test_a_kind_that_is_text_gives_its_documents(learned):
    (learned.data_dir / "dance" / "70000000000000000.description").write_text("a waltz")
    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    library.extract()
    words = library.features("words")
    assert words.filenames.tolist() == ["70000000000000000.mp4"]
    assert "a waltz" in words.X[0]
    assert repr(words) == "<Features of 1 video: words>"


def test_what_is_not_there_is_one_sentence(learned, tmp_path):
    library = vidsort.open(learned.data_dir, learned.artifacts_dir)
    with pytest.raises(SettingsError, match=r"frame is no kind of evidence that was extracted; did you mean frames\?"):
        library.features("frame")
    with pytest.raises(ArtifactError, match="extract"):
        vidsort.open(learned.data_dir, tmp_path / "new").features()
