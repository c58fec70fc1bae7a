"""What the commands print: progress on stderr, tables and sentences on stdout, or the answer as JSON and nothing else.

Names of folders and reasons from files are printed as they are, never read as rich's markup; what nobody would see of
them, or what steers a terminal, by its code. Who stops reading stops nothing: by then videos may be moved.
"""

import contextlib
import enum
import io
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from ..library.left_out import sentence
from ..library.names import lines_with_codes
from ..records import Failure, LeftOut, Progress, Report
from ..steps import STEPS, ProgressCallback, duration, ignore_progress

TITLES = {"demo": "Drawing clips"} | {step.name: step.title for step in STEPS.values()}
# So often a line is written where there is no terminal to draw on.
LINE_EVERY_S = 30.0
# What stands between two columns where there is no terminal to draw lines on.
GAP = "  "
# What a QR code is drawn of.
HALVES = "▀▄█"


class Spoken(enum.Enum):
    """What a command prints: all for a person, its answer as JSON, or nothing but errors."""

    PLAIN = "plain"
    JSON = "json"
    QUIET = "quiet"


SPOKEN: ContextVar[Spoken] = ContextVar("spoken", default=Spoken.PLAIN)


def say(text: str = "") -> None:
    """Print one line, for a person."""
    if SPOKEN.get() is Spoken.PLAIN:
        _console().print(_as_it_is(text), soft_wrap=True)


def show_answer(answer: BaseModel | dict[str, object]) -> None:
    """Print the answer as the API would give it, where JSON was asked for; nothing else is printed then."""
    if SPOKEN.get() is Spoken.JSON:
        told = answer.model_dump(mode="json", by_alias=True) if isinstance(answer, BaseModel) else answer
        # In ASCII, so that a name which is no valid Unicode can be told as well.
        _console().out(json.dumps(told, indent=1), highlight=False)


def write_out(data: bytes) -> None:
    """Write bytes to stdout, whatever was asked to be printed."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_rest()


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Print a table for a person; numbers are set to the right, None is left empty.

    Where there is no terminal a row is a line, however long, so that it can be searched and cut.
    """
    if SPOKEN.get() is not Spoken.PLAIN:
        return
    rows = [list(row) for row in rows]
    if not _console().is_terminal:
        _show_lines(columns, rows, title)
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[index], int | float | None) for row in rows)
        table.add_column(_as_it_is(column), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_as_it_is("" if cell is None else str(cell)) for cell in row))
    _console().print(table)


def _show_lines(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str | None) -> None:
    cells = [["" if cell is None else lines_with_codes(str(cell)).replace("\n", " ") for cell in row]
             for row in (columns, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    if title:
        say(title)
    for row in cells:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        say(GAP.join(padded).rstrip())


def is_seen() -> bool:
    """Whether a person sees at once what is printed, on a terminal that keeps nothing of it."""
    return SPOKEN.get() is Spoken.PLAIN and sys.stdout.isatty()


def show_code(text: str) -> None:
    """Draw a text as a QR code, two of its rows a line, on a terminal that can; elsewhere nothing is drawn."""
    console = _console()
    if not is_seen() or not _takes(HALVES, console.encoding):
        return
    import segno

    drawn = io.StringIO()
    segno.make_qr(text).terminal(drawn, compact=True)
    lines = drawn.getvalue().splitlines()
    if len(lines[0]) < console.width:
        # In colours of its own: cameras read dark on light, whatever the terminal's are.
        console.print(Text("\n".join(lines), style="#ffffff on #000000"), soft_wrap=True)


def _takes(characters: str, encoding: str) -> bool:
    try:
        characters.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show_failures(failed: Sequence[Failure]) -> None:
    """Print the videos that gave no result, with their reasons."""
    if failed:
        show_table(
            ("video", "folder", "reason"),
            ((failure.filename, failure.folder or "unsorted", failure.reason) for failure in failed),
            title="Left out",
        )


def show_left_out(left_out: Sequence[LeftOut]) -> None:
    """Print what takes no part in anything: a sentence a reason."""
    for one in left_out:
        say(sentence(one))


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
    """Yield a callback that draws one bar a step on stderr: count, rate, time left; into a file it writes lines."""
    if SPOKEN.get() is Spoken.QUIET:
        yield ignore_progress
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        with _Lines() as lines:
            yield lines.tell
        return
    tasks: dict[str, TaskID] = {}
    noticed: set[str] = set()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
    )
    with Bars(*columns, console=console) as bars:

        def draw(progress: Progress) -> None:
            if progress.step not in tasks:
                title = TITLES.get(progress.step, progress.step)
                tasks[progress.step] = bars.add_task(f"{title:20}", total=None, pace="")
            if progress.notice and progress.notice not in noticed:
                noticed.add(progress.notice)
                console.print(_as_it_is(progress.notice), soft_wrap=True)
            bars.update(tasks[progress.step], completed=progress.done, total=progress.total, pace=_pace(progress))

        yield draw


class _Lines:
    """How far it is in lines on stderr, for a file or the log of cron: one as a step begins, then one now and then."""

    def __init__(self) -> None:
        self._last: Progress | None = None
        self._begun_s = 0.0
        self._noticed: set[str] = set()
        self._ended = threading.Event()
        # Of its own, because a step or a cell of a notebook may be silent for long.
        self._clock = threading.Thread(target=self._now_and_then, daemon=True)

    def __enter__(self) -> "_Lines":
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._clock.join()

    def tell(self, progress: Progress) -> None:
        """Take over how far it is."""
        if progress.notice and progress.notice not in self._noticed:
            self._noticed.add(progress.notice)
            self._write(progress.notice)
        is_new = self._last is None or progress.step != self._last.step
        if is_new:
            self._begun_s = time.monotonic()
        self._last = progress
        if is_new:
            self._write(self._line(progress))

    def _now_and_then(self) -> None:
        while not self._ended.wait(LINE_EVERY_S):
            if self._last is not None:
                spent_s = time.monotonic() - self._begun_s
                self._write(f"{self._line(self._last)} · {duration(spent_s)} so far")

    @staticmethod
    def _line(progress: Progress) -> str:
        far = f"{progress.done} of {progress.total}" if progress.total else ""
        told = " · ".join(part for part in (far, _pace(progress)) if part)
        return f"{TITLES.get(progress.step, progress.step)}: {told or 'started'}"

    @staticmethod
    def _write(text: str) -> None:
        print(lines_with_codes(text), file=sys.stderr, flush=True)


def _as_it_is(text: str) -> Text:
    """Text without markup, with what would steer the terminal, or be seen by nobody, by its code."""
    return Text(lines_with_codes(text))


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


class _Stdout(Console):
    """Stdout, on which the rest is dropped when whoever read it has gone."""

    def on_broken_pipe(self) -> None:
        """Finish what is under way: rich would exit in the middle of it."""
        _drop_the_rest()


def _drop_the_rest() -> None:
    """Let all that is printed from now on go nowhere."""
    with contextlib.closing(open(os.devnull, "wb")) as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _console() -> Console:
    return _Stdout(markup=False, highlight=False, emoji=False)
