"""Where workers find the videos: what is held is what was meant, what was fetched is let go, and why not is said."""

import contextlib
import getpass
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from vidsort.errors import VidsortError
from vidsort.features.cluster.place import Place
from vidsort.media.content import content_hash

pytest.importorskip("fsspec", reason='the extra "cluster" is not installed')

# Another process, as a worker is; which key it shows is a matter of fsspec's own configuration.
READING = """
import json, sys
from pathlib import Path
from fsspec.config import conf
from vidsort.features.cluster.place import Place
conf["sftp"] = {"key_filename": sys.argv[2], "look_for_keys": False, "allow_agent": False}
held = Place(sys.argv[1], Path(sys.argv[3])).hold(json.loads(sys.argv[4]))
print(Path(held.request["path"]).read_text())
"""
SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin") or shutil.which("sshd")


@pytest.fixture
def shelf(tmp_path) -> Path:
    """A library of one file; what it is called would be written otherwise in an address of the web."""
    shelf = tmp_path / "my clips"
    (shelf / "sport").mkdir(parents=True)
    (shelf / "sport" / "a b%20.mp4").write_bytes(b"not a real video")
    return shelf


def asked(shelf: Path, place: str = "sport/a b%20.mp4") -> dict:
    path = shelf / place
    return {
        "path": "as the asking machine has it", "place": place, "stamp": [path.stat().st_size, 1],
        "content": content_hash(path).hex(), "wanted": {"m": "00"},
    }


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_what_is_held_is_what_was_meant_whatever_its_time(shelf, tmp_path, scheme):
    place = Place(f"{scheme}{shelf}", tmp_path)
    held = place.hold(asked(shelf))
    path = Path(held.request["path"])
    assert path.read_bytes() == b"not a real video"
    assert held.request["stamp"] == [16, path.stat().st_mtime_ns]
    held.let_go()
    assert path.exists() == (scheme == "")
    assert (shelf / "sport" / "a b%20.mp4").exists()


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_another_file_at_its_place_or_none_is_gone_and_nothing_is_left(shelf, tmp_path, scheme):
    folder = tmp_path / "fetched"
    folder.mkdir()
    place, request = Place(f"{scheme}{shelf}", folder), asked(shelf)
    (shelf / "sport" / "a b%20.mp4").write_bytes(b"another of 16 B.")
    held = place.hold(request)
    assert (held.request, held.answer) == (None, {"gone": True})
    held.let_go()
    assert place.hold(request | {"place": "sport/none.mp4"}).answer == {"gone": True}
    assert list(folder.iterdir()) == []


def test_what_cannot_be_fetched_is_tried_again_another_time(shelf, tmp_path, monkeypatch):
    place = Place(f"file://{shelf}", tmp_path)

    def refuse(*_):
        raise RuntimeError("the bucket is closed")

    monkeypatch.setattr(place._files, "get_file", refuse)
    part = place.hold(asked(shelf)).answer["found"]["m"]
    assert part["retry"] is True
    assert part["error"] == "it cannot be fetched (the bucket is closed): the next extraction tries it again"


def test_an_address_that_nothing_reads_is_told(tmp_path):
    with pytest.raises(VidsortError, match="nonsense://a cannot be opened"):
        Place("nonsense://a", tmp_path)


@pytest.fixture
def sftp(tmp_path, eventually):
    """The address of an SSH server on this machine that lets this test in."""
    if SSHD is None or importlib.util.find_spec("paramiko") is None:
        pytest.skip("no sshd, or no paramiko: install the Debian package openssh-server, and pip install paramiko")
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    (tmp_path / "allowed").write_bytes((tmp_path / "client.pub").read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "HostKey": tmp_path / "host", "AuthorizedKeysFile": tmp_path / "allowed", "StrictModes": "no", "UsePAM": "no",
        "PidFile": "none", "Subsystem": "sftp internal-sftp", "ListenAddress": "127.0.0.1", "Port": port,
    }
    flags = [flag for name, value in options.items() for flag in ("-o", f"{name}={value}")]
    with (tmp_path / "sshd.log").open("wb") as told:
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", "/dev/null", *flags], stdout=told, stderr=told)
    try:
        if not eventually(lambda: server.poll() is not None or _listens(port)) or server.poll() is not None:
            pytest.skip(f"sshd does not start here: {(tmp_path / 'sshd.log').read_text().strip()}")
        yield f"sftp://{getpass.getuser()}@127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def test_a_library_on_an_ssh_server_is_read(sftp, shelf, tmp_path):
    arguments = [f"{sftp}{shelf}", str(tmp_path / "client"), str(tmp_path), json.dumps(asked(shelf))]
    done = subprocess.run([sys.executable, "-c", READING, *arguments], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("not a real video\n", "")
