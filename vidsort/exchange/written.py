"""Where what is taken out may go: to a name that is free, and not into the library."""

import os
from pathlib import Path

from ..artifacts import write_new
from ..errors import ConflictError, SettingsError


def require_free(place: Path, library: Path) -> None:
    """Raise SettingsError for a place in the library, ConflictError for a name that is taken, by whatever it may be."""
    if Path(os.path.realpath(place)).is_relative_to(os.path.realpath(library)):
        raise SettingsError(f"{place} is in the library, which holds videos and nothing else of ours: choose another.")
    if os.path.lexists(place):
        raise taken(place)


def write_file(path: Path, data: bytes) -> None:
    """Make one file, whole; raises ConflictError where its name was taken meanwhile."""
    try:
        write_new(path, data)
    except FileExistsError as error:
        raise taken(path) from error


def taken(place: Path) -> ConflictError:
    """The error for a name that is not free."""
    return ConflictError(f"{place} is there already and is never written over: choose another name.")
