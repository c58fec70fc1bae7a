"""Category folders: list, make, rename, merge."""

from ..answers import Here, faults
from ..contract import FolderName, FoldersAnswer, MergeBody, MovesAnswer, NameBody
from ..turns import moving
from .moves import moved
from .subject import Subject

router = Subject("Folders")


@router.get("/api/folders")
def folders(here: Here) -> FoldersAnswer:
    """The category folders with their counts, sorted by name."""
    return FoldersAnswer(folders=here.library.snapshot().counts())


@router.post("/api/folders", status_code=201, responses=faults(400, 404, 409, 422))
@moving
def create(here: Here, body: NameBody) -> FoldersAnswer:
    """Make a category folder."""
    library = here.library
    library.mover.create_folder(body.name)
    return FoldersAnswer(folders=library.folders())


@router.patch("/api/folders/{name}", responses=faults(400, 404, 409, 422))
@moving
def rename(here: Here, name: FolderName, body: NameBody) -> MovesAnswer:
    """Rename a category folder; undo takes it back."""
    return moved(here, here.library.mover.rename_folder(name, body.name))


@router.post("/api/folders/{name}/merge", responses=faults(400, 404, 409, 422))
@moving
def merge(here: Here, name: FolderName, body: MergeBody) -> MovesAnswer:
    """Move all videos of a folder into another and remove it; undo brings it back.

    Where it holds anything else, `folder.txt` say, it stays with that, and `told` says so.
    """
    told: list[str] = []
    return moved(here, here.library.mover.merge_folder(name, body.into, tell=told.append), told)
