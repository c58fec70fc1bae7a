"""move and folders: what lies in folders is put elsewhere, and folders are made, renamed, merged and removed."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import ConflictError, NotFoundError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..records import Move
from ..settings import Settings
from ..steps import counted
from .output import say, show_table

if TYPE_CHECKING:
    from ..library.moves.mover import Mover

PILE = "the unsorted videos"


def move(parser: argparse.ArgumentParser) -> None:
    """`vidsort move FILENAME [TO]`."""
    parser.add_argument("filename", help="the video, by its name alone")
    parser.add_argument("to", nargs="?", help="the folder it goes to")
    parser.add_argument("--to-pile", action="store_true", help="put it back among the unsorted videos instead")
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument("--from", dest="origin", metavar="FOLDER", help="where it lies, if several folders have one")
    origin.add_argument("--from-pile", action="store_true", help="it is the one among the unsorted videos")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        if (flags.to is None) != flags.to_pile:
            parser.error("say where it goes: the name of a folder, or --to-pile")
        settings = settings_from_flags(flags)
        mover = _mover(settings)
        origin = None if flags.from_pile else flags.origin or _origin(settings, flags.filename)
        _show([mover.move(flags.filename, origin, flags.to)])

    parser.set_defaults(run=call)


def folders(parser: argparse.ArgumentParser) -> None:
    """`vidsort folders list | make | rename | merge | remove`."""
    actions = parser.add_subparsers(metavar="<action>", required=True)
    for name, names, change, text in (
        ("list", (), None, "all folders with how many videos they hold"),
        ("make", ("name",), lambda mover, name: [mover.create_folder(name)], "make a folder"),
        ("rename", ("name", "new"), lambda mover, name, new: mover.rename_folder(name, new),
         "give a folder another name"),
        ("merge", ("name", "into"), lambda mover, name, into: mover.merge_folder(name, into, tell=say),
         "move the videos of a folder into another and remove it"),
        ("remove", ("name",), lambda mover, name: mover.remove_folder(name), "remove a folder in which nothing is"),
    ):
        action = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        for each in names:
            action.add_argument(each)
        add_settings_flags(action)
        action.set_defaults(run=_list if change is None else _changing(change, names))


def _list(flags: argparse.Namespace) -> None:
    from ..library import folders as listed

    settings = settings_from_flags(flags)
    found = listed(settings.data_dir, settings.video_names)
    if not found:
        say("There are no folders yet: `vidsort folders make` makes one.")
        return
    show_table(("folder", "videos"), ((folder.name, folder.count) for folder in found))


def _changing(change: Callable[..., list[Move]], names: Sequence[str]) -> Callable[[argparse.Namespace], None]:
    def call(flags: argparse.Namespace) -> None:
        mover = _mover(settings_from_flags(flags))
        _show(change(mover, *(getattr(flags, name) for name in names)))

    return call


def _mover(settings: Settings) -> "Mover":
    """Works without a server, and beside one, which follows the journal; what a kill left is settled first."""
    from ..library.moves.mover import Mover
    from ..store import open_database

    mover = Mover(settings.data_dir, open_database(settings.artifacts_dir), video_names=settings.video_names)
    mover.recover()
    return mover


def _origin(settings: Settings, filename: str) -> str | None:
    """The one folder that a video is in, None for the root; raises NotFoundError, and ConflictError for several."""
    from ..library import scan
    from ..library.names import check_filename

    check_filename(filename, settings.video_names)
    places = scan(settings.data_dir, settings.video_names).places_of(filename)
    if not places:
        raise NotFoundError(f"There is no video {filename} in the library: it may have been moved out of it.")
    if len(places) > 1:
        lying = ", ".join(place or PILE for place in places)
        raise ConflictError(f"{filename} is in several places ({lying}): say which one by --from or --from-pile.")
    return places[0]


def _show(moves: Sequence[Move]) -> None:
    show_table(("done", "was at", "is at"), ((move.kind, move.source, move.target) for move in moves))
    say(f"{counted(len(moves), 'change')}. `vidsort undo` takes back all of it.")
