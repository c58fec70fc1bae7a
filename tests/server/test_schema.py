"""All that schemathesis checks, over every operation of a running server: the schema says what the server does."""

import subprocess
import sys
from pathlib import Path

import pytest
from attacking import longer
from conftest import ROOT
from test_serve import APP, running

__all__ = ["running"]

SEED = 20261125
MOST_EXAMPLES = 5
# Of each operation; coverage, the fourth, asks for each limit of each field: nine in ten of all requests.
QUICK = "examples,fuzzing,stateful"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("phases", [QUICK, pytest.param(f"{QUICK},coverage", marks=pytest.mark.storm)])
def test_schemathesis_finds_nothing(running, settings, phases):
    videos = sorted(path.name for path in settings.data_dir.rglob("*.mp4"))
    with running(*APP) as server:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"), "--config-file", ROOT / "schemathesis.toml", "run",
                str(server.client.base_url.join("/openapi.json")), "--checks", "all", "--no-color",
                "--seed", str(SEED), "--max-examples", str(longer(MOST_EXAMPLES)), "--phases", phases,
                "--generation-database", "none",
            ],
            capture_output=True, text=True, check=False,
        )
        operations = sum(len(methods) for methods in server.client.get("/openapi.json").json()["paths"].values())
    assert done.returncode == 0, done.stdout
    assert f"Tested: {operations}" in done.stdout
    # Whatever was renamed, merged and undone: not one video has gone.
    assert sorted(path.name for path in settings.data_dir.rglob("*.mp4")) == videos
    assert "Traceback" not in server.log.read_text()
