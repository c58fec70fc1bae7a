"""What versions tell of themselves: whatever stands in a file, it is of the form that is promised or an error."""

import copy
import json
import shutil
from pathlib import Path

import pytest
from labelled import make_library, store_features

from vidsort import artifacts, predict, train
from vidsort.artifacts.evidence import read_answers, read_manifest, read_metrics
from vidsort.errors import ArtifactError
from vidsort.insight.comparison import compare, read_out_of_fold, versions_frame
from vidsort.insight.folders import folder_health
from vidsort.learning.fitting import TrainConfig
from vidsort.learning.scores import threshold_for
from vidsort.settings import Settings

FIXTURE = Path(__file__).with_name("fixtures") / "before_rooms"
ODD = [None, 7, "x", [], {}, {"a": None}, True, -1.5, "../../x"]
READERS = {"manifest.json": read_manifest, "metrics.json": read_metrics, "out_of_fold.json": read_answers}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The folder of a model that was trained on two folders; to be copied, not changed."""
    root = tmp_path_factory.mktemp("model")
    place = Settings(data_dir=root / "library", artifacts_dir=root / "artifacts")
    make_library(place.data_dir, {"food": 6, "sport": 6, None: 2})
    store_features(place)
    train.run(place, TrainConfig(heads=("centroid",), folds=2, repeats=1))
    predict.run(place)
    return artifacts.model_dir(place.artifacts_dir, artifacts.model_ids(place.artifacts_dir)[0])


def changed(whole, path, value):
    """A copy with another value at a path of keys."""
    whole = copy.deepcopy(whole)
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return whole


WANTED = [
    ("manifest.json", ["created"]), ("manifest.json", ["head"]), ("manifest.json", ["promotion"]),
    ("manifest.json", ["promotion", "promote"]), ("manifest.json", ["promotion", "verdict"]),
    ("manifest.json", ["feature_set"]), ("manifest.json", ["extract_config"]), ("manifest.json", ["train_config"]),
    ("manifest.json", ["videos"]), ("manifest.json", ["folders"]), ("manifest.json", ["folders", "food"]),
    ("metrics.json", ["accuracy"]), ("metrics.json", ["accuracy", "value"]), ("metrics.json", ["macro_f1", "low"]),
    ("metrics.json", ["folders"]), ("metrics.json", ["folders", "food"]),
    ("metrics.json", ["folders", "food", "recall"]), ("metrics.json", ["folders", "food", "thin"]),
    ("metrics.json", ["confusion"]), ("metrics.json", ["confusion", 0]), ("metrics.json", ["confusion", 0, 0]),
    ("metrics.json", ["reliability"]), ("metrics.json", ["reliability", 0]),
    ("metrics.json", ["cover_against_error"]), ("metrics.json", ["cover_against_error", 0, "threshold"]),
    ("out_of_fold.json", ["folders"]), ("out_of_fold.json", ["folders", 0]), ("out_of_fold.json", ["videos"]),
    ("out_of_fold.json", ["videos", 0]), ("out_of_fold.json", ["videos", 0, "content"]),
    ("out_of_fold.json", ["videos", 0, "group"]), ("out_of_fold.json", ["videos", 0, "scored"]),
    ("out_of_fold.json", ["videos", 0, "ranked"]), ("out_of_fold.json", ["videos", 0, "ranked", 0]),
    ("out_of_fold.json", ["videos", 0, "ranked", 0, 0]), ("out_of_fold.json", ["videos", 0, "ranked", 0, 1]),
]


@pytest.mark.parametrize(("name", "path"), WANTED, ids=lambda part: part if isinstance(part, str) else str(part[-1]))
def test_whatever_stands_in_the_place_of_a_value_it_is_of_its_form_or_an_error(model, tmp_path, name, path):
    artifacts_dir = shutil.copytree(model.parents[1], tmp_path / "artifacts", ignore=shutil.ignore_patterns("*.db*"))
    folder = artifacts_dir / "models" / model.name
    whole = json.loads((folder / name).read_text())
    refused = 0
    for value in ODD:
        (folder / name).write_text(json.dumps(changed(whole, path, value)))
        try:
            READERS[name](folder)
            metrics = artifacts.show_model(artifacts_dir, model.name)["metrics"]
            folder_health(metrics)
            threshold_for(metrics, 0.05)
            read_out_of_fold(folder)
            compare(artifacts_dir, model.name, model.name)
        except ArtifactError:
            refused += 1
        assert len(versions_frame(artifacts_dir)) == len(artifacts.list_models(artifacts_dir))
    assert refused > 4


def test_a_model_that_can_predict_nothing_is_not_promoted(model, tmp_path):
    artifacts_dir = shutil.copytree(model.parents[1], tmp_path / "artifacts", ignore=shutil.ignore_patterns("*.db*"))
    before = (artifacts_dir / "current.json").read_bytes()
    (artifacts_dir / "models" / model.name / "model.npz").write_bytes(b"")
    with pytest.raises(ArtifactError, match="cannot be read"):
        artifacts.promote(artifacts_dir, model.name)
    assert (artifacts_dir / "current.json").read_bytes() == before


def test_artifacts_of_an_earlier_version_are_read_as_they_were(tmp_path):
    """Written by the version whose modules lay side by side: lda, then neighbours, then one that nothing could test."""
    home = shutil.copytree(FIXTURE, tmp_path / "artifacts")
    untested, second, first = artifacts.list_models(home)
    assert (first.head, first.accuracy, first.videos) == ("lda", 1.0, 11)
    assert (untested.accuracy, untested.accuracy_low, untested.macro_f1, untested.log_loss) == (None,) * 4
    assert {row.recall for row in folder_health(artifacts.show_model(home, untested.model_id)["metrics"])} == {None}
    assert second.is_current
    entries = artifacts.read_predictions(home / "predictions.json")
    assert [entry.predicted_folder for entry in entries] == ["food", "sport"]
    for model_id in artifacts.model_ids(home):
        folders = sorted(read_manifest(home / "models" / model_id)["folders"])
        assert list(artifacts.read_model(home, model_id).folders) == folders
        assert list(read_out_of_fold(home / "models" / model_id).folders) == folders
        assert artifacts.model_feature_set(home, model_id) == artifacts.current_feature_set(home)
    assert compare(home, first.model_id, second.model_id).loc["head"].tolist() == ["lda", "neighbours", True]
    assert artifacts.rollback(home).model_id == first.model_id
    assert artifacts.promote(home, second.model_id).model_id == second.model_id
