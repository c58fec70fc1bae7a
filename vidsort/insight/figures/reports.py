"""A step while it runs in a notebook, and what it did, for the reader and for the runner of notebooks."""

from dataclasses import dataclass
from typing import Any

from ...records import REPORT_MIMETYPE, Progress, Report
from ...steps import ProgressCallback, written_outputs
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
            *written_outputs(report.outputs),
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
