"""A step while it runs in a notebook, and what it did, for the reader and for the runner of notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...records import REPORT_MIMETYPE, Progress, Report
from ...steps import ProgressCallback
from .shown import escape, note


@dataclass(frozen=True)
class ShownReport:
    """A step's report as a table."""

    report: Report

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        report = self.report
        rows = [
            ("done", str(report.done)),
            ("already known", str(report.skipped)),
            ("left out", str(len(report.failed))),
            *_outputs(report.outputs),
            ("seconds", f"{report.took_s:.3g}"),
        ]
        body = "".join(
            f'<tr><th style="text-align:left">{escape(name)}</th><td style="text-align:left">{escape(value)}</td></tr>'
            for name, value in rows
        )
        return {
            "text/html": f"<table>{body}</table>",
            "text/plain": "\n".join(f"{name}: {value}" for name, value in rows),
            REPORT_MIMETYPE: report.model_dump(mode="json"),
        }


def show_report(report: Report) -> ShownReport:
    """What a step did and made; the last cell that runs the step ends with it."""
    return ShownReport(report)


def _outputs(outputs: Mapping[str, object]) -> list[tuple[str, str]]:
    """What a step made, as the command line says it: a score with its interval, nothing that there is not."""
    rows = []
    for name, value in outputs.items():
        if value is None or name.endswith(("_low", "_high")):
            continue
        shown = _written(name, value)
        if f"{name}_low" in outputs:
            shown += f" ({_written(name, outputs[f'{name}_low'])} to {_written(name, outputs[f'{name}_high'])})"
        rows.append((name.replace("_", " "), shown))
    return rows


def _written(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    if name.endswith("_share"):
        return f"{value:.0%}"
    return f"{value:.1%}" if name.startswith("accuracy") else f"{value:.3g}"


def progress_line() -> ProgressCallback:
    """A callback for a step's `run` that keeps one line below the cell up to date, and empties it at the end.

    What the step has to say beforehand stays there, below that line.
    """
    from IPython.display import display

    shown = display({"text/plain": "starting …"}, raw=True, display_id=True)
    told = ""

    def tell(progress: Progress) -> None:
        nonlocal told
        if progress.notice and progress.notice != told:
            told = progress.notice
            display(note(told))
        line = f"{progress.done} of {progress.total}" + (f", {progress.message}" if progress.message else "")
        if progress.left_s:
            line += f", {progress.left_s:.0f} s left"
        shown.update({"text/plain": "" if progress.done == progress.total else line}, raw=True)

    return tell
