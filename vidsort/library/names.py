"""Which names of videos and folders are allowed; pure rules about text, the disk is not asked."""

import re
import unicodedata

from ..errors import InvalidNameError

FILENAME = re.compile(r"[0-9]+\.mp4")
NAME_LIMIT_BYTES = 255

# Folders that other programs put among the videos; compared without regard to case.
FOREIGN_FOLDERS = frozenset(
    {"__macosx", "@eadir", ".ipynb_checkpoints", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any ending, too.
_WINDOWS_PORTS = frozenset(port + number for port in ("com", "lpt") for number in "123456789¹²³")
_WINDOWS_DEVICES = _WINDOWS_PORTS | {"con", "prn", "aux", "nul"}
_WINDOWS_CHARACTERS = frozenset('<>:"/\\|?*')


def is_filename(name: str) -> bool:
    """Whether this is the name of a video: ASCII digits and `.mp4`, nothing before or after, not over-long."""
    return FILENAME.fullmatch(name) is not None and len(name) <= NAME_LIMIT_BYTES


def check_filename(name: str) -> str:
    """The name itself; raises InvalidNameError where it is not the name of a video."""
    if not is_filename(name):
        raise InvalidNameError(f"{_shown(name)} is no filename of a video: use digits and .mp4, like 7234567890.mp4.")
    return name


def is_folder_name(name: str) -> bool:
    """Whether a folder of this name can be a category folder (hidden and foreign folders cannot)."""
    return _folder_fault(name) is None


def check_folder_name(name: str) -> str:
    """The name itself; raises InvalidNameError where no category folder can be called so."""
    fault = _folder_fault(name)
    if fault is not None:
        raise InvalidNameError(f"{_shown(name)} is no folder name ({fault}): use the name of a folder in the library.")
    return name


def check_new_folder_name(name: str) -> str:
    """The name in composed form (NFC); stricter than for a folder that exists, so that every system can hold it.

    A library may travel on a stick, so what Windows reserves is refused everywhere. Raises
    InvalidNameError.
    """
    check_folder_name(name)
    composed = unicodedata.normalize("NFC", name)
    fault = _folder_fault(composed) or _portability_fault(composed)
    if fault is not None:
        raise InvalidNameError(f"A folder cannot be called {_shown(name)} ({fault}): choose another name.")
    return composed


def folded(name: str) -> str:
    """What two names have in common that some file systems take for one: case and composition ignored."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _folder_fault(name: str) -> str | None:
    if not name:
        return "it is empty"
    if "\0" in name:
        return "it has a NUL in it"
    if "/" in name or "\\" in name:
        return "it has a slash in it"
    if ".." in name:
        return "it has .. in it"
    if name.startswith("."):
        return "hidden folders are left alone"
    try:
        length_bytes = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "it is no valid Unicode"
    if length_bytes > NAME_LIMIT_BYTES:
        return f"it is longer than {NAME_LIMIT_BYTES} bytes"
    if name.casefold() in FOREIGN_FOLDERS:
        return "such folders belong to other programs"
    return None


def _portability_fault(name: str) -> str | None:
    if any(unicodedata.category(character) == "Cc" for character in name):
        return "it has a control character in it"
    if not _WINDOWS_CHARACTERS.isdisjoint(name):
        return 'Windows allows none of < > : " | ? *'
    if name != name.strip() or name.endswith("."):
        return "it begins or ends with a space, or ends with a dot"
    if name.split(".")[0].rstrip().casefold() in _WINDOWS_DEVICES:
        return "Windows reserves it"
    return None


def _shown(name: str) -> str:
    """The name as a message can hold it: quoted, escaped where it is odd, not over-long."""
    shown = ascii(name) if not name.isprintable() else repr(name)
    return shown if len(shown) <= 80 else f"{shown[:60]}…{shown[-1]}"


def other_spellings(name: str) -> list[str]:
    """Names that a file system blind to case or composition takes for this one; the name itself is not among them."""
    spellings = {name.swapcase(), unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}
    return sorted(spellings - {name})


