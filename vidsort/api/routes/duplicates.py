"""Videos that are edits or copies of one another."""

from typing import Annotated

from fastapi import Path

from ..answers import Here, faults
from ..contract import DuplicatesAnswer, NoDuplicatesAnswer
from ..insights.duplicates import dismiss, duplicates
from ..turns import looking
from .subject import Subject

router = Subject("Duplicates")
SetId = Annotated[str, Path(max_length=64, examples=["8c1f04ab93de7710"])]


@router.get("/api/duplicates", summary="List the sets of duplicates")
@looking
def find(here: Here) -> DuplicatesAnswer:
    """Sets of videos that are one: copies, and edits by scale, crop, caption, mirror, speed, intro, bars or colour.

    Whole where a retrain has ended; what came since and was looked at is compared now. Nothing is ever deleted.
    """
    sets, reason = duplicates(here)
    return DuplicatesAnswer.model_validate({"duplicates": sets, "reason": reason})


@router.post("/api/duplicates/{id}/dismiss", summary="Say that a set is none", responses=faults(404, 422))
@looking
def no_duplicates(here: Here, id: SetId) -> NoDuplicatesAnswer:  # noqa: A002 (what the route calls it)
    """Say that the videos of a set are no duplicates of one another: it does not come back, but with a new member."""
    return NoDuplicatesAnswer.model_validate(dismiss(here, id))
