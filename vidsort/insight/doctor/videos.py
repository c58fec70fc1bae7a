"""The videos: empty ones, those whose bytes are elsewhere, those that an extraction could not read. None is decoded."""

import contextlib
import os
import sys
from pathlib import Path

from ... import library
from ...artifacts import current_feature_set
from ...features.stored import NO_MORE, features_of
from ...features.stored import NOT_YET as NOT_EXTRACTED
from ...library.names import is_like_a_video, shown
from ...records import Video
from ...steps import counted
from ...store import open_database
from .check import Check, Patient

WAITING = (NOT_EXTRACTED, NO_MORE)
NOT_YET = "not looked at yet: `vidsort extract-features` does"
# Of files whose bytes a program gets when they are read: https://learn.microsoft.com/windows/win32/fileio/
# file-attribute-constants (offline, recall on open, recall on data access), and chflags(2) of macOS (SF_DATALESS).
RECALLED, DATALESS = 0x1000 | 0x40000 | 0x400000, 0x40000000
# What iCloud leaves in the place of `name.mp4`.
ICLOUD = ".icloud"
HEAD_BYTES = 4096
# The features of a million at once would take five gigabytes.
AT_ONCE = 10_000


def empty(patient: Patient) -> Check:
    """Files of no byte."""
    found = [_place(video) for video in _all(patient) if not video.size_bytes]
    if not found:
        return Check("empty videos", "ok", "none")
    mend = "Get each again from where it came, or remove it."
    return Check("empty videos", "warning", patient.in_lines(found), mend)


def elsewhere(patient: Patient) -> Check:
    """Files whose bytes are in a cloud, or were never written: what is there of them is a name and a size."""
    found = [_place(video) for video in _all(patient) if video.size_bytes and _has_no_bytes(video.path)]
    data_dir = patient.settings.data_dir
    for folder in (data_dir, *(data_dir / name for name in patient.names.folders)):
        found += [
            path.relative_to(data_dir).as_posix() for path in folder.glob(f".*{ICLOUD}")
            if is_like_a_video(path.name[1 : -len(ICLOUD)])
        ]
    if not found:
        return Check("placeholders", "ok", "none: the bytes of all videos are here")
    mend = "Let the program of the cloud keep these on this machine, or finish their download."
    return Check("placeholders", "warning", patient.in_lines(sorted(found)), mend)


def unreadable(patient: Patient) -> Check:
    """Those that the newest extraction could not decode."""
    if not (patient.home / "features" / "current.json").is_file():
        return Check("unreadable videos", "ok", NOT_YET)
    feature_set, videos, told = current_feature_set(patient.home), _all(patient), []
    with contextlib.closing(open_database(patient.settings.artifacts_dir)) as database:
        for start in range(0, len(videos), AT_ONCE):
            failed = features_of(database, videos[start : start + AT_ONCE], feature_set).failed
            # What waits for an extraction is told by `evidence`.
            told += [f"{failure.filename}: {failure.reason}" for failure in failed if failure.reason not in WAITING]
    if not told:
        return Check("unreadable videos", "ok", "none")
    mend = "Put a whole copy of each in its place, or remove it, then run `vidsort extract-features`."
    return Check("unreadable videos", "warning", f"{counted(len(told), 'video')}\n{patient.in_lines(told)}", mend)


def _all(patient: Patient) -> list[Video]:
    return library.videos(patient.settings.data_dir, patient.settings.video_names)


def _place(video: Video) -> str:
    place = video.filename if video.folder is None else f"{video.folder}/{video.filename}"
    return shown(place)[1:-1]


def _has_no_bytes(path: Path) -> bool:
    """Whether a file that has a size has nothing of it on this disk; nothing is fetched to find out."""
    try:
        facts = path.lstat()
        if sys.platform in ("win32", "darwin"):
            flags = getattr(facts, "st_file_attributes", 0) & RECALLED | getattr(facts, "st_flags", 0) & DATALESS
            return bool(flags)
        # Some file systems never say how many blocks a file has: so what is read has to be nothing as well.
        return facts.st_blocks == 0 and _is_hollow(path)
    except OSError:
        return False


def _is_hollow(path: Path) -> bool:
    with path.open("rb") as file:
        return not any(os.read(file.fileno(), HEAD_BYTES))
