"""The main flow of the page in another browser than all other tests: Firefox, driven over WebDriver BiDi."""

import json
import os
import shutil
import subprocess

import pytest
from conftest import ROOT

from page.conftest import name_of

pytestmark = pytest.mark.programs


@pytest.fixture
def drive() -> list[str]:
    """What begins the command; skipped where Firefox, Node or puppeteer-core is missing, but never in CI."""
    firefox, node = shutil.which("firefox-esr") or shutil.which("firefox"), shutil.which("node")
    if firefox and node and (ROOT / "node_modules" / "puppeteer-core").is_dir():
        return [node, str(ROOT / "tests" / "server" / "page" / "firefox.mjs"), firefox]
    reason = "Firefox cannot be driven: install the Debian packages firefox-esr, nodejs and npm, and run make test"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.timeout(180)
def test_videos_are_sorted_taken_back_and_filed_in_groups_in_firefox(pile, serve, drive, tmp_path):
    address = serve(pile.fill(8).settings)
    done = subprocess.run(
        [*drive, address], capture_output=True, text=True, timeout=150, check=False,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["complaints"] == []
    assert (seen["first"], seen["second"]) == (name_of(0), name_of(1))
    filed = {path.name for path in pile.data_dir.glob("*/*.mp4")}
    assert name_of(0) in filed
    assert seen["stays"] not in filed
    assert (pile.data_dir / seen["stays"]).is_file()
