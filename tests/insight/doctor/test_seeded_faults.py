"""Each fault that was seeded is found, alone, with one sentence that says what mends it."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import types

import pytest
from places import keeping_permissions

from vidsort import artifacts, extract_features
from vidsort.artifacts.owners import owner_of
from vidsort.artifacts.publication import predictions_path
from vidsort.insight.doctor import Check, examine, machine, needs_mending
from vidsort.insight.doctor import videos as looked_at
from vidsort.store import open_database
from vidsort.store.journal import Intent, Journal

FIRST = "71000000000000000.mp4"


def damaged_video(settings):
    """Some bytes that are no video."""
    (settings.data_dir / "79.mp4").write_bytes(b"no video at all")
    extract_features.run(settings)


def empty_video(settings):
    (settings.data_dir / "food" / "79.mp4").touch()


def name_that_is_not_allowed(settings):
    (settings.data_dir / "holiday.mp4").write_bytes(b"x")


def two_spellings_by_case(settings):
    (settings.data_dir / "Food").mkdir()


def two_spellings_by_composition(settings):
    (settings.data_dir / "caf\u00e9").mkdir()
    (settings.data_dir / "cafe\u0301").mkdir()


def sidecar_of_nobody(settings):
    (settings.data_dir / "food" / "7999.info.json").write_text("{}")


def sidecar_that_was_left_behind(settings):
    (settings.data_dir / "food" / f"{FIRST[:-4]}.en.vtt").write_text("WEBVTT")


def damaged_database(settings):
    path = settings.artifacts_dir / "vidsort.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'jobs'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def database_of_a_newer_version(settings):
    with contextlib.closing(sqlite3.connect(settings.artifacts_dir / "vidsort.db")) as connection:
        connection.execute("PRAGMA user_version = 9999")


def another_library_at_its_path(settings):
    shutil.rmtree(settings.data_dir)
    settings.data_dir.mkdir()


def artifacts_of_a_library_that_was_moved(settings):
    """Moved, and changed so much on the way that it is not known again."""
    for path in settings.data_dir.rglob("*.mp4"):
        path.write_bytes(path.read_bytes() + b"more")
    place = settings.artifacts_dir
    lost = owner_of(place).model_copy(update={"path": str(settings.data_dir) + "-before"})
    other = place / "libraries" / "0123456789ab"
    shutil.copytree(place / "models", other / "models")
    (other / "library.json").write_text(lost.model_dump_json())
    shutil.rmtree(place / "models")
    for name in ("current.json", "predictions.json"):
        (place / name).unlink()


def model_that_is_damaged(settings):
    folder = artifacts.model_dir(settings.artifacts_dir, artifacts.model_in_force(settings.artifacts_dir))
    (folder / "model.npz").write_bytes(b"no model")


def model_that_is_gone(settings):
    shutil.rmtree(settings.artifacts_dir / "models")


def model_without_its_features(settings):
    with contextlib.closing(sqlite3.connect(settings.artifacts_dir / "vidsort.db")) as connection, connection:
        connection.execute("DELETE FROM features")


def predictions_of_another_program(settings):
    prediction = {"video": FIRST, "predicted_folder": "food", "confidence": 1.0, "top_predictions": []}
    predictions_path(settings.artifacts_dir).write_text(json.dumps([prediction]))


def predictions_of_a_pile_that_is_another_now(settings):
    for number in range(8):
        shutil.copy(settings.data_dir / FIRST, settings.data_dir / f"78{number}.mp4")


def predictions_of_folders_that_are_gone(settings):
    for name in ("dance", "food", "sport"):
        (settings.data_dir / name).rename(settings.data_dir / f"{name} since")


def predictions_that_are_damaged(settings):
    predictions_path(settings.artifacts_dir).write_text("[{")


def move_that_was_cut_off(settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        history = artifacts.owners.history_of(settings.artifacts_dir, settings.data_dir)
        Journal(database, history).intend([Intent("sort", FIRST, f"food/{FIRST}", 1)])


def file_of_which_nothing_is_here(settings):
    with (settings.data_dir / "79.mp4").open("wb") as file:
        file.truncate(1_000_000)


def placeholder_of_a_cloud(settings):
    (settings.data_dir / "food" / ".79.mp4.icloud").write_bytes(b"bplist00")


# What is seeded, which check finds it, how it is called, and a part of what mends it.
SEEDS = [
    pytest.param(damaged_video, "unreadable videos", "warning", "whole copy", marks=pytest.mark.programs),
    (empty_video, "empty videos", "warning", "Get each again"),
    (name_that_is_not_allowed, "left out", "warning", 'video_names = "any"'),
    (two_spellings_by_case, "spellings", "warning", "vidsort folders merge"),
    (two_spellings_by_composition, "spellings", "warning", "vidsort folders merge"),
    (sidecar_of_nobody, "strays", "warning", "beside its video"),
    (sidecar_that_was_left_behind, "strays", "warning", "beside its video"),
    (damaged_database, "artifacts", "failed", "doctor --rescue"),
    (database_of_a_newer_version, "artifacts", "failed", "Update vidsort"),
    (another_library_at_its_path, "library", "failed", "vidsort adopt"),
    (artifacts_of_a_library_that_was_moved, "owner", "warning", "vidsort adopt"),
    (model_that_is_damaged, "model", "failed", "retrain"),
    (model_that_is_gone, "model", "failed", "from a backup"),
    (model_without_its_features, "features", "failed", "extract-features"),
    (predictions_of_another_program, "predictions", "warning", "vidsort predict"),
    (predictions_of_a_pile_that_is_another_now, "predictions", "warning", "retrain"),
    (predictions_of_folders_that_are_gone, "predictions", "warning", "retrain"),
    (predictions_that_are_damaged, "predictions", "failed", "retrain"),
    (move_that_was_cut_off, "journal", "failed", "vidsort serve"),
    (file_of_which_nothing_is_here, "placeholders", "warning", "cloud"),
    (placeholder_of_a_cloud, "placeholders", "warning", "cloud"),
]
# What cannot be told either where these are so.
FOLLOWS = {
    "artifacts": {"owner"},
}


def found(settings, **given) -> dict[str, Check]:
    """What needs mending, by its name."""
    return {check.name: check for check in examine(settings, **given) if check.mend}


def assert_is_one_sentence(mend: str) -> None:
    assert mend[:1].isupper() or mend.startswith("`")
    assert mend.endswith(".")
    assert ". " not in mend
    assert "\n" not in mend


@pytest.mark.parametrize(("seed", "name", "state", "words"), SEEDS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_seeded_fault_is_found_alone_with_what_mends_it(learned, seed, name, state, words):
    assert found(learned) == {}
    seed(learned)
    checks = found(learned)
    assert checks[name].state == state
    assert words in checks[name].mend
    assert set(checks) - {name} <= FOLLOWS.get(name, set())
    for check in checks.values():
        assert_is_one_sentence(check.mend)


def test_the_library_of_a_well_installation_is_the_same_after_it_was_looked_at(learned):
    def tree(place):
        return sorted((str(path), path.read_bytes() if path.is_file() else None) for path in place.rglob("*"))

    before = tree(learned.data_dir)
    assert not needs_mending(examine(learned))
    assert tree(learned.data_dir) == before


def test_a_disk_that_is_nearly_full_is_found(learned):
    checks = found(learned, room=lambda folder: machine.LEAST_FREE_BYTES - 1)
    assert set(checks) == {"free disk"}
    assert "1.0 GB beside the artifacts" in checks["free disk"].text
    assert_is_one_sentence(checks["free disk"].mend)
    assert found(learned, room=lambda folder: machine.LEAST_FREE_BYTES) == {}


def test_a_clock_that_is_behind_what_was_written_is_found(learned):
    checks = found(learned, now=lambda: time.time() - 86400)
    assert set(checks) == {"clock"}
    assert checks["clock"].state == "failed"
    assert_is_one_sentence(checks["clock"].mend)


@pytest.mark.parametrize("package", ["onnxruntime", "av"])
def test_a_package_that_is_missing_is_found_and_all_else_is_looked_at(learned, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    checks = found(learned)
    assert package in checks["packages"].text
    assert {"packages", "encoder"} >= set(checks) if package == "onnxruntime" else "packages" in checks
    for check in checks.values():
        assert_is_one_sentence(check.mend)


@pytest.mark.parametrize("damage", ["other bytes", "gone"])
def test_weights_that_are_damaged_or_missing_are_found(learned, monkeypatch, tmp_path, damage):
    (tmp_path / "weights").mkdir()
    if damage == "other bytes":
        for path in (machine.resources.files("vidsort.features.encoders") / "weights").iterdir():
            (tmp_path / "weights" / path.name).write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr(machine, "resources", types.SimpleNamespace(files=lambda _: tmp_path))
    checks = found(learned)
    assert set(checks) == {"encoder"}
    assert checks["encoder"].text.endswith("is not there" if damage == "gone" else "is damaged")
    assert_is_one_sentence(checks["encoder"].mend)


@pytest.mark.programs
@pytest.mark.parametrize(("place", "name"), [("library", "library"), ("library/food", "closed folders")])
def test_a_folder_that_cannot_be_written_is_found(learned, place, name):
    folder = learned.data_dir.parent / place
    folder.chmod(0o555)
    try:
        done = subprocess.run(
            [*keeping_permissions(), sys.executable, "-m", "vidsort", "doctor", "--json", *learned.as_flags()],
            env=os.environ | {"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True, check=False,
        )
    finally:
        folder.chmod(0o755)
    assert done.returncode == 1, done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"] if check["mend"]}
    assert set(checks) == {name}
    assert checks[name]["state"] == "failed"
    assert_is_one_sentence(checks[name]["mend"])


def test_a_move_that_somebody_makes_just_now_is_no_fault(learned):
    import filelock

    move_that_was_cut_off(learned)
    with filelock.FileLock(learned.artifacts_dir / "moves.lock"):
        assert found(learned) == {}


def test_files_that_systems_fetch_when_they_are_read_are_known_by_their_flags(learned, monkeypatch):
    class Facts:
        st_flags = looked_at.DATALESS
        st_file_attributes = 0

    monkeypatch.setattr(looked_at.sys, "platform", "darwin")
    assert found(learned) == {}
    monkeypatch.setattr(looked_at.Path, "lstat", lambda path: Facts())
    assert looked_at._has_no_bytes(learned.data_dir / FIRST)


def test_a_library_that_is_not_there_is_told_once(learned):
    learned.data_dir.rename(learned.data_dir.with_name("unplugged"))
    checks = found(learned)
    assert set(checks) == {"library"}
    assert_is_one_sentence(checks["library"].mend)
