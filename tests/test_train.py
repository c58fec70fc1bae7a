import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from labelled import WIDTH, clouds, make_library, store_features

from vidsort import artifacts, extract_features, library, predict, train
from vidsort.artifacts.evidence import read_manifest, read_metrics
from vidsort.artifacts.files import read_json
from vidsort.errors import ArtifactError, NotEnoughLabelsError, NotFoundError, SettingsError
from vidsort.features.contents import GONE
from vidsort.features.modalities import ExtractConfig
from vidsort.insight import comparison
from vidsort.insight.comparison import read_out_of_fold
from vidsort.learning.files import model_files
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.rows.parts import Part
from vidsort.settings import Settings

COUNTS = {"food": 25, "sport": 18, "dance": 30}


@pytest.fixture
def place(tmp_path):
    return Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")


@pytest.fixture
def trained_place(place):
    make_library(place.data_dir, COUNTS | {None: 4})
    store_features(place)
    return place


def fit(counts, *, groups=None, spread=0.6, **config):
    X, y = clouds(counts, spread=spread)  # noqa: N806
    groups = np.arange(len(y)) if groups is None else groups
    return fit_classifier({"frames": Part.whole(X)}, y, groups, TrainConfig(**config)), X, y


def manifest_of(settings, report):
    return read_json(settings.artifacts_dir / "models" / report.outputs["model_id"] / "manifest.json")


def test_a_classifier_learns_folders_and_its_probabilities_are_probabilities():
    trained, X, y = fit(COUNTS)  # noqa: N806
    shares = trained.predict_proba({"frames": Part.whole(X)})
    assert trained.folders == ("dance", "food", "sport")
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (np.array(trained.folders)[shares.argmax(axis=1)] == y).mean() > 0.95
    assert trained.predict_proba({"frames": Part.whole(X[:0])}).shape == (0, 3)
    assert trained.metrics["accuracy"]["value"] > 0.9
    assert trained.metrics["accuracy"]["count"] == 73


def test_the_same_input_and_seed_give_the_same_bytes():
    first, second = (fit(COUNTS)[0] for _ in range(2))
    assert model_files(first) == model_files(second)
    assert first.metrics == second.metrics


@pytest.mark.parametrize("counts", [
    {"a": 1, "b": 1}, {"a": 1, "b": 20}, {"a": 2, "b": 2, "c": 1}, {"a": 1, "b": 1, "c": 1, "d": 1},
    {"a": 20, "b": 20, "c": 1}, {"a": 20, "b": 20, "c": 2}, {"a": 3, "b": 200},
], ids=str)
def test_folders_of_one_or_two_videos_take_part(counts):
    trained, X, y = fit(counts)  # noqa: N806
    shares = trained.predict_proba({"frames": Part.whole(X)})
    assert np.isfinite(shares).all()
    assert set(trained.folders) == set(counts)
    single = np.flatnonzero([counts[folder] <= 2 for folder in y])
    assert (np.array(trained.folders)[shares[single].argmax(axis=1)] == y[single]).all()
    thin = {name for name, score in trained.metrics["folders"].items() if score["thin"]}
    assert thin == {name for name, count in counts.items() if count <= 2}
    # A video can be scored where its folder has another one, and something to tell it from is there too.
    known = sum(count for count in counts.values() if count > 1)
    assert trained.metrics["accuracy"]["count"] <= known
    if len(counts) - len(single) > 1:
        assert trained.metrics["accuracy"]["count"] == known


def test_one_video_a_folder_makes_no_certainty():
    trained, X, _ = fit({"a": 1, "b": 1, "c": 1})  # noqa: N806
    assert trained.predict_proba({"frames": Part.whole(X)}).max() < 0.9


def test_all_videos_alike_is_a_model_without_scores():
    trained, _, _ = fit({"a": 5, "b": 5}, groups=np.zeros(10, int))
    assert trained.metrics["accuracy"]["count"] == 0
    assert not trained.scored.any()


def test_one_folder_is_refused_with_what_to_do():
    with pytest.raises(NotEnoughLabelsError, match="at least two folders"):
        fit({"a": 9})


def test_copies_on_both_sides_of_a_split_would_flatter_and_do_not():
    rng = np.random.default_rng(0)
    seen = np.abs(rng.normal(size=(40, WIDTH))).astype(np.float32)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    X, y = np.repeat(seen, 4, axis=0), np.repeat(np.arange(40) % 2, 4).astype(str)  # noqa: N806
    config, parts = TrainConfig(heads=("lda", "neighbours")), {"frames": Part.whole(X)}
    flattered = fit_classifier(parts, y, np.arange(160), config).metrics["accuracy"]["value"]
    honest = fit_classifier(parts, y, np.arange(160) // 4, config).metrics["accuracy"]["value"]
    assert flattered > 0.95
    assert honest < 0.75


def test_calibration_error_is_small_on_folders_that_overlap():
    trained, _, _ = fit(dict.fromkeys("abcd", 120), spread=2.5)
    found = trained.metrics
    assert 0.3 < found["accuracy"]["value"] < 0.97
    assert found["calibration_error"]["value"] < 0.08
    assert found["log_loss"]["value"] <= found["before_calibration"]["log_loss"]["value"]


def test_a_large_library_is_scored_on_videos_that_did_not_choose_the_head():
    trained, _, y = fit({"a": 150, "b": 120, "c": 130}, selection_videos=100)
    assert trained.scored.all()
    assert trained.choice.table[0]["videos"] <= 100
    assert trained.metrics["accuracy"]["count"] == len(y) - 100
    assert trained.metrics["accuracy"]["value"] > 0.9


def test_a_run_writes_a_version_with_all_its_evidence(trained_place):
    seen = []
    report = train.run(trained_place, progress=seen.append)
    folder = trained_place.artifacts_dir / "models" / report.outputs["model_id"]
    assert {path.name for path in folder.iterdir()} == {
        "model.npz", "metrics.json", "manifest.json", "out_of_fold.json"
    }
    manifest = manifest_of(trained_place, report)
    assert manifest["folders"] == {"dance": 30, "food": 25, "sport": 18}
    assert len(manifest["dataset"]) == report.done == 73
    assert manifest["train_config"]["seed"] == manifest["seed"] == 0
    assert manifest["extract_config"]["encoder"] == "efficientnet_lite0"
    assert manifest["versions"]["scikit-learn"]
    assert report.outputs["promoted"] is True
    assert seen[-1].done == seen[-1].total
    found = read_out_of_fold(folder)
    assert len(found.filenames) == 73
    assert {name for ranked in found.ranked for name, _ in ranked} == set(COUNTS)


def test_a_second_run_is_another_version_with_the_same_model(trained_place):
    first, second = (train.run(trained_place).outputs["model_id"] for _ in range(2))
    models = trained_place.artifacts_dir / "models"
    assert artifacts.model_ids(trained_place.artifacts_dir) == sorted([first, second])
    for name in ("model.npz", "metrics.json", "out_of_fold.json"):
        assert (models / first / name).read_bytes() == (models / second / name).read_bytes()


def test_versions_are_listed_compared_and_framed(trained_place):
    first = train.run(trained_place).outputs["model_id"]
    second = train.run(trained_place, TrainConfig(heads=("centroid",), seed=7)).outputs["model_id"]
    listed = artifacts.list_models(trained_place.artifacts_dir)
    assert {version.model_id for version in listed} == {first, second}
    shown = artifacts.show_model(trained_place.artifacts_dir, second)
    assert shown["version"]["head"] == "centroid"
    assert set(shown["metrics"]["folders"]) == set(COUNTS)
    frame = comparison.versions_frame(trained_place.artifacts_dir)
    assert set(frame["train.seed"]) == {0, 7}
    assert {"accuracy", "accuracy_low", "extract.frames", "verdict"} <= set(frame.columns)
    table = comparison.compare(trained_place.artifacts_dir, first, second)
    assert table.loc["train.seed"].tolist() == [0, 7, True]
    assert not table.loc["videos in food", "differs"]
    assert 0 < table.loc["accuracy on shared videos", first] <= 1
    with pytest.raises(NotFoundError):
        comparison.compare(trained_place.artifacts_dir, first, "none")


def test_unreadable_videos_are_left_out_and_told(place):
    make_library(place.data_dir, {"a": 6, "b": 6})
    store_features(place, unreadable=frozenset({"1.mp4", "12.mp4"}))
    report = train.run(place)
    assert report.done == 10
    assert [(failure.filename, failure.reason) for failure in report.failed] == [
        ("1.mp4", "no frame can be decoded"), ("12.mp4", "no frame can be decoded"),
    ]
    assert manifest_of(place, report)["left_out"][0]["filename"] == "1.mp4"


@pytest.mark.parametrize(("counts", "unreadable", "text"), [
    ({}, (), "no video is sorted yet"),
    ({None: 3}, (), "no video is sorted yet"),
    ({"a": 2, "__MACOSX": 2, ".hidden": 2, "@eaDir": 2}, (), "all 2 sorted videos lie in 'a'"),
    ({"a": 1, "b": 1}, ("1.mp4", "2.mp4"), "no frame can be decoded"),
])
def test_too_few_labels_are_an_error_that_says_what_to_do(place, counts, unreadable, text):
    place.data_dir.mkdir()
    make_library(place.data_dir, counts)
    store_features(place, unreadable=frozenset(unreadable)) if unreadable else None
    with pytest.raises(NotEnoughLabelsError, match=text):
        train.run(place)
    assert not (place.artifacts_dir / "models").exists()


def test_training_before_extraction_says_what_to_run(place):
    make_library(place.data_dir, {"a": 1, "b": 1})
    with pytest.raises(ArtifactError, match="extract-features"):
        train.run(place)


def test_a_missing_library_is_an_error(place):
    with pytest.raises(NotFoundError):
        train.run(place)


def test_a_moved_video_is_a_new_label_and_needs_no_new_features(trained_place):
    video = next((trained_place.data_dir / "food").iterdir())
    shutil.move(video, trained_place.data_dir / "sport" / video.name)
    report = train.run(trained_place)
    assert manifest_of(trained_place, report)["folders"] == {"dance": 30, "food": 24, "sport": 19}
    assert not report.failed


def test_videos_that_are_sorted_between_listing_and_reading_end_no_step(trained_place, monkeypatch):
    listed = library.survey

    def sorted_at_once(data_dir, *names):
        survey = listed(data_dir, *names)
        for video in (survey.videos[0], survey.videos[-1]):
            video.path.rename(data_dir / "food" / video.filename)
        return survey

    new = [trained_place.data_dir / "dance" / "9001.mp4", trained_place.data_dir / "9002.mp4"]
    for step, path in ((train, new[0]), (predict, new[1])):
        path.write_bytes(path.name.encode())
        monkeypatch.setattr(library, "survey", lambda *given, path=path: (listed(*given), path.unlink())[0])
        report = step.run(trained_place)
        assert [(failure.filename, failure.reason) for failure in report.failed] == [(path.name, GONE)]
    monkeypatch.setattr(library, "survey", sorted_at_once)
    assert train.run(trained_place).failed == ()
    assert predict.run(trained_place).failed == ()


@pytest.mark.programs
def test_the_step_as_a_program_tells_progress_and_report_in_json_lines(trained_place):
    done = subprocess.run(
        [sys.executable, "-m", "vidsort.train", *trained_place.as_flags(), "--folds", "3"],
        capture_output=True, text=True, check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert all("progress" in line for line in lines[:-1])
    assert lines[-1]["report"]["outputs"]["head"]


def test_only_the_chosen_kinds_of_evidence_are_learned_from(trained_place):
    report = train.run(trained_place, TrainConfig(heads=("lda",), modalities=("frames",)))
    manifest = manifest_of(trained_place, report)
    assert manifest["weights"] == {"frames": 1.0}
    assert manifest["train_config"]["modalities"] == ["frames"]
    metrics = artifacts.show_model(trained_place.artifacts_dir, report.outputs["model_id"])["metrics"]
    assert metrics["modalities"]["frames"]["alone"]["value"] == metrics["accuracy"]["value"]


@pytest.mark.programs
def test_a_kind_that_was_not_extracted_is_an_error_in_a_sentence(trained_place):
    extract_features.run(trained_place, ExtractConfig(modalities=("frames",)))
    with pytest.raises(SettingsError, match=r"names 'sound', and the features on record are of frames: take it out"):
        train.run(trained_place, TrainConfig(modalities=("frames", "sound")))


def test_the_curve_and_the_folders_that_look_like_two_are_kept_with_the_version(trained_place):
    report = train.run(trained_place)
    metrics = read_metrics(artifacts.model_dir(trained_place.artifacts_dir, report.outputs["model_id"]))
    points = metrics["learning_curve"]["points"]
    assert points[-1]["videos"] == pytest.approx(0.8 * 73, abs=2)
    assert points[-1]["value"] == pytest.approx(metrics["accuracy"]["value"], abs=0.1)
    assert [row["more"] for row in metrics["learning_curve"]["ahead"]] == [25, 50]
    names = {row[0] for row in read_manifest(artifacts.model_dir(
        trained_place.artifacts_dir, report.outputs["model_id"]))["dataset"]}
    assert all(set(split["videos"]) <= names for split in metrics["splits"])
