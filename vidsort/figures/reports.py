"""A step while it runs in a notebook, and what it did, for the reader and for the runner of notebooks."""

from dataclasses import dataclass
from typing import Any

from ..records import Progress, Report
from ..steps import ProgressCallback
from .shown import escape

# Beside its HTML a report carries itself, so that whoever executed the notebook knows what it made.
REPORT_MIMETYPE = "application/vnd.vidsort.report+json"


@dataclass(frozen=True)
class ShownReport:
    """A step's report as a table."""

    report: Report

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        report = self.report
        rows = [("done", report.done), ("already known", report.skipped), ("left out", len(report.failed))]
        rows += [(name.replace("_", " "), _short(value)) for name, value in report.outputs.items()]
        rows.append(("seconds", _short(report.took_s)))
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


def _short(value: object) -> object:
    return f"{value:.3g}" if isinstance(value, float) else value


def progress_line() -> ProgressCallback:
    """A callback for a step's `run` that keeps one line below the cell up to date."""
    from IPython.display import display

    shown = display({"text/plain": "starting …"}, raw=True, display_id=True)

    def tell(progress: Progress) -> None:
        line = f"{progress.done} of {progress.total}" + (f", {progress.message}" if progress.message else "")
        if progress.left_s:
            line += f", {progress.left_s:.0f} s left"
        shown.update({"text/plain": line}, raw=True)

    return tell
