"""sort, move and folders: what lies where is put elsewhere, and folders are made, renamed, merged and removed."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..desk.opened import PILE, place_of
from ..errors import ConflictError, SettingsError
from ..jobs.program import add_settings_flags
from ..steps import counted
from .asking import answered, body, opened
from .output import say, show_answer, show_table
from .verbs import add_action

if TYPE_CHECKING:
    from ..api.contract import MoveBatchAnswer, MovesAnswer, SortBatchAnswer
    from ..api.workspace import Workspace


def sort(parser: argparse.ArgumentParser) -> None:
    """`vidsort sort FILENAME FOLDER`, or `--batch FILE`."""
    parser.add_argument("filename", nargs="?", help="the video, by its name alone")
    parser.add_argument("folder", nargs="?", help="the folder it goes to")
    _add_batch(parser, '{"filename": …, "folder": …}')
    parser.add_argument("--makes", metavar="FOLDER", help="with --batch: make this folder first, as part of it")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> int:
        from ..api import contract
        from ..api.routes import moves as routes

        if flags.batch is not None:
            _require_alone(flags, "filename", "folder")
            wishes = body(contract.SortBatchBody, **_wishes(flags.batch, flags.makes))
            with opened(flags) as here:
                return _show_batch(answered(routes.sort_batch, here, wishes))
        if flags.folder is None or flags.makes is not None:
            parser.error("say what goes where: a video and a folder, or --batch and where they are listed")
        with opened(flags) as here:
            wish = body(contract.SortBody, filename=flags.filename, folder=flags.folder)
            found = answered(routes.sort, here, wish)
        show_answer(found)
        say(f"{found.filename} is in {found.folder} now; `vidsort undo` takes it back.")
        return 0

    parser.set_defaults(run=call)


def move(parser: argparse.ArgumentParser) -> None:
    """`vidsort move FILENAME [TO]`, or `--batch FILE`."""
    parser.add_argument("filename", nargs="?", help="the video, by its name alone")
    parser.add_argument("to", nargs="?", help="the folder it goes to")
    parser.add_argument("--to-pile", action="store_true", help="put it back among the unsorted videos instead")
    origin = parser.add_mutually_exclusive_group()
    origin.add_argument("--from", dest="origin", metavar="FOLDER", help="where it lies, if several folders have one")
    origin.add_argument("--from-pile", action="store_true", help="it is the one among the unsorted videos")
    _add_batch(parser, '{"filename": …, "from": …, "to": …}, null being the unsorted ones')
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> int:
        from ..api import contract
        from ..api.routes import moves as routes

        if flags.batch is not None:
            _require_alone(flags, "filename", "to", "to_pile", "origin", "from_pile")
            wishes = body(contract.MoveBatchBody, **_wishes(flags.batch))
            with opened(flags) as here:
                return _show_batch(answered(routes.move_batch, here, wishes))
        if flags.filename is None or (flags.to is None) != flags.to_pile:
            parser.error("say where it goes: the name of a folder, or --to-pile; or many by --batch")
        with opened(flags) as here:
            origin = None if flags.from_pile else flags.origin or _origin(here, flags.filename)
            wish = body(contract.MoveBody, **{"filename": flags.filename, "from": origin, "to": flags.to})
            found = answered(routes.move, here, wish)
        show_answer(found)
        at = f"among {PILE}" if found.to is None else f"at {found.to}/{found.filename}"
        say(f"{found.filename} is {at} now; `vidsort undo` takes it back.")
        return 0

    parser.set_defaults(run=call)


def folders(parser: argparse.ArgumentParser) -> None:
    """`vidsort folders list | make | rename | merge | remove`."""
    actions = parser.add_subparsers(metavar="<action>", required=True)
    action = add_action(actions, "folders list", "all folders with how many videos they hold", "")
    add_settings_flags(action)
    action.set_defaults(run=_list)
    for name, given, call, example, text in (
        ("make", ("name",), _make, "soccer", "make a folder"),
        ("rename", ("name", "new"), _rename, "soccer football", "give a folder another name"),
        ("merge", ("name", "into"), _merge, "football soccer",
         "move the videos of a folder into another and remove it"),
        ("remove", ("name",), _remove, "soccer", "remove a folder in which nothing is"),
    ):
        action = add_action(actions, f"folders {name}", text, example)
        for each in given:
            action.add_argument(each)
        add_settings_flags(action)
        action.set_defaults(run=call)


def _list(flags: argparse.Namespace) -> None:
    from ..api.routes.folders import folders as listed

    with opened(flags) as here:
        found = answered(listed, here)
    show_answer(found)
    if not found.folders:
        say("There are no folders yet: `vidsort folders make` makes one.")
        return
    show_table(("folder", "videos"), ((folder.name, folder.count) for folder in found.folders))


def _make(flags: argparse.Namespace) -> None:
    from ..api.contract import NameBody
    from ..api.routes.folders import create

    with opened(flags) as here:
        found = answered(create, here, body(NameBody, name=flags.name))
    show_answer(found)
    say(f"There is a folder {flags.name} now; `vidsort undo` takes it away again.")


def _rename(flags: argparse.Namespace) -> None:
    from ..api.contract import NameBody
    from ..api.routes.folders import rename

    with opened(flags) as here:
        _show_moves(answered(rename, here, flags.name, body(NameBody, name=flags.new)))


def _merge(flags: argparse.Namespace) -> None:
    from ..api.contract import MergeBody
    from ..api.routes.folders import merge

    with opened(flags) as here:
        _show_moves(answered(merge, here, flags.name, body(MergeBody, into=flags.into)))


def _remove(flags: argparse.Namespace) -> None:
    from ..api.routes.folders import remove

    with opened(flags) as here:
        _show_moves(answered(remove, here, flags.name))


def _add_batch(parser: argparse.ArgumentParser, line: str) -> None:
    parser.add_argument(
        "--batch", metavar="FILE", help=f"many, as one action: a file (- is standard input) with a line {line} each, "
        "or the body that the API takes"
    )


def _require_alone(flags: argparse.Namespace, *names: str) -> None:
    """Raise SettingsError where anything goes with --batch that the lines of its file say."""
    said = next((value for name in names if (value := getattr(flags, name))), None)
    if said is not None:
        what = "What goes where" if said is True else repr(said)
        raise SettingsError(f"{what} stands beside --batch, whose file says all of that: take one of them.")


def _wishes(source: str, makes: str | None = None) -> dict[str, Any]:
    """The body of a batch from a file or standard input; raises SettingsError for what is none."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        try:
            wanted = json.loads(text)
        except ValueError:
            wanted = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{source} is no list of moves ({error}): write a JSON object a line, in UTF-8.") from error
    if isinstance(wanted, dict) and "moves" in wanted:
        return wanted | ({} if makes is None else {"makes": makes})
    return {"moves": wanted if isinstance(wanted, list) else [wanted]} | ({} if makes is None else {"makes": makes})


def _show_batch(found: "SortBatchAnswer | MoveBatchAnswer") -> int:
    """Show what came of a batch; returns the exit code."""
    show_answer(found)
    stayed = [one for one in found.outcomes if not one.success]
    done = len(found.outcomes) - len(stayed)
    if stayed:
        show_table(("video", "reason"), ((one.filename, one.detail) for one in stayed), title="Stayed where they were")
    say(f"{counted(done, 'video')} moved." + (" `vidsort undo` takes all of it back." if done else ""))
    return ConflictError.exit_code if stayed else 0


def _origin(here: "Workspace", filename: str) -> str | None:
    """The one folder that a video is in, None for the root; raises NotFoundError, and ConflictError for several."""
    from ..library.names import check_filename

    library = here.library
    check_filename(filename, library.video_names)
    return place_of(library.snapshot(), filename, "--from or --from-pile")


def _show_moves(found: "MovesAnswer") -> None:
    show_answer(found)
    show_table(("done", "was at", "is at"), ((move.kind, move.source, move.target) for move in found.moves))
    for sentence in found.told:
        say(sentence)
    say(f"{counted(len(found.moves), 'change')}. `vidsort undo` takes back all of it.")
