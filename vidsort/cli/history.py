"""history, undo, redo, skip: what was done, taken back and done again; what is put off."""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import ConflictError, SettingsError
from ..jobs.program import add_settings_flags
from ..records import Move
from ..steps import counted
from .asking import add_limit, answered, at_least_one, body, opened
from .output import say, show_answer, show_table

if TYPE_CHECKING:
    from ..api.contract import MovesAnswer
    from ..api.workspace import OpenLibrary
    from .foreseen import Foreseen


def history(parser: argparse.ArgumentParser) -> None:
    """`vidsort history [--actions]`."""
    add_settings_flags(parser)
    add_limit(parser, "of them, the newest first", 50)
    parser.add_argument("--actions", action="store_true", help="by action, a batch being one")

    def call(flags: argparse.Namespace) -> None:
        from ..api.routes import moves as routes

        with opened(flags) as here:
            found = answered(routes.actions if flags.actions else routes.history, here, flags.limit)
        show_answer(found)
        if flags.actions:
            rows = [(one.move, one.count) for one in found.actions]
            show_table(("id", "when", "what", "moves", "was at", "is at", "by", "state"), (
                (move.id, _when(move), move.kind, count, move.source, move.target, move.account or move.by, move.state)
                for move, count in rows
            ))
        else:
            show_table(("id", "when", "what", "was at", "is at", "by", "state"), (
                (move.id, _when(move), move.kind, move.source, move.target, move.account or move.by, move.state)
                for move in found.moves
            ))

    parser.set_defaults(run=call)


def undo(parser: argparse.ArgumentParser) -> None:
    """`vidsort undo [N | --id ID | --batch BATCH] [--dry-run]`."""
    parser.add_argument("count", nargs="?", type=at_least_one, metavar="N", help="take back so many actions (1)")
    named = parser.add_mutually_exclusive_group()
    named.add_argument("--id", type=at_least_one, dest="move_id", help="the move of this id, as the history has it")
    named.add_argument("--batch", help="what is left of this batch")
    parser.add_argument("--dry-run", action="store_true", help="say what would be taken back; nothing is")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> int:
        from ..api.contract import UndoBody
        from ..api.routes.moves import moved
        from ..api.routes.moves import undo as taken_back

        is_named = flags.move_id is not None or flags.batch is not None
        if is_named and flags.count is not None:
            raise SettingsError("A number of actions goes with no --id or --batch: take one of them.")
        with opened(flags) as here:
            if flags.dry_run:
                foreseen, code = _foreseen(here.library, flags)
                found = moved(here, foreseen.moves, foreseen.stays)
            else:
                wish = body(UndoBody, id=flags.move_id, batch=flags.batch)
                found, code = _turned(lambda: answered(taken_back, here, wish), flags.count or 1, "undone")
        if flags.dry_run:
            _show("would be undone", found.moves, found, is_back=True)
            say(f"{counted(len(found.moves), 'change')} would be taken back; nothing was.")
        else:
            _show_turned("undone", found, is_back=True)
        return code

    parser.set_defaults(run=call)


def redo(parser: argparse.ArgumentParser) -> None:
    """`vidsort redo [N]`."""
    parser.add_argument("count", nargs="?", type=at_least_one, default=1, metavar="N", help="so many actions (1)")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> int:
        from ..api.routes.moves import redo as done_again

        with opened(flags) as here:
            found, code = _turned(lambda: answered(done_again, here), flags.count, "done")
        _show_turned("done again", found, is_back=False)
        return code

    parser.set_defaults(run=call)


def skip(parser: argparse.ArgumentParser) -> None:
    """`vidsort skip FILENAME [--back]`."""
    parser.add_argument("filename", help="the video, by its name alone")
    parser.add_argument("--back", action="store_true", help="put it back in its place instead")
    add_settings_flags(parser)

    def call(flags: argparse.Namespace) -> None:
        from ..api.contract import SkipBody
        from ..api.routes import review

        with opened(flags) as here:
            if flags.back:
                found = answered(review.unskip, here, flags.filename)
            else:
                found = answered(review.skip, here, body(SkipBody, filename=flags.filename))
        show_answer(found)
        say(f"{found.filename} is in its place again." if flags.back else f"{found.filename} comes last now.")

    parser.set_defaults(run=call)


def _turned(turn: "Callable[[], MovesAnswer]", count: int, state: str) -> "tuple[MovesAnswer, int]":
    """What came of so many turns, and the exit code: another one where there were fewer, or not all moves are `state`.

    Why there were fewer is told.
    """
    from .program import tell_error

    found = turn()
    for _ in range(count - 1):
        try:
            more = turn()
        except ConflictError as error:
            tell_error(error)
            return found, error.exit_code
        found = more.model_copy(update={"moves": [*found.moves, *more.moves], "told": [*found.told, *more.told]})
    return found, 0 if all(move.state == state for move in found.moves) else ConflictError.exit_code


def _foreseen(library: "OpenLibrary", flags: argparse.Namespace) -> "tuple[Foreseen, int]":
    """What would come of the undo, and what it would exit with; raises where nothing would be taken back at all."""
    from ..library.moves.mover import NOTHING_TO_UNDO
    from .foreseen import foresee
    from .program import tell_error

    count = flags.count or 1
    turns = library.mover.would_undo(count, flags.move_id, batch=flags.batch)
    found = foresee(library.data_dir, turns)
    why = found.stopped or (NOTHING_TO_UNDO if len(turns) < count else None)
    if why is None:
        return found, ConflictError.exit_code if found.stays else 0
    error = ConflictError(why)
    if not found.moves:
        raise error
    tell_error(error)
    return found, error.exit_code


def _show_turned(what: str, found: "MovesAnswer", *, is_back: bool) -> None:
    """Print what was turned, and what of it stayed as it was."""
    stayed = [move for move in found.moves if (move.state == "done") == is_back]
    _show(what, [move for move in found.moves if move not in stayed], found, is_back=is_back)
    if stayed:
        show_table(("at", ), ((move.target if is_back else move.source,) for move in stayed), title="Stayed as it was")
        say(f"{counted(len(stayed), 'change')} not {what}: what was moved has gone since, or its place is taken.")


def _show(what: str, moves: Sequence[Move], found: "MovesAnswer", *, is_back: bool) -> None:
    show_answer(found)
    show_table((what, "was at", "would be at" if what == "would be undone" else "is at"), (
        (move.kind, *((move.target, move.source) if is_back else (move.source, move.target))) for move in moves
    ))
    for sentence in found.told:
        say(sentence)


def _when(move: Move) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(move.at))
