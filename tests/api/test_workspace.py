"""The library in memory of a running server."""

import contextlib
import shutil

import filelock
import pytest

from vidsort.api.workspace import OpenLibrary, Workspace
from vidsort.artifacts.owners import adopt, choose_anew, home_of, owner_of
from vidsort.errors import ArtifactError, AwayError, VidsortError
from vidsort.library.live import Apart
from vidsort.library.moves.files.alone import LOCK_NAME
from vidsort.store import open_database


@pytest.fixture
def workspace(settings):
    workspace = Workspace(settings)
    yield workspace
    workspace.stop()


def test_a_running_server_sees_the_changes_of_a_file_manager(workspace, settings, eventually):
    workspace.start()
    shutil.rmtree(settings.data_dir / "food")
    eventually(lambda: "food" not in workspace.library.snapshot().folders, 5)


@pytest.mark.programs
def test_only_a_library_that_is_started_is_looked_through_later(settings, tmp_path, monkeypatch, eventually):
    monkeypatch.setattr("vidsort.library.live.apart.LARGE_BYTES", 0)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        OpenLibrary(settings, database)
        assert owner_of(settings.artifacts_dir).is_looked_at
    started = settings.model_copy(update={"artifacts_dir": tmp_path / "another"})
    workspace = Workspace(started, Apart(started.data_dir, started.video_names))
    assert not owner_of(started.artifacts_dir).is_looked_at
    workspace.start()
    eventually(lambda: owner_of(started.artifacts_dir).is_looked_at, 10)
    workspace.stop()
    assert owner_of(started.artifacts_dir) == owner_of(settings.artifacts_dir).model_copy(
        update={"home": str(started.artifacts_dir)}
    )


def test_starting_settles_what_a_kill_left(workspace, monkeypatch):
    calls = []
    monkeypatch.setattr(workspace.library.mover, "recover", lambda **_: calls.append("recover"))
    workspace.start()
    assert calls == ["recover"]


def test_starting_sweeps_what_a_killed_server_left_of_copies(workspace, settings):
    playable = settings.artifacts_dir / "playable"
    left, kept = playable / ".abc-xyz", playable / "abc.mp4"
    left.mkdir(parents=True)
    (left / "copy.mp4").write_bytes(b"half a copy")
    kept.write_bytes(b"a copy")
    workspace.start()
    assert not left.exists()
    assert kept.exists()


def test_a_server_starts_also_when_old_moves_cannot_be_settled(workspace, monkeypatch, caplog):
    def fails(**_):
        raise VidsortError("The disk is read-only.")

    monkeypatch.setattr(workspace.library.mover, "recover", fails)
    workspace.start()
    assert "read-only" in caplog.text
    assert workspace.library.live.exists


def test_what_the_journal_says_is_believed_only_where_the_disk_shows_it(workspace, settings):
    """Another process sorted a video, then a file manager took it back."""
    seen, other = workspace.library, OpenLibrary(settings, workspace.database)
    filename = seen.snapshot().unsorted[0]
    other.mover.sort(filename, "food")
    (settings.data_dir / "food" / filename).rename(settings.data_dir / "dance" / filename)
    snapshot = seen.snapshot()
    assert filename not in snapshot.folders["food"]
    assert filename in snapshot.folders["dance"]
    assert filename not in snapshot.unsorted


def test_a_list_of_many_videos_is_the_json_it_should_be(workspace, settings):
    import json

    listed = json.loads(workspace.listing())
    assert [video["filename"] for video in listed["videos"]] == list(workspace.library.snapshot().unsorted)
    assert listed["total"] == len(listed["videos"])


def test_a_library_that_is_empty_now_is_not_ready_until_it_is_back_or_chosen_anew(workspace, settings, tmp_path):
    workspace.start()
    assert workspace.library.why_away() is None
    kept = settings.data_dir.rename(tmp_path / "kept")
    settings.data_dir.mkdir()
    workspace.library.snapshot()
    workspace.library.live.poll()
    assert "is empty now" in workspace.library.why_away()
    with pytest.raises(AwayError):
        workspace.library.mover.create_folder("new")
    settings.data_dir.rmdir()
    kept.rename(settings.data_dir)
    workspace.library.live.poll()
    assert workspace.library.why_away() is None


def test_each_library_has_the_predictions_that_were_made_for_it(workspace, settings, tmp_path):
    (tmp_path / "other" / "cats").mkdir(parents=True)
    other = settings.model_copy(update={"data_dir": tmp_path / "other"})
    (settings.artifacts_dir / "predictions.json").write_text("[]")
    first, second = workspace.library, OpenLibrary(other, workspace.database)
    assert first.artifacts_dir == settings.artifacts_dir
    assert second.artifacts_dir.parent.name == "libraries"
    assert second.predictions.current().version == ""
    assert first.predictions.current().version


def test_a_running_server_follows_what_is_adopted_and_what_is_chosen_anew_elsewhere(workspace, settings, tmp_path):
    workspace.start()
    second = settings.model_copy(update={"data_dir": tmp_path / "second"})
    (second.data_dir / "cats").mkdir(parents=True)
    home = home_of(settings.artifacts_dir, second.data_dir)
    assert workspace.look_after().artifacts_dir == settings.artifacts_dir
    adopt(settings.artifacts_dir, settings.data_dir, second.data_dir)
    assert workspace.look_after().artifacts_dir == home
    kept = settings.data_dir.rename(tmp_path / "kept")
    settings.data_dir.mkdir()
    workspace.library.live.poll()
    assert workspace.state()["away"]
    choose_anew(settings.artifacts_dir, settings.data_dir)
    assert workspace.state()["away"] is None
    settings.data_dir.rmdir()
    kept.rename(settings.data_dir)


def test_a_library_that_was_filled_while_the_server_ran_is_known_to_be_away(settings, tmp_path):
    """A new user starts with an empty folder, and pulls the plug before anything was retrained."""
    kept = settings.data_dir.rename(tmp_path / "kept")
    settings.data_dir.mkdir()
    workspace = Workspace(settings)
    workspace.start()
    assert workspace.state()["away"] is None
    settings.data_dir.rmdir()
    kept.rename(settings.data_dir)
    workspace.library.live.poll()
    assert workspace.state()["total"] == 3
    settings.data_dir.rename(kept)
    settings.data_dir.mkdir()
    workspace.library.live.poll()
    assert "held 15 videos in 3 folders" in workspace.state()["away"]
    workspace.stop()


def test_artifacts_that_were_renamed_are_not_made_anew_by_a_running_server(workspace, settings, tmp_path):
    workspace.start()
    settings.artifacts_dir.rename(tmp_path / "kept")
    with pytest.raises(ArtifactError, match="no longer there"):
        workspace.look_after()
    assert not settings.artifacts_dir.exists()
    (tmp_path / "kept").rename(settings.artifacts_dir)
    assert workspace.look_after().why_away() is None


def test_a_server_starts_and_reads_while_another_process_copies_something_big(workspace, settings, caplog):
    """Whoever moves has settled first what a kill left, so there is nothing to wait for."""
    with filelock.FileLock(settings.artifacts_dir / LOCK_NAME):
        workspace.start()
        assert "under way" in caplog.text
        assert workspace.library.snapshot().unsorted
