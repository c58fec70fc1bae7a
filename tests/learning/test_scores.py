import numpy as np
import pytest

from vidsort.learning.scores import (
    Scored,
    calibration_error,
    cover_against_error,
    log_loss,
    macro_f1,
    scores,
    share_right,
    threshold_for,
    wilson,
)


def scored(count=300, *, seed=0, folders=4):
    """Answers whose probabilities mean what they say."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(folders, 0.3), size=count)
    truth = np.array([rng.choice(folders, p=share) for share in shares])
    return Scored(shares, truth, np.arange(count))


def test_wilsons_interval_is_that_of_the_books():
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == pytest.approx(1)
    assert wilson(0, 0) == (0.0, 1.0)


def test_copies_widen_the_interval():
    right = np.arange(100) % 4 > 0
    alone, copied = share_right(right, np.arange(100)), share_right(right, np.arange(100) // 10)
    assert alone["value"] == copied["value"] == 0.75
    assert copied["low"] < alone["low"]
    assert copied["high"] > alone["high"]


def test_macro_f1_is_that_of_scikit_learn():
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(0)
    truth, chosen = rng.integers(0, 5, 200), rng.integers(0, 5, 200)
    assert macro_f1(chosen, truth, 5) == pytest.approx(f1_score(truth, chosen, average="macro"))


def test_honest_probabilities_have_little_calibration_error_and_boasts_have_much():
    honest = scored(3000)
    assert calibration_error(honest.confidence, honest.right) < 0.03
    assert calibration_error(np.ones(3000), honest.right) == pytest.approx(1 - honest.right.mean())
    assert calibration_error(np.array([0.85, 0.85]), np.array([True, False])) == pytest.approx(0.35)


def test_log_loss_is_finite_where_the_right_folder_was_ruled_out():
    assert log_loss(Scored(np.array([[1.0, 0.0]]), np.array([1]), np.array([0]))) < 17
    assert log_loss(Scored(np.array([[0.5, 0.5]]), np.array([1]), np.array([0]))) == pytest.approx(np.log(2))


def test_every_score_has_its_value_interval_and_count():
    found = scores(scored(), ["a", "b", "c", "d"], [100, 198, 2, 0])
    for name in ("accuracy", "macro_f1", "calibration_error", "log_loss"):
        score = found[name]
        assert score["low"] <= score["value"] <= score["high"], name
        assert score["count"] == 300
    assert sum(map(sum, found["confusion"])) == 300
    assert [folder["thin"] for folder in found["folders"].values()] == [False, False, True, True]
    assert sum(folder["recall"]["count"] for folder in found["folders"].values()) == 300


def test_scores_of_nothing_say_that_nothing_is_known():
    nothing = Scored(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, int))
    found = scores(nothing, ["a", "b"], [1, 1])
    for name in ("accuracy", "macro_f1", "calibration_error", "log_loss"):
        assert found[name] == {"value": None, "low": None, "high": None, "count": 0}
    assert found["note"].startswith("not measured yet: ")
    assert {folder["recall"]["value"] for folder in found["folders"].values()} == {None}
    assert found["cover_against_error"] == found["reliability"] == []


def test_a_folder_that_could_not_be_tested_has_no_recall_and_is_told_beside_the_accuracy():
    shares, truth = np.tile([0.8, 0.1, 0.1], (6, 1)), np.zeros(6, int)
    found = scores(Scored(shares, truth, np.arange(6)), ["a", "b", "c"], [6, 1, 0])
    assert found["folders"]["b"]["recall"] == {"value": None, "low": None, "high": None, "count": 0}
    assert found["folders"]["a"]["recall"]["value"] == 1.0
    truth = np.array([0, 0, 0, 0, 1, 1])
    found = scores(Scored(shares, truth, np.arange(6)), ["a", "b", "c"], [4, 2, 0])
    assert found["accuracy"]["value"] == pytest.approx(4 / 6)
    assert found["note"].startswith("of 2 of 3 folders only: c could not be tested")
    assert scores(scored(), list("abcd"), [75] * 4)["note"] is None


def test_one_folder_alone_is_no_accuracy_and_promises_nothing():
    """There is nothing to take its videos for: 6 of 6 are no 100 %."""
    shares = np.tile([0.8, 0.2], (6, 1))
    found = scores(Scored(shares, np.zeros(6, int), np.arange(6)), ["a", "b"], [6, 1])
    for name in ("accuracy", "macro_f1", "calibration_error", "log_loss"):
        assert found[name] == {"value": None, "low": None, "high": None, "count": 6}
    assert found["note"].startswith("of one folder only: 6 of 6 videos of a were right, and b could not be tested; ")
    assert found["cover_against_error"] == found["reliability"] == []
    assert threshold_for(found, 0.5) is None


def test_the_same_scores_come_out_for_the_same_seed():
    assert scores(scored(), list("abcd"), [75] * 4, seed=3) == scores(scored(), list("abcd"), [75] * 4, seed=3)


def test_cover_grows_and_its_last_row_is_the_whole():
    many = scored(1000)
    rows = cover_against_error(many.confidence, many.right)
    assert [row["cover"] for row in rows] == sorted(row["cover"] for row in rows)
    assert [row["threshold"] for row in rows] == sorted((row["threshold"] for row in rows), reverse=True)
    assert rows[-1]["cover"] == 1
    assert rows[-1]["error"] == pytest.approx(1 - many.right.mean())
    for row in rows:
        above = many.confidence >= row["threshold"]
        assert row["count"] == above.sum()
        assert row["error"] == pytest.approx(1 - many.right[above].mean())


def test_a_threshold_keeps_its_promise_by_the_upper_end_of_the_interval():
    many = scored(2000)
    found = scores(many, list("abcd"), [500] * 4)
    threshold = threshold_for(found, 0.05)
    above = many.confidence >= threshold
    assert wilson((~many.right[above]).sum(), above.sum())[1] <= 0.05
    assert above.mean() > 0.1
    assert threshold_for(found, 0.0) is None
    assert threshold_for(found, 1.0) == pytest.approx(many.confidence.min())
