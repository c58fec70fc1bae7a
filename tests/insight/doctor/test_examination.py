"""The doctor names what is wrong, and says what to do; it changes nothing."""

import contextlib
import sys

import pytest
from videos import damage_sound, make_video

from vidsort import extract_features, library
from vidsort.artifacts import current_feature_set
from vidsort.insight import doctor
from vidsort.insight.doctor import machine
from vidsort.insight.overview import evidence_table
from vidsort.store import open_database


def states(settings) -> dict[str, str]:
    return {check.name: check.state for check in doctor.examine(settings)}


def text(settings, name: str) -> str:
    return next(check.text for check in doctor.examine(settings) if check.name == name)


def mend(settings, name: str) -> str:
    return next(check.mend for check in doctor.examine(settings) if check.name == name)


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
    monkeypatch.setattr(machine, "WEIGHTS_SHA256", "0" * 64)
    assert states(settings)["encoder"] == "failed"


def test_a_package_that_cannot_be_imported_is_named(settings, monkeypatch):
    monkeypatch.setattr(machine, "PACKAGES", ("numpy", "not-there"))
    assert states(settings)["packages"] == "failed"
    assert "not-there" in text(settings, "packages")


def test_an_open_host_without_a_password_fails(settings):
    assert states(settings.model_copy(update={"host": "0.0.0.0"}))["host"] == "failed"


def test_a_damaged_database_fails_with_what_to_do(settings):
    settings.artifacts_dir.mkdir()
    (settings.artifacts_dir / "vidsort.db").write_bytes(b"no database " * 100)
    assert states(settings)["artifacts"] == "failed"
    assert "doctor --rescue" in mend(settings, "artifacts")


def test_damaged_predictions_fail_with_what_to_do(settings):
    settings.artifacts_dir.mkdir()
    (settings.artifacts_dir / "predictions.json").write_text("{")
    assert states(settings)["predictions"] == "failed"
    assert "vidsort retrain" in mend(settings, "predictions")


def test_a_full_disk_is_worth_a_look(settings, monkeypatch):
    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 10**18)
    assert states(settings)["free disk"] == "warning"


@pytest.mark.programs
def test_an_unreadable_video_is_named_with_its_reason(settings, monkeypatch):
    # Of few at a time, as of a million.
    monkeypatch.setattr("vidsort.insight.doctor.videos.AT_ONCE", 2)
    (settings.data_dir / "79000000000000000.mp4").write_bytes(b"no video")
    extract_features.run(settings)
    assert states(settings)["unreadable videos"] == "warning"
    assert "79000000000000000.mp4: " in text(settings, "unreadable videos")


@pytest.mark.programs
def test_words_are_counted_by_their_forms_and_broken_ones_named_with_their_reason(settings):
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


@pytest.mark.programs
def test_each_kind_of_evidence_is_counted_had_not_had_and_failed_with_the_reason_that_most_share(settings):
    assert text(settings, "evidence").startswith("not looked at yet")
    make_video(settings.data_dir / "79000.mp4", audio=True)
    for name in ("79001.mp4", "79002.mp4"):
        damage_sound(make_video(settings.data_dir / name, audio=True))
    make_video(settings.data_dir / "79003.mp4", seconds=0.1)
    (settings.data_dir / "79000.description").write_text("a caption")
    (settings.data_dir / "79001.info.json").write_text("{")
    (settings.data_dir / "79004.mp4").write_bytes(b"no video")
    extract_features.run(settings)
    make_video(settings.data_dir / "79005.mp4", pattern=3)
    lines = dict(line.split(": ", 1) for line in text(settings, "evidence").splitlines())
    assert lines["frames"] == "19 of 21 videos; 1 failed (it is not a video file); 1 not looked at yet"
    assert lines["motion"].startswith("18 of 21 videos; 1 video has none; 1 failed (")
    assert lines["sound"].startswith("1 of 21 videos; 16 videos have none; 3 failed (2 of them: its sound cannot")
    assert lines["words"].startswith("1 of 21 videos; 19 videos have none; 1 failed (79001.info.json: it is no JSON")
    assert states(settings)["evidence"] == "warning"
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        feature_set = current_feature_set(settings.artifacts_dir)
        table = evidence_table(database, library.videos(settings.data_dir), feature_set).set_index("kind")
    assert table.loc["sound", ["videos", "none", "failed"]].tolist() == [1, 16, 3]


def test_a_device_that_is_set_and_not_used_is_told_and_none_is_set_by_default(settings):
    found = next(check for check in doctor.examine(settings) if check.name == "devices")
    assert (found.state, found.text) == (
        "ok", "the processor decodes, CPUExecutionProvider calculates the networks of pictures"
    )
    # No machine has both: these are of Windows and of a Mac.
    given = {"hardware_decoding": "dxva2", "encoder_device": "coreml" if sys.platform != "darwin" else "cuda"}
    found = next(check for check in doctor.examine(settings.model_copy(update=given)) if check.name == "devices")
    assert found.state == "warning"
    assert found.text.count("does nothing here") == 2
    assert "hardware_decoding to off" in found.mend


def test_a_kind_that_is_asked_for_and_cannot_be_had_fails_with_what_mends_it(settings, monkeypatch):
    assert {check.name: check.state for check in doctor.examine(settings)}["extras"] == "ok"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    asked = settings.model_copy(update={"steps": {"extract_features": {"modalities": ("frames", "ocr")}}})
    found = next(check for check in doctor.examine(asked) if check.name == "extras")
    assert found.state == "failed"
    assert 'pip install "vidsort[ocr]"' in found.mend
