"""Where the workers of a cluster find the videos: a folder that they share, or an address that fsspec reads."""

import logging
import os
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import VidsortError
from ...media.content import content_hash
from ..contents import is_gone, unreadable_reason
from ..workers import Answer, Request

log = logging.getLogger(__name__)


class Held(NamedTuple):
    """A video that a worker can open: the request as its child is to get it; None: the answer, as it cannot.

    copy: what was fetched of it.
    """

    request: Request | None
    answer: Answer
    copy: Path | None = None

    def let_go(self) -> None:
        """Remove what was fetched of it."""
        if self.copy is not None:
            self.copy.unlink(missing_ok=True)


class Place:
    """A library as this machine reaches it; its videos are named by their places in it, with slashes."""

    def __init__(self, base: str, folder: Path) -> None:
        """What is at an address is fetched into `folder`. Raises VidsortError where the address cannot be read here."""
        self._base = base
        self._folder = folder
        self._files: Any = None
        if "://" in base:
            self._files, self._base = _opened(base)

    def hold(self, request: Request) -> Held:
        """The video of a request at {"place"}, if it is the one that was meant: its size and content are its own.

        Not its time, which file systems and what shares them round each in their own way.
        """
        try:
            path = self._fetched(request["place"])
        except FileNotFoundError:
            return Held(None, {"gone": True})
        except Exception as error:  # noqa: BLE001  (each kind of storage raises errors of its own)
            log.warning("%s cannot be fetched from %s: %r", request["place"], self._base, error)
            return Held(None, _unread(request, f"it cannot be fetched ({error}): the next extraction tries it again"))
        copy = None if self._files is None else path
        try:
            facts = path.stat()
            if facts.st_size == request["stamp"][0] and content_hash(path).hex() == request["content"]:
                stamp = [facts.st_size, facts.st_mtime_ns]
                return Held({**request, "path": str(path), "stamp": stamp}, {}, copy)
            return Held(None, {"gone": True}, copy)
        except OSError as error:
            return Held(None, {"gone": True} if is_gone(error) else _unread(request, unreadable_reason(error)), copy)

    def _fetched(self, place: str) -> Path:
        if self._files is None:
            return Path(self._base, *place.split("/"))
        # Its ending goes with it: some readers ask for that.
        handle, name = tempfile.mkstemp(Path(place).suffix, dir=self._folder)
        os.close(handle)
        try:
            self._files.get_file(f"{self._base.rstrip('/')}/{place}", name)
        except BaseException:
            Path(name).unlink()
            raise
        return Path(name)


def is_here(request: Request) -> bool:
    """Whether a video still is where the machine that asks, this one, has listed it."""
    try:
        facts = Path(request["path"]).stat()
    except OSError:
        return False
    return [facts.st_size, facts.st_mtime_ns] == request["stamp"]


def _unread(request: Request, reason: str) -> Answer:
    return {"found": {modality: {"error": reason, "retry": True} for modality in request["wanted"]}}


def _opened(address: str) -> tuple[Any, str]:
    """What reads an address, and the path that it means there."""
    import fsspec

    try:
        return fsspec.core.url_to_fs(address)
    except Exception as error:
        # A package that is missing, a host that does not answer, a key that is refused: each has errors of its own.
        raise VidsortError(f"{address} cannot be opened ({error})") from error
