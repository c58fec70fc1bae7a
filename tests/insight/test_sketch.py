"""A sketch finds among many those that a whole comparison finds."""

import json

import numpy as np
import pytest
from labelled import clouds

from vidsort.insight import sketch as sketches
from vidsort.insight.sketch import Sketch
from vidsort.insight.why import Likeness
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.rows.parts import Part

FOLDERS = {f"folder{number}": 12 for number in range(5)}


@pytest.fixture
def learned():
    """A classifier of two kinds, and 600 videos more, a tenth of which lack the second one."""
    rows, y = clouds(FOLDERS)
    parts = {"frames": Part.whole(rows), "sound": Part.whole(rows[:, :6].copy(), "scaled")}
    classifier = fit_classifier(parts, list(y), np.arange(len(y)), TrainConfig(heads=("lda",)))
    many, _ = clouds(dict.fromkeys(FOLDERS, 120), seed=1)
    heard = np.arange(len(many)) % 10 > 0
    return classifier, {
        "frames": Part.whole(many), "sound": Part(many[:, :6] * heard[:, None], heard, "sound", "scaled"),
    }


def at(parts, rows):
    return {name: part.at(np.asarray(rows)) for name, part in parts.items()}


def names(rows):
    return [f"{row}.mp4" for row in rows]


def made(classifier, parts, turns):
    sketch = None
    for turn in range(turns):
        rows = range(turn, 600, turns)
        some = at(parts, rows)
        sketch = sketch or Sketch(Likeness(classifier, some), some)
        sketch.add(names(rows), some)
    return sketch


@pytest.mark.parametrize("directions", [24, 128])
def test_the_nearest_of_all_are_among_a_tenth_of_them(learned, directions, monkeypatch):
    monkeypatch.setattr(sketches, "DIRECTIONS", directions)
    classifier, parts = learned
    whole, sketch = Likeness(classifier, parts), made(classifier, parts, 3)
    found, wanted = 0, 0
    for row in range(0, 600, 40):
        asked = at(parts, [row])
        candidates = set(sketch.candidates(asked, 60))
        assert len(candidates) == 60
        nearest = {f"{one.row}.mp4" for one in whole.nearest(asked, 10)[0]}
        assert f"{row}.mp4" in candidates & nearest
        found, wanted = found + len(nearest & candidates), wanted + len(nearest)
    assert found >= 0.95 * wanted


def test_few_are_compared_as_all_are_where_the_middle_of_all_is_known(learned):
    classifier, parts = learned
    whole, asked = Likeness(classifier, parts), at(parts, [7])
    rows = [one.row for one in whole.nearest(asked, 20)[0]]
    few = Likeness(classifier, at(parts, rows), whole).nearest(asked, 20)[0]
    assert [rows[one.row] for one in few] == rows
    assert [one.similarity for one in few] == pytest.approx(
        [one.similarity for one in whole.nearest(asked, 20)[0]], abs=1e-3
    )


def test_of_fewer_videos_than_are_asked_for_all_are_given(learned):
    classifier, parts = learned
    some = at(parts, range(5))
    sketch = Sketch(Likeness(classifier, some), some)
    assert sketch.candidates(at(parts, [0]), 10) == []
    sketch.add(names(range(5)), some)
    assert sorted(sketch.candidates(at(parts, [0]), 10)) == names(range(5))


def test_a_model_that_goes_by_words_alone_has_any_videos_for_candidates():
    texts = np.array([json.dumps({"title": f"{word} {number}"}) for word in ("dance", "food") for number in range(12)])
    parts = {"words": Part.whole(texts.astype(object), "text")}
    labels = ["dance"] * 12 + ["food"] * 12
    classifier = fit_classifier(parts, labels, np.arange(24), TrainConfig(heads=("lda",)))
    sketch = Sketch(Likeness(classifier, parts), parts)
    sketch.add(names(range(24)), parts)
    assert len(sketch.candidates(at(parts, [0]), 5)) == 5
