"""What features there are on record, in today's form and in that of before there were modalities."""

import json

import pytest

from vidsort import artifacts, extract_features
from vidsort.artifacts.feature_sets import begun_lately, extraction_pace, record_begun, record_extraction
from vidsort.artifacts.files import as_json, new_version_id, write_version, write_whole
from vidsort.errors import ArtifactError, NotFoundError
from vidsort.features.modalities import ExtractConfig, makeable
from vidsort.records import FeatureSet

BEFORE = {
    "encoder": "efficientnet_lite0", "frames": 4, "crops": ["first", "second", "center", "squeezed"],
    "crops_per_frame": 2, "pooling": "mean",
}
NOW = ExtractConfig(modalities=("frames",)).feature_set


def a_model(artifacts_dir, manifest: dict) -> str:
    model_id = new_version_id()
    write_version(artifacts_dir / "models" / model_id, {"manifest.json": as_json(manifest)})
    return model_id


def in_force(artifacts_dir, model_id: str) -> None:
    now = {"model_id": model_id, "predictions_id": new_version_id(), "at": "2026-01-01T00:00:00+00:00", "history": []}
    write_whole(artifacts_dir / "current.json", as_json(now))


def test_what_was_extracted_is_on_record_with_its_pace(tmp_path):
    record_extraction(tmp_path, NOW, 12.5)
    assert artifacts.current_feature_set(tmp_path) == NOW
    assert extraction_pace(tmp_path) == 12.5
    record_extraction(tmp_path, NOW)
    assert extraction_pace(tmp_path) is None


def test_features_are_asked_for_before_anything_was_extracted(tmp_path):
    with pytest.raises(ArtifactError, match="vidsort extract-features"):
        artifacts.current_feature_set(tmp_path)
    assert extraction_pace(tmp_path) is None


@pytest.mark.parametrize("record", [[], {}, None, {"feature_set": "x"}, {"feature_set": ["x"], "config": {}},
                                    {"feature_set": "x", "modalities": ["frames"], "config": {}}])
def test_a_damaged_record_says_what_to_do(tmp_path, record):
    write_whole(tmp_path / "features" / "current.json", json.dumps(record).encode())
    with pytest.raises(ArtifactError, match=r"damaged.*vidsort retrain"):
        artifacts.current_feature_set(tmp_path)
    assert extraction_pace(tmp_path) is None


def test_the_default_features_of_before_have_the_name_that_the_database_gave_them_and_are_only_read(tmp_path):
    write_whole(tmp_path / "features" / "current.json", as_json({"feature_set": "55767116c102", "config": BEFORE}))
    found = artifacts.current_feature_set(tmp_path)
    assert found == FeatureSet(id="3b97b5b13871", modalities={"frames": "3b97b5b13871"}, config=BEFORE)
    assert makeable(found) == {}


def test_a_model_of_before_names_what_it_needs(tmp_path):
    default = a_model(tmp_path, {"feature_set": "55767116c102", "extract_config": BEFORE})
    other = a_model(tmp_path, {"feature_set": "90deb65026b7", "extract_config": BEFORE | {"frames": 2}})
    assert artifacts.model_feature_set(tmp_path, default).modalities == {"frames": "3b97b5b13871"}
    needed = artifacts.model_feature_set(tmp_path, other)
    assert needed.modalities == {"frames": "90deb65026b7"}


def test_a_model_of_now_names_its_modalities(tmp_path):
    given = {"feature_set": "both", "modalities": {"frames": "1", "sound": "2"}, "extract_config": {"frames": 2}}
    found = artifacts.model_feature_set(tmp_path, a_model(tmp_path, given))
    assert found == FeatureSet(id="both", modalities={"frames": "1", "sound": "2"}, config={"frames": 2})
    with pytest.raises(NotFoundError):
        artifacts.model_feature_set(tmp_path, "20260101-000000-abcdef")


def test_what_is_in_force_is_the_current_model_else_the_newest_else_nothing(tmp_path, caplog):
    assert artifacts.feature_set_in_force(tmp_path) is None
    first, second = (a_model(tmp_path, {"feature_set": name, "extract_config": {}}) for name in ("1", "2"))
    assert artifacts.feature_set_in_force(tmp_path).id == "2"
    in_force(tmp_path, first)
    assert artifacts.feature_set_in_force(tmp_path).id == "1"
    assert caplog.text == ""
    (tmp_path / "models" / first / "manifest.json").write_text("{")
    assert artifacts.feature_set_in_force(tmp_path) is None
    assert first in caplog.text
    in_force(tmp_path, second)
    assert artifacts.feature_set_in_force(tmp_path).id == "2"


def test_what_extractions_have_begun_with_is_remembered_of_the_last_few_each_once(tmp_path, caplog):
    assert begun_lately(tmp_path) == []
    for names in (["b", "a"], ["c"], ["a", "b"], ["d"], ["e"], ["e"]):
        record_begun(tmp_path, names)
    assert begun_lately(tmp_path) == [["a", "b"], ["d"], ["e"]]
    (tmp_path / "features" / "begun.json").write_text('{"begun": 3}')
    with pytest.raises(ArtifactError, match="damaged"):
        begun_lately(tmp_path)
    record_begun(tmp_path, ["f"])
    assert begun_lately(tmp_path) == [["f"]]


def test_an_extraction_says_what_it_looks_for_before_it_looks(settings, monkeypatch):
    def stopped(*_, **__):
        raise InterruptedError

    monkeypatch.setattr(extract_features, "library_contents", stopped)
    with pytest.raises(InterruptedError):
        extract_features.run(settings)
    wanted = ExtractConfig()
    assert begun_lately(settings.artifacts_dir) == [sorted({*wanted.chosen, *wanted.beside})]
