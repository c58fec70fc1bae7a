"""A server that runs is backed up as it is, and what it has made since is not lost by putting that back."""

import subprocess
import sys

from conftest import ROOT
from test_serve import APP, running

__all__ = ["running"]

FIRST, SECOND = "71000000000000000.mp4", "71000000000000100.mp4"


def vidsort(settings, *arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "vidsort", *map(str, arguments), *settings.as_flags()]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_what_a_running_server_has_is_backed_up_cleaned_and_put_back_once_it_has_stopped(learned, running, tmp_path):
    def sort(server, filename: str) -> None:
        answer = server.client.post("/api/sort", json={"filename": filename, "folder": "food"})
        assert answer.status_code == 200

    with running(*APP) as server:
        sort(server, FIRST)
        guesses = server.client.get("/api/models").json()
        assert vidsort(learned, "backup", tmp_path / "backup").returncode == 0
        sort(server, SECOND)
        done = vidsort(learned, "clean")
        assert done.returncode == 0, done.stderr
        assert server.client.post("/api/undo").status_code == 200
        refused = vidsort(learned, "restore", tmp_path / "backup", "--aside")
        assert (refused.returncode, "stop the server" in refused.stderr) == (4, True)
        assert server.client.get("/api/models").json() == guesses
    done = vidsort(learned, "restore", tmp_path / "backup", "--aside")
    assert done.returncode == 0, done.stderr
    with running(*APP) as server:
        assert server.client.get("/api/models").json() == guesses
        (move,) = server.client.get("/api/history").json()["moves"]
        assert move["source"] == FIRST
        assert server.client.post("/api/undo").status_code == 200
        assert (learned.data_dir / FIRST).is_file()
