"""What a server gives as bytes, or piece by piece: videos, pictures, events."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..api import contract
from ..api.contract.events import DATA_OF
from ..errors import ConflictError, VidsortError
from .asked import Asked, Request, part

# A stream says something every 15 s, if only that it lives.
SILENCE_S = 60.0


class Streams:
    """The methods that are answered with bytes."""

    @Asked
    def download(self, filename: str, target: str | os.PathLike[str]) -> Request[Path]:
        """Save a video, as it lies in the library, under a path that is not there yet; ConflictError where it is."""
        return _saved("GET", f"/videos/{part(filename)}", Path(target))

    @Asked
    def download_playable(self, filename: str, target: str | os.PathLike[str]) -> Request[Path]:
        """Save a copy of a video that browsers can play, made where none is there yet; as `download` does."""
        return _saved("GET", f"/playable/{part(filename)}", Path(target))

    @Asked
    def poster(self, filename: str) -> Request[bytes]:
        """One picture of a video, as WebP."""
        return Request(lambda response: response.content, "GET", f"/posters/{part(filename)}.webp")

    @Asked
    def strip(self, filename: str) -> Request[bytes]:
        """Six pictures of a video side by side, as WebP."""
        return Request(lambda response: response.content, "GET", f"/strips/{part(filename)}.webp")

    @Asked
    def metrics(self) -> Request[str]:
        """What Prometheus reads, as text."""
        return Request(lambda response: response.text, "GET", "/metrics")


class EventReader:
    """The lines of a stream, read one by one."""

    def __init__(self) -> None:
        self._name, self._data = "", list[str]()

    def take(self, line: str) -> contract.State | contract.Moved | None:
        """The event that ends with this line; None where none does, or one of a name that is not known here."""
        name, _, value = line.partition(":")
        if name == "event":
            self._name = value.strip()
        elif name == "data":
            self._data.append(value.removeprefix(" "))
        elif not line and self._data:
            kind, data = DATA_OF.get(self._name), "\n".join(self._data)
            self._name, self._data = "", []
            if kind is not None:
                # By way of Python, for a name that is no valid Unicode.
                return kind.model_validate(json.loads(data))
        return None


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """A file that was not there, and goes again where the block fails; ConflictError where it was."""
    try:
        file = target.open("xb")
        try:
            # Closed within, as that writes what is left and may fail, too.
            with file:
                yield file
        except BaseException:
            # Half a video must not be taken for one.
            target.unlink()
            raise
    except FileExistsError as error:
        raise ConflictError(f"{target} is there already: choose another path, or remove that first.") from error
    except OSError as error:
        raise VidsortError(f"{target} cannot be written ({error}): choose another path.") from error


def _saved(method: str, path: str, target: Path) -> Request[Path]:
    return Request(lambda _: target, method, path, target=target)
