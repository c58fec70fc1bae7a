"""`make audit` fails on what is found, and where nothing can be looked up it says so and passes."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

pytestmark = pytest.mark.programs

GOOD = {"name": "attrs", "version": "26.1.0", "vulns": []}
HOLE = {"id": "CVE-2026-1", "fix_versions": ["99.0"], "aliases": ["GHSA-aaaa-bbbb-cccc"], "description": "a hole"}
BAD = {"name": "pillow", "version": "11.3.0", "vulns": [HOLE]}
# As the real one ends where there is no network, where the server is broken, and where the pins cannot be read.
UNREACHED = (
    "Traceback (most recent call last):\n  …\nrequests.exceptions.ConnectionError: "
    "HTTPSConnectionPool(host='api.osv.dev', port=443): Max retries exceeded with url: /v1/query"
)
BROKEN = "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: https://api.osv.dev/v1/query"
UNREAD = "ERROR:pip_audit._cli:requirement attrs is not pinned to an exact version: attrs"


@pytest.fixture
def audit(tmp_path):
    """`audit(stdout, stderr, code)`: the tool with a pip-audit that answers so; its exit code and what it says."""

    def run(stdout: str, stderr: str, code: int) -> tuple[int, str, list[str]]:
        package = tmp_path / "pip_audit"
        package.mkdir(exist_ok=True)
        (package / "__main__.py").write_text(
            "import json, sys\nfrom pathlib import Path\n"
            f"Path({str(tmp_path / 'asked')!r}).write_text(json.dumps(sys.argv[1:]))\n"
            f"sys.stdout.write({stdout!r}); sys.stderr.write({stderr!r}); sys.exit({code})\n"
        )
        done = subprocess.run(
            [sys.executable, ROOT / "tools" / "audit.py"], env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )
        return done.returncode, done.stdout + done.stderr, json.loads((tmp_path / "asked").read_text())

    return run


def answer(*packages: dict) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_found_is_well_and_it_is_the_pins_that_are_asked_for(audit):
    code, said, asked = audit(answer(GOOD), "WARNING: …\nNo known vulnerabilities found", 0)
    assert (code, said) == (0, "0 known holes in the 1 pins of constraints.txt.\n")
    assert asked[asked.index("--requirement") + 1] == str(ROOT / "constraints.txt")


def test_a_finding_fails_and_is_named_with_what_mends_it(audit):
    code, said, _ = audit(answer(GOOD, BAD), "Found 1 known vulnerability in 1 package", 1)
    assert code == 1
    assert "pillow 11.3.0: CVE-2026-1, GHSA-aaaa-bbbb-cccc, mended in 99.0." in said


def test_what_was_not_looked_up_is_no_pass(audit):
    code, said, _ = audit(answer(GOOD, {"name": "odd", "skip_reason": "no such package"}), "", 0)
    assert (code, "odd (no such package)" in said) == (1, True)


@pytest.mark.parametrize("stderr", [UNREACHED, BROKEN])
def test_where_the_data_cannot_be_reached_it_is_said_and_skipped(audit, stderr):
    code, said, _ = audit("", stderr, 1)
    assert code == 0
    assert said.startswith("The pins were not audited: the data of OSV cannot be reached")


@pytest.mark.parametrize("stderr", [UNREAD, "", "No module named pip_audit", "KeyError: 'requests.exceptions.Timeout'"])
def test_any_other_failure_is_one(audit, stderr):
    code, said, _ = audit("", stderr, 1)
    assert code == 1
    assert "pip-audit failed" in said
