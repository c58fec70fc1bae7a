"""`vidsort <command>`: which commands there are, and what their errors exit with."""

import argparse
import importlib
import io
import logging
import sqlite3
import sys
from collections.abc import Sequence

from .. import __doc__ as description
from .. import __version__
from ..errors import VidsortError

# name: (the module of this package that holds it, what it does). The function there is named like
# the command; it adds the command's flags and sets what runs.
COMMANDS = {
    "extract-features": ("steps", "step 1: look at every video that is new"),
    "train": ("steps", "step 2: learn from the videos that lie in folders"),
    "predict": ("steps", "step 3: predict a folder for each unsorted video; --move files them"),
    "retrain": ("steps", "the three steps, one after the other"),
    "serve": ("server", "serve the review page and the API"),
    "demo": ("server", "make a small library of clips, learn it and serve it"),
    "undo": ("library", "take back the last move or batch of moves"),
    "move": ("moving", "move a video to another folder, or back to the unsorted ones"),
    "folders": ("moving", "list, make, rename, merge and remove folders"),
    "duplicates": ("library", "list sets of videos that are edits or copies of one another"),
    "misfiled": ("library", "list sorted videos that are likely in the wrong folder"),
    "proposals": ("library", "list groups of unsorted videos that are alike and no folder yet"),
    "adopt": ("library", "say that this library is the one that lay elsewhere, or is now what it is"),
    "doctor": ("doctor", "check that everything vidsort needs is there, and say what mends what is not"),
    "clean": ("upkeep", "remove old versions, and what is kept of videos that are gone; never what is in force"),
    "backup": ("upkeep", "copy the artifacts and the settings into a folder, while servers run"),
    "restore": ("upkeep", "check a backup and put it back; artifacts that are there are never written over"),
    "config": ("config", "show every setting and where it comes from; --init writes a file for them"),
    "models": ("models", "list, show, promote and roll back models"),
    "users": ("users", "accounts and tokens: who may sign in on this server, and what each may do"),
    "download": ("download", "get what a kind of evidence needs and is not on this machine, a model of speech say"),
    "notebook": ("notebook", "run one of the three notebooks and keep its report"),
}
EXIT_CODES = {
    0: "done",
    1: "failed for a reason that has no code of its own; doctor: something needs mending",
    2: "a wrong flag, setting or name",
    3: "the library, video, model or move that was asked for is not there",
    4: "the place is taken, something else is running, or there is nothing to undo",
    5: "a video of which no frame can be had",
    6: "too few folders or videos to learn from",
    7: "a file in the artifacts folder is missing or damaged",
    130: "stopped by Ctrl+C, or a retrain by Cancel on the page; finished work is kept",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is one sentence on stderr."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    _replace_what_cannot_be_encoded()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    try:
        flags = build_parser(arguments).parse_args(arguments)
        return flags.run(flags) or 0
    except (VidsortError, sqlite3.DatabaseError, OSError) as error:
        from ..jobs.program import as_told
        from ..library.invisible import lines_with_codes

        told = as_told(error)
        print(lines_with_codes(str(told)), file=sys.stderr)
        return told.exit_code
    except KeyboardInterrupt:
        print("Stopped; finished work is kept.", file=sys.stderr)
        return 130


def _replace_what_cannot_be_encoded() -> None:
    """Let stdout take any name in any encoding, as stderr does: videos may be moved before they are told of."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def build_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser with every command's name, and with the flags of the command that these arguments call."""
    chosen = next((argument for argument in arguments if argument in COMMANDS), None)
    codes = "\n".join(f"  {code:3}  {meaning}" for code, meaning in EXIT_CODES.items())
    parser = argparse.ArgumentParser(
        prog="vidsort",
        description=description,
        epilog=f"exit codes:\n{codes}\n\n`vidsort <command> --help` lists what a command takes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vidsort {__version__}")
    commands = parser.add_subparsers(metavar="<command>", required=True)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == chosen:
            add_flags = getattr(importlib.import_module(f"{__package__}.{module}"), name.replace("-", "_"))
            add_flags(command)
    return parser
