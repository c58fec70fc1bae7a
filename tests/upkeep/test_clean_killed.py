"""A clean that is killed leaves all that is in force as it was, and the rest to the next one."""

import subprocess
import sys

import pytest
from conftest import ROOT

LEAST_KILLS = 25


@pytest.mark.programs
@pytest.mark.skipif(sys.platform == "win32", reason="nothing forks here")
def test_a_clean_survives_a_kill_at_each_of_its_steps(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "clean_killed.py", tmp_path], capture_output=True, text=True, check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert int(done.stdout) >= LEAST_KILLS
