"""clean, backup, restore: artifacts that stay small, and copies of them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..jobs.program import add_settings_flags, settings_from_flags
from ..steps import counted, size_text
from .output import say, show_answer, show_table

if TYPE_CHECKING:
    from ..upkeep.backups.manifest import Manifest


def clean(parser: argparse.ArgumentParser) -> None:
    """`vidsort clean [--dry-run] [--keep N]`."""
    from ..upkeep.cleaning import KEEP

    add_settings_flags(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would go; nothing does")
    parser.add_argument(
        "--keep", type=int, default=KEEP, metavar="N",
        help="models and predictions to keep, the newest, beside what is in force (default %(default)s)",
    )

    def call(flags: argparse.Namespace) -> None:
        from ..upkeep.cleaning import clean

        done = clean(settings_from_flags(flags), flags.keep, is_dry_run=flags.dry_run)
        show_answer(done)
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


def backup(parser: argparse.ArgumentParser) -> None:
    """`vidsort backup DIR`."""
    add_settings_flags(parser)
    parser.add_argument("dir", type=Path, help="the folder to make, which is not there yet")

    def call(flags: argparse.Namespace) -> None:
        from ..upkeep.backups.backup import backup

        done = backup(settings_from_flags(flags), flags.dir)
        show_answer(done)
        _show_manifest(done.manifest)
        say(f"The backup is {done.folder}; `vidsort restore {done.folder}` puts it back.")

    parser.set_defaults(run=call)


def restore(parser: argparse.ArgumentParser) -> None:
    """`vidsort restore DIR [--aside | --dry-run]`."""
    add_settings_flags(parser)
    parser.add_argument("dir", type=Path, help="the folder that `vidsort backup` has made")
    parser.add_argument("--aside", action="store_true", help="rename what is there, which else is in the way")
    parser.add_argument("--dry-run", action="store_true", help="check it and say what is in it; nothing is written")

    def call(flags: argparse.Namespace) -> None:
        from ..upkeep.backups.restore import Restored, check, restore

        if flags.dry_run:
            done = Restored(folder=flags.dir, manifest=check(flags.dir))
        else:
            done = restore(settings_from_flags(flags), flags.dir, sets_aside=flags.aside)
        show_answer(done)
        _show_manifest(done.manifest)
        for notice in done.notices:
            say(notice)
        if done.aside is not None:
            say(f"What was there is {done.aside} now.")
        if done.artifacts_dir is None:
            say("Every file of it is as it was written.")
        else:
            say(f"The artifacts are in {done.artifacts_dir}; `vidsort doctor` sees whether all is well.")

    parser.set_defaults(run=call)


def _show_manifest(manifest: "Manifest") -> None:
    show_table(
        ("library", "videos", "folders", "models", "in force"),
        ((one.path, one.videos, one.folders, one.models, one.model_id) for one in manifest.libraries),
    )
    say(
        f"Of {manifest.created}, by vidsort {manifest.vidsort}: {counted(len(manifest.files), 'file')}, "
        f"{size_text(manifest.size_bytes)}, with {counted(manifest.moves, 'move')} and "
        f"{counted(manifest.features, 'row')} of features."
    )
