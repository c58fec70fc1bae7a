"""The answer from a file that is open already, so that moving it meanwhile changes nothing."""

from collections.abc import AsyncIterator
from typing import BinaryIO

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from .opened import Opened
from .reading import read, read_now
from .version import Plan

PIECE_BYTES = 256 * 1024


class ReadAnswer(Response):
    """An answer whose body, if any, has been read."""

    def __init__(self, plan: Plan, body: bytes = b"") -> None:
        # What Starlette does with headers and content takes longer than reading a part.
        self.status_code, self.raw_headers, self.body, self.background = plan.status, plan.headers, body, None


class FileAnswer(StreamingResponse):
    """An answer that is read while it is sent, at the pace of who asks, from a file of its own."""

    def __init__(self, plan: Plan, file: BinaryIO, begun: bytes) -> None:
        """`begun` is the beginning of the part, which has been read."""
        super().__init__(_pieces(file, plan, begun), plan.status)
        self.raw_headers = plan.headers
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it and close the file, however it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def file_answer(opened: Opened, scope: Scope) -> Response:
    """The answer to a request, GET or HEAD, which does not need `opened` any more; raises HTTPException 416."""
    # Of two of a name the first counts, as ever.
    asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
    plan = opened.version.plan(asked, opened.media_type)
    if plan.status == 304 or scope["method"] == "HEAD":
        return ReadAnswer(plan)
    begun = read_now(opened.file, plan.start, min(PIECE_BYTES, plan.length))
    return ReadAnswer(plan, begun) if len(begun) == plan.length else FileAnswer(plan, opened.again(), begun)


async def _pieces(file: BinaryIO, plan: Plan, begun: bytes) -> AsyncIterator[bytes]:
    if begun:
        yield begun
    at, end = plan.start + len(begun), plan.start + plan.length
    while at < end:
        piece = await read(file, at, min(PIECE_BYTES, end - at))
        if not piece:
            return
        at += len(piece)
        yield piece
