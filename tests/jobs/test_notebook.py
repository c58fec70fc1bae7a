"""The runner of notebooks: wrong parameters are refused at once, errors are the step's own, reports are whole."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from vidsort.cli.program import main
from vidsort.errors import ArtifactError, NotEnoughLabelsError, NotFoundError, SettingsError, VidsortError
from vidsort.insight import figures
from vidsort.jobs import notebook
from vidsort.jobs.notebook import keep, report_of, run_notebook
from vidsort.records import REPORT_MIMETYPE, Report
from vidsort.steps import STEPS


@pytest.fixture
def written(tmp_path, monkeypatch):
    """`written(*sources)`: puts a notebook of these cells in the place of train.ipynb."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(notebook, "FOLDER", folder)

    def write(*sources: str) -> None:
        first = nbformat.v4.new_code_cell(
            "data_dir = None\nartifacts_dir = None\nvideo_names = None\nseed = 0\nheads = ()\npromised_error = 0.05"
        )
        first.metadata["tags"] = ["parameters"]
        made = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, sources)])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "any", "language": "python"}
        nbformat.write(made, folder / "train.ipynb")

    return write


VERSION = "20260102-030405-abcdef"
REPORT = f"""
from vidsort.insight import figures
from vidsort.records import Report
figures.show_report(Report(step="train", done=1, took_s=0.5, outputs={{"model_id": "{VERSION}", "seed": seed}}))
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sed": 1}, r"sed is no parameter of the notebook train; did you mean seed\?"),
        ({"seed": "many"}, "seed='many' does not fit"),
        ({"seed": -1}, "seed=-1 does not fit"),
        ({"promised_error": 2}, "promised_error=2 does not fit"),
        ({"promised_error": "little"}, "promised_error='little' does not fit"),
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


@pytest.mark.programs
def test_a_notebook_runs_in_this_python_with_its_parameters_and_settings(written, settings):
    (settings.artifacts_dir / "models" / VERSION).mkdir(parents=True)
    written(REPORT, "import sys\nprint(sys.executable, data_dir, artifacts_dir, seed, *heads)")
    made = run_notebook("train", settings, {"seed": 7, "heads": ("lda", "mlp")})
    assert made.report.outputs == {"model_id": VERSION, "seed": 7}
    assert made.notebook == settings.artifacts_dir / "models" / VERSION / "report.ipynb"
    printed = nbformat.read(made.notebook, as_version=4).cells[-1].outputs[0].text
    assert printed.split() == [sys.executable, str(settings.data_dir), str(settings.artifacts_dir), "7", "lda", "mlp"]
    assert f"train · {VERSION}" in made.html.read_text(encoding="utf-8")


@pytest.mark.programs
def test_what_is_set_of_the_step_goes_into_the_notebook_and_a_parameter_wins_over_it(written, settings):
    (settings.artifacts_dir / "models" / VERSION).mkdir(parents=True)
    written(REPORT, "print(seed, *heads)")
    as_set = settings.model_copy(update={"steps": {"train": {"seed": 5, "heads": ["mlp"]}}})

    def printed(given: dict) -> str:
        made = run_notebook("train", as_set, given)
        return nbformat.read(made.notebook, as_version=4).cells[-1].outputs[0].text.strip()

    assert printed({"heads": None}) == "5 mlp"
    assert printed({"seed": 0}) == "0 mlp"


@pytest.mark.programs
def test_the_error_of_a_step_is_raised_as_it_is_and_the_notebook_so_far_is_kept(written, settings):
    written("1 + 1", "from vidsort.errors import NotEnoughLabelsError\nraise NotEnoughLabelsError('Sort a few first.')")
    with pytest.raises(NotEnoughLabelsError, match=r"^Sort a few first\.$"):
        run_notebook("train", settings)
    failed = json.loads((settings.artifacts_dir / "notebooks" / "train.failed.ipynb").read_text())
    assert "Sort a few first." in json.dumps(failed)


@pytest.mark.programs
def test_any_other_error_names_itself_and_where_to_look(written, settings):
    written("1 / 0")
    with pytest.raises(VidsortError, match=r"ZeroDivisionError.*train\.failed\.ipynb"):
        run_notebook("train", settings)


@pytest.mark.programs
def test_a_kernel_that_dies_is_an_error_in_one_sentence(written, settings):
    written("import os\nos._exit(1)")
    with pytest.raises(VidsortError, match=r"The notebook train.*process that ran it died.*train\.failed\.ipynb"):
        run_notebook("train", settings)


@pytest.mark.programs
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no signals of this kind here")
def test_a_run_that_is_stopped_says_so_in_one_line_and_leaves_nothing_running(written, settings, eventually):
    """Ctrl+C and kill: what the kernel complains of on its way out is nothing to show to a person."""
    written("import os\nopen(artifacts_dir + '/pid', 'w').write(str(os.getpid()))", "import time\ntime.sleep(600)")
    code = (
        "import pathlib, signal, sys; from vidsort.jobs import notebook; from vidsort.cli.program import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"notebook.FOLDER = pathlib.Path({str(notebook.FOLDER)!r}); sys.exit(main(sys.argv[1:]))"
    )
    mark = settings.artifacts_dir / "pid"
    for how, exit_code, said in ((signal.SIGINT, 130, ["Stopped; finished work is kept."]), (signal.SIGKILL, -9, [])):
        command = [sys.executable, "-c", code, "notebook", "train", *settings.as_flags()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            eventually(lambda: mark.is_file() and mark.read_text(), 60)
            kernel = int(mark.read_text())
            mark.unlink()
            running.send_signal(how)
            told = running.communicate(timeout=60)[1]
        assert running.returncode == exit_code
        assert [line for line in told.splitlines() if not line.startswith("Training: ")] == said
        eventually(lambda pid=kernel: not is_running(pid), 30)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Ended, and nobody has asked how yet: where a container has no init, nobody ever will.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


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


@pytest.fixture
def saved(tmp_path):
    """`saved(report)`: the path of a notebook that was run by hand, to this report, and saved."""

    def save(*reports: Report) -> str:
        path = tmp_path / "by hand.ipynb"
        nbformat.write(executed(*reports), path)
        return str(path)

    return save


def made(step: str, version: str = VERSION) -> Report:
    return Report(step=step, done=1, took_s=1, outputs={STEPS[step].output: version})


@pytest.mark.parametrize("step", ["train", "predict"])
def test_a_notebook_that_was_run_by_hand_is_kept_beside_its_version(step, saved, tmp_path, capsys):
    beside = tmp_path / "artifacts" / STEPS[step].folder / VERSION
    beside.mkdir(parents=True)
    path = saved(made(step))
    assert main(["notebook", step, "--keep", path, "--artifacts-dir", str(tmp_path / "artifacts")]) == 0
    assert str(beside / "report.html") in capsys.readouterr().out
    assert nbformat.read(beside / "report.ipynb", as_version=4) == nbformat.read(path, as_version=4)
    assert "1" in (beside / "report.html").read_text(encoding="utf-8")


def test_features_that_are_current_take_their_report_without_having_a_folder(saved, tmp_path):
    current = tmp_path / "features" / "current.json"
    current.parent.mkdir()
    current.write_text(json.dumps({"feature_set": "0123456789ab", "config": {}}))
    flags = ["--artifacts-dir", str(tmp_path)]
    path = saved(made("extract_features", "0123456789ab"))
    assert main(["notebook", "extract_features", "--keep", path, *flags]) == 0
    assert (tmp_path / "features" / "0123456789ab" / "report.html").is_file()
    other = saved(made("extract_features", "ba9876543210"))
    assert main(["notebook", "extract_features", "--keep", other, *flags]) != 0


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([], "shows no run of train: run all of its cells and save it"),
        ([made("predict")], "is a run of predict and not of train: `vidsort notebook predict --keep` keeps it"),
        ([made("train")], "is not in"),
        ([made("train", "../../../elsewhere")], "is not in"),
    ],
)
def test_a_saved_notebook_that_belongs_nowhere_is_refused_in_one_sentence(reports, said, saved, tmp_path, capsys):
    artifacts_dir = tmp_path / "artifacts"
    assert main(["notebook", "train", "--keep", saved(*reports), "--artifacts-dir", str(artifacts_dir)]) != 0
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert not artifacts_dir.exists()


ODD_REPORT = nbformat.v4.new_output("display_data", {REPORT_MIMETYPE: {"step": 7}})


@pytest.mark.parametrize("content", [
    None, b"", b"{}", b"no notebook", b"[1]", b"\xff", b"[" * 100_000,
    b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}',
    nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[ODD_REPORT])])).encode(),
], ids=lambda content: str(content)[:20])
def test_what_is_no_notebook_is_refused_in_one_sentence(content, tmp_path, capsys):
    path = tmp_path / "1.ipynb"
    if content is not None:
        path.write_bytes(content)
    kept = main(["notebook", "train", "--keep", str(path), "--artifacts-dir", str(tmp_path)])
    assert kept == (3 if content is None else 7)
    told = capsys.readouterr().err
    assert "1.ipynb" in told
    assert len(told.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes of this kind here")
def test_a_pipe_is_no_notebook_and_is_not_waited_for(tmp_path, capsys):
    os.mkfifo(tmp_path / "1.ipynb")
    flags = ["--artifacts-dir", str(tmp_path)]
    assert main(["notebook", "train", "--keep", str(tmp_path / "1.ipynb"), *flags]) == 7
    assert "1.ipynb" in capsys.readouterr().err


def test_to_keep_is_not_to_run_so_parameters_are_refused(capsys):
    assert main(["notebook", "train", "--keep", "-p", "seed", "1"]) == 2
    assert "--keep runs nothing" in capsys.readouterr().err
