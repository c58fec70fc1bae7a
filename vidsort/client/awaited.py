"""The same for programs that await: the connection, and what takes more than one question."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anyio
from anyio import to_thread

from ..api import contract
from .asked import Request, refuse
from .changes import Changes
from .connection import DEFAULT_URL, TIMEOUT_S, headers, reached
from .following import PAGE, Pages, Patience, as_table
from .reads import Reads
from .streams import SILENCE_S, EventReader, new_file

if TYPE_CHECKING:
    import httpx
    import pandas as pd

T = TypeVar("T")


class AsyncConnection:
    """One server that is asked without holding up what else the program does; made like `Connection`."""

    def __init__(
        self, base_url: str = DEFAULT_URL, password: str | None = None, *, token: str | None = None,
        timeout_s: float = TIMEOUT_S, browser: str | None = None,
    ):
        """As for `Connection`; it is used in one event loop."""
        import httpx

        self._http = httpx.AsyncClient(base_url=base_url, headers=headers(password, token, browser), timeout=timeout_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def events(self) -> AsyncGenerator[contract.State | contract.Moved, None]:
        """What changes, as it happens, beginning with how things are; ends where the server ends or lets nobody in."""
        reader = EventReader()
        async with self._stream(method="GET", url="/api/events", timeout=SILENCE_S) as response:
            async for line in response.aiter_lines():
                event = reader.take(line)
                if event is not None:
                    yield event

    async def _answer(self, request: Request[T]) -> T:
        if request.target is None:
            with reached(self._http.base_url):
                response = await self._http.request(**request.sent())
            return request.answer(response)
        async with self._stream(**request.sent()) as response:
            with new_file(request.target) as file:
                async for piece in response.aiter_bytes():
                    await to_thread.run_sync(file.write, piece)
        return request.answer(response)

    @contextlib.asynccontextmanager
    async def _stream(self, **how: Any) -> "AsyncIterator[httpx.Response]":
        with reached(self._http.base_url):
            async with self._http.stream(**how) as response:
                if not response.is_success:
                    await response.aread()
                    refuse(response)
                yield response


class AsyncFollowing(Reads, Changes, AsyncConnection):
    """Methods made of others."""

    async def each_video(
        self, *, order: contract.Order | None = None, folder: str | None = None
    ) -> AsyncGenerator[contract.VideoEntry, None]:
        """Every unsorted video with its prediction, page by page; of those predicted in one `folder`, where given.

        What is sorted or comes meanwhile may be in it or not; none is in it twice.
        """
        pages = Pages()
        while not pages.is_over:
            for video in pages.take(await self.videos(order=order, folder=folder, limit=PAGE, cursor=pages.cursor)):
                yield video

    async def predictions(self) -> "pd.DataFrame":
        """The unsorted videos as a table: filename, predicted_folder (None without one), confidence."""
        videos = [video async for video in self.each_video()]
        # Importing pandas takes a while.
        return await to_thread.run_sync(as_table, videos)

    async def wait_for_retrain(self, *, timeout_s: float | None = None, every_s: float = 0.5) -> contract.RetrainStatus:
        """Wait until no retrain runs, and say how the last one ended; raises VidsortError when that takes longer."""
        patience = Patience(timeout_s)
        while (status := await self.retrain_status()).running:
            patience.require()
            await anyio.sleep(every_s)
        return status
