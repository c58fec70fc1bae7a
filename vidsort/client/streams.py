"""What a server gives piece by piece: videos, pictures, events."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api import contract
from ..errors import ConflictError, VidsortError
from .connection import Connection, part

if TYPE_CHECKING:
    import httpx

EVENTS: dict[str, type[contract.State | contract.Moved]] = {"state": contract.State, "moved": contract.Moved}
# A stream says something every 15 s, if only that it lives.
SILENCE_S = 60.0


class Streams(Connection):
    """The methods that are answered with bytes, or for as long as somebody listens."""

    def download(self, filename: str, target: str | os.PathLike[str]) -> Path:
        """Save a video, as it lies in the library, under a path that is not there yet; ConflictError where it is."""
        return self._save("GET", f"/videos/{part(filename)}", Path(target))

    def download_playable(self, filename: str, target: str | os.PathLike[str]) -> Path:
        """Save a copy of a video that browsers can play, made where none is there yet; as `download` does."""
        return self._save("GET", f"/playable/{part(filename)}", Path(target))

    def poster(self, filename: str) -> bytes:
        """One picture of a video, as WebP."""
        return self._bytes("GET", f"/posters/{part(filename)}.webp")

    def strip(self, filename: str) -> bytes:
        """Six pictures of a video side by side, as WebP."""
        return self._bytes("GET", f"/strips/{part(filename)}.webp")

    def metrics(self) -> str:
        """What Prometheus reads, as text."""
        return self._bytes("GET", "/metrics").decode()

    def events(self) -> Iterator[contract.State | contract.Moved]:
        """What changes, as it happens, beginning with how things are; ends where the server ends or lets nobody in."""
        name, data = "", list[str]()
        with self._stream("GET", "/api/events", timeout=SILENCE_S) as response:
            for line in response.iter_lines():
                field, _, value = line.partition(":")
                if field == "event":
                    name = value.strip()
                elif field == "data":
                    data.append(value.removeprefix(" "))
                elif not line and data:
                    if name in EVENTS:
                        yield EVENTS[name].model_validate_json("\n".join(data))
                    name, data = "", []

    def _bytes(self, method: str, path: str) -> bytes:
        with self._stream(method, path) as response:
            return response.read()

    def _save(self, method: str, path: str, target: Path) -> Path:
        try:
            with self._stream(method, path) as response, target.open("xb") as file:
                try:
                    for piece in response.iter_bytes():
                        file.write(piece)
                except BaseException:
                    # Half a video must not be taken for one.
                    target.unlink()
                    raise
        except FileExistsError as error:
            raise ConflictError(f"{target} is there already: choose another path, or remove that first.") from error
        except OSError as error:
            raise VidsortError(f"{target} cannot be written ({error}): choose another path.") from error
        return target

    @contextmanager
    def _stream(self, method: str, path: str, **how: Any) -> "Iterator[httpx.Response]":
        with self._reached(), self._http.stream(method, path, **how) as response:
            if not response.is_success:
                response.read()
                self._refuse(response)
            yield response
