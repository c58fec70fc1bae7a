"""What asks one server and waits for the answer: the connection."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..api import contract
from ..errors import VidsortError
from .asked import Request, refuse
from .streams import SILENCE_S, EventReader, new_file

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_S = 30.0

T = TypeVar("T")


class Connection:
    """One server that is asked; what it is asked stands in the classes beside this one."""

    def __init__(
        self, base_url: str = DEFAULT_URL, password: str | None = None, *, token: str | None = None,
        timeout_s: float = TIMEOUT_S, browser: str | None = None,
    ):
        """`token` is what `vidsort users token` made, where the server has accounts, `password` the one of the server.

        No connection is made before the first call; TypeError for both.

        `browser` is any id by which this caller is told from others: the history has it, and cards that others show are
        not in `queue`.
        """
        import httpx

        self._http = httpx.Client(base_url=base_url, headers=headers(password, token, browser), timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def events(self) -> Iterator[contract.State | contract.Moved]:
        """What changes, as it happens, beginning with how things are; ends where the server ends or lets nobody in."""
        reader = EventReader()
        with self._stream(method="GET", url="/api/events", timeout=SILENCE_S) as response:
            for line in response.iter_lines():
                event = reader.take(line)
                if event is not None:
                    yield event

    def _answer(self, request: Request[T]) -> T:
        if request.target is None:
            with reached(self._http.base_url):
                response = self._http.request(**request.sent())
            return request.answer(response)
        with self._stream(**request.sent()) as response, new_file(request.target) as file:
            for piece in response.iter_bytes():
                file.write(piece)
        return request.answer(response)

    @contextlib.contextmanager
    def _stream(self, **how: Any) -> "Iterator[httpx.Response]":
        with reached(self._http.base_url), self._http.stream(**how) as response:
            if not response.is_success:
                response.read()
                refuse(response)
            yield response


def headers(password: str | None, token: str | None, browser: str | None) -> dict[str, str]:
    """What goes with every request; raises TypeError where it is not plain who asks."""
    if token and password:
        raise TypeError("A server is asked by a token or by its password: give one of them.")
    found = {"Authorization": f"Bearer {token or password}"} if token or password else {}
    return found | ({contract.BROWSER_HEADER: browser} if browser else {})


@contextlib.contextmanager
def reached(base_url: object) -> Iterator[None]:
    """Where no server answers, that is the error."""
    import httpx

    try:
        yield
    except httpx.TransportError as error:
        raise VidsortError(f"No vidsort answers at {base_url} ({error}): start it with `vidsort serve`.") from error
