import json
import subprocess
import sys

import numpy as np
import pytest
from labelled import clouds, make_library, store_features

from vidsort import artifacts, predict, train
from vidsort.artifacts.files import read_json, write_whole
from vidsort.artifacts.publication import columns_of, read_predictions
from vidsort.errors import ArtifactError, NotFoundError
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.rows.parts import Part
from vidsort.pile.columns import Columns
from vidsort.predict import PredictConfig, plan_moves, predictions_of
from vidsort.records import FolderScore, Prediction
from vidsort.settings import Settings

COUNTS = {"dance": 12, "food": 9, "sport": 10}
QUICK = TrainConfig(heads=("lda",))


@pytest.fixture
def place(tmp_path):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, COUNTS | {None: 6})
    store_features(settings)
    return settings


def published(settings):
    return artifacts.predictions_path(settings.artifacts_dir).read_bytes()


def hold_back(settings, model_id):
    """Make a model's verdict that it is not to take over, as after training on spoiled labels."""
    path = settings.artifacts_dir / "models" / model_id / "manifest.json"
    manifest = read_json(path)
    manifest["promotion"] |= {"promote": False, "verdict": "Held back: worse."}
    write_whole(path, json.dumps(manifest).encode())


def test_predictions_have_the_documented_form(place):
    train.run(place, QUICK)
    predict.run(place)
    entries = json.loads(published(place))
    assert [entry["video"] for entry in entries] == [f"{number}.mp4" for number in range(32, 38)]
    for entry in entries:
        assert set(entry) == {"video", "predicted_folder", "confidence", "top_predictions"}
        ranked = entry["top_predictions"]
        assert len(ranked) == 3
        assert ranked[0] == {"folder": entry["predicted_folder"], "confidence": entry["confidence"]}
        shares = [each["confidence"] for each in ranked]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert len(artifacts.read_predictions(artifacts.predictions_path(place.artifacts_dir))) == 6


@pytest.mark.parametrize(("top_k", "expected"), [(1, 1), (2, 2), (50, 3)])
def test_as_many_folders_are_named_as_asked_for(top_k, expected):
    X, y = clouds(COUNTS)  # noqa: N806
    parts = {"frames": Part.whole(X)}
    classifier = fit_classifier(parts, y, np.arange(len(y)), QUICK)
    (entry,) = predictions_of(classifier, ["1.mp4"], {"frames": Part.whole(X[:1])}, top_k)
    assert len(entry.top_predictions) == expected
    assert entry.predicted_folder == y[0]


def test_two_runs_on_one_model_predict_the_same_bytes(place):
    train.run(place, QUICK)
    predict.run(place)
    first = published(place)
    predict.run(place)
    assert published(place) == first


def test_what_is_written_is_what_an_entry_writes_of_itself_whatever_the_names(place):
    (place.data_dir / "1.mp4").parent.joinpath("f\u00fcr \"Oma\" \\\U0001f436").mkdir()
    source = next(place.data_dir.glob("*/*.mp4"))
    source.rename(place.data_dir / "f\u00fcr \"Oma\" \\\U0001f436" / source.name)
    train.run(place, QUICK)
    predict.run(place)
    path = artifacts.predictions_path(place.artifacts_dir)
    entries = artifacts.read_predictions(path)
    assert entries
    told = ",\n".join(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False) for entry in entries)
    assert path.read_text(encoding="utf-8") == f"[\n{told}\n]\n"


def test_a_pile_is_predicted_the_same_however_many_at_once(place, monkeypatch):
    train.run(place, QUICK)
    predict.run(place)
    whole = published(place)
    for at_once in (1, 2, 5):
        monkeypatch.setattr(predict, "AT_ONCE", at_once)
        report = predict.run(place)
        assert published(place) == whole
        assert report.done == whole.count(b"\n{")


def test_of_many_the_same_is_written_in_columns(place, monkeypatch):
    train.run(place, QUICK)
    monkeypatch.setattr(predict, "MANY", 1)
    monkeypatch.setattr(predict, "AT_ONCE", 2)
    predict.run(place)
    written = columns_of(place.artifacts_dir, published(place))
    entries = read_predictions(place.artifacts_dir / "predictions.json")
    assert len(entries) > 1
    assert dict(Columns.of_bytes(written)) == {entry.video: entry for entry in entries}
    monkeypatch.undo()
    predict.run(place)
    assert columns_of(place.artifacts_dir, published(place)) is None


def test_a_video_without_features_has_no_entry_but_a_reason(place):
    store_features(place, unreadable=frozenset({"33.mp4"}))
    train.run(place, QUICK)
    report = predict.run(place)
    assert report.done == 5
    assert [(failure.filename, failure.reason) for failure in report.failed] == [("33.mp4", "no frame can be decoded")]
    assert b"33.mp4" not in published(place)


def test_an_empty_pile_is_an_empty_list(tmp_path):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, COUNTS)
    store_features(settings)
    train.run(settings, QUICK)
    assert predict.run(settings).done == 0
    assert json.loads(published(settings)) == []


def test_predicting_before_training_says_what_to_run(place):
    with pytest.raises(ArtifactError, match="vidsort train"):
        predict.run(place)
    with pytest.raises(NotFoundError, match="vidsort models list"):
        predict.run(place, PredictConfig(model_id="20260101-000000-abcdef"))


def test_what_is_moved_is_what_is_sure_enough_and_the_surest_first():
    entries = [
        Prediction(video=f"{number}.mp4", predicted_folder=folder, confidence=share,
                   top_predictions=(FolderScore(folder=folder, confidence=share),))
        for number, (folder, share) in enumerate([("a", 0.5), ("b", 0.9), ("a", 0.7), ("b", 0.69)])
    ]
    assert plan_moves(entries, 0.7) == [("1.mp4", "b"), ("2.mp4", "a")]
    assert len(plan_moves(entries, 0)) == 4


def test_a_new_model_that_may_take_over_does(place):
    first = train.run(place, QUICK).outputs["model_id"]
    assert predict.run(place).outputs["model_id"] == first
    second = train.run(place, QUICK).outputs["model_id"]
    assert predict.run(place).outputs["model_id"] == second
    assert artifacts.current(place.artifacts_dir).model_id == second


def test_a_model_that_is_held_back_predicts_but_does_not_take_over_until_it_is_promoted(place):
    first = train.run(place, QUICK).outputs["model_id"]
    predict.run(place)
    second = train.run(place, TrainConfig(heads=("logistic",))).outputs["model_id"]
    hold_back(place, second)
    report = predict.run(place)
    assert (report.outputs["model_id"], report.outputs["held_back_model_id"]) == (first, second)
    before = published(place)
    listed = {version.model_id: version for version in artifacts.list_models(place.artifacts_dir)}
    assert listed[second].held_back
    assert not listed[second].is_current
    assert listed[first].is_current
    assert artifacts.promote(place.artifacts_dir, second).model_id == second
    stored = place.artifacts_dir / "predictions" / listed[second].predictions_id / "predictions.json"
    assert published(place) == stored.read_bytes() != before
    artifacts.rollback(place.artifacts_dir)
    assert published(place) == before


def test_a_rollback_stays_until_a_newer_model_is_trained(place):
    first = train.run(place, QUICK).outputs["model_id"]
    predict.run(place)
    train.run(place, QUICK)
    predict.run(place)
    artifacts.rollback(place.artifacts_dir)
    assert predict.run(place).outputs["model_id"] == first
    third = train.run(place, QUICK).outputs["model_id"]
    assert predict.run(place).outputs["model_id"] == third


def test_a_model_that_never_predicted_cannot_be_promoted_and_the_error_says_what_to_run(place):
    model_id = train.run(place, QUICK).outputs["model_id"]
    with pytest.raises(ArtifactError, match=f"vidsort predict --model-id {model_id}"):
        artifacts.promote(place.artifacts_dir, model_id)
    assert predict.run(place, PredictConfig(model_id=model_id)).outputs["model_id"] == model_id


def test_a_damaged_model_leaves_the_predictions_in_force(place):
    train.run(place, QUICK)
    predict.run(place)
    before = published(place)
    model_id = train.run(place, QUICK).outputs["model_id"]
    (place.artifacts_dir / "models" / model_id / "model.npz").write_bytes(b"no model")
    with pytest.raises(ArtifactError, match="run `vidsort retrain`"):
        predict.run(place)
    assert published(place) == before


def test_a_model_that_would_sort_out_of_the_library_is_never_in_force(place):
    train.run(place, QUICK)
    predict.run(place)
    before = published(place)
    model_id = train.run(place, QUICK).outputs["model_id"]
    path = place.artifacts_dir / "models" / model_id / "model.npz"
    with np.load(path, allow_pickle=False) as arrays:
        strange = {name: arrays[name] for name in arrays}
    names = json.loads(strange["folders"].tobytes())
    strange["folders"] = np.frombuffer(json.dumps(["../../x", *names[1:]]).encode(), np.uint8)
    np.savez(path, **strange)
    with pytest.raises(ArtifactError, match=r"\.\./\.\./x"):
        predict.run(place, PredictConfig(model_id=model_id))
    assert published(place) == before


@pytest.mark.parametrize("manifest", [b"null", b"{}", b"[" * 100_000])
def test_a_damaged_manifest_is_a_sentence_and_changes_nothing(place, manifest):
    train.run(place, QUICK)
    predict.run(place)
    before = published(place)
    model_id = train.run(place, QUICK).outputs["model_id"]
    (place.artifacts_dir / "models" / model_id / "manifest.json").write_bytes(manifest)
    with pytest.raises(ArtifactError, match="manifest"):
        predict.run(place)
    assert published(place) == before
    with pytest.raises(ArtifactError):
        artifacts.show_model(place.artifacts_dir, model_id)
    assert model_id not in [version.model_id for version in artifacts.list_models(place.artifacts_dir)]


def test_a_model_spoiled_by_wrong_labels_is_held_back_from_end_to_end(place):
    train.run(place, QUICK)
    predict.run(place)
    # Videos as they were, judged by folders as they are: the old model knew better what lies together.
    for number, video in enumerate(sorted(place.data_dir.glob("*/*.mp4"))):
        if number % 2:
            names = sorted(COUNTS)
            video.rename(place.data_dir / names[(names.index(video.parent.name) + 1) % 3] / video.name)
    report = train.run(place, QUICK)
    pair = read_json(place.artifacts_dir / "models" / report.outputs["model_id"] / "manifest.json")["promotion"]["pair"]
    assert pair["count"] == sum(COUNTS.values())
    assert pair["before"] < 0.6
    assert pair["low"] <= pair["difference"] <= pair["high"]
    assert report.outputs["promoted"] is (pair["high"] >= 0)


@pytest.mark.programs
def test_the_step_as_a_program_imports_neither_scikit_learn_nor_skops(place):
    train.run(place, QUICK)
    code = (
        "import sys\nfrom vidsort.predict import *\nfrom vidsort.settings import load_settings\n"
        "run(load_settings(data_dir=sys.argv[1], artifacts_dir=sys.argv[2]))\nprint(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, place.data_dir, place.artifacts_dir], capture_output=True, text=True, check=True
    )
    assert not {"sklearn", "skops", "scipy", "pandas"} & set(done.stdout.split())
    assert published(place)
