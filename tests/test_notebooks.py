"""The notebooks mirror the modules: each shows and calls its step, defines nothing, and gives the same predictions."""

import ast
import importlib
import json
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from vidsort import extract_features, predict, train
from vidsort.artifacts import list_models
from vidsort.library import scan
from vidsort.notebook import CONFIGS, SETTINGS, run_notebook
from vidsort.settings import Settings

STEPS = tuple(CONFIGS)
# What a notebook may take beside the fields of its step's config: it decides what is shown only.
SHOWN_ONLY = {"extract_features": {"compare_videos"}, "train": {"promised_error"}, "predict": {"promised_error"}}


def cells(notebook: dict, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def parameters(notebook: dict) -> dict:
    tagged = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", ())]
    assert len(tagged) == 1
    assigned = [node for node in ast.parse("".join(tagged[0]["source"])).body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned}


def mirror_faults(step: str, notebook: dict) -> list[str]:
    """What keeps a notebook from being the mirror of its module, one sentence each."""
    found = []
    trees = [ast.parse(source) for source in cells(notebook, "code")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in nodes):
        found.append("it defines a function or class")
    calls = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    if calls.count(f"{step}.run") != 1:
        found.append("it does not call its step's run, once")
    if "inspect.getsource" not in calls:
        found.append("it does not show the code that runs")
    if "make_config" not in calls or "load_settings" not in calls:
        found.append("its parameters are not checked")
    if any("sys.path" in ast.unparse(tree) for tree in trees):
        found.append("it changes sys.path")
    if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"]):
        found.append("it holds outputs")
    first = cells(notebook, "markdown")[0] if notebook["cells"][0]["cell_type"] == "markdown" else ""
    if first.split("\n", 1)[-1].count("?") not in (2, 3):
        found.append("its first cell does not say what it answers")
    fields = importlib.import_module(f"vidsort.{step}").__dict__[CONFIGS[step]].model_fields
    expected = {name: field.default for name, field in fields.items()} | dict.fromkeys(SETTINGS)
    given = {name: value for name, value in parameters(notebook).items() if name not in SHOWN_ONLY[step]}
    if given != expected:
        found.append(f"its parameters are not the config's: {given} and not {expected}")
    return found


def read(step: str) -> dict:
    return json.loads((ROOT / "notebooks" / f"{step}.ipynb").read_text(encoding="utf-8"))


@pytest.mark.parametrize("step", STEPS)
def test_a_notebook_is_the_mirror_of_its_module(step):
    assert mirror_faults(step, read(step)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda source: source + "\ndef mine():\n    return 1", "defines"),
        (lambda source: source + "\nclass Mine:\n    pass", "defines"),
        (lambda source: source.replace("train.run(", "train.walk("), "run"),
        (lambda source: source.replace("inspect.getsource", "print"), "code that runs"),
        (lambda source: source.replace("make_config(", "dict("), "checked"),
        (lambda source: "import sys\nsys.path.append('..')\n" + source, "sys.path"),
        (lambda source: source.replace("folds = 5", "folds = 6"), "parameters"),
        (lambda source: source.replace("folds = 5\n", ""), "parameters"),
    ],
)
def test_a_broken_mirror_is_found(change, fault):
    notebook = read("train")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = change("".join(cell["source"]))
    assert [text for text in mirror_faults("train", notebook) if fault in text]


def test_outputs_in_a_notebook_are_found():
    notebook = read("train")
    notebook["cells"][3]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "7"}]
    assert mirror_faults("train", notebook) == ["it holds outputs"]


def entries(artifacts_dir: Path) -> list:
    return json.loads((artifacts_dir / "predictions.json").read_text())


@pytest.mark.timeout(400)
def test_the_three_notebooks_run_and_predict_what_the_steps_predict(settings, tmp_path):
    by_steps = Settings(data_dir=settings.data_dir, artifacts_dir=tmp_path / "by steps")
    for step in (extract_features, train, predict):
        step.run(by_steps)

    told = []
    runs = {}
    for step, given in (("extract_features", {"compare_videos": 12}), ("train", {}), ("predict", {"top_k": 3})):
        runs[step] = run_notebook(step, settings, given, progress=told.append)

    assert entries(settings.artifacts_dir) == entries(by_steps.artifacts_dir)
    assert len(entries(settings.artifacts_dir)) == 3
    assert runs["extract_features"].notebook.parent.name == runs["extract_features"].report.outputs["feature_set"]
    assert list_models(settings.artifacts_dir)[0].report == runs["train"].html
    assert runs["predict"].html.parent.parent == settings.artifacts_dir / "predictions"
    assert {progress.step for progress in told} == set(STEPS)
    assert "What cannot be read" in {progress.message for progress in told}

    # A second version by the same notebook, from the same videos, is the same.
    again = run_notebook("predict", settings)
    assert again.report.outputs["predictions_id"] != runs["predict"].report.outputs["predictions_id"]
    files = [one.html.parent / "predictions.json" for one in (again, runs["predict"])]
    assert files[0].read_bytes() == files[1].read_bytes()

    for run in runs.values():
        page = run.html.read_text(encoding="utf-8")
        assert "cdnjs" not in page
        assert str(run.html.parent.name) in page
        executed = json.loads(run.notebook.read_text())
        outputs = [output["output_type"] for cell in executed["cells"] for output in cell.get("outputs", ())]
        assert outputs
        assert "error" not in outputs
        # What a library warns of is a fault of the notebook, not something to show to a reader.
        assert "stream" not in outputs
    assert not (settings.artifacts_dir / "notebooks" / "train.failed.ipynb").exists()


def test_checkpoints_and_reports_never_count_as_library_content(settings):
    before = scan(settings.data_dir)
    checkpoints = settings.data_dir / ".ipynb_checkpoints"
    checkpoints.mkdir()
    shutil.copy(settings.data_dir / before.unsorted[0], checkpoints / "7.mp4")
    (settings.data_dir / "dance" / "report.html").write_text("a report")
    (settings.data_dir / "train.ipynb").write_text("{}")
    assert scan(settings.data_dir) == before
