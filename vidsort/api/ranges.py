"""A file as an HTTP answer: whole or the part that a player seeks to, and 304 for what it has already."""

import email.utils
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ..errors import NotFoundError

PIECE_BYTES = 256 * 1024
# One part only: of several a server may send the whole, and players ask for one.
RANGE = re.compile(r"bytes=\s*(?:(\d{1,19})-(\d{0,19})|-(\d{1,19}))\s*")


class FileAnswer(StreamingResponse):
    """The answer from a file that is open already, so that moving the video meanwhile changes nothing."""

    def __init__(self, file: BinaryIO, start: int, length: int, status: int, headers: dict[str, str]) -> None:
        super().__init__(_pieces(file, start, length), status, headers, "video/mp4")
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it and close the file, however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()

    @classmethod
    def of(cls, path: Path, request: Request) -> Response:
        """The answer to this request (GET or HEAD); raises NotFoundError, and HTTPException 416."""
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise NotFoundError(f"The video {path.name} was moved just now: ask again.") from error
        facts = os.fstat(file.fileno())
        headers = {
            "accept-ranges": "bytes",
            "cache-control": "private, no-cache",
            "etag": f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"',
            "last-modified": email.utils.formatdate(facts.st_mtime, usegmt=True),
        }
        if is_known(request.headers, headers["etag"], headers["last-modified"]):
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
            return Response(status_code=206 if part else 200, headers=headers, media_type="video/mp4")
        return cls(file, start, length, 206 if part else 200, headers)


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
    except (ValueError, TypeError):
        return False


def _part(asked: Headers, own: dict[str, str], size: int) -> tuple[int, int] | None:
    """(start, length) of the part that is asked for, None for the whole; raises HTTPException 416."""
    match = RANGE.fullmatch(asked.get("range", ""))
    condition = asked.get("if-range")
    if match is None or (condition is not None and condition not in (own["etag"], own["last-modified"])):
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
