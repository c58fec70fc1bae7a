"""A backup has all that is in force, is whole or not there, and says what is in it."""

import contextlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading

import pytest
from conftest import ROOT
from kept import answers, copied, draw, retrain, template
from labelled import make_library

from vidsort import artifacts
from vidsort.cli import main
from vidsort.errors import ConflictError, NotFoundError, SettingsError, VidsortError
from vidsort.library.moves.mover import Mover
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.upkeep.backups import backup as module
from vidsort.upkeep.backups.backup import Backup, backup
from vidsort.upkeep.backups.manifest import MANIFEST_NAME
from vidsort.upkeep.backups.restore import check

LEAST_KILLS = 15


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Settings:
    return template(tmp_path_factory.mktemp("made"))


@pytest.fixture
def kept(made, tmp_path) -> Settings:
    return copied(made, tmp_path / "kept")


def test_it_has_models_metrics_predictions_the_database_and_settings_and_no_pictures(kept, tmp_path, monkeypatch):
    retrain(kept)
    draw(kept)
    (tmp_path / "vidsort.toml").write_text('password = "open sesame"\n')
    (tmp_path / "users.toml").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    done = backup(kept, tmp_path / "backup")
    places = set(done.manifest.files)
    assert {"artifacts/vidsort.db", "artifacts/current.json", "artifacts/predictions.json", "artifacts/library.json",
            "artifacts/features/current.json", "settings/vidsort.toml", "settings/users.toml"} <= places
    for model_id in artifacts.model_ids(kept.artifacts_dir):
        for name in ("model.npz", "metrics.json", "manifest.json"):
            assert f"artifacts/models/{model_id}/{name}" in places
    assert not [place for place in places if "pictures" in place or "playable" in place or ".lock" in place]
    # Only what is told of is in it, and only its owner may look.
    there = {path.relative_to(done.folder).as_posix() for path in done.folder.rglob("*") if path.is_file()}
    assert there == places | {MANIFEST_NAME}
    assert stat.S_IMODE(done.folder.stat().st_mode) == 0o700
    (library,) = done.manifest.libraries
    assert (library.path, library.videos, library.folders, library.models) == (str(kept.data_dir), 18, 2, 2)
    assert (done.manifest.moves, done.manifest.features) == (2, 18)
    assert check(done.folder) == done.manifest


def test_all_libraries_of_the_artifacts_are_in_it(kept, tmp_path):
    other = kept.model_copy(update={"data_dir": tmp_path / "other"})
    make_library(other.data_dir, {"cats": 2, None: 1})
    home = artifacts.home_of(other.artifacts_dir, other.data_dir)
    shutil.copytree(kept.artifacts_dir / "models", home / "models")
    done = backup(kept, tmp_path / "backup")
    assert [library.path for library in done.manifest.libraries] == [str(kept.data_dir), str(other.data_dir)]
    assert f"artifacts/libraries/{home.name}/library.json" in done.manifest.files


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(kept, tmp_path):
    stop = threading.Event()

    def keep_sorting() -> None:
        with contextlib.closing(open_database(kept.artifacts_dir)) as database:
            mover = Mover(kept.data_dir, database)
            while not stop.is_set():
                mover.sort("15.mp4", "food")
                mover.undo()
                retrain(kept)

    thread = threading.Thread(target=keep_sorting)
    thread.start()
    try:
        for number in range(4):
            folder = backup(kept, tmp_path / f"backup{number}").folder
            check(folder)
            root = folder / "artifacts"
            now = json.loads((root / "current.json").read_text())
            stored = root / "predictions" / now["predictions_id"] / "predictions.json"
            assert stored.read_bytes() == (root / "predictions.json").read_bytes()
            assert (root / "models" / now["model_id"] / "model.npz").is_file()
            with contextlib.closing(sqlite3.connect(root / "vidsort.db")) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert [path.name for path in root.glob("vidsort.db*")] == ["vidsort.db"]
    finally:
        stop.set()
        thread.join()


def test_it_never_overwrites_and_never_lies_in_what_it_copies(kept, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    (tmp_path / "file").touch()
    for taken in ("full", "file"):
        with pytest.raises(ConflictError, match="never overwritten"):
            backup(kept, tmp_path / taken)
    (tmp_path / "link").symlink_to(kept.data_dir)
    for inside in (kept.artifacts_dir / "backup", kept.data_dir / "backup", tmp_path / "link" / "backup"):
        with pytest.raises(SettingsError, match="folder elsewhere"):
            backup(kept, inside)
    (tmp_path / "empty").mkdir()
    assert backup(kept, tmp_path / "empty").folder == tmp_path / "empty"
    with pytest.raises(NotFoundError, match="nothing to back up"):
        backup(Settings(data_dir=kept.data_dir, artifacts_dir=tmp_path / "none"), tmp_path / "x")


def test_a_full_disk_leaves_nothing_and_is_told_first(kept, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(VidsortError, match=r"there are 1\.0 kB beside"):
        backup(kept, tmp_path / "backup")
    monkeypatch.undo()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "look_at", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(VidsortError, match="No space left"):
        backup(kept, tmp_path / "backup")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.programs
@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks here")
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_kill_at_any_step_leaves_a_whole_one_or_none_and_loses_nothing(what, tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "backup_killed.py", what, tmp_path], capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert int(done.stdout) >= LEAST_KILLS


def test_the_command_tells_what_is_in_it_also_as_json(kept, tmp_path, capsys):
    assert main(["backup", str(tmp_path / "one"), *kept.as_flags()]) == 0
    assert str(kept.data_dir) in capsys.readouterr().out
    assert main(["backup", str(tmp_path / "two"), "--json", *kept.as_flags()]) == 0
    told = Backup.model_validate_json(capsys.readouterr().out)
    assert told.manifest == check(told.folder)
    assert main(["backup", str(tmp_path / "two"), *kept.as_flags()]) == 4
    before = answers(kept)
    assert os.path.lexists(tmp_path / "two" / MANIFEST_NAME)
    assert answers(kept) == before
