"""notebook: a step's notebook without a browser, or one that was run in it kept as a report."""

import argparse
import ast
from pathlib import Path

from ..errors import SettingsError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..steps import STEPS
from .output import progress_bars, say
from .steps import show_report


def notebook(parser: argparse.ArgumentParser) -> None:
    """`vidsort notebook <name> [-p key value …]`, or `[--keep [path]]`."""
    parser.add_argument("name", choices=STEPS, help="the notebook, named like its step")
    parser.add_argument(
        "-p", "--parameter", nargs=2, action="append", default=[], metavar=("KEY", "VALUE"),
        help="a parameter of the notebook, as its cell of parameters names it; may be given again",
    )
    parser.add_argument(
        "--keep", nargs="?", const="", metavar="PATH",
        help="run nothing: keep this notebook, which was run by hand and saved, beside the version that it made "
        "(by default the one in notebooks/)",
    )
    add_settings_flags(parser, *(name for step in STEPS.values() for name in step.settings))

    def call(flags: argparse.Namespace) -> None:
        from ..artifacts import at_home
        from ..jobs.notebook import keep_saved, notebook_path, run_notebook

        settings = settings_from_flags(flags)
        parameters = {name: _value(value) for name, value in flags.parameter}
        if flags.keep is not None:
            if parameters:
                raise SettingsError("--keep runs nothing, so no parameter goes with it: leave out -p or --keep.")
            saved = Path(flags.keep) if flags.keep else notebook_path(flags.name)
            kept = keep_saved(flags.name, saved, at_home(settings).artifacts_dir)
        else:
            with progress_bars() as progress:
                kept = run_notebook(flags.name, settings, parameters, progress=progress)
        show_report(kept.report)
        say(f"The executed notebook is kept as {kept.html}")

    parser.set_defaults(run=call)


def _value(text: str) -> object:
    """What a person means by a value: 3, 0.5, True, None or a tuple as Python writes them, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text
