"""Servers as people start them: one process and two, how they stop, and what they refuse."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ROOT
from videos import make_video

from vidsort.errors import SettingsError
from vidsort.jobs.retrain import Retrain
from vidsort.server.web import serve
from vidsort.settings import Settings
from vidsort.store import open_database

START_S = 60
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server; `client` talks to it."""

    def __init__(
        self, settings: Settings, *command: str, log: Path, password: str = "", token: str = "", home: Path = ROOT,
        **given: str,
    ) -> None:
        self.port = free_port()
        self.log = log
        environment = os.environ | {
            "VIDSORT_DATA_DIR": str(settings.data_dir),
            "VIDSORT_ARTIFACTS_DIR": str(settings.artifacts_dir),
            "VIDSORT_PASSWORD": password,
            **given,
        }
        arguments = [part.format(port=self.port) for part in command]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=home, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        headers = {"authorization": f"Bearer {token or password}"} if token or password else {}
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=30)

    def answers(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the server ended: {self.log.read_text()}")
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Seconds that the stop took."""
        started_s = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - started_s


APP = ("app.py", "--port", "{port}")
# The same, and a line for each module that another thread than the main one has imported.
WATCHED = ("-c", """
import sys, threading
def told(event, values):
    if event == "import" and threading.current_thread() is not threading.main_thread():
        sys.stdout.write("imported " + values[0] + "\\n")
        sys.stdout.flush()
sys.addaudithook(told)
from vidsort.cli import main
sys.exit(main(["serve", *sys.argv[1:]]))
""", "--port", "{port}")
# A server with few open files.
POOR = ("-c", """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96))
from vidsort.cli import main
sys.exit(main(["serve", *sys.argv[1:]]))
""", "--port", "{port}")
FIRST_REQUESTS = 18
# A retrain that is not done before somebody has looked: of each video hundreds of pictures are seen.
LONG = {
    "VIDSORT_EXTRACT_FEATURES__MODALITIES": "frames", "VIDSORT_EXTRACT_FEATURES__FRAMES": "64",
    "VIDSORT_EXTRACT_FEATURES__CROPS_PER_FRAME": "4",
}
# What docs/operations.md recommends for many viewers.
WORKERS = ("-m", *re.search(r"^\$ (uvicorn .*--workers .*)$", OPERATIONS, re.MULTILINE)[1].split(), "--port", "{port}")


@pytest.fixture
def running(settings, tmp_path, eventually):
    """`with running(*command, password="", token="", home=ROOT, **environment) as server`."""

    @contextmanager
    def run(*command: str, **given: Any) -> Iterator[Server]:
        server = Server(settings, *command, log=tmp_path / "server.log", **given)
        try:
            eventually(server.answers, START_S)
            yield server
        finally:
            server.client.close()
            if server.process.poll() is None:
                server.process.terminate()
                server.process.wait(30)

    return run


def steps_of(settings) -> list[int]:
    """The processes of steps that work on this library."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes()
        except OSError:
            continue
        if b"-m\0vidsort." in command and str(settings.artifacts_dir).encode() in command:
            found.append(int(entry.parent.name))
    return found


def times_woken(process: subprocess.Popen) -> int:
    """How often the loop of a server has waited for something, and was woken."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)$", status, re.MULTILINE)[1])


def test_a_server_that_nobody_asks_sleeps(running):
    with running(*APP) as server:
        assert server.client.get("/").status_code == 200
        time.sleep(1)
        before = times_woken(server.process)
        time.sleep(2)
        # Ten times a second it is looked whether it is to stop; Gradio's queues alone would wake it 1700 times.
        assert times_woken(server.process) - before < 300


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.storm), signal.SIGTERM])
def test_a_stop_in_mid_retrain_with_open_streams_is_quick_and_leaves_nothing(running, settings, eventually, number):
    for index in range(40):
        make_video(settings.data_dir / f"8{index}.mp4", seconds=3)
    with running(*APP, **LONG) as server:
        assert server.client.post("/api/retrain").json() == {"status": "started"}
        eventually(lambda: server.client.get("/api/retrain/status").json()["done"], 30)
        with server.client.stream("GET", "/api/events") as events:
            lines = events.iter_lines()
            assert any(line.startswith("data:") for line in lines)
            took_s = server.stop(number)
        assert took_s < 5
        eventually(lambda: not steps_of(settings), 5)
        assert "Traceback" not in server.log.read_text()
    database = open_database(settings.artifacts_dir)
    status = Retrain(database).status()
    database.close()
    assert status["running"] is False
    assert status["last_result"].startswith("Failed at extract_features.py: interrupted")


def everything(server: "Server", settings: Settings) -> Iterator[tuple[str, str, dict | None]]:
    """A request to each documented route."""
    name, second = sorted(path.name for path in settings.data_dir.glob("*.mp4"))[:2]
    for path, methods in server.client.get("/openapi.json").json()["paths"].items():
        if "get" in methods and path not in ("/api/events", "/api/library/preview"):
            asked = path.replace("{filename}", name).replace("{topic}", "folders").replace("{name}", "dance")
            yield "GET", asked + ("?q=a" if path == "/api/search" else ""), None
    yield "GET", f"/api/library/preview?path={settings.data_dir}", None
    yield "POST", "/api/folders", {"name": "new"}
    yield "POST", "/api/sort", {"filename": name, "folder": "new"}
    yield "POST", "/api/sort/batch", {"moves": [{"filename": second, "folder": "food"}]}
    yield "POST", "/api/undo", None
    yield "POST", "/api/redo", None
    yield "PATCH", "/api/folders/new", {"name": "newer"}
    yield "POST", "/api/folders/newer/merge", {"into": "dance"}
    yield "POST", "/api/folders", {"name": "newest"}
    yield "DELETE", "/api/folders/newest", None
    yield "PUT", "/api/preferences", {"muted": True}
    yield "POST", "/api/retrain", None
    yield "GET", "/api/retrain/status", None


def test_no_request_imports_anything(running, settings, eventually):
    """Two threads that import the same modules at once may lock each other out, for good."""
    with running(*WATCHED) as server:
        for method, path, body in everything(server, settings):
            answer = server.client.request(method, path, json=body)
            assert answer.status_code < 500, (path, answer.text)
            # Before there is a model nothing can be explained by it.
            assert answer.status_code < 400 or path == "/api/models" or path.endswith(("/why", "/similar")), path
        with server.client.stream("GET", "/api/events") as events:
            assert next(events.iter_lines()).startswith("event: state")
        eventually(lambda: not server.client.get("/api/retrain/status").json()["running"], 120)
        assert server.client.get("/api/models").json()
        assert server.client.get("/api/videos").status_code == 200
        name = server.client.get("/api/videos").json()["videos"][0]["filename"]
        for question in ("why", "similar"):
            assert server.client.get(f"/api/videos/{name}/{question}").status_code == 200
        imported = re.findall(r"(?m)^imported (.+)$", server.log.read_text())
    # Python's own tables of characters are small, and looked for under the same name by all.
    assert [name for name in imported if not name.startswith("encodings.")] == []


@pytest.mark.parametrize(
    "starts", [1, pytest.param(20, marks=[pytest.mark.storm, pytest.mark.timeout(600)])]  # each takes some seconds
)
def test_a_server_that_is_asked_for_pictures_at_once_from_its_first_moment_makes_them_all(running, settings, starts):
    names = sorted(path.name for path in settings.data_dir.rglob("*.mp4"))
    wanted = [f"/posters/{name}.webp" for name in names]
    wanted += [f"/playable/{names[0]}", f"/strips/{names[0]}.webp", "/readyz"]
    assert len(wanted) == FIRST_REQUESTS
    for _ in range(starts):
        shutil.rmtree(settings.artifacts_dir / "pictures", ignore_errors=True)
        with running(*APP) as server, ThreadPoolExecutor(FIRST_REQUESTS) as pool:
            answers = list(pool.map(server.client.get, wanted))
            assert {answer.status_code for answer in answers} == {200}, [answer.text[:200] for answer in answers]


@pytest.mark.storm
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit here")
def test_a_server_with_too_many_connections_says_so_once_and_goes_on(running, settings):
    with running(*POOR) as server, contextlib.ExitStack() as held:
        for _ in range(200):
            held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        time.sleep(3)
        held.close()
        assert server.answers()
        said = server.log.read_text()
    assert said.count("No more connections are taken for now") == 1
    assert len(said) < 2_000, said[:4_000]


@pytest.mark.storm
def test_two_workers_agree_on_folders_predictions_jobs_and_sessions(running, settings, eventually):
    names = sorted(path.name for path in settings.data_dir.glob("*.mp4"))
    for index in range(20):
        make_video(settings.data_dir / "dance" / f"8{index}.mp4", seconds=3)
    with running(*WORKERS, password="open sesame", **LONG) as server:

        def everywhere(method: str, path: str) -> list:
            """The same question on new connections, so that both workers are asked."""
            url, headers = str(server.client.base_url.join(path)), dict(server.client.headers)
            return [httpx.request(method, url, headers=headers, timeout=30).json() for _ in range(12)]

        for number, name in enumerate(names):
            answer = server.client.post("/api/sort", json={"filename": name, "folder": "food"})
            assert answer.status_code == 200
            assert {answer["total"] for answer in everywhere("GET", "/api/videos")} == {len(names) - number - 1}
        server.client.post("/api/undo")
        prediction = {"video": names[-1], "predicted_folder": "food", "confidence": 1.0, "top_predictions": []}
        beside = settings.artifacts_dir / "new.json"
        beside.write_text(json.dumps([prediction]))
        beside.replace(settings.artifacts_dir / "predictions.json")
        for answer in everywhere("GET", "/api/videos"):
            assert [video["predicted_folder"] for video in answer["videos"]] == ["food"]
        started = [answer["status"] for answer in everywhere("POST", "/api/retrain")]
        assert started.count("started") == 1
        assert {answer["running"] for answer in everywhere("GET", "/api/retrain/status")} == {True}
        assert server.client.post("/api/retrain/cancel").json() == {"status": "cancelling"}
        eventually(lambda: not any(answer["running"] for answer in everywhere("GET", "/api/retrain/status")), 10)
        login = httpx.post(server.client.base_url.join("/login"), data={"password": "open sesame"})
        for _ in range(8):
            assert httpx.get(server.client.base_url.join("/"), cookies=login.cookies).status_code == 200
        assert server.stop() < 6


def test_two_workers_agree_on_who_may_come_in_and_a_command_changes_it_in_both(running, settings, tmp_path):
    def users(*command: str, password: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "vidsort", "users", *command], cwd=tmp_path, input=password, text=True, check=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
        )
        return done.stdout

    (tmp_path / "vidsort.toml").touch()
    users("add", "ann", "--role", "admin", "--password-stdin", password="the first password")
    token = users("token", "nightly", "--role", "reviewer").strip()
    with running(*WORKERS, "--app-dir", str(ROOT), home=tmp_path, token=token) as server:

        def everywhere(**sent) -> set[int]:
            """The answers on new connections, so that both workers are asked."""
            url = server.client.base_url.join("/api/me")
            return {httpx.get(url, timeout=30, **sent).status_code for _ in range(12)}

        login = {"name": "ann", "password": "the first password"}
        cookies = httpx.post(server.client.base_url.join("/login"), data=login, timeout=30).cookies
        bearer = {"authorization": f"Bearer {token}"}
        assert everywhere() == {401}
        assert everywhere(cookies=cookies) == everywhere(headers=bearer) == {200}
        name = min(path.name for path in settings.data_dir.glob("*.mp4"))
        assert server.client.post("/api/sort", json={"filename": name, "folder": "food"}).status_code == 200
        assert server.client.get("/api/history").json()["moves"][0]["account"] == "nightly"
        users("password", "ann", "--password-stdin", password="the second password")
        users("revoke", "nightly")
        assert everywhere(cookies=cookies) == everywhere(headers=bearer) == {401}


def test_a_port_that_is_taken_is_said_in_one_sentence(settings, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"port {port} \(Address already in use\): .*--port"):
            serve(settings.model_copy(update={"port": port}))


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.256.256.256"])
def test_an_address_that_is_none_is_said_in_one_sentence(settings, host):
    with pytest.raises(SettingsError, match=re.escape(host)):
        serve(settings.model_copy(update={"host": host, "password": "x"}))


@pytest.mark.programs
@pytest.mark.parametrize("command", [("app.py",), ("-m", "vidsort", "serve")])
def test_other_machines_are_not_let_in_without_a_password(command, settings):
    done = subprocess.run(
        [sys.executable, *command, "--host", "0.0.0.0", *settings.as_flags()],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 2
    assert "VIDSORT_PASSWORD" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
