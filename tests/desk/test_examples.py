"""The examples in docstrings and in docs/your-own.md are true of a tiny real library."""

import doctest
import importlib

import pytest
from conftest import ROOT

import vidsort
from vidsort import artifacts


@pytest.mark.programs
@pytest.mark.parametrize("name", ["vidsort", "vidsort.desk.library"])
def test_examples_in_docstrings_are_true(learned, name):
    module, library = importlib.import_module(name), vidsort.open(learned.data_dir, learned.artifacts_dir)
    known = {"vidsort": vidsort, "library": library} | dict(learned)
    found = [test for test in doctest.DocTestFinder().find(module, extraglobs=known) if test.examples]
    assert found
    told = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    # One after the other on one library, as they stand there: what a move does, the next one finds.
    for test in sorted(found, key=lambda test: test.lineno):
        runner.run(test, out=told.append)
    assert not told, "".join(told)


def test_the_way_to_a_head_of_ones_own_in_the_readme_is_short_and_works(learned, capsys):
    page = (ROOT / "docs" / "your-own.md").read_text(encoding="utf-8")
    code = page.split("<!-- own head -->")[1].split("```")[1].removeprefix("python\n")
    assert len([line for line in code.splitlines() if line.strip()]) <= 8
    opening = 'vidsort.open("~/Videos/favorites")'
    assert opening in code
    known = {"data_dir": learned.data_dir, "artifacts_dir": learned.artifacts_dir}
    exec(compile(code.replace(opening, "vidsort.open(data_dir, artifacts_dir)"), "your-own.md", "exec"), known)
    assert known["X"].shape[0] == known["y"].shape[0] == 12
    made = artifacts.show_model(learned.artifacts_dir, known["report"].outputs["model_id"])
    assert [row["head"] for row in made["manifest"]["selection"]][-1] == "GaussianNB"
    assert artifacts.current(learned.artifacts_dir).model_id == known["report"].outputs["model_id"]
    assert "Promoted: " in capsys.readouterr().out
