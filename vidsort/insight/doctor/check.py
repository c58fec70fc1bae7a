"""What the doctor says of one thing that it looked at, and whom it looks at."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ... import __version__
from ...artifacts import home_of
from ...library import Snapshot, scan
from ...settings import Settings

SHOWN_FAILURES = 5
# The form of what `told` gives: names, states and keys stay as they are while this does; more may come.
FORM = 1


class Check(NamedTuple):
    """One thing that was looked at: how it is, what was found, and one sentence that says what mends it.

    `failed` stops something, `warning` is worth a look. Without a mend there is nothing to be done about it.
    """

    name: str
    state: Literal["ok", "warning", "failed"]
    text: str
    mend: str = ""


@dataclass(frozen=True)
class Patient:
    """The installation as these settings describe it, with what is asked of it once.

    shown: of so many things of a kind it is told which they are; None: of all. room: bytes free on the disk of a
    folder. now: seconds since the epoch.
    """

    settings: Settings
    shown: int | None = SHOWN_FAILURES
    room: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    now: Callable[[], float] = time.time

    @cached_property
    def home(self) -> Path:
        """Where the artifacts of this library are; raises ArtifactError."""
        return home_of(self.settings.artifacts_dir, self.settings.data_dir)

    @cached_property
    def names(self) -> Snapshot:
        """The videos and folders that there are; raises NotFoundError."""
        return scan(self.settings.data_dir, self.settings.video_names)

    def in_lines(self, told: Sequence[str]) -> str:
        """The first few of them, a line each, and how many there are beyond."""
        lines = list(told[: self.shown])
        if len(told) > len(lines):
            lines.append(f"and {len(told) - len(lines)} more: `vidsort doctor --all` shows them")
        return "\n".join(lines)


def of_error(name: str, error: Exception, mend: str) -> Check:
    """A check that failed by an error; what its sentence says to do about it is the mend, else `mend` is."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return Check(name, "failed", f"{where}{error.strerror or error}", mend)
    found, colon, todo = str(error).rstrip(".").rpartition(": ")
    if not colon or len(todo.split()) < 2:
        return Check(name, "failed", str(error), mend)
    return Check(name, "failed", found, as_sentence(todo))


def as_sentence(text: str) -> str:
    """Half a sentence, or a command to be typed, as a whole sentence."""
    if text.startswith("pip "):
        return f"Run `{text}`."
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def needs_mending(checks: Sequence[Check]) -> bool:
    """Whether anything was found that can be mended."""
    return any(check.mend for check in checks)


def told(checks: Sequence[Check]) -> dict[str, Any]:
    """All of them as plain values, in a documented form."""
    return {
        "form": FORM, "vidsort": __version__, "needs_mending": needs_mending(checks),
        "checks": [
            {"name": check.name, "state": check.state, "found": check.text, "mend": check.mend or None}
            for check in checks
        ],
    }
