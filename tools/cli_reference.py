"""Write docs/commands.md from the parser of the command line: `python tools/cli_reference.py`."""

import argparse
from pathlib import Path

from vidsort.cli.program import EXIT_CODES, actions_of, build_parser
from vidsort.cli.verbs import COMMANDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
HEAD = """\
# Commands

Every command of `vidsort`, as `vidsort <command> --help` has it. None needs a server, and each is safe beside one.
[API and commands](api-and-commands.md) says which route and which method of the client does the same. Made by
`python tools/cli_reference.py`.

What many commands take, where their table says "and the usual":

"""
TABLE = "| takes | what |\n| --- | --- |\n"
USUAL = ("--data-dir", "--artifacts-dir", "--video-names", "--not-learned", "--json", "--quiet", "--verbose")


def written() -> str:
    """The page, of what the parser takes now."""
    whole = actions_of(build_parser(COMMANDS))
    usual = {one.option_strings[-1]: one for one in whole["status"]._actions if one.option_strings}
    page = [HEAD, TABLE, *(_row(usual[name]) for name in USUAL)]
    for name, command in COMMANDS.items():
        example = f"```console\n$ vidsort {command.example}\n```\n"
        page.append(f"\n## vidsort {name}\n\n{whole[name].description}\n\n{example}")
        actions = actions_of(whole[name])
        for action, parser in actions.items():
            page += [f"\n### vidsort {name} {action}\n\n{parser.description}\n", *_taken(parser)]
        page += [] if actions else _taken(whole[name])
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in EXIT_CODES.items())
    return "".join([*page, "\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n", codes])


def _taken(parser: argparse.ArgumentParser) -> list[str]:
    """A table of what a parser takes, and in a sentence what of it is usual."""
    taken = [one for one in parser._actions if not isinstance(one, argparse._HelpAction)]
    rows = [_row(one) for one in taken if not set(one.option_strings) & set(USUAL)]
    usual = [name for name in USUAL if any(name in one.option_strings for one in taken)]
    names = "the usual" if len(usual) == len(USUAL) else ", ".join(f"`{name}`" for name in usual)
    return ["\n", *([TABLE, *rows, "\n"] if rows else []), f"{'And' if rows else 'Takes'} {names}.\n"]


def _row(action: argparse.Action) -> str:
    formatter = argparse.HelpFormatter("vidsort")
    if action.option_strings:
        value = "" if action.nargs == 0 else f" {formatter._format_args(action, _metavar(action))}"
        how = ", ".join(f"`{option}`" for option in action.option_strings[:-1])
        how += f"{', ' * bool(how)}`{action.option_strings[-1]}{value}`"
    else:
        how = f"`{action.metavar or action.dest}`"
    told = formatter._expand_help(action) if action.help else ""
    if action.choices is not None and not action.option_strings:
        told += f" ({', '.join(f'`{one}`' for one in action.choices)})"
    return f"| {how} | {told.replace('|', '&#124;').replace('<', '&lt;')} |\n"


def _metavar(action: argparse.Action) -> str:
    return action.dest.upper() if action.metavar is None else str(action.metavar)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    print(f"Written: {PAGE}.")
