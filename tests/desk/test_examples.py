"""The examples in docstrings are true of a tiny real library."""

import doctest
import importlib

import pytest

import vidsort


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
