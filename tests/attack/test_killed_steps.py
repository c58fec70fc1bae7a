"""A step, a promotion or a migration that is killed at whatever it does leaves the old or the new, never a half."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

PROGRAM = ROOT / "tests" / "steps_killed.py"


@pytest.mark.programs
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
@pytest.mark.parametrize(
    ("step", "least"), [("train", 5), ("predict", 8), ("promote", 5), ("rollback", 2), ("migration", 40)]
)
def test_what_is_in_force_survives_a_kill_at_each_change_of_the_disk(step, least, tmp_path, attacked):
    done = subprocess.run(
        [sys.executable, PROGRAM, step, tmp_path], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) >= least
    attacked(f"{step}, killed at each change", int(done.stdout))
