"""A server that is shared in a home network: by which address, which names, which password, and what its code says."""

import contextlib
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from peopled import write_people
from test_serve import START_S, free_port, running

from vidsort.cli import main
from vidsort.errors import SettingsError
from vidsort.server import lan
from vidsort.server.rules import split_host
from vidsort.settings import Settings

__all__ = ["running"]

ADDRESSES = lan.home_addresses()
SHARED = ("-m", "vidsort", "serve", "--share-lan", "--port", "{port}")
needs_network = pytest.mark.skipif(not ADDRESSES, reason="this machine has no address in a home network")
HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


@pytest.fixture
def at_home(monkeypatch):
    """A machine with two addresses in home networks."""
    monkeypatch.setattr(lan, "home_addresses", lambda: ["192.168.1.20", "10.0.0.7"])
    monkeypatch.setattr(socket, "gethostname", lambda: "attic")


def statuses(port: int, secret: str) -> list[int]:
    """What is answered by the first address: without a password, with a wrong one, with the right one."""
    answered = []
    for given in ("", "not it", secret):
        headers = {"authorization": f"Bearer {given}"} if given else {}
        answered.append(httpx.get(f"http://{ADDRESSES[0]}:{port}/api/me", headers=headers, timeout=30).status_code)
    return answered


def by_host(port: int, host: str, secret: str) -> int:
    headers = {"host": host, "authorization": f"Bearer {secret}"}
    return httpx.get(f"http://{ADDRESSES[0]}:{port}/api/me", headers=headers, timeout=30).status_code


def test_it_listens_everywhere_answers_its_own_names_and_makes_a_password(at_home):
    one, other = (lan.shared(Settings(allowed_hosts=("videos.example",)), has_accounts=False) for _ in range(2))
    assert one.settings.host == "0.0.0.0"
    assert one.settings.allowed_hosts == ("videos.example", "192.168.1.20", "10.0.0.7", "attic", "attic.local")
    assert one.addresses == ["192.168.1.20", "10.0.0.7"]
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){2}", one.made_password)
    assert one.settings.password.get_secret_value() == one.made_password != other.made_password
    assert one.made_password not in repr(one.settings) + one.settings.as_json()


@pytest.mark.parametrize(("settings", "has_accounts"), [(Settings(password="own"), False), (Settings(), True)])
def test_who_has_a_password_or_accounts_gets_no_other_password(at_home, settings, has_accounts):
    shared = lan.shared(settings, has_accounts=has_accounts)
    assert shared.made_password is None
    assert shared.settings.password == settings.password


@pytest.mark.parametrize("host", ["192.168.7.7", "fd00::2", "attic.lan"])
def test_an_address_that_was_chosen_stays_the_only_one(at_home, host):
    shared = lan.shared(Settings(host=host), has_accounts=True)
    assert (shared.settings.host, shared.addresses) == (host, [host])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"])
def test_one_that_is_none_for_others_becomes_all_networks(at_home, host):
    assert lan.shared(Settings(host=host), has_accounts=True).settings.host == "0.0.0.0"


def test_without_a_network_it_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(lan, "home_addresses", list)
    with pytest.raises(SettingsError, match=r"no address in a home network .*--host"):
        lan.shared(Settings(), has_accounts=False)
    assert main(["serve", "--share-lan"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize(("given", "kept"), [
    (["127.0.1.1", "169.254.3.4", "0.0.0.0", "8.8.8.8"], []),
    (["192.168.1.20", "192.168.1.20", "100.64.0.9", "172.16.5.5"], ["192.168.1.20", "100.64.0.9", "172.16.5.5"]),
])
def test_addresses_of_the_internet_and_those_that_lead_nowhere_are_left_out(monkeypatch, given, kept):
    def no_way(*_: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket, "socket", no_way)
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda name: (name, [], given))
    assert lan.home_addresses() == kept


def test_a_name_that_cannot_be_found_stops_nothing(monkeypatch):
    def unknown(name: str) -> None:
        raise socket.gaierror(name)

    monkeypatch.setattr(socket, "gethostbyname_ex", unknown)
    assert set(lan.home_addresses()) <= set(ADDRESSES)


@pytest.mark.parametrize("command", [["serve"], ["demo", "--no-serve"]])
def test_a_password_is_made_only_where_a_person_sees_it(at_home, capsys, command):
    assert main([*command, "--share-lan"]) == 2
    told = capsys.readouterr()
    assert (told.out, len(told.err.strip().splitlines())) == ("", 1)
    assert "VIDSORT_PASSWORD" in told.err


@pytest.mark.parametrize("arguments", [["serve"], ["serve", "--share-lan"]])
def test_a_browser_is_opened_once_requests_wait(at_home, monkeypatch, capsys, eventually, arguments):
    opened = []
    monkeypatch.setenv("VIDSORT_PASSWORD", "x")
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) is not None)
    monkeypatch.setattr("vidsort.server.web.serve", lambda settings, tell: tell(8123))
    assert main(arguments) == 0
    assert opened == []
    assert main([*arguments, "--open"]) == 0
    eventually(lambda: opened == ["http://127.0.0.1:8123/"])
    eventually(lambda: "could be opened: open http://127.0.0.1:8123/" in capsys.readouterr().out)


@needs_network
def test_a_phone_in_the_network_is_asked_for_the_password_that_is_set(running):
    with running(*SHARED, password="open sesame") as server:
        assert statuses(server.port, "open sesame") == [401, 401, 200]
        assert {by_host(server.port, host, "open sesame") for host in ("evil.example", f"evil.{ADDRESSES[0]}")} == {400}
        for host in (socket.gethostname(), f"{socket.gethostname().split('.')[0]}.local:{server.port}"):
            assert by_host(server.port, host, "open sesame") == 200, host
        told = server.log.read_text()
        assert f"http://{ADDRESSES[0]}:{server.port}/" in told
        assert "It asks for the password that is set." in told
        assert "open sesame" not in told
        assert "█" not in told


@needs_network
def test_accounts_are_asked_for_where_there_are_any(running, tmp_path):
    (tmp_path / "vidsort.toml").touch()
    write_people(tmp_path / "users.toml", tokens={"starter": ("viewer", "vidsort_of-who-starts-it")})
    token = "vidsort_of-who-starts-it"
    with running(*SHARED, home=tmp_path, token=token, PYTHONPATH=str(ROOT)) as server:
        assert statuses(server.port, token) == [401, 401, 200]
        assert str(tmp_path / "users.toml") in server.log.read_text()


@contextlib.contextmanager
def on_a_terminal(settings: Settings, port: int, home: Path) -> Iterator[str]:
    """What `vidsort serve --share-lan` shows on a terminal until it has told how one comes in, while it runs."""
    pty = pytest.importorskip("pty", reason="no terminals of this kind here")
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100"}
    arguments = [part.format(port=port) for part in SHARED]
    process = subprocess.Popen(
        [sys.executable, *arguments, *settings.as_flags()], cwd=home, env=environment, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    deadline_s = time.monotonic() + START_S
    try:
        while b"until it stops: " not in shown or not shown.endswith(b"\n"):
            assert select.select([ours], [], [], deadline_s - time.monotonic())[0], shown.decode()
            shown += os.read(ours, 65536)
        yield shown.decode()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        os.close(ours)


@pytest.fixture
def shown(settings, tmp_path):
    """A shared server's port and what it shows, while it runs."""
    port = free_port()
    with on_a_terminal(settings, port, tmp_path) as text:
        yield port, text


@pytest.mark.programs
@needs_network
def test_the_password_that_is_made_lets_in_and_is_kept_nowhere(shown, settings, tmp_path):
    port, text = shown
    made = re.search(r"until it stops: (\S+)", text)[1]
    assert text.count(made) == 1
    assert statuses(port, made) == [401, 401, 200]
    assert by_host(port, "evil.example", made) == 400
    written = [path for path in tmp_path.rglob("*") if path.is_file() and made.encode() in path.read_bytes()]
    assert not written


@pytest.mark.programs
@needs_network
def test_the_code_on_the_terminal_says_the_address_and_nothing_else(shown):
    port, text = shown
    cv2 = pytest.importorskip("cv2", reason="nothing here reads QR codes: pip install -e '.[bench]'")
    import numpy as np

    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\r", "")
    drawn = [line for line in plain.splitlines() if line and set(line) <= set(HALVES)]
    rows = np.array([[HALVES[one] for one in line] for line in drawn]).transpose(0, 2, 1).reshape(-1, len(drawn[0]))
    picture = np.kron(rows, np.ones((8, 8))).astype("uint8") * 255
    # The other detector of this library misses one such code in a hundred.
    read, *_ = cv2.QRCodeDetectorAruco().detectAndDecode(picture)
    assert read == f"http://{ADDRESSES[0]}:{port}/"


def test_every_address_and_name_is_one_that_a_host_header_can_have(at_home):
    for name in lan.shared(Settings(), has_accounts=True).settings.allowed_hosts:
        assert split_host(f"{name}:8000") == (name, "8000")
