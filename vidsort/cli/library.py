"""undo, misfiled, duplicates, proposals, adopt: put back, see what is worth doing, say which library it is."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..jobs.program import add_settings_flags, settings_from_flags
from ..settings import Settings, absolute
from ..steps import percent
from .output import say, show_table

if TYPE_CHECKING:
    from ..api.workspace import Workspace


@contextlib.contextmanager
def opened(settings: Settings) -> "Iterator[Workspace]":
    """What the routes ask, without a server."""
    from ..api.workspace import Workspace

    here = Workspace(settings)
    try:
        yield here
    finally:
        here.stop()


def undo(parser: argparse.ArgumentParser) -> None:
    """`vidsort undo`."""
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..library.moves.mover import Mover
        from ..store import open_database

        settings = settings_from_flags(flags)
        mover = Mover(settings.data_dir, open_database(settings.artifacts_dir), video_names=settings.video_names)
        mover.recover()
        moves = mover.undo(tell=say)
        show_table(("undone", "was at", "is at"), ((move.kind, move.target, move.source) for move in moves))

    parser.set_defaults(run=call)


def misfiled(parser: argparse.ArgumentParser) -> None:
    """`vidsort misfiled`."""
    add_settings_flags(parser)
    parser.add_argument("--limit", type=_at_least_one, default=50, help="list so many, the worst first (50)")
    parser.add_argument("--right", metavar="FILENAME", help="say that this is right in its folder, and list the rest")

    def call(flags: argparse.Namespace) -> None:
        from ..api.insights.misfiled import dismiss, misfiled

        with opened(settings_from_flags(flags)) as here:
            if flags.right:
                dismiss(here, flags.right)
            found, reason = misfiled(here, flags.limit)
        if not found:
            say(reason or "No sorted video is clearly likelier in another folder.")
            return
        show_table(
            ("video", "lies in", "likely", "own", "other"),
            ((one["filename"], one["folder"], one["suggested"], percent(one["own"]), percent(one["other"]))
             for one in found),
        )

    parser.set_defaults(run=call)


def duplicates(parser: argparse.ArgumentParser) -> None:
    """`vidsort duplicates`."""
    add_settings_flags(parser)
    parser.add_argument("--none", metavar="SET", help="say that this set is none, and list the rest")

    def call(flags: argparse.Namespace) -> None:
        from ..api.insights.duplicates import dismiss, duplicates

        with opened(settings_from_flags(flags)) as here:
            if flags.none:
                dismiss(here, flags.none)
            found, reason = duplicates(here)
        if found:
            show_table(
                ("set", "video", "lies in", "picture", "seconds", "MB", "kbit/s"),
                ((one["id"], *_of_set(video)) for one in found for video in one["videos"]),
            )
        if reason or not found:
            say(reason or "No two videos are edits or copies of one another.")

    parser.set_defaults(run=call)


def proposals(parser: argparse.ArgumentParser) -> None:
    """`vidsort proposals`."""
    add_settings_flags(parser)
    parser.add_argument("--limit", type=_at_least_one, default=20, help="list so many groups, the largest first (20)")

    def call(flags: argparse.Namespace) -> None:
        from ..api.finding import proposals
        from ..insight.proposing.kept import KeptGroups

        with opened(settings_from_flags(flags)) as here:
            found = proposals(here, KeptGroups(here.database), flags.limit)
        groups: Any = found["proposals"]
        if not groups:
            say(str(found["reason"]))
            return
        show_table(("group", "videos", "the most typical"), (
            (group["name"], group["size"], " ".join(video["filename"] for video in group["videos"][:3]))
            for group in groups
        ))

    parser.set_defaults(run=call)


def _of_set(video: dict[str, Any]) -> tuple[object, ...]:
    """What tells which video of a set to keep."""
    seconds, rate = video["duration_s"], video["bit_rate"]
    return (
        video["filename"], video["folder"] or "(unsorted)",
        f"{video['width']} x {video['height']}" if video["width"] else "", "" if seconds is None else f"{seconds:.1f}",
        f"{video['size_bytes'] / 1e6:.2f}", "" if rate is None else round(rate / 1000),
    )


def _at_least_one(text: str) -> int:
    """For argparse: a whole number from 1 on."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of videos: give a whole number from 1 on")
    return int(text)


def adopt(parser: argparse.ArgumentParser) -> None:
    """`vidsort adopt [OLD]`."""
    add_settings_flags(parser)
    parser.add_argument(
        "old", nargs="?", type=Path, help="where the library lay; without it the library is taken for what it is now"
    )

    def call(flags: argparse.Namespace) -> None:
        from ..artifacts.owners import adopt, choose_anew

        settings = settings_from_flags(flags)
        if flags.old is None:
            choose_anew(settings.artifacts_dir, settings.data_dir)
            say(f"{settings.data_dir} is taken for what it is now.")
            return
        home = adopt(settings.artifacts_dir, settings.data_dir, absolute("old", flags.old, Path.cwd()))
        say(f"{settings.data_dir} has the models, predictions and history of {flags.old} now ({home}).")

    parser.set_defaults(run=call)

