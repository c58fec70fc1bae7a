"""Videos for playback, their posters and strips."""

import contextlib
import email.utils
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ...errors import NotFoundError
from ...library.names import CONTENT_TYPES, content_type
from ...library.opened import OpenVideo, open_video
from ...media.pictures import Kind
from ..answers import Here, faults
from ..contract import Fault, Filename, Preparing
from ..turns import picturing
from .subject import Subject

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
def video(here: Here, request: Request, filename: Filename) -> Response:
    """The video, looked for in the root first, then in the folders; Range and conditional requests are answered."""
    return FileAnswer.of(_open(here, filename).file, request, content_type(filename))


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
        return FileAnswer.of(file, request, "video/webm" if file.read(len(EBML)) == EBML else PLAYED_EVERYWHERE)
    if copy is not None:
        with contextlib.suppress(FileNotFoundError):  # it may be deleted at any time
            return FileAnswer.of(copy.open("rb"), request)
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


def _picture(here: Here, request: Request, filename: str, kind: Kind) -> Response:
    here.library.looking.step_back()
    with _open(here, filename).as_path() as path:
        data = here.pictures.get(path, kind)
    headers = {"etag": f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"', "cache-control": CACHED}
    if is_known(request.headers, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type="image/webp")


PIECE_BYTES = 256 * 1024
# One part only: of several a server may send the whole, and players ask for one.
RANGE = re.compile(r"bytes=\s*(?:(\d{1,19})-(\d{0,19})|-(\d{1,19}))\s*")


class FileAnswer(StreamingResponse):
    """The answer from a file that is open already, so that moving the video meanwhile changes nothing."""

    def __init__(
        self, file: BinaryIO, start: int, length: int, status: int, headers: dict[str, str], media_type: str
    ) -> None:
        super().__init__(_pieces(file, start, length), status, headers, media_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it and close the file, however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()

    @classmethod
    def of(cls, file: BinaryIO, request: Request, media_type: str = PLAYED_EVERYWHERE) -> Response:
        """The answer to this request (GET or HEAD), after which the file is closed; raises HTTPException 416."""
        facts = os.fstat(file.fileno())
        headers = {
            "accept-ranges": "bytes",
            "cache-control": "private, no-cache",
            "etag": f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"',
        }
        last_modified = http_date(facts.st_mtime)
        if last_modified is not None:
            headers["last-modified"] = last_modified
        if is_known(request.headers, headers["etag"], last_modified):
            file.close()
            return Response(status_code=304, headers=headers)
        try:
            part = _part(request.headers, headers, facts.st_size)
        except HTTPException:
            file.close()
            raise
        start, length = part or (0, facts.st_size)
        headers["content-length"] = str(length)
        if part:
            headers["content-range"] = f"bytes {start}-{start + length - 1}/{facts.st_size}"
        if request.method == "HEAD":
            file.close()
            return Response(status_code=206 if part else 200, headers=headers, media_type=media_type)
        return cls(file, start, length, 206 if part else 200, headers, media_type)


def http_date(at_s: float) -> str | None:
    """The time for a header; None for one that is yet to come, or that no header can say (outside the years 1 to 9999).

    RFC 9110, 8.8.2.1: a server must not say that anything was modified later than now.
    """
    try:
        return email.utils.formatdate(at_s, usegmt=True) if at_s <= time.time() else None
    except (ValueError, OverflowError, OSError):
        return None


def is_known(headers: Headers, etag: str, last_modified: str | None = None) -> bool:
    """Whether the client has this version already (If-None-Match, else If-Modified-Since)."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    since = headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        return email.utils.parsedate_to_datetime(last_modified) <= email.utils.parsedate_to_datetime(since)
    except (ValueError, TypeError, OverflowError):
        return False


def _part(asked: Headers, own: dict[str, str], size: int) -> tuple[int, int] | None:
    """(start, length) of the part that is asked for, None for the whole; raises HTTPException 416."""
    match = RANGE.fullmatch(asked.get("range", ""))
    condition = asked.get("if-range")
    if match is None or (condition is not None and condition not in (own["etag"], own.get("last-modified"))):
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise HTTPException(
            416, f"The video has {size} bytes: ask for a part of these.", {"content-range": f"bytes */{size}"}
        )
    return start, end - start


async def _pieces(file: BinaryIO, start: int, length: int) -> AsyncIterator[bytes]:
    await run_in_threadpool(file.seek, start)
    while length > 0:
        piece = await run_in_threadpool(file.read, min(PIECE_BYTES, length))
        if not piece:
            return
        length -= len(piece)
        yield piece
