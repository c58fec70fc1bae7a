"""The learning curve and its forecast: they rise where more helps, and promise nothing that was not measured."""

import numpy as np
import pytest

from vidsort.insight import curve as insight
from vidsort.insight.curve import Point, advice, forecast
from vidsort.learning.fitting import TrainConfig, fit_classifier, heads_of
from vidsort.learning.rows.names import Names, lettered
from vidsort.learning.rows.parts import Part

LDA = TrainConfig(heads=("lda",))


def learning_curve(parts, labels, groups):
    """The curve of a model that learned from all of them; of an array as of frames."""
    parts = parts if isinstance(parts, dict) else {"frames": Part.whole(parts)}
    model = fit_classifier(parts, labels, groups, LDA)
    return insight.learning_curve(parts, labels, groups, model, heads_of(parts, model.choice.winner.name, LDA))


def clouds(a_folder: int, folders: int = 3, noise: float = 0.9):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(folders), a_folder)
    rows = np.abs(np.eye(folders, 24)[labels] + rng.normal(0, noise, (len(labels), 24))).astype(np.float32)
    return rows, [f"folder {label}" for label in labels], np.arange(len(labels))


def test_more_labels_raise_the_curve_and_the_same_input_gives_the_same_one():
    rows, labels, groups = clouds(40)
    curve = learning_curve(rows, labels, groups)
    assert curve == learning_curve(rows, labels, groups)
    assert [point.videos for point in curve] == sorted({point.videos for point in curve})
    assert curve[-1].value > curve[0].value
    assert all(point.low <= point.value <= point.high for point in curve)


def test_copies_are_never_on_both_sides():
    """Without groups a copy of each video would make any head look perfect."""
    rng = np.random.default_rng(1)
    rows = np.abs(rng.normal(0, 1, (30, 24))).astype(np.float32)
    labels = [f"folder {number % 3}" for number in range(30)]
    twice = np.concatenate([rows, rows])
    curve = learning_curve(twice, labels * 2, np.tile(np.arange(30), 2))
    assert curve[-1].value < 0.7


def test_too_few_videos_give_no_curve_and_no_forecast():
    rows, labels, groups = clouds(1, folders=2)
    assert learning_curve(rows, labels, groups) == []
    assert forecast([]) is None
    assert "too few" in advice(None, 2, {"a": 1.0})


def test_a_folder_that_cannot_be_tested_does_not_pull_the_curve_down():
    rows, labels, _ = clouds(40, noise=0.1)
    alone = np.abs(np.eye(1, 24, 7)).astype(np.float32)
    curve = learning_curve(np.vstack([rows, alone]), [*labels, "alone"], np.arange(len(labels) + 1))
    assert curve[-1].value == 1.0
    one_folder = [at for at, label in enumerate(labels) if label == "folder 0"]
    lopsided = np.vstack([rows[one_folder], alone])
    assert learning_curve(lopsided, ["folder 0"] * 40 + ["alone"], np.arange(41)) == []


def test_a_forecast_continues_a_known_law():
    points = [Point(n, 1 - 2 * n**-0.5, 0.0, 1.0) for n in (50, 100, 200, 400)]
    found = forecast(points)
    assert found.power == pytest.approx(0.5, abs=1e-6)
    assert found.accuracy(900) == pytest.approx(1 - 2 / 30)
    assert [point.videos for point in found.points] == [500, 600, 700, 800]
    assert all(0 <= point.low <= point.value <= point.high <= 1 for point in found.points)
    assert found.gain(400, 50) > 0
    assert advice(found, 400, {"food": 3.0, "dance": 1.0}).endswith("label more of food.")


def test_a_curve_that_does_not_rise_promises_nothing():
    found = forecast([Point(n, 0.5, 0.4, 0.6) for n in (50, 100, 200)])
    assert found.gain(200, 1000) == pytest.approx(0, abs=1e-9)
    assert "less than a point" in advice(found, 200, {"food": 3.0})


def test_a_perfect_head_has_a_forecast_too():
    found = forecast([Point(n, 1.0, 0.9, 1.0) for n in (50, 100, 200)])
    assert found.points[-1].value == pytest.approx(1.0, abs=0.01)


def test_a_library_of_words_or_of_sound_alone_has_a_curve_and_some_may_lack_it():
    _, labels, groups = clouds(20)
    said = [f'{{"title": "{label} {label[-1] * 3} {number % 7}"}}' for number, label in enumerate(labels)]
    words = Part(np.array(said, object), np.arange(60) % 5 > 0, "w", "text")
    curve = learning_curve({"words": words}, labels, groups)
    # Of every fifth video nothing is known.
    assert curve[-1].value == pytest.approx(0.8, abs=0.03)
    heard = np.random.default_rng(0).normal(np.arange(60) // 20, 0.3, (9, 60)).T
    sound = Part.whole(heard.astype(np.float32), "scaled")
    assert learning_curve({"sound": sound}, labels, groups)[-1].value > 0.9
    assert learning_curve({"sound": sound, "words": words}, labels, groups)[-1].value > 0.9


def test_what_folders_are_called_counts_in_the_curve_as_it_does_in_the_model():
    _, labels, groups = clouds(20)
    said = np.array([f'{{"title": "part {number % 7} {label}"}}' for number, label in enumerate(labels)], object)
    noise = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    parts = {"sound": Part.whole(noise, "scaled"), "words": Part.whole(said, "text")}
    folders = (*sorted(set(labels)), "without a video")
    names = Names(folders, {"names": lettered("words", said.tolist(), dict.fromkeys(folders, ""))})
    model = fit_classifier(parts, list(labels), groups, TrainConfig(), names=names)
    curve = insight.learning_curve(parts, labels, groups, model, heads_of(parts, "", TrainConfig()))
    assert curve[0].value > 0.95
