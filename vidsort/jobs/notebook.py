"""The notebooks without a browser: run one by papermill and keep it, executed, beside the version that it made."""

import importlib.util
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from .. import errors
from ..artifacts import at_home, current_feature_set
from ..artifacts.files import VERSION_ID, read_file, write_whole
from ..errors import ArtifactError, NotFoundError, SettingsError, VidsortError
from ..records import REPORT_MIMETYPE, Progress, Record, Report
from ..settings import Settings
from ..steps import PROMISED_ERROR, STEPS, ProgressCallback, StepConfig, ignore_progress, make_config, unknown

if TYPE_CHECKING:
    from nbformat import NotebookNode

log = logging.getLogger(__name__)

NEEDED = ("ipykernel", "nbconvert", "nbformat", "papermill")
FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
# Code that a notebook shows is set like code that it runs, and a table may be wider than the page.
# Who reads a report wants to see what came out: the code that made it is one click away, without scripts.
STYLE = """<style>
.highlight pre{font-family:var(--jp-code-font-family,monospace);font-size:13px}
.jp-RenderedHTML{overflow-x:auto}
#code{float:right;margin:12px 24px 0 8px} [for=code]{float:right;margin:12px 0 0;font:14px sans-serif}
#code:not(:checked)~.jp-CodeCell:not(.celltag_parameters,.celltag_injected-parameters) .jp-Cell-inputWrapper
{display:none}
#code:not(:checked)~.jp-CodeCell .jp-OutputPrompt{visibility:hidden}
/* JupyterLab's own colours are too faint to be read by everyone: 4.5 to 1 is the least. */
:root{--jp-mirror-editor-comment-color:#2f6565;--jp-mirror-editor-number-color:#006b00;
--jp-mirror-editor-operator-color:#8417d1;--jp-mirror-editor-meta-color:#8417d1}
.jp-InputPrompt,.jp-OutputPrompt{color:#595959!important;opacity:1!important}
.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"],
.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]
{background:#fff!important;border-left:4px solid #b3261e}
.ansi-cyan-fg,.ansi-cyan-intense-fg{color:#00676a!important}
.ansi-blue-fg,.ansi-blue-intense-fg{color:#0b57b5!important}
.ansi-green-fg,.ansi-green-intense-fg{color:#006b35!important}
.ansi-red-fg,.ansi-red-intense-fg{color:#a8201a!important}
.ansi-yellow-fg,.ansi-yellow-intense-fg{color:#7a5600!important}
.ansi-magenta-fg,.ansi-magenta-intense-fg{color:#8417a8!important}
.jp-RenderedHTMLCommon p a,.jp-RenderedHTMLCommon li a{text-decoration:underline!important}
/* Comments in IPython's tracebacks. */
.jp-RenderedText [style*="rgb(95,135,135)"]{color:#2f6565!important}
</style>"""
# Clips play by themselves, but not for those who asked that nothing does.
CALM = """<script>
if (matchMedia("(prefers-reduced-motion: reduce)").matches)
  for (const clip of document.querySelectorAll("video[autoplay]")) {
    clip.autoplay = false; clip.controls = true; clip.pause();
  }
</script>"""
SHOW_CODE = '<input type="checkbox" id="code"><label for="code">Show the code</label>'
FEATURE_SET = re.compile("[0-9a-f]{12}", re.ASCII)
# Given by the settings, as are those of a step's own, never by parameters of one run.
SETTINGS = ("data_dir", "artifacts_dir", "video_names", "not_learned")


class ReportConfig(StepConfig):
    """What decides what a notebook shows and nothing that its step makes."""

    promised_error: float = Field(
        PROMISED_ERROR, gt=0, lt=1, description="the largest share of wrong moves to put up with"
    )
    compare_videos: int = Field(96, ge=0, description="sorted videos that ways to see are compared on; 0 for none")


class NotebookRun(Record):
    """What came of a notebook: the report of its step, and where the executed notebook is kept."""

    report: Report
    notebook: Path
    html: Path


def run_notebook(
    name: str,
    settings: Settings,
    parameters: Mapping[str, object] | None = None,
    *,
    progress: ProgressCallback = ignore_progress,
) -> NotebookRun:
    """Execute a copy of `notebooks/<name>.ipynb` in this environment's Python and keep it as a report.

    What is set of its step goes into its cell of parameters, and over that `parameters`. Raises
    SettingsError for a name or value that does not fit, before anything runs, and the error of its
    step where that fails; the notebook as far as it came is then
    `artifacts/notebooks/<name>.failed.ipynb`. Work that was finished is kept.
    """
    require_jupyter()
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    source = notebook_path(name)
    given = checked_parameters(name, settings, parameters or {})
    said = settings.model_dump(mode="json")
    given |= {setting: said[setting] for setting in (*SETTINGS, *STEPS[name].settings) if said[setting]}
    failed = settings.artifacts_dir / "notebooks" / f"{name}.failed.ipynb"
    failed.parent.mkdir(parents=True, exist_ok=True)
    try:
        executed = papermill.execute_notebook(
            source,
            failed,
            given,
            progress_bar=False,
            kernel_manager_class=own_kernel(),
            on_cell_start=_follow(name, source, progress),
            # What a kernel complains of when it is stopped in the middle is nothing to show to a person.
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        kind = getattr(errors, error.ename, None)
        if isinstance(kind, type) and issubclass(kind, VidsortError):
            raise kind(error.evalue) from error
        raise VidsortError(
            f"The notebook {name} failed ({error.ename}: {error.evalue}): {failed} shows how far it came."
        ) from error
    except DeadKernelError as error:
        raise VidsortError(
            f"The notebook {name} ended early: the process that ran it died, perhaps for want of memory. "
            f"{failed} shows how far it came; run it again, finished work is kept."
        ) from error
    kept = keep(name, executed, at_home(settings).artifacts_dir)
    failed.unlink()
    return kept


def keep(name: str, executed: "NotebookNode", artifacts_dir: Path) -> NotebookRun:
    """Keep an executed notebook beside the version that it made, as .ipynb and as HTML.

    Raises ArtifactError where its step did not run, or made a version that is not in these artifacts.
    """
    import nbformat

    report = report_of(executed)
    if report is None or report.step != name:
        raise ArtifactError(f"The notebook {name} did not run its step to the end: run all of its cells.")
    beside = _version_dir(name, report, artifacts_dir)
    version = beside.name
    notebook, html = beside / "report.ipynb", beside / "report.html"
    write_whole(notebook, nbformat.writes(executed).encode())
    write_whole(html, as_html(executed, f"{name} · {version}").encode())
    return NotebookRun(report=report, notebook=notebook, html=html)


def keep_saved(name: str, path: Path, artifacts_dir: Path) -> NotebookRun:
    """`keep` for a notebook that was run by hand and saved; raises NotFoundError or ArtifactError."""
    require_jupyter()
    import nbformat

    try:
        executed = nbformat.reads(read_file(path).decode("utf-8"), as_version=4)
        nbformat.validate(executed)
        report = report_of(executed)
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no notebook {path}: save it, and name the file that was saved.") from error
    except (ValueError, TypeError, AttributeError, RecursionError, nbformat.ValidationError) as error:
        why = str(error).partition("\n")[0][:200]
        raise ArtifactError(f"{path} is no notebook that can be read ({why}): save it anew.") from error
    if report is None:
        raise ArtifactError(f"{path} shows no run of {name}: run all of its cells and save it, outputs included.")
    if report.step != name:
        raise ArtifactError(
            f"{path} is a run of {report.step} and not of {name}: `vidsort notebook {report.step} --keep` keeps it."
        )
    return keep(name, executed, artifacts_dir)


def _version_dir(name: str, report: Report, artifacts_dir: Path) -> Path:
    """The folder of the version that a step made, as its report names it; raises ArtifactError where there is none."""
    step = STEPS[name]
    version = str(report.outputs.get(step.output))
    beside = artifacts_dir / step.folder / version
    is_there = VERSION_ID.fullmatch(version) and beside.is_dir()
    if name == "extract_features":
        # Features are kept by content in the database; a folder of theirs is made when there is something to put in.
        is_known = beside.is_dir() or current_feature_set(artifacts_dir).id == version
        is_there = FEATURE_SET.fullmatch(version) and is_known
    if not is_there:
        raise ArtifactError(
            f"What the notebook {name} made, {version[:80]}, is not in {artifacts_dir}: name the artifacts that it "
            "worked on by --artifacts-dir, or run it again."
        )
    return beside


def report_of(executed: "NotebookNode") -> Report | None:
    """The report that the last step in an executed notebook gave, None where none has run."""
    found = [
        output["data"][REPORT_MIMETYPE]
        for cell in executed.cells
        for output in cell.get("outputs", ())
        if REPORT_MIMETYPE in output.get("data", {})
    ]
    return Report.model_validate_json(json.dumps(found[-1])) if found else None


def as_html(executed: "NotebookNode", title: str) -> str:
    """An executed notebook as one HTML page that fetches nothing from elsewhere."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="lab", require_js_url="", mathjax_url="", mermaid_js_url="", mermaid_layout_elk_js_url=""
    )
    page, _ = exporter.from_notebook_node(executed, resources={"metadata": {"name": title}})
    page = page.replace("</head>", f"{STYLE}</head>", 1).replace("<main>", f"<main>{SHOW_CODE}", 1)
    before, _, after = page.rpartition("</body>")
    return f"{before}{CALM}</body>{after}"


def notebook_path(name: str) -> Path:
    """The notebook of a step; raises NotFoundError."""
    path = FOLDER / f"{name}.ipynb"
    if name not in STEPS:
        raise NotFoundError(f"There is no notebook {name!r}; there are: {', '.join(STEPS)}.")
    if not path.is_file():
        raise NotFoundError(f"{path} is not there: the notebooks come with the project's sources only; get those.")
    return path


def require_jupyter() -> None:
    """Raise VidsortError where the packages are missing that only notebooks need."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise VidsortError(f"Notebooks need {', '.join(missing)}: `pip install 'vidsort[notebook]'` brings them.")


def parameters_of(name: str) -> dict[str, str]:
    """The names in a notebook's cell of parameters with their defaults, as they are written there."""
    import papermill

    found = papermill.inspect_notebook(notebook_path(name))
    return {key: str(entry["default"]) for key, entry in found.items()}


def checked_parameters(name: str, settings: Settings, given: Mapping[str, object]) -> dict[str, object]:
    """The value of each parameter of a notebook, as it is set or given; None is as it is set.

    Raises SettingsError where it takes no parameter of this name, or not this value.
    """
    of_settings = (*SETTINGS, *STEPS[name].settings)
    known = [parameter for parameter in parameters_of(name) if parameter not in of_settings]
    for parameter in given:
        if parameter not in known:
            raise SettingsError(unknown(parameter, f"parameter of the notebook {name}", known))
    config_type = STEPS[name].config_type
    over = {key: value for key, value in given.items() if key in config_type.model_fields}
    shown = {key: value for key, value in given.items() if key not in over and value is not None}
    config = settings.config(name, config_type, over).model_dump(mode="json")
    return {key: value for key, value in config.items() if key in known} | make_config(ReportConfig, shown).model_dump(
        include=set(shown)
    )


def own_kernel() -> type:
    """A kernel of the Python that runs this, whatever kernels are installed for the user."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from traitlets import default

    class OwnKernel(AsyncKernelManager):
        @default("transport")
        def _let_nobody_listen(self) -> str:
            return "ipc" if os.name == "posix" else "tcp"

        @default("kernel_spec_manager")
        def _look_nowhere_else(self) -> KernelSpecManager:
            return KernelSpecManager(kernel_dirs=[])

    return OwnKernel


def _follow(name: str, source: Path, progress: ProgressCallback) -> Callable[..., None]:
    """What is called at each cell: tells how far the notebook is, under which heading."""
    import nbformat

    # Papermill adds one cell, that of the injected parameters.
    total = len(nbformat.read(source, as_version=4).cells) + 1
    heading = ""

    def tell(cell: Mapping[str, Any], cell_index: int) -> None:
        nonlocal heading
        if cell["cell_type"] == "markdown" and cell["source"].startswith("#"):
            heading = cell["source"].splitlines()[0].lstrip("# ")
        progress(Progress(step=name, done=cell_index, total=total, message=heading))

    return tell
