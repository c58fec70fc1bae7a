"""What is put back answers as it did, over nothing that is there, and only where every byte is as it was written."""

import json
import shutil
import stat

import filelock
import pytest
from kept import answers, copied, retrain, template

from vidsort import artifacts
from vidsort.artifacts.publication import rollback
from vidsort.cli import main
from vidsort.errors import ArtifactError, ConflictError, NotFoundError, VidsortError
from vidsort.settings import Settings, load_settings
from vidsort.upkeep.backups import restore as module
from vidsort.upkeep.backups.backup import backup
from vidsort.upkeep.backups.manifest import MANIFEST_NAME
from vidsort.upkeep.backups.restore import Restored, check, restore


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Settings:
    return template(tmp_path_factory.mktemp("made"))


@pytest.fixture
def kept(made, tmp_path) -> Settings:
    settings = copied(made, tmp_path / "kept")
    retrain(settings)
    return settings


@pytest.fixture
def folder(kept, tmp_path):
    return backup(kept, tmp_path / "backup").folder


def bytes_in(place) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def rewritten(folder, **values) -> None:
    path = folder / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_after_all_was_lost_everything_answers_as_before_a_rollback_too(kept, folder):
    before = answers(kept)
    shutil.rmtree(kept.artifacts_dir)
    done = restore(kept, folder)
    assert (done.artifacts_dir, done.aside) == (kept.artifacts_dir, None)
    assert answers(kept) == before
    rollback(kept.artifacts_dir)
    assert artifacts.model_in_force(kept.artifacts_dir) != before["model"]
    assert check(folder) == done.manifest


def test_artifacts_that_are_there_are_never_written_over_but_set_aside_where_that_is_said(kept, folder):
    retrain(kept)
    later = bytes_in(kept.artifacts_dir)
    with pytest.raises(ConflictError, match="never written over: --aside"):
        restore(kept, folder)
    assert bytes_in(kept.artifacts_dir) == later
    for _ in range(2):
        done = restore(kept, folder, sets_aside=True)
        assert done.aside.parent == kept.artifacts_dir.parent
    aside = sorted(kept.artifacts_dir.parent.glob("artifacts.aside-*"))
    assert len(aside) == 2
    assert [bytes_in(one) for one in aside].count(later) == 1


def test_where_a_link_leads_to_another_disk_it_stays_a_link(kept, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    kept.artifacts_dir.rename(elsewhere)
    kept.artifacts_dir.symlink_to(elsewhere)
    assert restore(kept, folder, sets_aside=True).aside.parent == tmp_path
    assert kept.artifacts_dir.is_symlink()
    assert (elsewhere / "vidsort.db").is_file()


def test_the_readme_of_a_checkout_is_in_nobodys_way_and_stays(kept, folder):
    shutil.rmtree(kept.artifacts_dir)
    kept.artifacts_dir.mkdir()
    (kept.artifacts_dir / "README.md").write_text("what the steps write")
    assert restore(kept, folder).aside is None
    assert (kept.artifacts_dir / "README.md").read_text() == "what the steps write"
    assert [path.name for path in kept.artifacts_dir.parent.iterdir() if "artifacts" in path.name] == ["artifacts"]


@pytest.mark.parametrize("name", ["look.lock", "retrain.lock", "live/learner.lock"])
def test_under_a_server_or_a_retrain_nothing_is_exchanged(kept, folder, name):
    (kept.artifacts_dir / "live").mkdir(exist_ok=True)
    with filelock.FileLock(kept.artifacts_dir / name), pytest.raises(ConflictError, match="Somebody works with"):
        restore(kept, folder, sets_aside=True)
    restore(kept, folder, sets_aside=True)


def spoil(path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lead_away(path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize("damage", [spoil, cut, lead_away, lambda path: path.unlink()])
@pytest.mark.parametrize("place", ["vidsort.db", "predictions.json", "models/*/model.npz"])
def test_a_backup_of_which_a_byte_is_not_as_it_was_is_refused_before_anything_is_touched(kept, folder, place, damage):
    shutil.rmtree(kept.artifacts_dir)
    damage(next(folder.glob(f"artifacts/{place}")))
    with pytest.raises(ArtifactError, match=r"1 not as written or not there \(the first: artifacts/"):
        restore(kept, folder)
    assert not kept.artifacts_dir.exists()


@pytest.mark.parametrize("place", [
    "artifacts/../../evil", "/etc/passwd", "artifacts//x", "other/x", "artifacts", "artifacts/./x", "artifacts\\x",
    "settings/../x", "artifacts/a\0b",
])
def test_a_manifest_that_names_a_file_outside_of_it_is_refused(folder, place):
    rewritten(folder, files={place: {"bytes": 0, "sha256": "0" * 64}})
    with pytest.raises(ArtifactError, match="not in the backup"):
        check(folder)


def test_what_is_none_is_told_to_be_none_and_what_is_newer_to_be_newer(kept, folder, tmp_path):
    for nothing in (tmp_path / "nowhere", folder / "artifacts", folder / MANIFEST_NAME):
        with pytest.raises(NotFoundError, match="no whole backup"):
            check(nothing)
    rewritten(folder, schema_number=999)
    with pytest.raises(ArtifactError, match="newer vidsort"):
        check(folder)
    rewritten(folder, schema_number=1, format=2)
    with pytest.raises(ArtifactError, match="newer vidsort"):
        check(folder)
    (folder / MANIFEST_NAME).write_text("{")
    with pytest.raises(ArtifactError, match="damaged"):
        check(folder)


def test_a_backup_without_its_database_is_none(folder):
    files = json.loads((folder / MANIFEST_NAME).read_text())["files"]
    del files["artifacts/vidsort.db"]
    rewritten(folder, files=files)
    with pytest.raises(ArtifactError, match=r"vidsort\.db"):
        check(folder)


def test_settings_come_back_where_there_are_none_and_say_where_the_artifacts_are(kept, tmp_path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    (old / "vidsort.toml").write_text(
        f'data_dir = "{kept.data_dir}"\nartifacts_dir = "{tmp_path / "chosen"}"\n'
    )
    (old / "users.toml").write_text("# people\n")
    monkeypatch.chdir(old)
    folder = backup(kept, tmp_path / "with settings").folder
    monkeypatch.chdir(new)
    done = restore(load_settings(), folder)
    assert done.artifacts_dir == tmp_path / "chosen"
    assert answers(load_settings()) == answers(kept)
    assert stat.S_IMODE((new / "users.toml").stat().st_mode) == 0o600
    assert len(done.notices) == 2
    (new / "users.toml").write_text("# others\n")
    done = restore(load_settings(), folder, sets_aside=True)
    assert (new / "users.toml").read_text() == "# others\n"
    assert [str(new / "users.toml") in notice for notice in done.notices] == [True]


def test_settings_that_were_put_back_go_again_where_the_artifacts_cannot_come(kept, tmp_path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    (old / "vidsort.toml").write_text(f'artifacts_dir = "{kept.artifacts_dir}"\n')
    monkeypatch.chdir(old)
    folder = backup(kept, tmp_path / "with settings").folder
    monkeypatch.chdir(new)
    with pytest.raises(ConflictError):
        restore(load_settings(), folder)
    assert list(new.iterdir()) == []


def test_where_the_last_rename_fails_what_was_there_is_there_again(kept, folder, monkeypatch):
    before, real = answers(kept), module.Path.rename

    def rename(path, target):
        if path.name.startswith(".artifacts.") and target == kept.artifacts_dir:
            raise OSError(16, "Device or resource busy")
        return real(path, target)

    monkeypatch.setattr(module.Path, "rename", rename)
    with pytest.raises(VidsortError, match=r"Device or resource busy.*as it was"):
        restore(kept, folder, sets_aside=True)
    assert answers(kept) == before
    assert [path.name for path in kept.artifacts_dir.parent.iterdir() if "artifacts" in path.name] == ["artifacts"]


def test_a_backup_of_an_older_schema_is_brought_up_to_date(kept, folder):
    import sqlite3

    from vidsort.upkeep.backups.manifest import look_at

    path = folder / "artifacts" / "vidsort.db"
    connection = sqlite3.connect(path)
    for table in ("leases", "session_key", "account_preferences", "stars"):
        connection.execute(f"DROP TABLE {table}")
    for index in ("moves_by_change", "moves_by_account", "features_absent"):
        connection.execute(f"DROP INDEX IF EXISTS {index}")
    for column in ("change", "author", "pending_author", "account", "pending_account"):
        connection.execute(f"ALTER TABLE moves DROP COLUMN {column}")
    connection.execute("PRAGMA user_version = 14")
    connection.commit()
    connection.close()
    files = json.loads((folder / MANIFEST_NAME).read_text())["files"]
    rewritten(folder, schema_number=14, files=files | {"artifacts/vidsort.db": look_at(path).model_dump()})
    before = answers(kept)["predictions"]
    restore(kept, folder, sets_aside=True)
    assert answers(kept)["predictions"] == before


def test_the_command_checks_tells_and_puts_back(kept, folder, capsys):
    assert main(["restore", "--dry-run", "--json", str(folder)]) == 0
    assert Restored.model_validate_json(capsys.readouterr().out).artifacts_dir is None
    assert main(["restore", str(folder), *kept.as_flags()]) == 4
    assert main(["restore", str(folder), "--aside", *kept.as_flags()]) == 0
    assert "What was there is" in capsys.readouterr().out
    spoil(folder / "artifacts" / "predictions.json")
    assert main(["restore", "--dry-run", str(folder)]) == 7
    assert main(["restore", str(folder / "artifacts"), *kept.as_flags()]) == 3
