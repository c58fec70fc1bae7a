"""The runner of notebooks: wrong parameters are refused at once, errors are the step's own, reports are whole."""

import json
import sys

import nbformat
import pytest

from vidsort import figures, notebook
from vidsort.errors import ArtifactError, NotEnoughLabelsError, NotFoundError, SettingsError, VidsortError
from vidsort.notebook import keep, report_of, run_notebook
from vidsort.records import Report


@pytest.fixture
def written(tmp_path, monkeypatch):
    """`written(*sources)`: puts a notebook of these cells in the place of train.ipynb."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(notebook, "FOLDER", folder)

    def write(*sources: str) -> None:
        first = nbformat.v4.new_code_cell("data_dir = None\nartifacts_dir = None\nseed = 0\nshow = 1")
        first.metadata["tags"] = ["parameters"]
        made = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, sources)])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "any", "language": "python"}
        nbformat.write(made, folder / "train.ipynb")

    return write


REPORT = """
from vidsort import figures
from vidsort.records import Report
figures.show_report(Report(step="train", done=1, took_s=0.5, outputs={"model_id": "the-version", "seed": seed}))
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sed": 1}, "sed is no parameter"),
        ({"seed": "many"}, "seed='many' does not fit"),
        ({"seed": -1}, "seed=-1 does not fit"),
        ({"data_dir": "elsewhere"}, "data_dir is no parameter"),
    ],
)
def test_a_wrong_parameter_is_refused_before_anything_runs(written, settings, given, said):
    written("raise SystemExit")
    with pytest.raises(SettingsError, match=said):
        run_notebook("train", settings, given)
    assert not settings.artifacts_dir.exists()


def test_an_unknown_notebook_and_a_missing_one_are_not_found(written, settings):
    with pytest.raises(NotFoundError, match="extract_features, train, predict"):
        run_notebook("../secrets", settings)
    with pytest.raises(NotFoundError, match="is not there"):
        run_notebook("train", settings)


def test_a_notebook_runs_in_this_python_with_its_parameters_and_settings(written, settings):
    written(REPORT, "import sys\nprint(sys.executable, data_dir, artifacts_dir, seed)")
    made = run_notebook("train", settings, {"seed": 7})
    assert made.report.outputs == {"model_id": "the-version", "seed": 7}
    assert made.notebook == settings.artifacts_dir / "models" / "the-version" / "report.ipynb"
    printed = nbformat.read(made.notebook, as_version=4).cells[-1].outputs[0].text
    assert printed.split() == [sys.executable, str(settings.data_dir), str(settings.artifacts_dir), "7"]
    assert "train · the-version" in made.html.read_text(encoding="utf-8")


def test_the_error_of_a_step_is_raised_as_it_is_and_the_notebook_so_far_is_kept(written, settings):
    written("1 + 1", "from vidsort.errors import NotEnoughLabelsError\nraise NotEnoughLabelsError('Sort a few first.')")
    with pytest.raises(NotEnoughLabelsError, match=r"^Sort a few first\.$"):
        run_notebook("train", settings)
    failed = json.loads((settings.artifacts_dir / "notebooks" / "train.failed.ipynb").read_text())
    assert "Sort a few first." in json.dumps(failed)


def test_any_other_error_names_itself_and_where_to_look(written, settings):
    written("1 / 0")
    with pytest.raises(VidsortError, match=r"ZeroDivisionError.*train\.failed\.ipynb"):
        run_notebook("train", settings)


def executed(*reports: Report) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    for report in reports:
        cell = nbformat.v4.new_code_cell("run()")
        bundle = figures.show_report(report)._repr_mimebundle_()
        cell.outputs = [nbformat.v4.new_output("display_data", data=json.loads(json.dumps(bundle)))]
        made.cells.append(cell)
    return made


def test_what_did_not_run_to_its_report_is_not_kept(tmp_path):
    other = Report(step="predict", done=1, took_s=1, outputs={"predictions_id": "p"})
    for unfinished in (executed(), executed(other)):
        with pytest.raises(ArtifactError, match="run all of its cells"):
            keep("train", unfinished, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_last_report_counts():
    reports = [Report(step="train", done=number, took_s=1, outputs={"model_id": str(number)}) for number in (1, 2)]
    assert report_of(executed(*reports)) == reports[1]
