"""Sorting videos, taking it back, and what was done."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query

from ...accounts import Role, only_own, require
from ...autofile.deciding import guessed, remember
from ...autofile.filing import batch_of
from ...library.moves import Outcome, Wish
from ...records import Move
from ...store.people.decisions import Decided
from ..answers import Here, faults
from ..contract import (
    HISTORY_LIMIT,
    ActionsAnswer,
    HistoryAnswer,
    Limit,
    MoveAnswer,
    MoveBatchAnswer,
    MoveBatchBody,
    MoveBody,
    MoveOutcome,
    MovesAnswer,
    SortAnswer,
    SortBatchAnswer,
    SortBatchBody,
    SortBody,
    SortOutcome,
    UndoBody,
)
from ..turns import moving
from ..workspace import Workspace
from .subject import Subject

router = Subject("Sorting", moves=True)


@router.post("/api/sort", summary="Sort a video into a folder", responses=faults(400, 404, 409, 422))
@moving
def sort(here: Here, body: SortBody) -> SortAnswer:
    """Move a video from the library's root into a folder; nothing is overwritten, ever."""
    library, guesses = here.library, guesses_of(here, [body.filename], one_by_one=True)
    remember(library.decisions, guesses, [library.mover.sort(body.filename, body.folder)])
    return SortAnswer(filename=body.filename, folder=body.folder, folders=library.folders())


@router.post("/api/sort/batch", summary="Sort many videos", responses=faults(400, 409, 422))
@moving
def sort_batch(here: Here, body: SortBatchBody) -> SortBatchAnswer:
    """Sort many videos, each with its own outcome; one undo takes all back.

    With `makes` that folder is made first, for an admin, and the same undo takes it away again; where it cannot be
    made, nothing is sorted.
    """
    if body.makes is not None:
        require(Role.ADMIN, "Making a folder")
    library, guesses = here.library, guesses_of(here, [wish.filename for wish in body.moves])
    done = library.mover.sort_batch([(move.filename, move.folder) for move in body.moves], body.makes)
    remember(library.decisions, guesses, [outcome.move for outcome in done if outcome.move])
    outcomes = [
        SortOutcome(filename=wish.filename, folder=wish.folder, **came_of(outcome))
        for wish, outcome in zip(body.moves, done, strict=True)
    ]
    is_success = all(outcome.success for outcome in outcomes)
    return SortBatchAnswer(success=is_success, outcomes=outcomes, folders=library.folders(), batch=batch_of(done))


@router.post("/api/move", summary="Move a video between folders", responses=faults(400, 404, 409, 422))
@moving
def move(here: Here, body: MoveBody) -> MoveAnswer:
    """Move a video from a folder into another; null is the root, of the unsorted ones. Nothing is overwritten."""
    library = here.library
    library.mover.move(body.filename, body.origin, body.to)
    return MoveAnswer(filename=body.filename, origin=body.origin, to=body.to, folders=library.folders())


@router.post("/api/move/batch", summary="Move many videos", responses=faults(409, 422))
@moving
def move_batch(here: Here, body: MoveBatchBody) -> MoveBatchAnswer:
    """Move many videos, each with its own outcome; one undo takes all back."""
    library = here.library
    wishes = [Wish(each.filename, each.origin, each.to) for each in body.moves]
    done = library.mover.move_batch(wishes)
    outcomes = [
        MoveOutcome(filename=wish.filename, origin=wish.origin, to=wish.folder, **came_of(outcome))
        for wish, outcome in zip(wishes, done, strict=True)
    ]
    return MoveBatchAnswer(
        success=all(outcome.success for outcome in outcomes), outcomes=outcomes, folders=library.folders(),
        batch=batch_of(done),
    )


@router.post("/api/undo", summary="Take back a move or a batch", responses=faults(404, 409, 422))
@moving
def undo(here: Here, body: UndoBody | None = None) -> MovesAnswer:
    """Take back the last move or batch, or the move with this id, or what is left of this batch.

    A reviewer takes back only what that account did, and its own last action where nothing is named.
    """
    wanted = body or UndoBody()
    told: list[str] = []
    mover = here.library.mover
    return moved(here, mover.undo(wanted.id, batch=wanted.batch, only_of=only_own(), tell=told.append), told)


@router.post("/api/redo", summary="Do again what was taken back", responses=faults(404, 409, 422))
@moving
def redo(here: Here) -> MovesAnswer:
    """Do again what was undone last; a reviewer, what that account took back last."""
    return moved(here, here.library.mover.redo(only_of=only_own()))


@router.get("/api/history", summary="The last moves", responses=faults(422))
def history(here: Here, limit: Annotated[int, Query(ge=1, le=HISTORY_LIMIT)] = 50) -> HistoryAnswer:
    """The last moves, undone ones too, newest first."""
    return HistoryAnswer(moves=here.library.mover.history(limit))


@router.get("/api/history/actions", summary="The last actions, a batch being one", responses=faults(422))
def actions(here: Here, limit: Limit = 50) -> ActionsAnswer:
    """The last actions, newest first, a batch being one: the first move of each, and how many it has."""
    return ActionsAnswer(actions=here.library.mover.actions(limit))


def guesses_of(here: Workspace, filenames: Sequence[str], *, one_by_one: bool = False) -> dict[str, Decided]:
    """What is predicted of videos that a person decides on now."""
    share = here.settings.blind_share
    return guessed(here.library.pile, here.predicted(), filenames, share, one_by_one=one_by_one)


def came_of(outcome: Outcome) -> dict[str, Any]:
    """What an outcome of a batch says beside whose it is."""
    error = outcome.error
    return {
        "success": error is None, "status": 200 if error is None else error.status,
        "detail": None if error is None else str(error),
    }


def moved(here: Workspace, moves: list[Move], told: Sequence[str] = ()) -> MovesAnswer:
    """These moves, with the folders as they are now."""
    library = here.library
    return MovesAnswer(moves=moves, folders=library.folders(), heirs=library.heirs(), told=list(told))
