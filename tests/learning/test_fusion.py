"""Kinds of evidence together: each counts where it helps, and costs nothing where it does not or is absent."""

import json

import numpy as np
import pytest
from labelled import clouds

from vidsort.errors import NotEnoughLabelsError
from vidsort.learning.files import classifier_of, model_files
from vidsort.learning.fitting import NO_GAIN, TOO_FEW, TrainConfig, fit_classifier
from vidsort.learning.fusion import Fusion, Weighing, abstaining
from vidsort.learning.rows.parts import Part

QUICK = TrainConfig(heads=("lda",))
COUNTS = {"a": 30, "b": 30, "c": 30}


def noise(count, width=12, seed=5):
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


def numbers(y, spread, seed):
    """Numbers of very different units by which folders can be told apart: float32 [n, 6]."""
    rng = np.random.default_rng(seed)
    centres = {name: rng.normal(size=6) for name in sorted(set(y))}
    rows = np.stack([centres[name] + spread * rng.normal(size=6) for name in y])
    return (rows * [1e-3, 1, 1000, 1, 1, 1]).astype(np.float32)


def fit(parts, y, config=QUICK):
    return fit_classifier(parts, list(y), np.arange(len(y)), config)


def right(classifier, parts, y):
    return (np.array(classifier.folders)[classifier.predict_proba(parts).argmax(axis=1)] == y).mean()


def test_a_kind_that_is_noise_has_no_weight_and_changes_no_guess():
    X, y = clouds(COUNTS, spread=1.2)  # noqa: N806
    frames = Part.whole(X)
    alone, both = fit({"frames": frames}, y), fit({"frames": frames, "sound": Part.whole(noise(90), "scaled")}, y)
    assert both.metrics["modalities"]["sound"]["weight"] == 0
    assert both.metrics["modalities"]["sound"]["reason"] == NO_GAIN
    assert both.metrics["accuracy"]["value"] == alone.metrics["accuracy"]["value"]
    one, other = (each.predict_proba({"frames": frames}).argmax(axis=1) for each in (alone, both))
    assert np.array_equal(one, other)


def test_two_kinds_that_know_different_things_are_both_in_force_and_better_together():
    _, y = clouds({"a": 40, "b": 40, "c": 40, "d": 40})
    # One tells a and b from c and d, the other a and c from b and d.
    first = np.column_stack([np.isin(y, ["a", "b"]), noise(160)[:, 0]]).astype(np.float32)
    second = np.column_stack([np.isin(y, ["a", "c"]), noise(160)[:, 1]]).astype(np.float32)
    trained = fit({"motion": Part.whole(first, "scaled"), "sound": Part.whole(second, "scaled")}, y)
    told = trained.metrics["modalities"]
    assert trained.fusion.in_force == ("motion", "sound")
    assert trained.metrics["accuracy"]["value"] > 0.95
    for name in told:
        assert told[name]["alone"]["value"] < 0.7
        assert told[name]["without"]["value"] < 0.7
        assert told[name]["reason"] is None


def test_the_fewest_kinds_that_are_as_good_are_in_force():
    _, y = clouds(COUNTS)
    same = numbers(y, 0.05, 1)
    trained = fit({"motion": Part.whole(same, "scaled"), "sound": Part.whole(same[:, ::-1].copy(), "scaled")}, y)
    assert len(trained.fusion.in_force) == 1
    assert trained.metrics["accuracy"]["value"] > 0.98


def test_a_video_without_the_kind_in_force_is_judged_by_what_it_has():
    X, y = clouds(COUNTS, spread=0.9)  # noqa: N806
    parts = {"frames": Part.whole(X), "sound": Part.whole(numbers(y, 0.01, 2), "scaled")}
    trained = fit(parts, y)
    silent = np.arange(90) % 2 == 0
    some = {"frames": parts["frames"], "sound": Part(parts["sound"].X, ~silent, "s", "scaled")}
    whole = right(trained, {"frames": parts["frames"]}, y)
    assert right(trained, some, y) >= whole > 0.9
    assert np.array_equal(trained.predict_proba(some)[~silent], trained.predict_proba(parts)[~silent])


def test_what_is_absent_is_masked_and_never_taken_for_zeros():
    _, y = clouds(COUNTS)
    values, there = numbers(y, 0.3, 3), np.arange(90) % 3 > 0
    junk = values.copy()
    junk[~there] = 1e6
    zeros = np.where(there[:, None], values, 0)
    models = [fit({"sound": Part(rows, there, "s", "scaled"), "motion": Part.whole(noise(90), "scaled")}, y)
              for rows in (junk, zeros)]
    assert model_files(models[0]) == model_files(models[1])


def test_a_kind_abstains_on_folders_that_it_has_not_seen():
    known = np.log([[0.9, 0.1], [0.5, 0.5]])
    logs = np.column_stack([known, [-np.inf, -np.inf]])
    np.testing.assert_allclose(abstaining(logs)[:, 2], np.log(0.5))
    frames = np.log([[0.2, 0.2, 0.6], [0.2, 0.2, 0.6]])
    shares = Fusion({"frames": 1.0, "words": 1.0}, {"frames": 0.0, "words": 0.0}).apply(
        {"frames": frames, "words": logs}
    )
    # Undecided words leave the guess to frames; sure ones lift their folder, but veto none they do not know.
    np.testing.assert_allclose(shares[1], [0.2, 0.2, 0.6])
    assert shares[0].argmax() == 2
    assert shares[0, 0] > 0.2 > shares[0, 1]


def test_a_folder_that_words_do_not_know_can_still_be_predicted():
    X, y = clouds(COUNTS, spread=0.5)  # noqa: N806
    documents = np.array(["" if name == "c" else json.dumps({"title": f"all of {name}{name}"}) for name in y], object)
    words = Part(documents, y != "c", "w", "text")
    trained = fit({"frames": Part.whole(X), "words": words}, y)
    assert right(trained, {"frames": Part.whole(X), "words": words}, y) > 0.95


def test_a_kind_that_fewer_than_two_folders_have_has_no_weight_and_a_reason():
    X, y = clouds(COUNTS)  # noqa: N806
    trained = fit({"frames": Part.whole(X), "sound": Part(noise(90), y == "a", "s", "scaled")}, y)
    told = trained.metrics["modalities"]["sound"]
    assert (told["weight"], told["reason"], told["videos"]) == (0, TOO_FEW, 30)
    assert told["alone"]["value"] is None
    with pytest.raises(NotEnoughLabelsError):
        fit({"sound": Part(noise(90), y == "a", "s", "scaled")}, y)


def test_a_model_of_several_kinds_says_the_same_when_it_is_read_again():
    X, y = clouds(COUNTS, spread=1.5)  # noqa: N806
    documents = np.array([json.dumps({"description": f"about {name}{name} 我喜欢{name}"}) for name in y], object)
    parts = {"frames": Part.whole(X), "sound": Part.whole(numbers(y, 0.5, 4), "scaled"),
             "words": Part(documents, np.arange(90) % 4 > 0, "w", "text")}
    trained = fit(parts, y)
    again = classifier_of(model_files(trained), "m")
    np.testing.assert_allclose(again.predict_proba(parts), trained.predict_proba(parts), atol=1e-5)
    for name, share in again.shares(parts).items():
        np.testing.assert_allclose(share, trained.shares(parts)[name], atol=1e-4)
    asked = {"words": documents[0]}
    assert again.telling_words(asked, "a") == trained.telling_words(asked, "a") != []


def test_shares_are_of_one_whole_and_go_to_what_decided():
    _, y = clouds(COUNTS)
    parts = {"motion": Part.whole(noise(90), "scaled"), "sound": Part.whole(numbers(y, 0.05, 6), "scaled")}
    shares = fit(parts, y).shares(parts)
    np.testing.assert_allclose(sum(shares.values()), 1)
    assert (shares["sound"] == 1).all()


def test_weights_are_drawn_to_the_skill_of_each_kind():
    truth = np.arange(60) % 2
    sure = np.where(np.eye(2)[truth] > 0, np.log(0.8), np.log(0.2))
    weighing = Weighing.learn({"good": sure, "blind": np.full((60, 2), np.log(0.5))}, truth, np.arange(60))
    assert weighing.skills["blind"] == 0
    assert weighing.skills["good"] == pytest.approx((np.log(2) + np.log(0.8)) ** 2)
    assert weighing.best().weights["blind"] == 0
    assert weighing.best(["blind"]).in_force == ("blind",)
