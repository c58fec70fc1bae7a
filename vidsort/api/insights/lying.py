"""What lies in a folder, page by page in the order that a person chose."""

import threading
from collections.abc import Mapping, Sequence

from ...errors import InvalidNameError
from ...library import folder_path
from ...library.names import check_folder_name
from ...pile.entries import entry
from ...shelves.arranged import NumbersOf, Shelves
from ...shelves.folder_orders import Need
from ...shelves.looks import Looks
from ..workspace import OpenLibrary, Workspace
from .misfiled import doubts


class Lying:
    """The folders of one workspace, kept in the orders that were asked for last; safe to use from many threads."""

    def __init__(self, here: Workspace) -> None:
        self._here = here
        self._shelves: tuple[OpenLibrary, Shelves] | None = None
        self._lock = threading.Lock()

    def videos(self, folder: str, order: str, limit: int, cursor: str | None) -> dict[str, object]:
        """A page of the records of what lies in a folder.

        Raises InvalidNameError for no folder and as `page` does, ArtifactError where what the order needs is damaged.
        """
        opened = self._here.library
        names = _names_in(opened, folder)
        shown = self._shelves_of(opened).page(folder, names, order, limit, cursor)
        return {
            "videos": [entry(name, None) | {"folder": folder} for name in shown.filenames],
            "total": len(names),
            "next_cursor": shown.next_cursor,
        }

    def _shelves_of(self, opened: OpenLibrary) -> Shelves:
        with self._lock:
            if self._shelves is None or self._shelves[0] is not opened:
                looks = Looks(opened.data_dir, self._here.database, opened.artifacts_dir)

                def doubts_of(folder: str, _: Sequence[str]) -> Mapping[str, float]:
                    return doubts(self._here, opened, folder)

                sources: Mapping[Need, NumbersOf] = {"distance": looks.distances, "doubt": doubts_of}
                self._shelves = (opened, Shelves(opened.data_dir, sources))
            return self._shelves[1]


def _names_in(opened: OpenLibrary, folder: str) -> Sequence[str]:
    check_folder_name(folder)
    found = opened.snapshot().folders.get(folder)
    if found is None:
        # Somebody may have made it only just now.
        folder_path(opened.data_dir, folder)
        opened.live.poll()
        found = opened.snapshot().folders.get(folder)
    if found is None:
        raise InvalidNameError(f"There is no folder {folder!r} in the library: make it first, or choose another.")
    return found
