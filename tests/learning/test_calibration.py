"""One temperature: found whatever the scale, modest where little is known, and what it was after it was kept."""

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


def test_the_temperature_is_the_one_of_least_loss():
    """As a fine grid finds it: nothing about the search decides the answer."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(300, 4)) * 3
    truth = np.where(rng.random(300) < 0.7, scores.argmax(axis=1), rng.integers(4, size=300))

    def loss(beta):
        shares = softmax(scores * beta)
        sure = 301 / 302
        targets = np.full_like(shares, (1 - sure) / 3)
        targets[np.arange(300), truth] = sure
        return -(targets * np.log(shares)).sum(axis=1).mean()

    grid = np.exp(np.linspace(-3, 3, 3001))
    best = grid[np.argmin([loss(beta) for beta in grid])]
    assert Calibration.fit(scores, truth).inverse_temperature == pytest.approx(best, rel=5e-3)


@pytest.mark.parametrize("seed", range(20))
def test_it_is_what_a_golden_section_finds(seed):
    """The search that was here before; scipy's takes a third of the steps."""
    rng = np.random.default_rng(seed)
    count, folders = int(rng.integers(2, 200)), int(rng.integers(2, 8))
    scores = rng.normal(size=(count, folders)) * 10 ** rng.uniform(-2, 3)
    scores[rng.random(scores.shape) < 0.05] = -np.inf
    truth = np.where(rng.random(count) < 0.7, scores.argmax(axis=1), rng.integers(folders, size=count))
    there = np.isfinite(scores)
    telling = there[np.arange(count), truth] & (there.sum(axis=1) > 1)
    unit = np.std(scores[there])

    def loss(log_beta):
        shares = softmax(scores[telling] / unit * np.exp(log_beta))
        sure = (telling.sum() + 1) / (telling.sum() + 2)
        targets = np.where(there[telling], (1 - sure) / (there[telling].sum(axis=1, keepdims=True) - 1), 0.0)
        targets[np.arange(telling.sum()), truth[telling]] = sure
        return -(targets * np.log(np.where(targets > 0, np.maximum(shares, 1e-300), 1.0))).sum(axis=1).mean()

    low, high, golden = -12.0, 8.0, (5**0.5 - 1) / 2
    for _ in range(60):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) <= loss(right) else (left, high)
    expected = Calibration(float(np.exp((low + high) / 2)) / unit).apply(scores)
    np.testing.assert_allclose(Calibration.fit(scores, truth).apply(scores), expected, atol=1e-6)


def test_it_is_kept_and_read_as_it_was_and_nonsense_is_refused():
    calibration = Calibration(0.37)
    assert Calibration.from_arrays(calibration.to_arrays()) == calibration
    for value in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="inverse temperature"):
            Calibration.from_arrays({"inverse_temperature": np.array(value)})
