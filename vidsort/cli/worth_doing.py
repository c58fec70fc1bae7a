"""misfiled, duplicates, proposals, star: what is worth a look, and what a person says of it."""

import argparse
from typing import TYPE_CHECKING

from ..errors import SettingsError
from ..jobs.program import add_settings_flags
from ..steps import percent
from .asking import add_limit, answered, opened
from .output import say, show_answer, show_table

if TYPE_CHECKING:
    from ..api.contract import Duplicate, RecordsAnswer


def misfiled(parser: argparse.ArgumentParser) -> None:
    """`vidsort misfiled`."""
    add_settings_flags(parser)
    add_limit(parser, "videos, the worst first", 50)
    parser.add_argument("--right", metavar="FILENAME", help="say that this is right in its folder, and list the rest")

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes.misfiled import find, found_right

        with opened(flags) as here:
            if flags.right:
                answered(found_right, here, flags.right)
            found = answered(find, here, flags.limit)
        show_answer(found)
        if not found.videos:
            say(found.reason or "No sorted video is clearly likelier in another folder.")
            return
        show_table(
            ("video", "lies in", "likely", "own", "other"),
            ((one.filename, one.folder, one.suggested, percent(one.own), percent(one.other)) for one in found.videos),
        )

    parser.set_defaults(run=call)


def duplicates(parser: argparse.ArgumentParser) -> None:
    """`vidsort duplicates`."""
    add_settings_flags(parser)
    parser.add_argument("--none", metavar="SET", help="say that this set is none, and list the rest")

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes.duplicates import find, no_duplicates

        with opened(flags) as here:
            if flags.none:
                answered(no_duplicates, here, flags.none)
            found = answered(find, here)
        show_answer(found)
        if found.duplicates:
            show_table(
                ("set", "video", "lies in", "picture", "seconds", "MB", "kbit/s"),
                ((one.id, *_of_set(video)) for one in found.duplicates for video in one.videos),
            )
        if found.reason or not found.duplicates:
            say(found.reason or "No two videos are edits or copies of one another.")

    parser.set_defaults(run=call)


def proposals(parser: argparse.ArgumentParser) -> None:
    """`vidsort proposals`."""
    add_settings_flags(parser)
    add_limit(parser, "groups, the largest first", 20)

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes.search import propose
        from ..insight.proposing.kept import KeptGroups

        with opened(flags) as here:
            found = answered(propose, here, KeptGroups(here.database), flags.limit)
        show_answer(found)
        if not found.proposals:
            say(found.reason or "Nothing in the pile is alike and fits no folder.")
            return
        show_table(("group", "videos", "the most typical"), (
            (group.name, group.size, " ".join(video.filename for video in group.videos[:3]))
            for group in found.proposals
        ))

    parser.set_defaults(run=call)


def star(parser: argparse.ArgumentParser) -> None:
    """`vidsort star [FILENAME] [--back]`."""
    parser.add_argument("filename", nargs="?", help="the video, by its name alone; without it all are listed")
    parser.add_argument("--back", action="store_true", help="take its star away instead")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes import stars

        if flags.back and flags.filename is None:
            raise SettingsError("--back takes the star of one video away: say which one.")
        with opened(flags) as here:
            if flags.filename is None:
                _show_stars(answered(stars.find, here))
                return
            found = answered(stars.take if flags.back else stars.give, here, flags.filename)
        show_answer(found)
        say(f"{found.filename} has {'a' if found.starred else 'no'} star now.")

    parser.set_defaults(run=call)


def _show_stars(found: "RecordsAnswer") -> None:
    show_answer(found)
    if found.videos:
        show_table(("video", "lies in"), ((one.filename, one.folder or "(unsorted)") for one in found.videos))
    else:
        say("No video has a star.")


def _of_set(video: "Duplicate") -> tuple[object, ...]:
    """What tells which video of a set to keep."""
    return (
        video.filename, video.folder or "(unsorted)", f"{video.width} x {video.height}" if video.width else "",
        "" if video.duration_s is None else f"{video.duration_s:.1f}", f"{video.size_bytes / 1e6:.2f}",
        "" if video.bit_rate is None else round(video.bit_rate / 1000),
    )
