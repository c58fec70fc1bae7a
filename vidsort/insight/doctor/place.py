"""The library: that it is there and can be written, what takes no part in it, what is spelled twice or left behind."""

import os
import tempfile
from collections import defaultdict
from pathlib import Path

from ...artifacts.owners import require_there
from ...library import left_out as of_library
from ...library.listed import list_folder, list_root
from ...library.names import folded, is_filename, is_learned, shown
from ...library.sidecars import sidecars_of
from ...steps import counted
from .check import Check, Patient, as_sentence

STRAYS_MEND = "Move each beside its video again, where that lies now, or remove it."


def library(patient: Patient) -> Check:
    """It is there, is the one that it was, and can be written."""
    settings, names = patient.settings, patient.names
    data_dir = settings.data_dir
    require_there(patient.home, data_dir, is_bare=not (names.unsorted or names.folders))
    require_writable(data_dir)
    told = (
        f"{data_dir}: {counted(len(names.unsorted), 'unsorted video')}, "
        f"{sum(map(len, names.folders.values()))} in {counted(len(names.folders), 'folder')}"
    )
    if not settings.not_learned:
        return Check("library", "ok", told)
    told += f", of which nothing is learned from {', '.join(map(shown, settings.not_learned))}"
    # A name that is misspelt would be learned from without a word.
    strange = [name for name in settings.not_learned if all(is_learned(folder, (name,)) for folder in names.folders)]
    if not strange:
        return Check("library", "ok", told)
    told += f"; there is no folder {' or '.join(map(shown, strange))}"
    return Check("library", "warning", told, "Make that folder, or correct not_learned.")


def require_writable(folder: Path) -> None:
    """Raise OSError where no file can be made; the attempt leaves none behind."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def closed_folders(patient: Patient) -> Check:
    """Videos can be moved into and out of every folder."""
    data_dir = patient.settings.data_dir
    closed = [name for name in patient.names.folders if not os.access(data_dir / name, os.R_OK | os.W_OK | os.X_OK)]
    if not closed:
        return Check("closed folders", "ok", "none: all can be written")
    mend = "Let this user read and write them (chmod u+rwx), or mount their disk for writing."
    return Check("closed folders", "failed", patient.in_lines(list(map(shown, closed))), mend)


def spellings(patient: Patient) -> Check:
    """No two folders have names that some file systems take for one."""
    alike = defaultdict(list)
    for name in patient.names.folders:
        alike[folded(name)].append(name)
    twice = [" and ".join(map(shown, names)) for names in alike.values() if len(names) > 1]
    if not twice:
        return Check("spellings", "ok", "no folder is spelled in two ways")
    found = f"{patient.in_lines(twice)}: a file system that is blind to case or accents takes them for one"
    return Check("spellings", "warning", found, "Merge the two by `vidsort folders merge ONE OTHER`, or rename one.")


def left_out(patient: Patient) -> list[Check]:
    """What takes no part, a check a reason."""
    found = of_library(patient.settings.data_dir, patient.settings.video_names)
    return [
        Check("left out", "warning", f"{one.reason} ({', '.join(one.examples)}{_more(one.count, one.examples)})",
              as_sentence(one.mend))
        for one in found
    ] or [Check("left out", "ok", "nothing")]


def _more(count: int, examples: tuple[str, ...]) -> str:
    return ", …" if count > len(examples) else ""


def strays(patient: Patient) -> Check:
    """Files that belong to a video beside them, of which there is none.

    Only what is called like a video that is elsewhere in the library, or like videos of digits are: anything else may
    be a file of the folder.
    """
    data_dir, video_names = patient.settings.data_dir, patient.settings.video_names
    listings = {"": list_root(data_dir, video_names)}
    listings |= {name: list_folder(data_dir / name, video_names) for name in listings[""].folders}
    stems = {video.rpartition(".")[0] for listing in listings.values() for video in listing.videos}
    found = []
    for folder, listing in listings.items():
        of_videos = sidecars_of((*listing.videos, *listing.beside), video_names)
        owned = {name for names in of_videos.values() for name in names}
        for name in listing.beside:
            stem = name.split(".")[0]
            if name not in owned and (stem in stems or is_filename(f"{stem}.mp4", "digits")):
                found.append(f"{folder}/{name}" if folder else name)
    if not found:
        return Check("strays", "ok", "every file that belongs to a video is beside it")
    return Check("strays", "warning", patient.in_lines([shown(place)[1:-1] for place in found]), STRAYS_MEND)
