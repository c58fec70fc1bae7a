"""What an undo would come to: turn by turn, each on the disk as the turns before it would leave it."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ..library.names import is_filename
from ..records import Move
from ..store.journal import OF_VIDEOS


class Foreseen(NamedTuple):
    """What would be taken back; a sentence for each change of these turns that would stay; why it would stop, if so."""

    moves: list[Move]
    stays: list[str]
    stopped: str | None


def foresee(library: Path, turns: Iterable[list[Move]]) -> Foreseen:
    """What would come of these turns, one after the other; the first of which nothing can go back is the last."""
    disk, moves, stays = _Disk(library), list[Move](), list[str]()
    for turn in turns:
        faults = [disk.take_back(move) for move in turn]
        if all(faults):
            return Foreseen(moves, stays, faults[0])
        moves += [move for move, fault in zip(turn, faults, strict=True) if fault is None]
        stays += filter(None, faults)
    return Foreseen(moves, stays, None)


class _Disk:
    """The names in a library as they would be; what is there now is looked at, and nothing is changed."""

    def __init__(self, library: Path) -> None:
        # Folders by the names that they would have, the root being the empty one: where each is now, None for nowhere.
        self._now: dict[str, Path | None] = {"": library}
        self._come: defaultdict[str, set[str]] = defaultdict(set)
        self._gone: defaultdict[str, set[str]] = defaultdict(set)

    def take_back(self, move: Move) -> str | None:
        """Take a change back, or say why it would stay."""
        if move.kind in OF_VIDEOS:
            return self._move(move.target, move.source)
        if move.kind == "rename":
            return self._rename(move.target, move.source)
        return self._unmake(move.target) if move.target else self._make(move.source)

    def _move(self, origin: str, target: str) -> str | None:
        here, _, name = origin.rpartition("/")
        there, _, name_there = target.rpartition("/")
        if not self._has(here, name):
            return f"{origin} is not there any more, so it could not go back."
        if not self._is_folder(there):
            return f"There is no folder {there} any more, so {origin} could not go back."
        if self._has(there, name_there):
            return f"There is a {target} already, so {origin} could not go back."
        self._leave(here, name)
        self._enter(there, name_there)
        return None

    def _rename(self, name: str, old: str) -> str | None:
        if not self._is_folder(name):
            return f"The folder {name} is not there any more, so it could not be called {old} again."
        if self._has("", old) and not self._is_one(name, old):
            return f"There is a {old} already, so the folder {name} could not be called so again."
        where, come, gone = self._where(name), self._come.pop(name, set()), self._gone.pop(name, set())
        self._now[name] = None
        self._leave("", name)
        self._now[old], self._come[old], self._gone[old] = where, come, gone
        self._enter("", old)
        return None

    def _unmake(self, name: str) -> str | None:
        if not self._is_folder(name):
            return f"The folder {name} is not there any more, so it could not be taken away."
        where = self._where(name)
        left = {path.name for path in where.iterdir() if is_filename(path.name, "any")} if where else set()
        if left - self._gone[name] | self._come[name]:
            return f"The folder {name} would not be empty, so it could not be taken away."
        self._now[name] = None
        self._leave("", name)
        return None

    def _make(self, name: str) -> str | None:
        if self._is_folder(name):
            return None
        if self._has("", name):
            return f"There is a {name} already, so the folder could not be made again."
        self._now[name] = None
        self._come.pop(name, None)
        self._enter("", name)
        return None

    def _where(self, folder: str) -> Path | None:
        root = self._now[""]
        return self._now.get(folder, root and root / folder)

    def _has(self, folder: str, name: str) -> bool:
        if name in self._come[folder] or name in self._gone[folder]:
            return name in self._come[folder]
        where = self._where(folder)
        return where is not None and os.path.lexists(where / name)

    def _is_folder(self, name: str) -> bool:
        where = self._where(name)
        return self._has("", name) and (where is None or where.is_dir()) if name else True

    def _is_one(self, name: str, other: str) -> bool:
        """Whether a file system that is blind to case shows one folder by both names."""
        where, there = self._where(name), self._where(other)
        return where is not None and there is not None and where.samefile(there)

    def _leave(self, folder: str, name: str) -> None:
        self._come[folder].discard(name)
        self._gone[folder].add(name)

    def _enter(self, folder: str, name: str) -> None:
        self._gone[folder].discard(name)
        self._come[folder].add(name)
