"""The learning curve and its forecast: they rise where more helps, and promise nothing that was not measured."""

import json

import numpy as np
import pytest

from vidsort.insight import curve as insight
from vidsort.insight.curve import NO_CURVE, Curve, Gain, Point, curve_of, forecast, written
from vidsort.insight.folders import advice
from vidsort.learning.fitting import TrainConfig, fit_classifier, heads_of
from vidsort.learning.rows.names import Names, lettered
from vidsort.learning.rows.parts import Part

LDA = TrainConfig(heads=("lda",))


def learning_curve(parts, labels, groups):
    """The points of the curve of a model that learned from all of them; of an array as of frames."""
    return whole_curve(parts, labels, groups).points


def whole_curve(parts, labels, groups):
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
    assert whole_curve(rows, labels, groups) == NO_CURVE
    assert forecast([]) is None
    assert "too few" in advice(NO_CURVE, {"a": 1.0})
    assert "retrain" in advice(None, {"a": 1.0})


def test_a_folder_that_cannot_be_tested_does_not_pull_the_curve_down():
    rows, labels, _ = clouds(40, noise=0.1)
    alone = np.abs(np.eye(1, 24, 7)).astype(np.float32)
    curve = learning_curve(np.vstack([rows, alone]), [*labels, "alone"], np.arange(len(labels) + 1))
    assert curve[-1].value == 1.0
    one_folder = [at for at, label in enumerate(labels) if label == "folder 0"]
    lopsided = np.vstack([rows[one_folder], alone])
    assert learning_curve(lopsided, ["folder 0"] * 40 + ["alone"], np.arange(41)) == ()


def test_a_forecast_continues_a_known_law():
    points = [Point(n, 1 - 2 * n**-0.5, 0.0, 1.0) for n in (50, 100, 200, 400)]
    found = forecast(points)
    assert found.power == pytest.approx(0.5, abs=1e-6)
    assert found.accuracy(900) == pytest.approx(1 - 2 / 30)
    assert [point.videos for point in found.points] == [500, 600, 700, 800]
    assert all(0 <= point.low <= point.value <= point.high <= 1 for point in found.points)
    assert found.accuracy(450) > found.accuracy(400)


def test_a_curve_that_does_not_rise_promises_nothing():
    found = forecast([Point(n, 0.5, 0.4, 0.6) for n in (50, 100, 200)])
    assert found.accuracy(1200) == pytest.approx(found.accuracy(200), abs=1e-9)


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
    assert curve.points[0].value > 0.95


def test_what_lies_ahead_is_told_with_its_interval_and_no_further_than_was_measured():
    curve = whole_curve(*clouds(40))
    assert [gain.more for gain in curve.ahead] == [25, 50, 100]
    assert all(gain.low <= gain.gain <= gain.high for gain in curve.ahead)
    gains = [gain.gain for gain in curve.ahead]
    assert gains == sorted(gains)
    assert 0 < gains[0] < gains[2] < 1 - curve.points[-1].value
    assert [gain.more for gain in whole_curve(*clouds(12)).ahead] == [25]


def test_what_the_bootstrap_says_of_a_rise_that_is_plain_excludes_nothing_at_all():
    ahead = whole_curve(*clouds(150, noise=0.5)).ahead
    assert ahead[-1].low > 0


def test_it_is_said_whether_it_is_enough_and_what_cannot_be_told_is_not_promised():
    misses = {"food": 3.0, "dance": 1.0}

    def said(*row):
        return advice(Curve((), (Gain(*row),)), misses)

    assert said(100, 0.03, 0.01, 0.05) == (
        "100 more labels should bring +3.0 points (95 % interval +1.0 to +5.0): best in food, where most are missed."
    )
    assert advice(Curve((), (Gain(25, 0.006, 0.005, 0.006),)), dict.fromkeys(misses, 0.0)).startswith("None of the")
    assert said(50, 0.01, -0.02, 0.04).startswith("It cannot be told yet whether 50 more labels would bring anything")
    assert said(100, 0.001, -0.001, 0.004).startswith("It is enough: 100 more labels would bring less than a point")


def test_a_curve_is_kept_in_metrics_as_it_is_and_an_older_version_has_none():
    curve = whole_curve(*clouds(20))
    assert curve_of({"learning_curve": written(curve)}) != NO_CURVE
    assert curve_of({"learning_curve": json.loads(json.dumps(written(curve)))}) == curve
    assert curve_of({"learning_curve": None}) is None


def test_points_of_as_many_videos_make_no_line_and_none_is_drawn_through_them():
    with np.errstate(all="raise"):
        curve = whole_curve(*clouds(4))
    assert [point.videos for point in curve.points].count(curve.points[0].videos) > 1
    assert forecast([Point(20, value, 0.0, 1.0) for value in (0.5, 0.6, 0.7)]) is None
