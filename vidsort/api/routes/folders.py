"""Category folders: list, make, rename, merge, remove, and look into one."""

from typing import Annotated

from fastapi import Depends, Request

from ...shelves.folder_orders import FIRST_FOLDER_ORDER
from ..answers import Here, faults
from ..contract import (
    PAGE_LIMIT,
    Cursor,
    FolderName,
    FolderOrder,
    FoldersAnswer,
    FolderVideosAnswer,
    Limit,
    MergeBody,
    MovesAnswer,
    NameBody,
)
from ..insights.lying import Lying
from ..turns import moving
from .moves import moved
from .subject import Subject

router = Subject("Folders", moves=True)


async def _lying(request: Request) -> Lying:
    return request.app.state.lying


@router.get("/api/folders", summary="List the folders")
def folders(here: Here) -> FoldersAnswer:
    """The category folders with their counts, sorted by name."""
    return FoldersAnswer(folders=here.library.snapshot().counts())


@router.post("/api/folders", summary="Make a folder", status_code=201, responses=faults(400, 404, 409, 422))
@moving
def create(here: Here, body: NameBody) -> FoldersAnswer:
    """Make a category folder."""
    library = here.library
    library.mover.create_folder(body.name)
    return FoldersAnswer(folders=library.folders())


@router.patch("/api/folders/{name}", summary="Rename a folder", responses=faults(400, 404, 409, 422))
@moving
def rename(here: Here, name: FolderName, body: NameBody) -> MovesAnswer:
    """Rename a category folder; undo takes it back."""
    return moved(here, here.library.mover.rename_folder(name, body.name))


@router.post("/api/folders/{name}/merge", summary="Merge a folder into another", responses=faults(400, 404, 409, 422))
@moving
def merge(here: Here, name: FolderName, body: MergeBody) -> MovesAnswer:
    """Move all videos of a folder into another and remove it; undo brings it back.

    Where it holds anything else, `folder.txt` say, it stays with that, and `told` says so.
    """
    told: list[str] = []
    return moved(here, here.library.mover.merge_folder(name, body.into, tell=told.append), told)


@router.delete("/api/folders/{name}", summary="Remove an empty folder", responses=faults(400, 404, 409, 422))
@moving
def remove(here: Here, name: FolderName) -> MovesAnswer:
    """Remove a folder in which nothing is, hidden files included; undo brings it back."""
    return moved(here, here.library.mover.remove_folder(name))


# A bad name with a slash is told so, and not taken for another route.
@router.get("/api/folders/{name:rest}/videos", summary="List what lies in a folder", responses=faults(400, 409, 422))
def videos(
    lying: Annotated[Lying, Depends(_lying)],
    name: FolderName,
    order: FolderOrder = FIRST_FOLDER_ORDER,
    limit: Limit = PAGE_LIMIT,
    cursor: Cursor | None = None,
) -> FolderVideosAnswer:
    """A page of what lies in a folder: by filename, newest first, least like the rest first, likely misfiled first.

    `unlike` goes by what extraction has stored, and `misfiled` by what the model in force said of each video while it
    was left out; those of which nothing is known come last.
    """
    return FolderVideosAnswer.model_validate(lying.videos(name, order, limit, cursor))
