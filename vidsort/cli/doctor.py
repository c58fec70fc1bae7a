"""doctor: what is wrong, and what mends it."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import SettingsError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..settings import Settings, load_settings
from .output import say, show_answer, show_table

if TYPE_CHECKING:
    from ..insight.doctor import Check

MARKS = {"ok": "ok", "warning": "look", "failed": "FAILED"}


def doctor(parser: argparse.ArgumentParser) -> None:
    """`vidsort doctor`; exits with 1 where something needs mending."""
    add_settings_flags(parser, "host")
    parser.add_argument(
        "--rescue", action="store_true", help="put a new database in place of a damaged one, with the history it holds"
    )
    parser.add_argument("--all", action="store_true", help="show all videos that something is wrong with, not a few")

    def call(flags: argparse.Namespace) -> int:
        from ..insight.doctor import examine, examine_without_settings, needs_mending, told

        try:
            settings = settings_from_flags(flags)
        except SettingsError as error:
            if not _are_unreadable():
                raise
            checks = examine_without_settings(error)
        else:
            if flags.rescue:
                _rescue(settings)
            checks = examine(settings, None) if flags.all else examine(settings)
        show_answer(told(checks))
        _show(checks)
        return 1 if needs_mending(checks) else 0

    parser.set_defaults(run=call)


def _are_unreadable() -> bool:
    """Whether the file or the environment is at fault, and no flag."""
    try:
        load_settings()
    except SettingsError:
        return True
    return False


def _show(checks: "Sequence[Check]") -> None:
    show_table(("", "what", "found"), ((MARKS[check.state], check.name, check.text) for check in checks))
    to_mend = [check for check in checks if check.mend]
    if to_mend:
        show_table(("what", "what mends it"), ((check.name, check.mend) for check in to_mend))
    failed = sum(check.state == "failed" for check in checks)
    worth_a_look = sum(check.state == "warning" for check in checks)
    if failed:
        say(f"{failed} of {len(checks)} checks failed.")
    elif worth_a_look:
        say(f"Nothing failed; {worth_a_look} of {len(checks)} checks found something that is worth a look.")
    else:
        say("All is well.")


def _rescue(settings: Settings) -> None:
    from ..store.rescue import is_damaged, rescue

    if not is_damaged(settings.artifacts_dir):
        say("The database is not damaged: there is nothing to rescue.")
        return
    aside, saved = rescue(settings.artifacts_dir)
    say(f"{saved} rows of history were saved into a new database; the damaged one is kept as {aside}.")
