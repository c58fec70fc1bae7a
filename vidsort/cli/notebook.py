"""notebook: a step's notebook without a browser."""

import argparse
import ast

from ..settings import add_settings_flags, settings_from_flags
from .output import progress_bars, say
from .steps import show_report

NOTEBOOKS = ("extract_features", "train", "predict")


def notebook(parser: argparse.ArgumentParser) -> None:
    """`vidsort notebook <name> [-p key value …]`."""
    parser.add_argument("name", choices=NOTEBOOKS, help="the notebook, named like its step")
    parser.add_argument(
        "-p", "--parameter", nargs=2, action="append", default=[], metavar=("KEY", "VALUE"),
        help="a parameter of the notebook, as its cell of parameters names it; may be given again",
    )
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..notebook import run_notebook

        parameters = {name: _value(value) for name, value in flags.parameter}
        with progress_bars() as progress:
            kept = run_notebook(flags.name, settings_from_flags(flags), parameters, progress=progress)
        show_report(kept.report)
        say(f"The executed notebook is kept as {kept.html}")

    parser.set_defaults(run=call)


def _value(text: str) -> object:
    """What a person means by a value: 3, 0.5, True, None or a tuple as Python writes them, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text
