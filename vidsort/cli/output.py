"""What the commands print: progress bars on stderr, tables and sentences on stdout.

Names of folders and reasons from files are printed as they are, never read as rich's markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from ..records import Failure, Progress, Report
from ..steps import STEPS, ProgressCallback, duration

TITLES = {"demo": "Drawing clips"} | {step.name: step.title for step in STEPS.values()}
# In a pipe there is no width to fit into; a wide line is easier to grep than a wrapped one.
PIPE_WIDTH = 160


def say(text: str = "") -> None:
    """Print one line."""
    _console().print(_as_it_is(text), soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table; numbers are set to the right, None is left empty."""
    rows = [list(row) for row in rows]
    table = Table(title=title, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[index], int | float | None) for row in rows)
        table.add_column(_as_it_is(column), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_as_it_is("" if cell is None else str(cell)) for cell in row))
    _console().print(table)


def show_failures(failed: Sequence[Failure]) -> None:
    """Print the videos that gave no result, with their reasons."""
    if failed:
        show_table(
            ("video", "folder", "reason"),
            ((failure.filename, failure.folder or "unsorted", failure.reason) for failure in failed),
            title="Left out",
        )


def summary(report: Report) -> str:
    """A step's counts in one sentence."""
    counts = [f"{report.done} done"]
    if report.skipped:
        counts.append(f"{report.skipped} already known")
    if report.failed:
        counts.append(f"{len(report.failed)} left out")
    return f"{TITLES.get(report.step, report.step)}: {', '.join(counts)} in {duration(report.took_s)}."


@contextmanager
def progress_bars() -> Iterator[ProgressCallback]:
    """Yield a callback that draws one bar a step on stderr: count, rate, time left; in a pipe only notices."""
    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    noticed: set[str] = set()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
    )
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:

        def draw(progress: Progress) -> None:
            if progress.step not in tasks:
                title = TITLES.get(progress.step, progress.step)
                tasks[progress.step] = bars.add_task(f"{title:20}", total=None, pace="")
            if progress.notice and progress.notice not in noticed:
                noticed.add(progress.notice)
                console.print(_as_it_is(progress.notice), soft_wrap=True)
            bars.update(tasks[progress.step], completed=progress.done, total=progress.total, pace=_pace(progress))

        yield draw


def _as_it_is(text: str) -> Text:
    """Text without markup and without what would steer the terminal."""
    shown = (letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return Text("".join(shown))


def _pace(progress: Progress) -> str:
    parts = []
    if progress.rate_per_s is not None:
        unit = "/s" if progress.step == "train" else " videos/s"
        parts.append(f"{progress.rate_per_s:.1f}{unit}")
    if progress.left_s is not None and progress.done < progress.total:
        parts.append(f"{duration(progress.left_s)} left")
    if progress.message:
        parts.append(progress.message)
    return " · ".join(parts)


def _console() -> Console:
    console = Console(markup=False, highlight=False, emoji=False)
    return console if console.is_terminal else Console(markup=False, highlight=False, emoji=False, width=PIPE_WIDTH)
