"""What the commands ask: the functions behind the routes, without a server, and safely beside one.

A command that has a route answers by that route's own function, so that both do the same and say the same.
"""

import argparse
import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..desk.opened import opened as without_server
from ..errors import SettingsError
from ..jobs.program import settings_from_flags
from ..library import require_library
from ..steps import misfit

if TYPE_CHECKING:
    from ..api.workspace import Workspace

B = TypeVar("B", bound=BaseModel)


@contextlib.contextmanager
def opened(flags: argparse.Namespace, *, is_needed: bool = True) -> "Iterator[Workspace]":
    """What the routes ask, of the library in these flags' settings; locks and journal are those of every server.

    Raises NotFoundError where there is no library and it `is_needed`.
    """
    settings = settings_from_flags(flags)
    if is_needed:
        require_library(settings.data_dir)
    with without_server(settings) as here:
        yield here


def answered(route: Callable[..., Any], *values: object, **named: object) -> Any:
    """What a route answers; raises as it does."""
    asked = functools.partial(route, *values, **named)
    if not inspect.iscoroutinefunction(route):
        return asked()
    import anyio

    return anyio.run(asked)


def body(kind: type[B], **values: object) -> B:
    """A body as the API takes it; raises SettingsError for what it would not."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        name, value, why = misfit(error)
        raise SettingsError(f"{name or 'what was given'} ({value}) does not fit: {why}.") from error


def at_least_one(text: str) -> int:
    """For argparse: a whole number from 1 on, of no more digits than SQLite takes."""
    if not text.isdecimal() or len(text) > 9 or not int(text):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from 1 on")
    return int(text)


def add_limit(parser: argparse.ArgumentParser, what: str, default: int | None) -> None:
    """Add `--limit`."""
    shown = "all of them, where nothing is said" if default is None else f"default {default}"
    parser.add_argument("--limit", type=at_least_one, default=default, metavar="N", help=f"so many {what} ({shown})")
