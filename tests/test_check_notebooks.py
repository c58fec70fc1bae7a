"""The check that keeps outputs out of git: finds each kind of dirt, and cleans it without touching the code."""

import importlib.util
import json

import pytest
from conftest import ROOT

spec = importlib.util.spec_from_file_location("check_notebooks", ROOT / "tools" / "check_notebooks.py")
check_notebooks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_notebooks)


def notebook(cell: dict | None = None, metadata: dict | None = None) -> dict:
    code = {
        "cell_type": "code", "source": ["1 + 1"], "metadata": {"tags": ["parameters"]}, "outputs": [],
        "execution_count": None,
    }
    text = {"cell_type": "markdown", "source": ["# Why"], "metadata": {}}
    clean = {"kernelspec": check_notebooks.KERNEL, "language_info": {"name": "python"}}
    return {"cells": [text, code | (cell or {})], "metadata": clean | (metadata or {}), "nbformat": 4}


def test_a_clean_notebook_has_no_faults():
    assert check_notebooks.faults(notebook()) == []


@pytest.mark.parametrize(
    "dirty",
    [
        notebook({"outputs": [{"output_type": "stream"}]}),
        notebook({"execution_count": 3}),
        notebook({"metadata": {"tags": ["parameters"], "collapsed": True}}),
        notebook(metadata={"kernelspec": {"name": "mine"}}),
        notebook(metadata={"language_info": {"name": "python", "version": "3.11.7"}}),
        notebook(metadata={"vscode": {}}),
    ],
)
def test_each_kind_of_dirt_is_found_and_cleaned(dirty, tmp_path, capsys):
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps(dirty))
    assert check_notebooks.main([str(path)]) == 1
    assert "train.ipynb" in capsys.readouterr().err
    assert check_notebooks.main(["--fix", str(path)]) == 0
    assert json.loads(path.read_text()) == notebook()
    assert check_notebooks.main([str(path)]) == 0


def test_the_notebooks_of_this_project_are_clean():
    assert check_notebooks.main([]) == 0
