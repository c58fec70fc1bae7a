"""Temperature and doubt: found whatever the scale, modest where little is known, and what it was after it was kept."""

import numpy as np
import pytest

from vidsort.learning.calibration import Calibration, softmax


def test_temperature_finds_the_scale_of_scores_whatever_the_head():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(4000, 5)) * 2
    truth = np.array([rng.choice(5, p=share) for share in softmax(scores)])
    for scale in (1e-3, 1.0, 1e4):
        assert Calibration.fit(scores * scale, truth).inverse_temperature * scale == pytest.approx(1.0, abs=0.1)


def test_ten_right_answers_do_not_make_for_certainty():
    scores = np.tile([5.0, 0.0, 0.0], (10, 1))
    calibration = Calibration.fit(scores, np.zeros(10, int))
    assert calibration.apply(scores)[0, 0] == pytest.approx(11 / 12, abs=0.01)


def test_temperature_without_a_telling_answer_is_mild():
    scores = np.full((3, 3), -np.inf)
    assert Calibration.fit(scores, np.arange(3)) == Calibration(1.0)
    assert Calibration.fit(np.array([[100.0, -np.inf]]), np.array([1])) == Calibration(1.0)
    np.testing.assert_allclose(softmax(scores), np.full((3, 3), 1 / 3))


def test_softmax_takes_any_size_of_scores():
    np.testing.assert_allclose(softmax(np.array([[1e9, 0, -np.inf], [-1e9, -1e9, -1e9]])),
                               [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]])


def random_answers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of any scale with holes, and folders that are the likeliest, but for a few."""
    rng = np.random.default_rng(seed)
    count, folders = int(rng.integers(20, 300)), int(rng.integers(2, 8))
    scores = rng.normal(size=(count, folders)) * 3
    truth = np.array([rng.choice(folders, p=share) for share in softmax(scores)])
    truth = np.where(rng.random(count) < 0.85, truth, rng.integers(folders, size=count))
    scores[rng.random(scores.shape) < 0.05] = -np.inf
    return scores * 10 ** rng.uniform(-2, 3), truth


@pytest.mark.parametrize("seed", range(20))
def test_temperature_and_doubt_are_those_of_least_loss_around(seed):
    """As their neighbours on a fine grid are all worse: nothing about the search decides the answer."""
    scores, truth = random_answers(seed)
    there = np.isfinite(scores)
    telling = there[np.arange(len(truth)), truth] & (there.sum(axis=1) > 1)
    scores, truth, there = scores[telling], truth[telling], there[telling]

    def loss(calibration):
        shares = calibration.apply(scores)
        sure = (len(truth) + 1) / (len(truth) + 2)
        targets = np.where(there, (1 - sure) / (there.sum(axis=1, keepdims=True) - 1), 0.0)
        targets[np.arange(len(truth)), truth] = sure
        known = 0.1 * np.log(calibration.doubt) + np.log(1 - calibration.doubt)
        return -(targets * np.log(np.where(there, shares, 1.0))).sum() - known

    found = Calibration.fit(scores, truth)
    for step in (1e-4, 1e-2):
        for sharper, surer in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)):
            odds = found.doubt / (1 - found.doubt) * np.exp(step * surer)
            other = Calibration(found.inverse_temperature * np.exp(step * sharper), min(0.5, odds / (1 + odds)))
            assert loss(found) <= loss(other) + 1e-9


def test_a_few_answers_that_are_plainly_wrong_do_not_make_all_others_unsure():
    scores = np.tile([8.0, 0.0], (60, 1)) + np.random.default_rng(0).normal(size=(60, 2)) / 2
    truth = np.zeros(60, int)
    truth[:6] = 1
    found = Calibration.fit(scores, truth)
    shares = found.apply(scores)
    assert shares[:, 0].mean() == pytest.approx(0.9, abs=0.03)
    assert shares[:, 0].std() < 0.02
    assert found.apply(np.array([[0.0, 0.0], [1e9, 0.0]]))[1, 0] < 1 - 0.02


def test_doubt_leaves_folders_that_cannot_be_impossible_and_nothing_known_even():
    doubtful = Calibration(2.0, 0.3)
    np.testing.assert_allclose(doubtful.apply(np.array([[50.0, 0.0, -np.inf]])), [[0.85, 0.15, 0.0]], atol=1e-9)
    assert np.isneginf(doubtful.logs(np.full((1, 3), -np.inf))).all()
    np.testing.assert_allclose(doubtful.apply(np.full((1, 3), -np.inf)), [[1 / 3] * 3])


def test_doubt_changes_no_order():
    scores = np.random.default_rng(0).normal(size=(100, 5))
    order = np.argsort(scores, axis=1)
    assert np.array_equal(np.argsort(Calibration(3.0, 0.4).apply(scores), axis=1), order)


def test_it_is_kept_and_read_as_it_was_and_nonsense_is_refused():
    calibration = Calibration(0.37, 0.12)
    assert Calibration.from_arrays(calibration.to_arrays()) == calibration
    assert Calibration.from_arrays({"inverse_temperature": np.array(0.37)}) == Calibration(0.37)
    for value in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="doubt"):
            Calibration.from_arrays(calibration.to_arrays() | {"doubt": np.array(value)})
    for value in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="inverse temperature"):
            Calibration.from_arrays({"inverse_temperature": np.array(value)})
