"""Videos kept open for a moment, as a player asks for many parts of one: opening waits for the disk, in a thread.

What is kept is the same that would be opened now: a video that was written, moved or deleted since is opened anew, as
is every one after a change of the library that is known here. Of an older video that somebody else covers by one of
its name in a folder that comes first, parts are sent for as long as it is kept.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import NamedTuple, Self

from ...library.opened import HAS_DESCRIPTORS
from ...settings import Settings
from ..choice import OF_LIBRARY
from ..workspace import OpenLibrary
from .opened import Opened

KEPT_S = 1.0
MOST = 64


class View(NamedTuple):
    """What was known of a library when one of its videos was looked for: which it was, and its version then."""

    library: OpenLibrary
    version: int

    @classmethod
    def of(cls, library: OpenLibrary) -> Self:
        """What is known of it now."""
        return cls(library, library.live.version)

    def is_shown(self, settings: Settings) -> bool:
        """Whether it is the library of these settings still, and nothing in it has changed that is known here."""
        library = self.library
        is_chosen = all(getattr(library, name) == getattr(settings, name) for name in OF_LIBRARY)
        return is_chosen and self.version == library.live.version


class Kept:
    """Used by one event loop, between whose steps nothing is closed; keeps nothing before `keeping`."""

    def __init__(self, kept_s: float = KEPT_S) -> None:
        self._kept_s = kept_s
        self._open: dict[str, tuple[View, Opened]] = {}
        self._is_keeping = False

    @contextlib.contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep videos open while the block runs, where an open file can be moved all the same (not on Windows)."""
        self._is_keeping = HAS_DESCRIPTORS
        try:
            yield
        finally:
            self._is_keeping = False
            for filename in list(self._open):
                self._let_go(filename)

    def get(self, filename: str, settings: Settings) -> Opened | None:
        """The video, where it is open and still what would be opened; `settings` are those in force."""
        kept = self._open.get(filename)
        if kept is None:
            return None
        if kept[0].is_shown(settings) and kept[1].is_as_it_was():
            return kept[1]
        self._let_go(filename)
        return None

    def keep(self, filename: str, view: View, opened: Opened) -> None:
        """Keep this one for a moment, where there is room; `view` is from before it was opened."""
        if self._is_keeping and filename not in self._open and len(self._open) < MOST:
            opened.is_kept = True
            self._open[filename] = view, opened
            asyncio.get_running_loop().call_later(self._kept_s, self._let_go, filename, opened)

    def _let_go(self, filename: str, opened: Opened | None = None) -> None:
        kept = self._open.get(filename)
        # Another may be kept by this name since.
        if kept is not None and (opened is None or kept[1] is opened):
            del self._open[filename]
            kept[1].file.close()
