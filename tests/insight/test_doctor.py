"""The doctor names what is wrong, and says what to do; it changes nothing."""

import pytest

from vidsort.insight import doctor


def states(settings) -> dict[str, str]:
    return {check.name: check.state for check in doctor.examine(settings)}


def text(settings, name: str) -> str:
    return next(check.text for check in doctor.examine(settings) if check.name == name)


def test_a_fresh_library_is_well_but_for_its_model(settings):
    found = states(settings)
    assert found.pop("model") == "warning"
    assert set(found.values()) == {"ok"}


def test_it_counts_the_library_and_leaves_it_alone(settings):
    before = sorted(settings.data_dir.rglob("*"))
    assert "3 unsorted videos, 12 in 3 folders" in text(settings, "library")
    assert sorted(settings.data_dir.rglob("*")) == before


def test_a_missing_library_fails_and_the_rest_is_still_examined(settings, tmp_path):
    found = states(settings.model_copy(update={"data_dir": tmp_path / "nowhere"}))
    assert found["library"] == "failed"
    assert found["encoder"] == "ok"


def test_a_changed_network_file_is_noticed(settings, monkeypatch):
    monkeypatch.setattr(doctor, "WEIGHTS_SHA256", "0" * 64)
    assert states(settings)["encoder"] == "failed"


def test_a_package_that_cannot_be_imported_is_named(settings, monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "not-there"))
    assert states(settings)["packages"] == "failed"
    assert "not-there" in text(settings, "packages")


def test_an_open_host_without_a_password_fails(settings):
    assert states(settings.model_copy(update={"host": "0.0.0.0"}))["host"] == "failed"


def test_a_damaged_database_fails_with_what_to_do(settings):
    settings.artifacts_dir.mkdir()
    (settings.artifacts_dir / "vidsort.db").write_bytes(b"no database " * 100)
    assert states(settings)["artifacts"] == "failed"
    assert "doctor --rescue" in text(settings, "artifacts")


def test_damaged_predictions_fail_with_what_to_do(settings):
    settings.artifacts_dir.mkdir()
    (settings.artifacts_dir / "predictions.json").write_text("{")
    assert states(settings)["model"] == "failed"
    assert "vidsort retrain" in text(settings, "model")


def test_a_full_disk_is_worth_a_look(settings, monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert states(settings)["free disk"] == "warning"


def test_an_unreadable_video_is_named_with_its_reason(settings):
    extract_features = pytest.importorskip("vidsort.extract_features")
    (settings.data_dir / "79000000000000000.mp4").write_bytes(b"no video")
    extract_features.run(settings)
    assert states(settings)["unreadable videos"] == "warning"
    assert "79000000000000000.mp4: " in text(settings, "unreadable videos")


def test_words_are_counted_by_their_forms_and_broken_ones_named_with_their_reason(settings):
    extract_features = pytest.importorskip("vidsort.extract_features")
    assert text(settings, "words") == "none were found by an extraction yet"
    first, second, third = sorted(settings.data_dir.glob("*.mp4"))
    first.with_suffix(".info.json").write_text('{"title": "a"}')
    first.with_suffix(".description").write_text("b")
    second.with_suffix(".description").write_text("c")
    extract_features.run(settings)
    assert states(settings)["words"] == "ok"
    assert text(settings, "words") == "2 videos have words: 1 by *.info.json, 2 by *.description"
    third.with_suffix(".json").write_text("{")
    extract_features.run(settings)
    assert states(settings)["words"] == "warning"
    assert f"{third.stem}.json: it is no JSON" in text(settings, "words")


def test_a_kind_that_is_asked_for_and_cannot_be_had_fails_with_what_mends_it(settings, monkeypatch):
    assert {check.name: check.state for check in doctor.examine(settings)}["evidence"] == "ok"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    asked = settings.model_copy(update={"steps": {"extract_features": {"modalities": ("frames", "ocr")}}})
    found = next(check for check in doctor.examine(asked) if check.name == "evidence")
    assert found.state == "failed"
    assert 'pip install "vidsort[ocr]"' in found.text
