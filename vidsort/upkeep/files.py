"""What lies in files: versions beyond those that are kept, pictures of videos that are gone, what kills have left."""

import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..artifacts.files import BESIDE, remove_beside, remove_version, size_of
from ..artifacts.publication import publishing, shorten_history
from .needed import Versions, needed_versions, versions
from .parts import Look, Sweep

# What was made so lately may be somebody's who is at it.
SETTLED_S = 3600.0
# Where files and versions are written beside their place.
WRITTEN = ("models", "predictions", "features", "live", "notebooks")


def old_versions(home: Path, keep: int) -> list[Sweep]:
    """Models and predictions of one library but for those that are needed, and the newest `keep`."""

    def look_at(kind: str, which: Callable[[Versions], set[str]]) -> Look:
        there, needed = which(versions(home)), which(needed_versions(home, keep))
        sizes = {name: size_of(home / kind / name) for name in there}
        idle = there - needed
        return Look(
            len(there & needed), sum(sizes[name] for name in there & needed),
            len(idle), sum(sizes[name] for name in idle),
        )

    def remove(kind: str, which: Callable[[Versions], set[str]]) -> None:
        shorten_history(home, keep)
        # What is put in force meanwhile would be none of those that are needed.
        with publishing(home):
            for name in sorted(which(versions(home)) - which(needed_versions(home, keep))):
                remove_version(home / kind / name)

    # Predictions first: a model without any can make some, and predictions without their model can be of no use.
    return [
        Sweep(kind, functools.partial(look_at, kind, which), functools.partial(remove, kind, which))
        for kind, which in (("predictions", lambda found: found.predictions), ("models", lambda found: found.models))
    ]


def old_reports(home: Path, feature_sets: set[str]) -> Sweep:
    """Executed notebooks beside features that nothing needs; those beside versions go with these."""

    def reports() -> Iterator[Path]:
        yield from (path for path in (home / "features").glob("*/") if not path.name.startswith("."))

    def remove() -> None:
        for folder in reports():
            if folder.name not in feature_sets:
                remove_version(folder)

    return Sweep("reports of features", lambda: _look(reports(), lambda path: path.name not in feature_sets), remove)


class Pictures(NamedTuple):
    """Posters, strips and playable copies, by the contents that they are of.

    dead: contents that are no video's any more. known: those that some video has, or had. is_alone: whether a content
    that nothing is known of can be nobody else's.
    """

    root: Path
    dead: set[bytes]
    known: set[bytes]
    is_alone: bool

    def sweeps(self) -> list[Sweep]:
        """One for what is small, one for what is large."""
        return [
            self._sweep("posters and strips", "pictures", "??/*.webp", lambda path: path.parent.name + path.name),
            self._sweep("playable copies", "playable", "*.mp4", lambda path: path.stem),
        ]

    def _sweep(self, what: str, folder: str, pattern: str, name_of: Callable[[Path], str]) -> Sweep:
        def paths() -> Iterator[Path]:
            yield from (self.root / folder).glob(pattern)

        def is_idle(path: Path) -> bool:
            try:
                content = bytes.fromhex(name_of(path).partition(".")[0])
            except ValueError:
                return False
            is_gone = content in self.dead or (self.is_alone and content not in self.known)
            return is_gone and _is_settled(path)

        def remove() -> None:
            for path in paths():
                if is_idle(path):
                    path.unlink(missing_ok=True)

        return Sweep(what, lambda: _look(paths(), is_idle), remove)


def leftovers(root: Path, home: Path) -> Sweep:
    """What was being written or removed when a process was killed."""

    def paths() -> Iterator[Path]:
        for place in sorted({root, home}):
            for folder in (place, *(place / name for name in WRITTEN)):
                yield from folder.glob(".*")
        yield from (root / "pictures").glob("??/.*")

    def remove() -> None:
        for path in paths():
            if is_idle(path):
                remove_beside(path)

    def is_idle(path: Path) -> bool:
        return BESIDE.fullmatch(path.name) is not None and _is_settled(path)

    return Sweep("left by kills", lambda: _look(filter(is_idle, paths()), is_idle), remove)


def reported(what: str, paths: list[Path], note: str) -> Sweep:
    """What is told of and never touched."""
    return Sweep(what, lambda: _look(iter(paths), lambda _: False), note=note)


def _look(paths: Iterator[Path], is_idle: Callable[[Path], bool]) -> Look:
    kept = kept_bytes = idle = idle_bytes = 0
    for path in paths:
        size = size_of(path)
        if is_idle(path):
            idle, idle_bytes = idle + 1, idle_bytes + size
        else:
            kept, kept_bytes = kept + 1, kept_bytes + size
    return Look(kept, kept_bytes, idle, idle_bytes)


def _is_settled(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > SETTLED_S
    except OSError:
        return False
