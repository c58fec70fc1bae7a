import numpy as np
import pytest
from labelled import clouds

from vidsort.learning.calibration import softmax
from vidsort.learning.heads import ShrinkageLDA, candidates, expand, forward, layers_of, logits
from vidsort.learning.rows.basis import root, span

ALL = candidates(("centroid", "lda", "logistic", "neighbours", "mlp"), (3.0, 30.0))
COUNTS = {"a": 12, "b": 20, "c": 9}


def fitted(candidate, counts=COUNTS):
    features, y = clouds(counts)
    rooted = root(features)
    basis = span(rooted)
    labels = np.unique(y, return_inverse=True)[1]
    return candidate.fit(basis.rows(rooted), labels, 0), basis, rooted, labels


def test_candidates_come_simplest_first():
    names = [candidate.name for candidate in ALL]
    assert names == ["centroid", "lda", "logistic C=3", "logistic C=30", "neighbours", "mlp"]
    assert [candidate.name for candidate in candidates(("mlp", "lda"), (1.0,))] == ["lda", "mlp"]


@pytest.mark.parametrize("candidate", ALL, ids=lambda candidate: candidate.name)
@pytest.mark.parametrize("counts", [COUNTS, {"a": 15, "b": 15}], ids=["three folders", "two folders"])
def test_a_head_learns_clouds_and_says_the_same_in_full_features(candidate, counts):
    estimator, basis, rooted, labels = fitted(candidate, counts)
    rows = basis.rows(rooted)
    found = logits(estimator, rows, len(counts))
    assert (found.argmax(axis=1) == labels).mean() > 0.9
    whole = logits(expand(estimator, basis.directions), (rooted - basis.mean) / np.float32(basis.scale), len(counts))
    np.testing.assert_allclose(softmax(whole), softmax(found), atol=2e-3)


@pytest.mark.parametrize("name", ["logistic", "mlp"])
@pytest.mark.parametrize("counts", [COUNTS, {"a": 15, "b": 15}], ids=["three folders", "two folders"])
def test_layers_say_what_scikit_learn_says(name, counts):
    (candidate,) = candidates((name,), (10.0,))
    estimator, basis, rooted, _ = fitted(candidate, counts)
    rows = basis.rows(rooted)
    np.testing.assert_allclose(
        softmax(forward(layers_of(estimator), rows)), estimator.predict_proba(rows), atol=1e-4
    )


def test_a_column_that_was_not_learned_has_no_chance():
    estimator, basis, rooted, _ = fitted(ALL[1])
    estimator.classes_ = np.array([0, 2, 4])
    found = logits(estimator, basis.rows(rooted), 5)
    assert np.isneginf(found[:, [1, 3]]).all()
    assert np.isfinite(found[:, [0, 2, 4]]).all()


def test_lda_agrees_with_scikit_learns_ledoit_wolf():
    from sklearn.covariance import ledoit_wolf

    features, y = clouds(COUNTS)
    features = features.astype(np.float64)
    labels = np.unique(y, return_inverse=True)[1]
    means = np.stack([features[labels == number].mean(axis=0) for number in range(3)])
    covariance, _ = ledoit_wolf(features - means[labels], assume_centered=True)
    expected = np.linalg.solve(covariance, means.T).T * (np.trace(covariance) / len(covariance))
    np.testing.assert_allclose(ShrinkageLDA().fit(features, labels).coef_, expected, rtol=1e-6)


@pytest.mark.parametrize("counts", [COUNTS, {"a": 200, "b": 150}, {"a": 2, "b": 1}], ids=str)
def test_its_shrinkage_is_that_of_ledoit_and_wolfs_formula(counts):
    features, y = clouds(counts)
    labels = np.unique(y, return_inverse=True)[1]
    means = np.stack([features[labels == number].mean(axis=0) for number in range(len(counts))])
    residuals = features - means[labels]
    count, width = residuals.shape
    covariance = residuals.T @ residuals / count
    variance = np.trace(covariance) / width
    spread = np.square(covariance).sum()
    noise = np.square(np.square(residuals).sum(axis=1)).sum() / count - spread
    share = min(1.0, noise / count / (spread - width * variance**2))
    expected = np.linalg.solve((1 - share) / variance * covariance + share * np.eye(width), means.T).T
    np.testing.assert_allclose(ShrinkageLDA().fit(features, labels).coef_, expected, rtol=2e-3, atol=1e-3)


def test_lda_takes_folders_of_one_video():
    features, y = clouds({"a": 1, "b": 1, "c": 1})
    labels = np.unique(y, return_inverse=True)[1]
    assert logits(ShrinkageLDA().fit(features, labels), features, 3).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_basis_keeps_distances():
    rooted = root(clouds(COUNTS)[0])
    for part in (rooted, rooted[:5], np.vstack([rooted, rooted, rooted])):
        basis = span(part)
        rows = basis.rows(part) * basis.scale
        expected = np.linalg.norm(part[:, None] - part[None], axis=2)
        np.testing.assert_allclose(np.linalg.norm(rows[:, None] - rows[None], axis=2), expected, atol=1e-4)
        np.testing.assert_allclose(basis.directions.T @ basis.directions, np.eye(rows.shape[1]), atol=1e-3)
        assert rows.shape[1] <= min(part.shape)


def test_roots_have_length_1_keep_signs_and_leave_nothing_as_nothing():
    found = root(np.array([[4, -9, 0], [0, 0, 0]], np.float32))
    np.testing.assert_allclose(found[0], np.array([2, -3, 0]) / np.sqrt(13), rtol=1e-6)
    assert not found[1].any()
    assert found.dtype == np.float32
