"""Which files go along with a video: known from the library in memory, else from one listing of its folder.

A sidecar that belongs to several videos of one folder stays until the last of them leaves, and goes with that one; so
it goes with the last one, too, where all of them leave in one action. What is moved back takes along what it had taken,
whoever else that belongs to, so that undo leaves what was there before; and what has come beside it alone since.
"""

import errno
import stat
from collections.abc import Sequence

from ...records import VideoNames
from ...store.journal import Sidecar
from ..live import LiveLibrary
from ..names import of_stem
from ..opened import Folders
from ..sidecars import OF_WHOLE_NAME, UNREAD, WORDS, sidecars_of, stem_of

# The answers of a folder that may be worked in, but not listed.
NOT_LISTED = frozenset({errno.EACCES, errno.EPERM, errno.EBADF})


def sibling(place: str, name: str) -> str:
    """The place of another name in the same folder."""
    folder, slash, _ = place.rpartition("/")
    return f"{folder}{slash}{name}"


class Beside:
    """What lies beside videos while they leave one after another; made for one action."""

    def __init__(self, folders: Folders, live: LiveLibrary | None, video_names: VideoNames) -> None:
        self._folders = folders
        self._live = live
        self._video_names = video_names
        self._listed: dict[str, list[str]] = {}
        # Places of videos that leave, and of what they take along.
        self._left: set[str] = set()
        self._taken: set[str] = set()

    def of(self, origin: str, took: Sequence[Sidecar] = ()) -> tuple[Sidecar, ...]:
        """What the video at this place takes along; `took` goes with it in any case. Raises OSError."""
        place = self._folders.place(origin)
        filename = place.name
        near = [name for name in self._near(origin) if sibling(origin, name) not in self._taken]
        belongs = sidecars_of({*near, filename}, self._video_names)
        found = {sidecar.name: sidecar for sidecar in took if sibling(origin, sidecar.name) not in self._taken}
        for name in belongs.get(filename, ()):
            others = tuple(video for video, names in belongs.items() if video != filename and name in names)
            if name in found or not all(sibling(origin, other) in self._left for other in others):
                continue
            facts = place.beside(name).facts()
            if facts is not None and stat.S_ISREG(facts.st_mode):
                found[name] = Sidecar(name, facts.st_size, facts.st_mtime_ns, others)
        return tuple(found.values())

    def leaves(self, origin: str, sidecars: Sequence[Sidecar]) -> None:
        """The video at this place is going to leave, with these."""
        self._left.add(origin)
        self._taken.update(sibling(origin, sidecar.name) for sidecar in sidecars)

    def _near(self, origin: str) -> Sequence[str]:
        """The files in its folder that begin like this video."""
        folder, _, filename = origin.rpartition("/")
        place = self._folders.place(origin)
        kept = self._live.beside(origin, place.folder.facts()) if self._live is not None else None
        if kept is not None:
            return kept
        try:
            if folder not in self._listed:
                self._listed[folder] = sorted(place.folder.names())
        except OSError as error:
            if error.errno not in NOT_LISTED:
                raise
            # No language of a subtitle can be known here.
            stem = stem_of(filename)
            return [filename + OF_WHOLE_NAME, *(stem + ending for ending in (*WORDS, *UNREAD))]
        near = ((name, place.beside(name).facts()) for name in of_stem(self._listed[folder], stem_of(filename)))
        return [name for name, facts in near if facts is not None and stat.S_ISREG(facts.st_mode)]
