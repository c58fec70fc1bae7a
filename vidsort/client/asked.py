"""What a server is asked and how its answer is read, without asking: both clients send what is described here once."""

import functools
import inspect
import json
import types
import typing
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar, overload
from urllib.parse import quote

from pydantic import BaseModel

from ..api import contract
from ..errors import ConflictError, ForbiddenError, InvalidNameError, NotFoundError, VidsortError

if TYPE_CHECKING:
    import httpx

    from .awaited import AsyncConnection
    from .connection import Connection

# The API answers with the status of the error that was raised behind it; 422 is a body of the wrong shape.
ERRORS: dict[int, type[VidsortError]] = {
    400: InvalidNameError, 403: ForbiddenError, 404: NotFoundError, 409: ConflictError,
}

P = ParamSpec("P")
T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Request(Generic[T]):
    """One request; `read` makes the answer of a success, ValueError where that is no answer of a vidsort.

    wanted: what stands in the query, None where it is left out. target: where the bytes go that are answered.
    """

    read: "Callable[[httpx.Response], T]"
    method: str
    path: str
    body: BaseModel | None = None
    _: KW_ONLY
    wanted: Mapping[str, Any] = field(default_factory=dict)
    target: Path | None = None

    def sent(self) -> dict[str, Any]:
        """All of it as httpx takes it."""
        headers = {} if self.body is None else {"Content-Type": "application/json"}
        given = {name: value for name, value in self.wanted.items() if value is not None}
        return {"method": self.method, "url": self.path, "params": given, "content": self._content(),
                "headers": headers}

    def _content(self) -> bytes | None:
        # ASCII here, too, for a name that is no valid Unicode.
        if self.body is None:
            return None
        return json.dumps(self.body.model_dump(mode="json", by_alias=True)).encode("ascii")

    def answer(self, response: "httpx.Response") -> T:
        """What a server has answered; raises the error that its status stands for."""
        if not response.is_success:
            refuse(response)
        try:
            return self.read(response)
        except ValueError as error:
            raise VidsortError(
                f"What answers {self.method} {response.url} is no vidsort of this version: "
                "see that both are of the same version."
            ) from error


def request(
    answer: type[Model], method: str, path: str, body: BaseModel | None = None, *,
    wanted: Mapping[str, Any] | None = None,
) -> Request[Model]:
    """A request that is answered in JSON, with this model."""

    def read(response: "httpx.Response") -> Model:
        # By way of Python: a name that is no valid Unicode is valid JSON, which pydantic's own reader refuses.
        return answer.model_validate(response.json())

    return Request(read, method, path, body, wanted=wanted or {})


class Asked(Generic[P, T]):
    """A method of both clients, made of the function that describes its request: of the one it returns the answer,
    of the other it is awaited.
    """

    def __init__(self, describe: Callable[Concatenate[Any, P], Request[T]]) -> None:
        self._describe = describe
        # In time for `help`, the answer itself and not the request for it.
        self.__doc__, self.__name__ = describe.__doc__, describe.__name__

        @functools.wraps(describe)
        def ask(client: Any, *values: P.args, **named: P.kwargs) -> Any:
            return client._answer(describe(client, *values, **named))

        signature = inspect.signature(describe)
        (answer,) = typing.get_args(signature.return_annotation)
        ask.__signature__ = signature.replace(return_annotation=answer)  # type: ignore[attr-defined]
        self._ask = ask

    @overload
    def __get__(self, client: "Connection", owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, client: "AsyncConnection", owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, client: None, owner: type) -> Callable[..., Any]: ...
    def __get__(self, client: object, owner: type) -> Callable[..., Any]:
        """The method of a client, or its function."""
        return self._ask if client is None else types.MethodType(self._ask, client)


def part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


def refuse(response: "httpx.Response") -> NoReturn:
    """Raise the error that an answer stands for, whose body was read."""
    raise ERRORS.get(response.status_code, VidsortError)(_sentence(response))


def _sentence(response: "httpx.Response") -> str:
    """What the server says is wrong."""
    try:
        return str(contract.Fault.model_validate(json.loads(response.content)).detail)
    except ValueError:
        return f"The server answered {response.status_code} {response.reason_phrase} to {response.request.url.path}."
