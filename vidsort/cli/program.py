"""`vidsort <command>`: parsed, run, and what its errors exit with."""

import argparse
import contextlib
import importlib
import io
import logging
import sqlite3
import sys
from collections.abc import Collection, Iterator, Sequence

from .. import __doc__ as page
from .. import __version__
from ..errors import VidsortError
from .verbs import COMMANDS, Command

EXIT_CODES = {
    0: "done",
    1: "failed for a reason that has no code of its own; doctor: something needs mending",
    2: "a wrong flag, setting or name",
    3: "the library, video, model or move that was asked for is not there",
    4: "the place is taken, something else is running, there is nothing to undo, or a disk is away",
    5: "a video of which no frame can be had",
    6: "too few folders or videos to learn from, and nothing that folder names could be matched with",
    7: "a file in the artifacts folder is missing or damaged",
    130: "stopped by Ctrl+C, or a retrain by Cancel on the page; finished work is kept",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is one sentence on stderr."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    _replace_what_cannot_be_encoded()
    flags = build_parser([argument for argument in arguments if argument in COMMANDS][:1]).parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    with _logging(flags):
        try:
            with _spoken(flags):
                return flags.run(flags) or 0
        except (VidsortError, sqlite3.DatabaseError, OSError) as error:
            from ..jobs.program import as_told

            told = as_told(error)
            logging.getLogger(__name__).debug("The command failed.", exc_info=error)
            tell_error(told)
            return told.exit_code
        except KeyboardInterrupt:
            print("Stopped; finished work is kept.", file=sys.stderr)
            return 130


def tell_error(error: VidsortError) -> None:
    """Print the sentence of an error."""
    from ..library.names import lines_with_codes

    print(lines_with_codes(str(error)), file=sys.stderr)


@contextlib.contextmanager
def _spoken(flags: argparse.Namespace) -> Iterator[None]:
    """Let the command print what these flags ask for."""
    from .output import SPOKEN, Spoken

    asked = Spoken.JSON if flags.json else Spoken.QUIET if flags.quiet else Spoken.PLAIN
    token = SPOKEN.set(asked)
    try:
        yield
    finally:
        SPOKEN.reset(token)


@contextlib.contextmanager
def _logging(flags: argparse.Namespace) -> Iterator[None]:
    """Let vidsort itself log as much as these flags ask for; what it is made of stays as it is."""
    own = logging.getLogger(__package__.partition(".")[0])
    before = own.level
    if flags.verbose or flags.quiet:
        own.setLevel(logging.DEBUG if flags.verbose else logging.ERROR)
    try:
        yield
    finally:
        own.setLevel(before)


def _replace_what_cannot_be_encoded() -> None:
    """Let stdout take any name in any encoding, as stderr does: videos may be moved before they are told of."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def build_parser(whole: Collection[str]) -> argparse.ArgumentParser:
    """The parser with every command's name, and with the flags of those commands that are named."""
    codes = "\n".join(f"  {code:3}  {meaning}" for code, meaning in EXIT_CODES.items())
    parser = argparse.ArgumentParser(
        prog="vidsort",
        description=(page or "").partition("\n")[0],
        epilog=f"exit codes:\n{codes}\n\n`vidsort <command> --help` lists what a command takes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vidsort {__version__}")
    commands = parser.add_subparsers(metavar="<command>", required=True)
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name, help=command.summary, description=command.summary[0].upper() + command.summary[1:] + ".",
            epilog=f"example:\n  vidsort {command.example}", formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if name in whole:
            _add_flags(one, name, command)
    return parser


def _add_flags(parser: argparse.ArgumentParser, name: str, command: Command) -> None:
    """Add what a command takes, and to each of its actions what all take."""
    module = importlib.import_module(f"{__package__}.{command.module}")
    getattr(module, command.function or name.replace("-", "_"))(parser)
    for each in actions_of(parser).values() or [parser]:
        each.set_defaults(json=False)
        if command.has_json:
            each.add_argument("--json", action="store_true", help="print the answer as JSON, as the API has it")
        how_much = each.add_mutually_exclusive_group()
        how_much.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")
        how_much.add_argument("-v", "--verbose", action="store_true", help="log what is done, too, on stderr")


def actions_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of what a parser takes next, a command or an action of one, by name; none where it takes no such."""
    found = [one.choices for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(found[0]) if found else {}
