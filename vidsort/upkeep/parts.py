"""What artifacts are made of, part by part: how much is needed, and how much can go."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import filelock

from ..errors import ConflictError
from ..records import Record

LOCK_NAME = "upkeep.lock"


class Look(NamedTuple):
    """What a part holds now: how many and how many bytes of what stays, and of what can go."""

    kept: int = 0
    kept_bytes: int = 0
    idle: int = 0
    idle_bytes: int = 0


class Sweep(NamedTuple):
    """One part: `look` counts it, `take_out` removes what can go; both raise VidsortError and OSError."""

    what: str
    look: Callable[[], Look]
    take_out: Callable[[], None] | None = None
    note: str = ""


class Part(Record):
    """What one part held, and what of it went, or would have gone where nothing was removed."""

    what: str
    kept: int
    kept_bytes: int
    removed: int
    removed_bytes: int
    note: str = ""


class Cleaned(Record):
    """What came of a clean; `given_back_bytes` is what the database's file has become smaller by."""

    is_dry_run: bool
    keep: int
    parts: tuple[Part, ...]
    given_back_bytes: int
    # What was left as it is although it might go, and why; a sentence each.
    notices: tuple[str, ...]

    @property
    def removed_bytes(self) -> int:
        """All that went, or would go; in the database it is only given back when that is worth it."""
        return sum(part.removed_bytes for part in self.parts)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """One clean or backup at a time on these artifacts, across processes; raises ConflictError."""
    try:
        with filelock.FileLock(root / LOCK_NAME).acquire(blocking=False):
            yield
    except filelock.Timeout as error:
        raise ConflictError(
            f"Another clean or backup of {root} is under way: wait for its end, then try again."
        ) from error
