"""Sorted videos that are likely in the wrong folder, and those of which a person said that they are right."""

import functools
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ...artifacts import current, model_dir
from ...errors import NotFoundError
from ...insight.comparison import read_out_of_fold
from ...insight.folders import Suspect, doubted, likely_misfiled
from ...library import is_learned
from ...library.names import check_filename
from ...pile.entries import entry
from ...store.people.dismissed import Dismissed
from ..workspace import OpenLibrary, Workspace

NO_MODEL = "Nothing has been learned yet: sort a few videos into two folders, then retrain."


def misfiled(here: Workspace, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """The records of the worst, worst first, and why there can be none.

    Only what lies where it did when the model in force was trained, or in that folder's heir, is told.

    Raises ArtifactError where what the model said of them is missing or damaged.
    """
    opened = here.library
    now = current(opened.artifacts_dir)
    if now is None or now.model_id is None:
        return [], NO_MODEL
    return list(islice(_open(here, _suspects(model_dir(opened.artifacts_dir, now.model_id))), limit)), None


def doubts(here: Workspace, opened: OpenLibrary, wanted: str) -> Mapping[str, float]:
    """How doubtful it is that each video of this folder belongs there, where the model in force has a word on it.

    What a person found right is left out, and what has left the folder since may be among them. Raises as `misfiled`.
    """
    now = current(opened.artifacts_dir)
    if now is None or now.model_id is None:
        return {}
    standing = _standing(here, opened, _doubted(model_dir(opened.artifacts_dir, now.model_id)))
    return {suspect.filename: suspect.doubt for suspect, folder, _ in standing if folder == wanted}


@functools.lru_cache(maxsize=2)
def _suspects(folder: Path) -> tuple[Suspect, ...]:
    """Kept, for a version never changes."""
    return tuple(likely_misfiled(read_out_of_fold(folder)))


@functools.lru_cache(maxsize=2)
def _doubted(folder: Path) -> tuple[Suspect, ...]:
    """Kept as well: a row a video."""
    return tuple(doubted(read_out_of_fold(folder)))


def _open(here: Workspace, suspects: tuple[Suspect, ...]) -> Iterator[dict[str, Any]]:
    """The records of those that lie where they did, in folders as they are called now, and were not found right."""
    opened = here.library
    snapshot = opened.snapshot()
    for suspect, folder, suggested in _standing(here, opened, suspects):
        if folder in snapshot.places_of(suspect.filename):
            yield entry(suspect.filename, None) | suspect.model_dump() | {"folder": folder, "suggested": suggested}


def _standing(
    here: Workspace, opened: OpenLibrary, suspects: tuple[Suspect, ...]
) -> Iterator[tuple[Suspect, str, str]]:
    """Those that were not found right, with both folders as they are called now; wherever they lie now."""
    heirs, folders = opened.heirs(), opened.live.folder_names()
    subjects = (subject.partition("/") for subject in Dismissed(here.database, opened.history).subjects("misfiled"))
    right = {(heirs.get(folder, folder), filename) for folder, _, filename in subjects}
    for suspect in suspects:
        folder, suggested = heirs.get(suspect.folder, suspect.folder), heirs.get(suspect.suggested, suspect.suggested)
        is_open = folder != suggested and suggested in folders and (folder, suspect.filename) not in right
        if is_open and is_learned(folder, opened.not_learned) and is_learned(suggested, opened.not_learned):
            yield suspect, folder, suggested


def dismiss(here: Workspace, filename: str) -> dict[str, object]:
    """Remember that a video is right in the folder it lies in; it counts no longer when it lies in another.

    Raises InvalidNameError and NotFoundError.
    """
    opened = here.library
    check_filename(filename, opened.video_names)
    folders = [folder for folder in opened.snapshot().places_of(filename) if folder is not None]
    if not folders:
        raise NotFoundError(f"No folder has a video {filename}: it may have been moved since.")
    Dismissed(here.database, opened.history).note("misfiled", [f"{folder}/{filename}" for folder in folders])
    return {"filename": filename, "folders": folders}
