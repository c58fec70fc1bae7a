"""Which folder is the library, and whether the server is well."""

from fastapi import Query
from starlette.responses import JSONResponse, Response

from ... import library as on_disk
from ...errors import ArtifactError, NotFoundError, VideoDecodeError
from ...library.names import check_new_folder_name
from ..answers import Here, faults
from ..choice import folder_at
from ..contract import Fault, Health, LibraryAnswer, LibraryBody, LibraryPreview, NamesBody, NotLearnedBody
from ..workspace import Workspace
from .subject import Subject

router = Subject("Library and health")


@router.get("/api/library", summary="The library in use")
def library(here: Here) -> LibraryAnswer:
    """The library in use and what is in it."""
    return _library(here)


@router.get("/api/library/preview", summary="Look at a folder before choosing it", responses=faults(422))
def preview(here: Here, path: str = Query(max_length=4096)) -> LibraryPreview:
    """What a folder would be as the library; nothing is changed."""
    folder = folder_at(path)
    try:
        found = on_disk.look_around(folder, here.settings.video_names) if folder else None
    except NotFoundError:
        found = None
    if found is None:
        return LibraryPreview(path=path, exists=False, unsorted=0, folders=[], left_out=[])
    snapshot, left_out = found
    return LibraryPreview(
        path=str(folder), exists=True, unsorted=len(snapshot.unsorted), folders=snapshot.counts(), left_out=left_out
    )


@router.post("/api/library", summary="Choose the library", responses=faults(400, 409, 422))
def choose(here: Here, body: LibraryBody) -> LibraryAnswer:
    """Make a folder the library, for this server and the command line: it is written into vidsort.toml."""
    here.choose(body.path)
    return _library(here)


@router.put("/api/library/names", summary="Decide which names are videos", responses=faults(409, 422))
def choose_names(here: Here, body: NamesBody) -> LibraryAnswer:
    """Decide which names are videos, for this server and the command line: it is written into vidsort.toml."""
    here.choice.choose_names(body.video_names)
    return _library(here)


@router.put(
    "/api/library/not-learned", summary="Decide which folders are not learned from",
    responses=faults(400, 409, 422),
)
def choose_not_learned(here: Here, body: NotLearnedBody) -> LibraryAnswer:
    """Decide which folders are never learned from, in vidsort.toml; names of which there is no folder here stay."""
    for name in body.folders:
        check_new_folder_name(name)
    there = here.library.live.folder_names()
    absent = [name for name in here.settings.not_learned if name not in there and name not in body.folders]
    here.choice.choose_not_learned([*absent, *body.folders])
    return _library(here)


@router.get("/healthz", summary="Whether the server lives")
async def healthz() -> Health:
    """The server lives; answered without a thread, so that it is also when all of them are busy."""
    return Health(status="ok")


@router.get(
    "/readyz", summary="Whether the server can work", response_model=Health,
    responses={503: {"model": Health | Fault, "description": "It cannot work, or who may come in cannot be seen"}},
)
def readyz(here: Here) -> Response:
    """Whether the server can do its work: 503 with the reason while the library, or any video, cannot be read."""
    try:
        opened = here.look_after()
        detail = opened.why_away()
        here.pictures.try_out()
    except ArtifactError as error:
        return JSONResponse(Health(status="not_ready", detail=str(error)).model_dump(), 503)
    except (VideoDecodeError, OSError) as error:
        detail = f"No video can be decoded on this machine ({error}): free memory, or install vidsort anew."
    if not opened.live.exists:
        detail = f"The library {opened.data_dir} cannot be read: choose another with --data-dir, or make it readable."
    if detail is None:
        return JSONResponse(Health(status="ok").model_dump())
    return JSONResponse(Health(status="not_ready", detail=detail).model_dump(), 503)


def _library(here: Workspace) -> LibraryAnswer:
    opened = here.look_after()
    snapshot = opened.snapshot()
    return LibraryAnswer(
        data_dir=str(opened.data_dir),
        exists=opened.live.exists,
        away=opened.why_away(),
        unsorted=len(snapshot.unsorted),
        folders=snapshot.counts(),
        heirs=opened.heirs(),
        can_choose=here.choice.can_choose,
        decided_by=here.choice.origin.kind,
        reason=here.choice.reason,
        video_names=opened.video_names,
        reason_of_names=here.choice.reason_of_names,
        left_out=opened.left_out(),
        reason_of_not_learned=here.choice.reason_of_not_learned,
        not_learned=[name for name in sorted(snapshot.folders) if not on_disk.is_learned(name, opened.not_learned)],
    )
