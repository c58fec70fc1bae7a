"""The page's pure modules under Node: queue, keys, outbox, lost answers, the grid's rows."""

import os
import shutil
import subprocess

import pytest
from conftest import ROOT


def test_the_pure_modules_hold_their_promises():
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("no node found: install the Debian package nodejs")
        pytest.skip("no node found: install Node 20 or newer")
    files = sorted(str(path) for path in (ROOT / "tests" / "server" / "page" / "js").glob("*.test.mjs"))
    assert files
    result = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stdout[-4000:]


def test_each_module_is_short_enough_to_be_read_alone():
    for path in sorted((ROOT / "vidsort" / "server" / "page").rglob("*")):
        if path.suffix in (".js", ".css", ".html", ".py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path.name
