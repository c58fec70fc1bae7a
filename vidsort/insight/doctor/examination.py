"""All that is looked at, in the order in which failures explain one another."""

import functools
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ...errors import SettingsError, VidsortError
from ...settings import CONFIG_NAME, Settings, base_dir
from ...store.database import DATABASE_NAME, explained
from . import kept, machine, models, place, videos
from .check import SHOWN_FAILURES, Check, Patient, of_error

Checked = Check | list[Check]


class Look(NamedTuple):
    """What looks at one thing, and what mends it where that fails by an error that does not say.

    needs: the checks without which nothing can be said of it; where one failed, that is told alone.
    """

    name: str
    call: Callable[[Patient], Checked]
    mend: str
    needs: frozenset[str] = frozenset()


SEE_DISK = "See that the library's disk is there, and that this user may read it."
LIBRARY, DATABASE = frozenset({"library"}), frozenset({"artifacts"})
NETWORKS = frozenset({"packages", "encoder"})
# Of the machine alone: they need no settings.
OF_MACHINE: tuple[tuple[str, Callable[[], Checked]], ...] = (
    ("python", machine.python),
    ("packages", machine.packages),
    ("encoder", machine.encoder),
    ("ffmpeg", machine.ffmpeg),
)
OF_SETTINGS = (
    Look("extras", machine.extras, "Install what this kind of evidence needs, or take it out of [extract_features]."),
    Look("devices", machine.devices, f"{machine.NO_DEVICES.capitalize()}.", NETWORKS),
    Look("host", machine.host, "Set a password, or leave host at 127.0.0.1."),
    Look("library", place.library, "See that the folder and its disk are there, and that this user may write to them."),
    Look("closed folders", place.closed_folders, SEE_DISK, LIBRARY),
    Look("spellings", place.spellings, SEE_DISK, LIBRARY),
    Look("artifacts", kept.artifacts, "See that the folder of artifacts is there, and that this user may write to it."),
    Look("owner", kept.owner, "Remove the file that is named here: the library that is used next takes over."),
    Look("free disk", machine.free_disk, "See that the disk is there."),
    Look("clock", kept.clock, "Set the clock of this machine.", DATABASE),
    Look("journal", kept.journal, "Run `vidsort serve` once while the library's disk is there.", DATABASE),
    Look("model", models.model, models.ANEW),
    Look("features", models.features, models.ANEW, LIBRARY | DATABASE),
    Look("predictions", models.predictions, models.ANEW, LIBRARY),
    Look("left out", place.left_out, SEE_DISK, LIBRARY),
    Look("strays", place.strays, SEE_DISK, LIBRARY),
    Look("empty videos", videos.empty, SEE_DISK, LIBRARY),
    Look("placeholders", videos.elsewhere, SEE_DISK, LIBRARY),
    Look("unreadable videos", videos.unreadable, models.ANEW, LIBRARY | DATABASE),
    Look("evidence", models.evidence, models.ANEW, LIBRARY | DATABASE),
    Look("words", models.words, models.ANEW, DATABASE),
)


def examine(
    settings: Settings, shown_failures: int | None = SHOWN_FAILURES, *,
    room: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free, now: Callable[[], float] = time.time,
) -> list[Check]:
    """All checks, with a row for each of several findings; those of library or database only where these are there.

    Nothing is changed, and no video is decoded. shown_failures: of so many videos that something is wrong with it is
    told which they are; None: of all. room: bytes free on the disk of a folder. now: seconds since the epoch.
    """
    patient = Patient(settings, shown_failures, room, now)
    path = base_dir() / CONFIG_NAME
    found = _of_machine()
    found.append(Check("settings", "ok", f"of {path}" if path.is_file() else f"there is no {path}"))
    for look in OF_SETTINGS:
        if look.needs.isdisjoint(check.name for check in found if check.state == "failed"):
            found += _looked_at(look.name, functools.partial(look.call, patient), look.mend)
    return found


def examine_without_settings(error: SettingsError) -> list[Check]:
    """What can be looked at where the settings cannot be read, and why they cannot."""
    mend = f"Correct it in {base_dir() / CONFIG_NAME} or in the environment, wherever it was set."
    return [Check("settings", "failed", str(error), mend), *_of_machine()]


def _of_machine() -> list[Check]:
    return [check for name, look in OF_MACHINE for check in _looked_at(name, look, machine.INSTALL_AGAIN)]


def _looked_at(name: str, look: Callable[[], Checked], mend: str) -> list[Check]:
    try:
        found = look()
    except sqlite3.DatabaseError as error:
        return [of_error(name, explained(Path(DATABASE_NAME), error), mend)]
    except (VidsortError, OSError, ImportError) as error:
        return [of_error(name, error, mend)]
    return [found] if isinstance(found, Check) else found
