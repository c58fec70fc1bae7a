"""The notebooks mirror the modules: each shows and calls its step, defines nothing, and gives the same predictions."""

import ast
import contextlib
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import papermill
import pytest
from conftest import BROWSER_FLAGS, ROOT
from labelled import make_library, store_features
from playwright.sync_api import sync_playwright
from pydantic.fields import FieldInfo
from videos import make_video

from vidsort.artifacts import list_models, read_predictions, show_model
from vidsort.cli.program import main
from vidsort.client import VidsortClient
from vidsort.errors import VidsortError
from vidsort.jobs.notebook import SETTINGS, NotebookRun, ReportConfig, own_kernel, run_notebook
from vidsort.learning.rows.names import NO_NAMES
from vidsort.library import scan
from vidsort.settings import Settings
from vidsort.steps import STEPS

# What a notebook may take beside the fields of its step's config: it decides what is shown only.
SHOWN_ONLY = {"extract_features": {"compare_videos"}, "train": {"promised_error"}, "predict": {"promised_error"}}


def cells(notebook: dict, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def parameters(notebook: dict) -> tuple[dict, list[str]]:
    """The names and values of the cell of parameters, and its lines."""
    tagged = [cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", ())]
    assert len(tagged) == 1
    source = "".join(tagged[0]["source"])
    assigned = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned}, source.splitlines()


def described(name: str, field: FieldInfo) -> str:
    """The line of a parameter that is left to the settings: what it is, and its default as Python reads it."""
    default = field.default
    if isinstance(default, tuple):
        shown = f" ({', '.join(map(json.dumps, default))}{',' if len(default) == 1 else ''})"
    else:
        shown = "" if default is None else f" ({json.dumps(default)})"
    return f"{name} = None  # {field.description}{shown}"


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
    if [calls.count(name) for name in ("vidsort.open", "settings.config", "make_config")] != [1, 1, 1]:
        found.append("its parameters are not checked")
    if any("sys.path" in ast.unparse(tree) for tree in trees):
        found.append("it changes sys.path")
    if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"]):
        found.append("it holds outputs")
    first = cells(notebook, "markdown")[0] if notebook["cells"][0]["cell_type"] == "markdown" else ""
    if first.split("\n", 1)[-1].count("?") not in (2, 3):
        found.append("its first cell does not say what it answers")
    fields = STEPS[step].config_type.model_fields
    # None leaves it to vidsort.toml and the environment, as on every other surface.
    expected = dict.fromkeys([*SETTINGS, *STEPS[step].settings, *fields])
    expected |= {name: ReportConfig.model_fields[name].default for name in SHOWN_ONLY[step]}
    given, lines = parameters(notebook)
    if given != expected:
        found.append(f"its parameters are not the config's: {given} and not {expected}")
    found += [f"a parameter is not described: {line}" for line in map(described, fields, fields.values())
              if line not in lines]
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
        (lambda source: source.replace("settings.config(", "dict("), "checked"),
        (lambda source: "import sys\nsys.path.append('..')\n" + source, "sys.path"),
        (lambda source: source.replace("make_config(ReportConfig,", "dict("), "checked"),
        (lambda source: source.replace("folds = None", "folds = 5"), "parameters"),
        (lambda source: source.replace("anew (3)", "anew (4)"), "not described"),
        (lambda source: source.replace("promised_error = 0.05", "promised_error = 0.5"), "parameters"),
        (lambda source: source.replace("folds = None", "# folds = None"), "parameters"),
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


@contextlib.contextmanager
def server_on(settings: Settings) -> Iterator[VidsortClient]:
    """A server as people start it, and who speaks to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "vidsort", "serve", "--port", str(port), *settings.as_flags()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as serving:
        try:
            with VidsortClient(f"http://127.0.0.1:{port}") as server:
                yield server
        finally:
            serving.terminate()
            serving.wait(30)


def answered(ask: Callable[[], object]) -> Callable[[], object]:
    """Whether a server that may still be starting answers."""

    def is_answered() -> bool:
        try:
            ask()
        except VidsortError:
            return False
        return True

    return is_answered


def predicted(artifacts_dir: Path) -> bytes:
    return (artifacts_dir / "predictions.json").read_bytes()


@pytest.mark.timeout(400)
def test_the_three_notebooks_predict_what_the_command_line_and_a_servers_retrain_predict(
    settings, tmp_path, eventually, chromium_path, axe
):
    by_command = settings.model_copy(update={"artifacts_dir": tmp_path / "by command"})
    by_server = settings.model_copy(update={"artifacts_dir": tmp_path / "by server"})
    told = []
    with server_on(by_server) as server:
        for step in STEPS:
            assert main([step.replace("_", "-"), *by_command.as_flags()]) == 0
        eventually(answered(server.folders), 60)
        assert server.retrain().status == "started"
        # Meanwhile, as both have a core of their own.
        runs = {
            step: run_notebook(step, settings, given, progress=told.append)
            for step, given in (("extract_features", {"compare_videos": 6}), ("train", {}), ("predict", {"top_k": 3}))
        }
        eventually(lambda: not server.retrain_status().running, 120)
        assert server.retrain_status().last_result == "success"
        assert len(predicted(settings.artifacts_dir)) > 100
        assert predicted(settings.artifacts_dir) == predicted(by_command.artifacts_dir)
        assert predicted(settings.artifacts_dir) == predicted(by_server.artifacts_dir)
        entries = read_predictions(settings.artifacts_dir / "predictions.json")
        served = [(video.filename, video.predicted_folder) for video in server.videos().videos]
        assert served == [(entry.video, entry.predicted_folder) for entry in entries]

    # A second version by the same notebook, from the same videos, is the same.
    again = run_notebook("predict", settings)
    assert again.html.parent != runs["predict"].html.parent
    assert predicted(again.html.parent) == predicted(runs["predict"].html.parent)

    assert runs["extract_features"].notebook.parent.name == runs["extract_features"].report.outputs["feature_set"]
    assert list_models(settings.artifacts_dir)[0].model_id == runs["train"].html.parent.name
    assert runs["predict"].html.parent.parent == settings.artifacts_dir / "predictions"
    assert {progress.step for progress in told} == set(STEPS)
    assert "What cannot be read" in {progress.message for progress in told}
    for run in runs.values():
        reads_well(run)
    assert not list((settings.artifacts_dir / "notebooks").iterdir())
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS) as browser,
    ):
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        for run in runs.values():
            page.goto(run.html.as_uri())
            for frame in page.frames:
                axe(frame, "html")


@pytest.mark.programs
@pytest.mark.timeout(300)
def test_the_notebook_of_an_own_head_defines_nothing_and_puts_that_in_force(learned, tmp_path):
    notebook = read("own_head")
    trees = [ast.parse(source) for source in cells(notebook, "code")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
    given = parameters(notebook)[0]
    assert given == dict.fromkeys(SETTINGS) | {"kind": "frames", "promote": False}
    executed = papermill.execute_notebook(
        ROOT / "notebooks" / "own_head.ipynb", tmp_path / "own_head.ipynb",
        {"data_dir": str(learned.data_dir), "artifacts_dir": str(learned.artifacts_dir), "promote": True},
        progress_bar=False, kernel_manager_class=own_kernel(),
    )
    outputs = {output["output_type"] for cell in executed.cells for output in cell.get("outputs", ())}
    assert outputs == {"display_data", "execute_result"}
    newest = list_models(learned.artifacts_dir)[0]
    assert newest.is_current
    made = show_model(learned.artifacts_dir, newest.model_id)["manifest"]
    raced = [row["head"] for row in made["selection"]]
    assert raced == ["centroid", "lda", "logistic C=3", "logistic C=30", "Pipeline"]
    assert made["own_heads"] == {"Pipeline": "sklearn.pipeline.Pipeline"}


@pytest.mark.storm
@pytest.mark.timeout(300)
def test_a_run_goes_on_while_somebody_sorts(settings):
    """Between any two cells some videos go to other folders, and one of a notebook is removed."""
    library, turn = settings.data_dir, 0

    def sort(_):
        nonlocal turn
        turn += 1
        places = [library, *sorted(path for path in library.iterdir() if path.is_dir())]
        for at, place in enumerate(places):
            videos = sorted(place.glob("*.mp4"))
            # Each folder keeps enough to learn from.
            if len(videos) > 2:
                videos[turn % len(videos)].rename(places[(at + 1) % len(places)] / videos[turn % len(videos)].name)
        if turn % 20 == 10:
            next(library.glob("*/*.mp4")).unlink()

    quick = {"extract_features": {"compare_videos": 4}, "train": {"heads": ("centroid",), "repeats": 1}, "predict": {}}
    for step, given in quick.items():
        reads_well(run_notebook(step, settings, given, progress=sort))
    assert turn > 60


@pytest.mark.storm
def test_before_any_label_the_reports_say_what_the_guesses_rest_on(tmp_path):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, {None: 4, "dogs": 0, "food": 0})
    (settings.data_dir / "1.description").write_text("three dogs")
    store_features(settings)
    for step in ("train", "predict"):
        run = run_notebook(step, settings)
        reads_well(run)
        page = run.html.read_text(encoding="utf-8")
        assert NO_NAMES.rests_on in page
        assert ">nan" not in page


@pytest.mark.storm
@pytest.mark.parametrize(("counts", "told"), [
    ({"a": 1, "b": 1, None: 1}, "not measured yet"),
    ({"a": 9, "b": 1, None: 1}, "of one folder only: 8 of 8 videos of a were right, and b could not be tested"),
], ids=["nothing to test", "one folder to test"])
def test_a_report_says_what_could_not_be_tested(tmp_path, counts, told):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, counts)
    store_features(settings)
    for step in ("train", "predict"):
        run = run_notebook(step, settings)
        reads_well(run)
        page = run.html.read_text(encoding="utf-8")
        assert (told in page) == (step == "train")
        assert "No threshold can be chosen" in page
        assert "0% to 100" not in page
        assert "100.0%" not in page
        assert ">nan" not in page


@pytest.mark.storm
@pytest.mark.parametrize("kinds", [("words",), ("sound", "words")], ids="+".join)
def test_a_library_that_is_told_apart_by_words_or_sound_alone_has_all_three_reports(tmp_path, kinds):
    settings = Settings(
        data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts",
        steps={"extract_features": {"modalities": kinds}},
    )
    for number in range(14):
        folder = ("cats", "dogs")[number % 2] if number < 10 else ""
        path = make_video(settings.data_dir / folder / f"{number}.mp4", pattern=number % 2, audio=True, seconds=0.5)
        said = ("purring on the sofa", "barking in the yard")[number % 2]
        path.with_suffix(".info.json").write_text(json.dumps({"title": f"{said} {number}"}))
    pages = {}
    for step, given in (("extract_features", {"compare_videos": 6}), ("train", {}), ("predict", {})):
        run = run_notebook(step, settings, given)
        reads_well(run)
        pages[step] = run.html.read_text(encoding="utf-8")
    assert "Frames are not looked at" in pages["extract_features"]
    assert f"Placed by {kinds[0]}: 14 of 14" in pages["extract_features"]
    assert "words: " in pages["predict"]
    entries = read_predictions(settings.artifacts_dir / "predictions.json")
    guesses = {entry.video: entry.predicted_folder for entry in entries}
    assert guesses == {"10.mp4": "cats", "11.mp4": "dogs", "12.mp4": "cats", "13.mp4": "dogs"}


@pytest.mark.programs
def test_an_empty_library_gives_a_report_of_little_and_no_error(tmp_path):
    (tmp_path / "library").mkdir()
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    run = run_notebook("extract_features", settings)
    reads_well(run)
    assert "The library is empty." in run.html.read_text(encoding="utf-8")


def reads_well(run: NotebookRun) -> None:
    page = run.html.read_text(encoding="utf-8")
    assert "cdnjs" not in page
    assert run.html.parent.name in page
    executed = json.loads(run.notebook.read_text())
    outputs = [output["output_type"] for cell in executed["cells"] for output in cell.get("outputs", ())]
    assert outputs
    assert "error" not in outputs
    # What a library warns of is a fault of the notebook, not something to show to a reader.
    assert "stream" not in outputs


def test_checkpoints_and_reports_never_count_as_library_content(settings):
    before = scan(settings.data_dir)
    checkpoints = settings.data_dir / ".ipynb_checkpoints"
    checkpoints.mkdir()
    shutil.copy(settings.data_dir / before.unsorted[0], checkpoints / "7.mp4")
    (settings.data_dir / "dance" / "report.html").write_text("a report")
    (settings.data_dir / "train.ipynb").write_text("{}")
    assert scan(settings.data_dir) == before
