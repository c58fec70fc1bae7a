"""Videos for playback, their posters and strips."""

import contextlib
import hashlib
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from ...errors import NotFoundError
from ...library.names import CONTENT_TYPES, content_type
from ...library.opened import OpenVideo, open_video
from ...media.pictures import Kind
from ..answers import Here, faults
from ..contract import Fault, Filename, Preparing
from ..sending import Kept, Opened, View, file_answer, is_known
from ..turns import picturing
from ..workspace import Workspace
from .subject import Subject, bare

Responses = dict[int | str, dict[str, Any]]
UNDECODABLE: Responses = {422: {"model": Fault, "description": "The video cannot be decoded"}}
WEBP: Responses = {
    200: {"content": {"image/webp": {}}},
    304: {"description": "What the browser has is still right"},
}
PICTURE = WEBP | faults(400, 404) | UNDECODABLE
VIDEO_TYPES: dict[str, dict[str, object]] = {media_type: {} for media_type in CONTENT_TYPES.values()}
VIDEO: Responses = {
    200: {"content": VIDEO_TYPES},
    206: {"content": VIDEO_TYPES, "description": "The part that the Range header asks for"},
    304: {"description": "What the browser has is still right"},
}
PREPARING: Responses = {202: {"model": Preparing}}
PLAYED_EVERYWHERE = "video/mp4"
# How a Matroska file begins, of which WebM is a kind (RFC 8794).
EBML = b"\x1aE\xdf\xa3"
CACHED = "private, max-age=60"
# So often is a video looked for again that is moved just when it should be opened.
TIMES_MOVED = 5

router = Subject("Files")


@router.get(
    "/videos/{filename:rest}", summary="A video file",
    responses=VIDEO | faults(400, 404, 416, 422), response_class=Response,
)
@bare
async def video(here: Here, request: Request, filename: Filename) -> Response:
    """The video, looked for in the root first, then in the folders; Range and conditional requests are answered."""
    kept: Kept = request.app.state.kept
    opened = kept.get(filename, here.settings)
    if opened is not None:
        return _answer(opened, request)
    view, found = await run_in_threadpool(_look_for, here, filename)
    kept.keep(filename, view, found)
    return _answer(found, request)


@router.get(
    "/playable/{filename:rest}", summary="A video as any browser plays it",
    responses=VIDEO | PREPARING | faults(400, 404, 416) | UNDECODABLE,
    response_class=Response,
)
@picturing
def playable(here: Here, request: Request, filename: Filename) -> Response:
    """The video as any browser plays it: itself, or an H.264 copy; 202 while that is being made."""
    with _open(here, filename).as_path() as path:
        copy, share = here.copies.get(path, filename, lambda: _open(here, filename).as_path()), here.copies.share(path)
    if copy == path:
        file = _open(here, filename).file
        # What is in it counts here, as some browsers refuse by the type what they could play.
        media_type = "video/webm" if file.read(len(EBML)) == EBML else PLAYED_EVERYWHERE
        return _answer(Opened(file, media_type), request)
    if copy is not None:
        with contextlib.suppress(FileNotFoundError):  # it may be deleted at any time
            return _answer(Opened(copy.open("rb"), PLAYED_EVERYWHERE), request)
    return JSONResponse(Preparing(done=share).model_dump(), 202, {"retry-after": "1"})


@router.get(
    "/posters/{filename:rest}.webp", summary="A still picture of a video",
    responses=PICTURE, response_class=Response,
)
@picturing
def poster(here: Here, request: Request, filename: Filename) -> Response:
    """A still picture of the video."""
    return _picture(here, request, filename, "poster")


@router.get(
    "/strips/{filename:rest}.webp", summary="Six pictures of a video",
    responses=PICTURE, response_class=Response,
)
@picturing
def strip(here: Here, request: Request, filename: Filename) -> Response:
    """Six frames of the video side by side."""
    return _picture(here, request, filename, "strip")


def _open(here: Here, filename: str) -> OpenVideo:
    """The video, wherever it is now, without following links; raises InvalidNameError and NotFoundError."""
    for _ in range(TIMES_MOVED):
        with contextlib.suppress(FileNotFoundError):
            return open_video(here.library.data_dir, here.library.live.find(filename))
    raise NotFoundError(f"The video {filename} was moved just now: ask again.")


def _look_for(here: Workspace, filename: str) -> tuple[View, Opened]:
    """The same with its facts, and what was known of the library before it was looked for."""
    view = View.of(here.library)
    return view, Opened(_open(here, filename).file, content_type(filename))


def _answer(opened: Opened, request: Request) -> Response:
    """The answer from it, after which it is closed unless it is kept; raises HTTPException 416."""
    try:
        return file_answer(opened, request.scope)
    finally:
        opened.done()


def _picture(here: Here, request: Request, filename: str, kind: Kind) -> Response:
    here.library.looking.step_back()
    with _open(here, filename).as_path() as path:
        data = here.pictures.get(path, kind)
    headers = {"etag": f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"', "cache-control": CACHED}
    if is_known(request.headers, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type="image/webp")
