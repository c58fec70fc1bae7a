"""The library in memory, kept in step with the disk, so that a request never walks folders.

`watching` tells which folders to list again: no watching service is needed, and network drives work. Our
own moves are applied at once, and the time stamps that they leave are known for our own, so that they
cause no listing.
"""

import contextlib
import functools
import logging
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ...errors import NotFoundError
from ...records import Folder, LeftOut, VideoNames
from ..disk import Snapshot, find
from ..left_out import told
from ..listed import Listing, list_folder, list_root, stamp_of
from ..names import InOrder, of_stem
from ..sidecars import stem_of
from .apart import Apart
from .held import NOTHING, ROOT, Held, Listed, as_set
from .versions import Versions
from .watching import Watch

log = logging.getLogger(__name__)

POLL_S = 0.5

class LiveLibrary:
    """Names in the library, at most two seconds old; a library that is not there yet is empty until it comes.

    `version` grows with each change that shows, and `news` is set; `exists` says whether the library can be read.
    """

    def __init__(
        self, data_dir: Path, poll_s: float = POLL_S, *, video_names: VideoNames = "digits", apart: Apart | None = None
    ) -> None:
        """`poll_s` is the time between two looks at the folders, at most one second. apart: which may list already."""
        self.data_dir = Path(data_dir)
        self.video_names = video_names
        self.exists = False
        self._poll_s = poll_s
        self._of = Held()
        self._versions = Versions()
        self._told: dict[str, Folder] = {}
        self._watch = Watch(self.data_dir)
        self._apart = apart or Apart(self.data_dir, video_names)
        # Whether folders are listed apart: for a single look no process is begun.
        self._is_kept = False
        self._looking, self._changing = threading.Lock(), threading.Lock()
        # Our own moves since a look began, which what it listed may lack; None while nobody looks.
        self._meanwhile: list[tuple[str, str]] | None = None
        self._stopped, self.news = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def version(self) -> int:
        """The number of the view that is shown now."""
        return self._versions.now

    def start(self) -> None:
        """List the library and keep watching it in a thread of its own until `stop`."""
        self._is_kept = True
        if self._of.names is None:
            self.poll()
        self._stopped.clear()
        self._thread = threading.Thread(target=self._keep_looking, name="live-library", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watching; the last snapshot stays."""
        self._stopped.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        with self._looking:
            self._is_kept = False
            self._apart.stop()

    def snapshot(self) -> Snapshot:
        """All names; immutable, and costs nothing however many they are."""
        with self._held():
            return self._of.snapshot()

    def folders(self) -> list[Folder]:
        """The category folders with their counts, sorted by name."""
        with self._held() as names_of:
            counts = {name: len(names_of[name]) for name in sorted(names_of) if name != ROOT}
        # After a move two of them are others: checked values are made anew for these alone.
        told = self._told = {
            name: known if (known := self._told.get(name)) and known.count == count else Folder(name=name, count=count)
            for name, count in counts.items()
        }
        return list(told.values())

    def folder_names(self) -> set[str]:
        """The names of the category folders."""
        with self._held() as names_of:
            return set(names_of) - {ROOT}

    def count_unsorted(self) -> int:
        """The number of videos in the root."""
        with self._held() as names_of:
            return len(names_of[ROOT])

    def left_out(self) -> list[LeftOut]:
        """What takes no part, a row a reason; costs one look at each folder that lies too deep, and no listing."""
        self._begin()
        with self._changing:
            listed = list(self._of.left_out.items())
        changed = [
            name for name, (_, inner) in listed
            if any(stamp_of(self.data_dir / name / each) != stamp for each, stamp in inner.items())
        ]
        if changed:
            self.refresh(*changed)
        with self._changing:
            return told(self._of.left_out[name][0] for name in sorted(self._of.left_out))

    def holds(self, place: str) -> bool:
        """Whether a video is at this place, relative to the library."""
        folder, _, filename = place.rpartition("/")
        with self._held() as names_of:
            return folder in names_of and filename in names_of[folder]

    def unsorted_among(self, filenames: Iterable[str]) -> list[str]:
        """Those of these that are in the root."""
        with self._held() as names_of:
            return [name for name in filenames if name in names_of[ROOT]]

    def beside(self, place: str, facts: os.stat_result) -> list[str] | None:
        """The files that begin like this video; None where its folder, with these facts, is not as it was listed."""
        folder, _, filename = place.rpartition("/")
        with self._held() as names_of:
            if folder not in names_of or not self._watch.is_as_kept(folder, facts):
                return None
            stem = stem_of(filename)
            return [name for names in self._of.all_in(folder) for name in of_stem(names, stem)]

    @property
    def is_empty(self) -> bool:
        """Whether no video and no folder is known."""
        return not self._of.names or (not any(self._of.names.values()) and len(self._of.names) == 1)

    def unsorted_since(self, version: int | None) -> tuple[int, Mapping[str, bool] | Sequence[str]]:
        """The version now, with what came into the root (True) or left it (False) since that version.

        All names of the root, sorted, instead, where that is too long ago to tell or no version is given.
        """
        self._begin()
        with self._changing:
            changed = self._versions.since(version)
            return self.version, (self._of.names or {})[ROOT] if changed is None else changed

    def find(self, filename: str) -> Path:
        """Where this video is now; raises InvalidNameError and NotFoundError."""
        try:
            return find(self.data_dir, filename, self.folder_names(), video_names=self.video_names)
        except NotFoundError:
            # Another process may have made the folder it is in only just now.
            self.poll(is_paced=self._thread is not None)
            return find(self.data_dir, filename, self.folder_names(), video_names=self.video_names)

    def poll(self, *, is_paced: bool = False) -> None:
        """List again what changed since the last look; if `is_paced`, in a tenth of the time at most."""
        with self._looking:
            self._look(is_paced=is_paced)

    def refresh(self, *names: str) -> None:
        """List the root and these folders again, whatever their time stamps say."""
        with self._looking:
            self._watch.forget(ROOT, *names)
            self._look(is_paced=False)

    def follow(self, moves: Sequence[tuple[str, str]]) -> None:
        """Apply our own changes: (origin, destination) relative to the library, empty where nothing is."""
        self._begin()
        places = [place for move in moves for place in move]
        of_videos = all("/" in origin or "/" in destination for origin, destination in moves)
        with self._changing:
            is_known = of_videos and all(_folder_of(place) in (self._of.names or {}) for place in places)
            if is_known:
                if self._meanwhile is not None:
                    self._meanwhile.extend(moves)
                self._publish(*self._of.follow(moves, self.video_names))
                self._apart.touched(places)
        if not is_known:
            self.refresh(*{_folder_of(place) or place for place in places})

    def moving(self, folders: Collection[str]) -> contextlib.AbstractContextManager[None]:
        """While we move something in these folders (the root is the empty name), their new time stamps are our own."""
        return self._watch.moving(folders)

    @contextlib.contextmanager
    def _held(self) -> Iterator[dict[str, InOrder]]:
        """The names by folder, as they stay while the block runs."""
        self._begin()
        with self._changing:
            yield self._of.names or {}

    def _begin(self) -> None:
        if self._of.names is None:
            self.poll()

    def _keep_looking(self) -> None:
        while not self._stopped.wait(self._poll_s):
            try:
                self.poll(is_paced=True)
            except Exception:
                # Without this thread every page would show an old library for ever.
                log.exception("The library could not be looked at; it is tried again.")

    def _look(self, *, is_paced: bool) -> None:
        with self._changing:
            self._meanwhile = []
            known = set(self._of.names or ()) - {ROOT}
        listed, names = self._list_due(known, is_paced=is_paced)
        with self._changing:
            self._publish(*self._of.take(listed, names))
            # What is in a closed one is not known.
            self._watch.keep([name for name, each in listed.items() if "closed" not in each.listing.left_out.counts])
            self._publish(*self._of.follow(self._meanwhile, self.video_names))
            # Somebody else may have taken such a move back before the listing saw it.
            self._apart.touched(place for move in self._meanwhile for place in move)
            self._meanwhile = None

    def _list_due(self, known: Collection[str], *, is_paced: bool) -> tuple[dict[str, Listed], set[str]]:
        """The folders that may have changed, listed, the root among them; and the names of all that are there."""
        listed: dict[str, Listed] = {}
        names = set(known)
        try:
            if self._watch.is_due(ROOT, is_paced=is_paced):
                listed[ROOT] = self._listed(ROOT, list_root)
                names = set(listed[ROOT].listing.folders)
        except (OSError, NotFoundError) as error:
            if self.exists or self._of.names is None:
                log.warning("The library %s is shown as empty until it can be read (%s).", self.data_dir, error)
            self._watch.forget()
            self._apart.forget()
            self.exists = False
            return {ROOT: Listed(NOTHING, self._known_in(ROOT))}, set()
        self.exists = True
        for name in set(known) - names:
            self._watch.forget(name)
            self._apart.forget(name)
        for name in sorted(names):
            try:
                if self._watch.is_due(name, is_paced=is_paced):
                    listed[name] = self._listed(name, list_folder)
            except OSError:
                # It has just gone: the root's time stamp has changed with it, so the next look sees that. Or it
                # cannot be asked now: listed as soon as it can, as its own time stamp need not change for that.
                listed[name] = Listed(NOTHING, self._known_in(name))
                self._watch.forget(name)
                self._apart.forget(name)
        return listed, names

    def _listed(self, name: str, lists: Callable[..., Listing]) -> Listed:
        """One folder, listed now beside what was known of it when that began."""
        with self._changing:
            count = sum(map(len, self._of.all_in(name)))
        if self._is_kept and self._apart.is_for(name, count):
            try:
                return self._watch.timed(name, lambda _: self._apart.listed(name, lambda: self._known_in(name)))
            except OSError as error:
                log.debug("%s It is listed here.", error)
        self._apart.forget(name)
        known = self._known_in(name)
        listing = functools.partial(lists, video_names=self.video_names, known=known)
        return Listed(self._watch.timed(name, listing), known)

    def _known_in(self, name: str) -> set[str]:
        """All that is held of a folder."""
        with self._changing:
            held = self._of.all_in(name)
        return as_set(*held)

    def _publish(self, is_new: bool, changed: Mapping[str, bool] | None) -> None:
        if is_new:
            self._versions.publish(changed)
            self.news.set()


def _folder_of(place: str) -> str:
    return place.rpartition("/")[0]
