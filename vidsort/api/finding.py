"""Videos wherever they lie: one by its name, and those that have the words of a query."""

from collections.abc import Sequence
from itertools import islice

from ..errors import NotFoundError
from ..insight.proposing.groups import Group
from ..insight.proposing.kept import NOTHING_ALIKE, KeptGroups
from ..library.names import check_filename
from ..pile.entries import entry, records
from ..pile.predictions import Predictions
from ..store.words import WordStore
from .meaning import Meaning
from .workspace import Workspace

# The usual constant: the first places of a list are worth about the same.
FIRST_PLACES = 60
# Of a kind that is new the guesses are seldom one folder, and seldom as sure as this on average.
SURE = 0.95


def video_of(here: Workspace, filename: str) -> dict[str, object]:
    """The record of a video with its words; where several folders have one of its name, of the first.

    Raises InvalidNameError and NotFoundError.
    """
    opened = here.library
    check_filename(filename, opened.video_names)
    found = next(records([filename], opened.snapshot(), here.predicted().by_video), None)
    if found is None:
        raise NotFoundError(f"There is no video {filename} in the library: it may have been moved out of it.")
    return found | {"words": WordStore(here.database, opened.data_dir).documents([filename]).get(filename, {})}


def search(here: Workspace, query: str, limit: int, meaning: Meaning) -> list[dict[str, object]]:
    """The records of those videos that have all words of a query, or words that begin so, best first.

    Where words are understood also those that mean the like, ranked with the others by their places in both lists.
    Raises ArtifactError where words cannot be searched at all.
    """
    opened = here.library
    said = WordStore(here.database, opened.data_dir).search(query, limit)
    named = _together(said, meaning.near(opened, query, limit))
    return list(islice(records(named, opened.snapshot(), here.predicted().by_video), limit))


def proposals(here: Workspace, kept: KeptGroups, limit: int) -> dict[str, object]:
    """Groups of unsorted videos that are no folder yet, with the records of their videos, and why there are none."""
    opened = here.library
    now = opened.snapshot()
    groups, reason = kept.groups(opened.data_dir, opened.artifacts_dir, now, opened.video_names, opened.not_learned)
    predicted = here.predicted()
    found = [group for group in groups if not _is_surely_there(group, predicted)]
    reason = NOTHING_ALIKE if groups and not found else reason
    told = [
        {"name": group.name, "size": group.size, "words": group.words, "fits": group.fits, "videos": [
            entry(name, predicted.by_video.get(name)) | {"folder": None} for name in group.videos
        ]}
        for group in found[:limit]
    ]
    return {"proposals": told, "reason": reason}


def _is_surely_there(group: Group, predicted: Predictions) -> bool:
    """Whether the guesses of all its videos are one folder, and sure: unlike what lies there, and yet of it."""
    guesses = [predicted.by_video.get(name) for name in group.videos]
    known = [guess for guess in guesses if guess is not None]
    return (
        len(known) == len(guesses) and len({guess.predicted_folder for guess in known}) == 1
        and sum(guess.confidence for guess in known) >= SURE * len(known)
    )


def _together(*lists: Sequence[str]) -> list[str]:
    """All of several ranked lists, by the sum of what each place in one counts (Cormack 2009)."""
    counted: dict[str, float] = {}
    for ranked in lists:
        for place, filename in enumerate(ranked):
            counted[filename] = counted.get(filename, 0.0) + 1 / (FIRST_PLACES + place)
    return sorted(counted, key=lambda filename: -counted[filename])
