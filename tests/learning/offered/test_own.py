"""Heads that others bring: they race, are calibrated and kept as vidsort's own, and what is wrong is one sentence."""

import json
import os
import sys

import numpy as np
import pytest
from conftest import ROOT
from labelled import clouds, make_library, store_features
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from vidsort import artifacts, predict, train
from vidsort.cli import main
from vidsort.errors import ArtifactError, SettingsError, VidsortError
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.offered.own import BUILT_IN, named_heads, own_heads
from vidsort.learning.rows.parts import Part
from vidsort.settings import Settings, load_settings

BROUGHT = ROOT / "tests" / "brought"
MINE = "brought.NearestMean"
TREE = "sklearn.tree._tree.Tree"


@pytest.fixture
def brought(monkeypatch) -> None:
    """A package that brings a head is installed."""
    monkeypatch.syspath_prepend(str(BROUGHT))


@pytest.fixture
def place(tmp_path) -> Settings:
    """A library of three folders with features, of which nothing was learned yet; the head of `brought` is trusted."""
    settings = Settings(
        data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts",
        steps={"train": {"trusted_types": [MINE], "repeats": 1}},
    )
    make_library(settings.data_dir, {"a": 12, "b": 12, "c": 12, None: 4})
    store_features(settings)
    return settings


def manifest_of(settings: Settings, report) -> dict:
    return artifacts.show_model(settings.artifacts_dir, report.outputs["model_id"])["manifest"]


def test_a_head_of_an_entry_point_is_one_by_its_name_in_every_setting(brought, place, tmp_path, capsys):
    (tmp_path / "vidsort.toml").write_text(
        f'[train]\nheads = ["lda", "nearest_mean"]\ntrusted_types = ["{MINE}"]\nrepeats = 1\n'
    )
    os.chdir(tmp_path)
    flags = place.as_flags()
    for command in ("train", "predict"):
        assert main([command, *flags]) == 0
    assert [one.head for one in artifacts.list_models(place.artifacts_dir)] == ["lda"]
    report = train.run(place, TrainConfig(heads=("nearest_mean",), trusted_types=(MINE,)))
    assert report.outputs["head"] == "nearest_mean"
    assert report.outputs["accuracy"] > 0.8
    assert main(["models", "show", report.outputs["model_id"], *flags]) == 0
    told = capsys.readouterr().out
    assert "nearest_mean" in told
    assert MINE in told
    assert main(["models", "list", *flags]) == 0
    assert "nearest_mean" in capsys.readouterr().out


def test_heads_that_are_handed_over_race_beside_the_others(place):
    own = make_pipeline(StandardScaler(), LogisticRegression())
    report = train.run(place, heads=["centroid", own, GaussianNB, GaussianNB(var_smoothing=0.1)])
    manifest = manifest_of(place, report)
    assert [row["head"] for row in manifest["selection"]] == ["centroid", "Pipeline", "GaussianNB", "GaussianNB_2"]
    assert manifest["train_config"]["heads"] == ["centroid", "Pipeline", "GaussianNB", "GaussianNB_2"]
    assert manifest["own_heads"] == {
        "Pipeline": "sklearn.pipeline.Pipeline", "GaussianNB": "sklearn.naive_bayes.GaussianNB",
        "GaussianNB_2": "sklearn.naive_bayes.GaussianNB",
    }
    assert all(row["accuracy"] is not None for row in manifest["selection"])
    assert not hasattr(own, "classes_"), "what is handed over is not fitted: a copy of it is"


def test_what_it_has_learned_is_read_again_to_the_last_digit_and_calibrated(brought, place):
    from brought import NearestMean

    rows, y = clouds({"a": 20, "b": 20, "c": 20})
    groups, parts = np.arange(60), {"frames": Part.whole(rows)}
    config = TrainConfig(heads=("nearest_mean",), trusted_types=(MINE,), repeats=1)
    trained = fit_classifier(parts, y, groups, config, own={"nearest_mean": NearestMean(0.1)})
    from vidsort.learning.files import classifier_of, model_files

    read = classifier_of(model_files(trained), "1", [MINE])
    assert np.array_equal(read.predict_proba(parts), trained.predict_proba(parts))
    # So blunt by itself that it is never surer than .4 of anything; the temperature sees to that.
    assert trained.predict_proba(parts).max(axis=1).mean() > 0.8
    assert trained.metrics["calibration_error"]["value"] < trained.metrics["before_calibration"]["calibration_error"][
        "value"
    ]


def test_predictions_by_a_head_of_others_come_from_its_file(brought, place):
    train.run(place, heads=["nearest_mean"])
    report = predict.run(place)
    assert report.done == 4
    untrusting = place.model_copy(update={"steps": {}})
    with pytest.raises(ArtifactError, match=f'write trusted_types = \\["{MINE}"\\] under \\[train\\] in vidsort.toml'):
        predict.run(untrusting)
    with pytest.raises(ArtifactError, match="trusted_types"):
        artifacts.promote(place.artifacts_dir, str(report.outputs["model_id"]))
    artifacts.promote(place.artifacts_dir, str(report.outputs["model_id"]), place.trusted_types)


def test_a_type_that_nobody_trusts_stops_before_anything_is_written_and_says_what_to_add(place):
    with pytest.raises(SettingsError) as raised:
        train.run(place, heads=[ExtraTreesClassifier(5)])
    assert f'write trusted_types = ["{MINE}", "{TREE}"] under [train] in vidsort.toml' in str(raised.value)
    assert artifacts.model_ids(place.artifacts_dir) == []


def test_what_draws_by_chance_draws_from_the_seed(place):
    config = TrainConfig(trusted_types=(TREE,), repeats=1, seed=3)
    first, second = (train.run(place, config, heads=[ExtraTreesClassifier(5)]) for _ in range(2))
    files = [
        (artifacts.model_dir(place.artifacts_dir, report.outputs["model_id"]) / "out_of_fold.json").read_bytes()
        for report in (first, second)
    ]
    assert files[0] == files[1]


class Clumsy(GaussianNB):
    def fit(self, rows, labels):
        raise IndexError("too few")


class Local(GaussianNB):
    """As one that was defined in a notebook."""


Local.__module__ = "__main__"


class Picky(GaussianNB):
    def __init__(self, needed):
        self.needed = needed


class Unclonable(GaussianNB):
    def __init__(self, shift=0):
        self.shift = shift + 1


@pytest.mark.parametrize(("head", "error", "said"), [
    ("lda2", SettingsError, "lda2 is no head; did you mean lda"),
    ("broken", SettingsError, "The head broken cannot be loaded from brought.nowhere:Head"),
    (LinearSVC(), SettingsError, "has no predict_proba"),
    (Picky, SettingsError, "cannot be made without arguments"),
    (7, SettingsError, "has no fit"),
    (Clumsy(), VidsortError, "The head Clumsy cannot learn from .* videos .IndexError: too few."),
    (Unclonable(), VidsortError, "The head Unclonable cannot learn from .*RuntimeError: Cannot clone"),
    (Local(), SettingsError, "is of a class that is defined here"),
])
def test_a_head_that_is_none_is_one_sentence(brought, place, head, error, said, monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "Local", Local, raising=False)
    with pytest.raises(error, match=said) as raised:
        train.run(place, heads=[head])
    assert "\n" not in str(raised.value)
    assert artifacts.model_ids(place.artifacts_dir) == []


def test_no_head_at_all_is_one_sentence(place):
    with pytest.raises(SettingsError, match="No head is given"):
        train.run(place, heads=[])


def test_a_misspelt_head_in_the_settings_is_found_when_they_are_read(brought, tmp_path):
    os.chdir(tmp_path)
    (tmp_path / "vidsort.toml").write_text('[train]\nheads = ["nearest_men"]\n')
    with pytest.raises(SettingsError, match=r"train\.heads=.* nearest_men is no head; did you mean nearest_mean"):
        load_settings()
    (tmp_path / "vidsort.toml").write_text('[train]\nheads = ["nearest_mean"]\n')
    assert load_settings().config("train", TrainConfig).heads == ("nearest_mean",)


def test_no_entry_point_takes_the_place_of_a_head_of_vidsort(brought):
    assert own_heads(BUILT_IN) == {}
    assert named_heads(["lda", "lda"]) == (("lda",), {})


def test_evidence_without_pictures_has_its_own_cheap_head_whatever_races(place):
    report = train.run(place, heads=[GaussianNB()])
    assert json.loads(json.dumps(manifest_of(place, report)))["head"] == "GaussianNB"
