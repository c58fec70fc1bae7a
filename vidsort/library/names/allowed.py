"""Which names of videos and folders are allowed; pure, the disk is not asked."""

import os
import re
import unicodedata
from collections.abc import Collection, Iterable

from ...errors import InvalidNameError
from ...records import Video, VideoNames
from .invisible import INVISIBLE, code_of, first_invisible, with_codes

NAME_LIMIT_BYTES = 255
DIGITS = re.compile(r"[0-9]+\.mp4")
# The endings of videos, in any case, with what a server says of such a file.
CONTENT_TYPES = {
    "mp4": "video/mp4", "m4v": "video/x-m4v", "mov": "video/quicktime", "webm": "video/webm",
    "mkv": "video/x-matroska", "avi": "video/x-msvideo", "3gp": "video/3gpp", "ts": "video/mp2t",
    "mpg": "video/mpeg", "wmv": "video/x-ms-wmv",
}
# Not hidden, and so none of the `._…` that macOS leaves beside files either.
ANY = re.compile(rf"[^./][^/]*\.(?:{'|'.join(CONTENT_TYPES)})", re.IGNORECASE)
# What downloads leave while they run: parts, and the streams that are put together in the end.
LEFTOVER = re.compile(r"\.(?:part|temp|f[0-9]+(?:-[0-9a-z]+)*)\.[^.]+\Z", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LET_IN = 'video_names = "any" in vidsort.toml (or VIDSORT_VIDEO_NAMES=any, or --video-names any)'

# Folders that other programs put among the videos; compared without regard to case.
FOREIGN_FOLDERS = frozenset(
    {"__macosx", "@eadir", ".ipynb_checkpoints", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any ending, too.
_WINDOWS_PORTS = frozenset(port + number for port in ("com", "lpt") for number in "123456789¹²³")
_WINDOWS_DEVICES = _WINDOWS_PORTS | {"con", "prn", "aux", "nul"}
_WINDOWS_CHARACTERS = frozenset('<>:"/\\|?*')
ON_WINDOWS = os.name == "nt"


def is_filename(name: str, video_names: VideoNames = "digits") -> bool:
    """Whether this is the name of a video, nothing before or after it, and not over-long.

    digits: ASCII digits and `.mp4`. any: what has a video's ending in any case, but is not hidden, no leftover of a
    download, and has no control characters; each name of digits is among these.
    """
    if DIGITS.fullmatch(name) is not None:
        return len(name) <= NAME_LIMIT_BYTES
    return video_names == "any" and is_like_a_video(name) and _filename_fault(name) is None


def is_like_a_video(name: str) -> bool:
    """Whether a person takes a file of this name for a video, whatever the rule is; it is told if it is left out."""
    return ANY.fullmatch(name) is not None and LEFTOVER.search(name) is None


def check_filename(name: str, video_names: VideoNames = "digits") -> str:
    """The name itself; raises InvalidNameError where it is not the name of a video."""
    if is_filename(name, video_names):
        return name
    if video_names == "any":
        fault = _filename_fault(name) or "it ends like none, is hidden, or is a download's leftover"
        raise InvalidNameError(f"{shown(name)} is no filename of a video ({fault}): use a name like My clip.mp4.")
    hint = f"; set {LET_IN} to let in others" if is_filename(name, "any") else ""
    raise InvalidNameError(f"{shown(name)} is no filename of a video: use digits and .mp4, like 7234567890.mp4{hint}.")


def content_type(filename: str) -> str:
    """What a server says of a video of this name."""
    return CONTENT_TYPES[filename.rpartition(".")[2].lower()]


def is_folder_name(name: str) -> bool:
    """Whether a folder of this name can be a category folder (hidden and foreign folders cannot)."""
    return _folder_fault(name) is None


def check_folder_name(name: str) -> str:
    """The name itself; raises InvalidNameError where no category folder can be called so."""
    fault = _folder_fault(name)
    if fault is not None:
        raise InvalidNameError(f"{shown(name)} is no folder name ({fault}): use the name of a folder in the library.")
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
        raise InvalidNameError(f"A folder cannot be called {shown(name)} ({fault}): choose another name.")
    return composed


def folded(name: str) -> str:
    """What two names have in common that some file systems take for one: case and composition ignored."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_learned(folder: str, not_learned: Collection[str]) -> bool:
    """Whether a folder is learned from: it has none of these names, nor one that a file system may take for it."""
    return not not_learned or folded(folder) not in map(folded, not_learned)


def labelled(videos: Iterable[Video], not_learned: Collection[str]) -> list[Video]:
    """Those that lie in a folder that is learned from."""
    return [video for video in videos if video.folder is not None and is_learned(video.folder, not_learned)]


def _filename_fault(name: str) -> str | None:
    """Why a name that ends like a video's cannot be used."""
    if "/" in name or (ON_WINDOWS and _windows_fault(name) is not None):
        return "no file can be called so"
    if CONTROL.search(name):
        return "it has a control character in it"
    return _length_fault(name)


def _length_fault(name: str) -> str | None:
    try:
        length_bytes = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "it is no valid Unicode"
    return f"it is longer than {NAME_LIMIT_BYTES} bytes" if length_bytes > NAME_LIMIT_BYTES else None


def is_foreign(name: str) -> bool:
    """Whether a folder of this name is hidden or belongs to another program, so that nobody misses it."""
    return name.startswith(".") or name.casefold() in FOREIGN_FOLDERS


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
    if name.casefold() in FOREIGN_FOLDERS:
        return "such folders belong to other programs"
    if ON_WINDOWS and (fault := _windows_fault(name)) is not None:
        # Windows would take another folder for it, or a device.
        return fault
    return _length_fault(name)


def _portability_fault(name: str) -> str | None:
    invisible = first_invisible(name)
    if invisible is not None:
        return f"it has the invisible character {code_of(invisible)} in it"
    return _windows_fault(name) or ("it begins with a space" if name != name.strip() else None)


def _windows_fault(name: str) -> str | None:
    if not _WINDOWS_CHARACTERS.isdisjoint(name):
        return 'Windows allows none of < > : " | ? *'
    if name != name.rstrip() or name.endswith("."):
        return "it ends with a space or a dot"
    if name.split(".")[0].rstrip().casefold() in _WINDOWS_DEVICES:
        return "Windows reserves it"
    return None


def shown(name: str) -> str:
    """The name as a message can hold it: quoted, escaped where it is odd, not over-long."""
    shown = repr(with_codes(name))
    return shown if len(shown) <= 80 else f"{shown[:60]}…{shown[-1]}"


def other_spellings(name: str) -> list[str]:
    """Names that a file system blind to case or composition takes for this one; the name itself is not among them."""
    spellings = {name.swapcase(), unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}
    return sorted(spellings - {name})


def _in_any_case(words: Iterable[str]) -> str:
    """A pattern for these words: a class for each character, which every dialect of patterns reads alike."""
    return "|".join("".join(f"[{letter.upper()}{letter}]" for letter in word) for word in sorted(words))


_ANY_ENDING = _in_any_case(CONTENT_TYPES)
_LEFT_OVER = rf"\.(?:{_in_any_case(('part', 'temp'))}|[fF][0-9]+(?:-[0-9A-Za-z]+)*)\.[^.]+"
_NOT_FOREIGN = rf"(?!\.)(?![\s\S]*\.\.)(?!(?:{_in_any_case(FOREIGN_FOLDERS)})$)"
_NO_DEVICE = rf"(?!(?:{_in_any_case(_WINDOWS_DEVICES)})\s*(?:\.|$))"
_INSIDE, _AT_AN_END = rf'[^{INVISIBLE}<>:"/\\|?*]', rf'[^{INVISIBLE}<>:"/\\|?*\s.]'
# The rules above as the schema has them: what fits is allowed, as far as it is no longer than NAME_LIMIT_BYTES.
FILENAME_PATTERNS: dict[VideoNames, str] = {
    "digits": rf"^{DIGITS.pattern}$",
    "any": rf"^(?!\.)(?![\s\S]*{_LEFT_OVER}$)[^/\x00-\x1f\x7f-\x9f]+\.(?:{_ANY_ENDING})$",
}
FOLDER_PATTERN = rf"^{_NOT_FOREIGN}[^\x00/\\]+$"
NEW_FOLDER_PATTERN = rf"^{_NOT_FOREIGN}{_NO_DEVICE}{_AT_AN_END}(?:{_INSIDE}*{_AT_AN_END})?$"
