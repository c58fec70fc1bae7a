"""clean, backup, restore: artifacts that stay small, and copies of them."""

import argparse

from ..jobs.program import add_settings_flags, settings_from_flags
from ..records import Record
from ..steps import size_text
from .output import say, show_table


def clean(parser: argparse.ArgumentParser) -> None:
    """`vidsort clean [--dry-run] [--keep N]`."""
    from ..upkeep.cleaning import KEEP

    add_settings_flags(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would go; nothing does")
    parser.add_argument(
        "--keep", type=int, default=KEEP, metavar="N",
        help="models and predictions to keep, the newest, beside what is in force (default %(default)s)",
    )
    _add_json(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..upkeep.cleaning import clean

        done = clean(settings_from_flags(flags), flags.keep, is_dry_run=flags.dry_run)
        if flags.json:
            _say_json(done)
            return
        show_table(
            ("part", "kept", "takes", "would go" if done.is_dry_run else "removed", "of", ""),
            (
                (part.what, part.kept, size_text(part.kept_bytes), part.removed or None,
                 size_text(part.removed_bytes) if part.removed else None, part.note)
                for part in done.parts
            ),
        )
        for notice in done.notices:
            say(notice)
        if done.is_dry_run:
            say(f"{size_text(done.removed_bytes)} would go; nothing did.")
        else:
            say(f"{size_text(done.removed_bytes)} removed; the database gave {size_text(done.given_back_bytes)} back.")

    parser.set_defaults(run=call)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="say it as one JSON object")


def _say_json(result: Record) -> None:
    say(result.model_dump_json(indent=1))
