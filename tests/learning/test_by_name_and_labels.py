"""What folders are called, beside what is learned: the names lead while there is little, and cost nothing later."""

import json

import numpy as np
import pytest
from labelled import clouds

from vidsort.insight.why import Likeness, explanations
from vidsort.learning.files import classifier_of, model_files
from vidsort.learning.fitting import TrainConfig, fit_classifier, fit_names
from vidsort.learning.rows.names import Names, lettered
from vidsort.learning.rows.parts import Part

QUICK = TrainConfig(heads=("lda",))
FOLDERS = ("cooking", "dogs", "football", "guitar", "travel")


def library(count, *, told=0.9, spread=0.6, folders=FOLDERS):
    """Frames, words that name the folder for a share of videos, the folders of all videos, and the names."""
    X, y = clouds(dict.fromkeys(folders, count), spread=spread)  # noqa: N806
    rng = np.random.default_rng(1)
    texts = [
        json.dumps({"description": f"part {number} {name if rng.random() < told else ''}"})
        for name, number in zip(y, rng.integers(1000, size=len(y)), strict=True)
    ]
    named = lettered("words", texts, dict.fromkeys(FOLDERS, ""))
    parts = {"frames": Part.whole(X), "words": Part.whole(np.array(texts, object), "text")}
    return parts, y, Names(FOLDERS, {"names": named})


def drawn(y, count):
    return np.concatenate([np.flatnonzero(y == folder)[:count] for folder in np.unique(y)])


def right(classifier, parts, y, rows):
    shares = classifier.predict_proba({name: part.at(rows) for name, part in parts.items()})
    is_guess = np.ptp(shares, axis=1) > 1e-9
    return (is_guess & (np.array(classifier.folders)[shares.argmax(axis=1)] == y[rows])).mean()


@pytest.mark.parametrize(("told", "spread"), [(0.9, 0.6), (0.9, 3.0), (0.5, 0.6), (0.5, 3.0), (0.03, 0.6)])
def test_with_the_first_labels_it_is_never_worse_than_without_any(told, spread):
    parts, y, names = library(40, told=told, spread=spread)
    asked = np.setdiff1d(np.arange(len(y)), drawn(y, 8))
    before = right(fit_names(names, QUICK), parts, y, asked)
    found = []
    for count in (1, 2, 4, 8):
        rows = drawn(y, count)
        chosen = {name: part.at(rows) for name, part in parts.items()}
        model = fit_classifier(chosen, y[rows].tolist(), np.arange(len(rows)), QUICK, names=names)
        found.append(right(model, parts, y, asked))
    assert min(found) >= before - 0.01
    if spread < 1:
        assert found[-1] > 0.9


def test_names_that_say_nothing_change_no_guess():
    parts, y, names = library(12, told=0.03, spread=1.5)
    groups = np.arange(len(y))
    without = fit_classifier(parts, y.tolist(), groups, QUICK)
    beside = fit_classifier(parts, y.tolist(), groups, QUICK, names=names)
    assert beside.metrics["accuracy"]["value"] == pytest.approx(without.metrics["accuracy"]["value"], abs=0.01)


def test_a_folder_without_a_video_is_guessed_by_its_name_and_takes_little_from_the_others():
    parts, y, names = library(20, folders=FOLDERS[:-1])
    model = fit_classifier(parts, y.tolist(), np.arange(len(y)), QUICK, names=names)
    assert model.folders == FOLDERS
    assert model.metrics["folders"]["travel"] == {
        "count": 0, "thin": True, "recall": {"value": None, "low": None, "high": None, "count": 0},
    }
    shares = model.predict_proba(parts)
    assert shares[:, FOLDERS.index("travel")].mean() < 0.05
    text = np.array([json.dumps({"description": "travel, travel day"})], object)
    asked = model.predict_proba({"words": Part.whole(text, "text")})
    assert model.folders[asked[0].argmax()] == "travel"


@pytest.mark.parametrize("count", [0, 6])
def test_a_model_with_names_is_kept_and_tells_the_words_that_spoke(count):
    parts, y, names = library(10)
    rows = drawn(y, count) if count else np.arange(0)
    chosen = {name: part.at(rows) for name, part in parts.items()}
    model = (
        fit_classifier(chosen, y[rows].tolist(), np.arange(len(rows)), QUICK, names=names) if count
        else fit_names(names, QUICK)
    )
    kept = classifier_of(model_files(model), "kept")
    assert kept.fusion == model.fusion
    np.testing.assert_allclose(kept.predict_proba(parts), model.predict_proba(parts), atol=1e-6)
    why = explanations(kept, Likeness(kept, chosen), {name: part.at(np.array([0])) for name, part in parts.items()})[0]
    assert why.folder == "cooking"
    assert why.words[0] == "cooking"
    assert len(why.nearest) == min(3, count * 3)
    # Before any label there is nothing sorted to be like, but the unsorted ones can be compared.
    assert Likeness(kept, parts).nearest(parts, 1)[0][0].similarity > 0.9
