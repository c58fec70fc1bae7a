"""What asks one server: the connection, and how its answers and its errors are read."""

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from ..api import contract
from ..errors import ConflictError, ForbiddenError, InvalidNameError, NotFoundError, VidsortError

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_S = 30.0
# The API answers with the status of the error that was raised behind it; 422 is a body of the wrong shape.
ERRORS: dict[int, type[VidsortError]] = {
    400: InvalidNameError, 403: ForbiddenError, 404: NotFoundError, 409: ConflictError,
}

Answer = TypeVar("Answer", bound=BaseModel)


class Connection:
    """One server that is asked; what is asked stands in the classes made of this one."""

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

        if token and password:
            raise TypeError("A server is asked by a token or by its password: give one of them.")
        headers = {"Authorization": f"Bearer {token or password}"} if token or password else {}
        headers |= {contract.BROWSER_HEADER: browser} if browser else {}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(
        self,
        answer: type[Answer],
        method: str,
        path: str,
        body: BaseModel | None = None,
        *,
        wanted: dict[str, Any] | None = None,
    ) -> Answer:
        given = {name: value for name, value in (wanted or {}).items() if value is not None}
        # ASCII here, too, for a name that is no valid Unicode.
        content = None if body is None else json.dumps(body.model_dump(mode="json", by_alias=True)).encode("ascii")
        headers = {} if body is None else {"Content-Type": "application/json"}
        with self._reached():
            response = self._http.request(method, path, params=given, content=content, headers=headers)
        if not response.is_success:
            self._refuse(response)
        try:
            # By way of Python: a name that is no valid Unicode is valid JSON, which pydantic's own reader refuses.
            return answer.model_validate(response.json())
        except ValueError as error:
            raise VidsortError(
                f"What answers {method} {path} at {self._http.base_url} is no vidsort of this version: "
                "see that both are of the same version."
            ) from error

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        """Where no server answers, that is the error."""
        import httpx

        try:
            yield
        except httpx.TransportError as error:
            raise VidsortError(
                f"No vidsort answers at {self._http.base_url} ({error}): start it with `vidsort serve`."
            ) from error

    def _refuse(self, response: "httpx.Response") -> NoReturn:
        raise ERRORS.get(response.status_code, VidsortError)(_sentence(response))


def part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


def _sentence(response: "httpx.Response") -> str:
    """What the server says is wrong."""
    try:
        return str(contract.Fault.model_validate_json(response.content).detail)
    except ValidationError:
        return f"The server answered {response.status_code} {response.reason_phrase} to {response.request.url.path}."
