"""Unsorted videos, and the moves that sort them."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...records import Move
from ..answers import Here, faults
from ..contract import (
    HISTORY_LIMIT,
    PAGE_LIMIT,
    ActionsAnswer,
    HistoryAnswer,
    MovesAnswer,
    Order,
    SortAnswer,
    SortBatchAnswer,
    SortBatchBody,
    SortBody,
    SortOutcome,
    UndoBody,
    VideosAnswer,
)
from ..workspace import Workspace

Limit = Annotated[int | None, Query(ge=1, le=PAGE_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=2000)]


def add_routes(router: APIRouter) -> None:
    """Add them."""
    router.get("/api/videos", response_model=VideosAnswer, responses=faults(400))(videos)
    router.post("/api/sort", responses=faults(400, 404, 409))(sort)
    router.post("/api/sort/batch")(sort_batch)
    router.post("/api/undo", responses=faults(404, 409))(undo)
    router.post("/api/redo", responses=faults(409))(redo)
    router.get("/api/history")(history)
    router.get("/api/history/actions")(actions)


def videos(
    here: Here, limit: Limit = None, cursor: Cursor = None, order: Order | None = None, folder: str | None = None
) -> Response:
    """All unsorted videos with their predictions, sorted by filename; with any parameter, a page of them."""
    if limit is cursor is order is folder is None:
        return Response(here.listing(), media_type="application/json")
    page = here.videos(limit or PAGE_LIMIT, cursor, order or "filename", folder)
    return Response(VideosAnswer.model_validate(page).model_dump_json(), media_type="application/json")


def sort(here: Here, body: SortBody) -> SortAnswer:
    """Move a video from the library's root into a folder; nothing is overwritten, ever."""
    library = here.library
    library.mover.sort(body.filename, body.folder)
    return SortAnswer(filename=body.filename, folder=body.folder, folders=library.folders())


def sort_batch(here: Here, body: SortBatchBody) -> SortBatchAnswer:
    """Sort many videos, each with its own outcome; one undo takes all back."""
    library = here.library
    outcomes = [
        SortOutcome(
            filename=outcome.filename,
            folder=outcome.folder,
            success=outcome.error is None,
            status=200 if outcome.error is None else outcome.error.status,
            detail=None if outcome.error is None else str(outcome.error),
        )
        for outcome in library.mover.sort_batch([(move.filename, move.folder) for move in body.moves])
    ]
    is_success = all(outcome.success for outcome in outcomes)
    return SortBatchAnswer(success=is_success, outcomes=outcomes, folders=library.folders())


def undo(here: Here, body: UndoBody | None = None) -> MovesAnswer:
    """Take back the last move or batch, or the move with this id, or what is left of this batch."""
    wanted = body or UndoBody()
    return _moved(here, here.library.mover.undo(wanted.id, batch=wanted.batch))


def redo(here: Here) -> MovesAnswer:
    """Do again what was undone last."""
    return _moved(here, here.library.mover.redo())


def history(here: Here, limit: Annotated[int, Query(ge=1, le=HISTORY_LIMIT)] = 50) -> HistoryAnswer:
    """The last moves, undone ones too, newest first."""
    return HistoryAnswer(moves=here.library.mover.history(limit))


def actions(here: Here, limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50) -> ActionsAnswer:
    """The same by action, a batch being one, with how many moves each has."""
    return ActionsAnswer(actions=here.library.mover.actions(limit))


def _moved(here: Workspace, moves: list[Move]) -> MovesAnswer:
    return MovesAnswer(moves=moves, folders=here.library.folders())
