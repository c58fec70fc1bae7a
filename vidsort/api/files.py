"""Videos for playback, their posters and strips."""

import hashlib

from fastapi import APIRouter, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import JSONResponse, Response

from .. import pictures
from ..contract import Preparing
from ..names import check_filename
from .answers import Here, faults
from .ranges import FileAnswer, is_known

WEBP = {200: {"content": {"image/webp": {}}}}
MP4 = {
    200: {"content": {"video/mp4": {}}},
    206: {"content": {"video/mp4": {}}, "description": "The part that the Range header asks for"},
    304: {"description": "What the browser has is still right"},
}
CACHED = "private, max-age=60"


class _Rest(Convertor[str]):
    """The rest of a path, slashes and line ends included, so that a bad filename is told so and not cut."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def add_routes(router: APIRouter) -> None:
    """Add them."""
    register_url_convertor("rest", _Rest())
    kinds = {"response_class": Response}
    router.get("/videos/{filename:rest}", responses=MP4 | faults(400, 404, 416), **kinds)(video)
    preparing = {202: {"model": Preparing}}
    router.get("/playable/{filename:rest}", responses=MP4 | preparing | faults(400, 404, 416, 422), **kinds)(playable)
    router.get("/posters/{filename:rest}.webp", responses=WEBP | faults(400, 404, 422), **kinds)(poster)
    router.get("/strips/{filename:rest}.webp", responses=WEBP | faults(400, 404, 422), **kinds)(strip)


def video(here: Here, request: Request, filename: str) -> Response:
    """The video, looked for in the root first, then in the folders; Range and conditional requests are answered."""
    return FileAnswer.of(here.library.live.find(filename), request)


def playable(here: Here, request: Request, filename: str) -> Response:
    """The video as any browser plays it: itself, or an H.264 copy; 202 while that is being made."""
    path = here.library.live.find(filename)
    copy = here.copies.get(path)
    if copy is None:
        return JSONResponse(Preparing(done=here.copies.share(path)).model_dump(), 202, {"retry-after": "1"})
    return FileAnswer.of(copy, request)


def poster(here: Here, request: Request, filename: str) -> Response:
    """A still picture of the video."""
    check_filename(filename)
    return _picture(request, pictures.poster(here.artifacts_dir, here.library.live.find(filename)))


def strip(here: Here, request: Request, filename: str) -> Response:
    """Six frames of the video side by side."""
    check_filename(filename)
    return _picture(request, pictures.strip(here.artifacts_dir, here.library.live.find(filename)))


def _picture(request: Request, data: bytes) -> Response:
    headers = {"etag": f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"', "cache-control": CACHED}
    if is_known(request.headers, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type="image/webp")
