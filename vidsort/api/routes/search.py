"""Videos wherever they lie: search, one by its name, what is like it, why it is predicted where it is."""

from typing import Annotated

from fastapi import Depends, Request

from ...insight.proposing.kept import KeptGroups
from ..answers import Here, faults
from ..contract import (
    Filename,
    LikeAnswer,
    Limit,
    ProposalsAnswer,
    RecordsAnswer,
    SearchQuery,
    VideoAnswer,
    WhyAnswer,
)
from ..finding import proposals, search, video_of
from ..likeness import Explanations
from ..meaning import Meaning
from ..turns import proposing
from .subject import Subject


async def _meaning(request: Request) -> Meaning:
    return request.app.state.meaning


async def _explanations(request: Request) -> Explanations:
    return request.app.state.explanations


async def _kept(request: Request) -> KeptGroups:
    return request.app.state.groups


Model = Annotated[Explanations, Depends(_explanations)]
router = Subject("Search")


@router.get("/api/search", summary="Search videos by their words", responses=faults(422))
def find(
    here: Here, meaning: Annotated[Meaning, Depends(_meaning)], q: SearchQuery, limit: Limit = 50
) -> RecordsAnswer:
    """Videos, unsorted and sorted, whose words have all words of `q` or words that begin so, best first.

    Their words are those that go with them and, where that was read, what is said and shown in them. With the kind
    of evidence `semantic` also those whose words mean the like, in whatever language.
    """
    return RecordsAnswer.model_validate({"videos": search(here, q, limit, meaning)})


@router.get("/api/proposals", summary="Propose folders worth making", responses=faults(422))
@proposing
def propose(here: Here, kept: Annotated[KeptGroups, Depends(_kept)], limit: Limit = 20) -> ProposalsAnswer:
    """Groups of unsorted videos that are much alike and fit no folder, the largest first, each with a name for it.

    By what extraction has kept of the videos, before any is sorted too; no video is opened. `POST /api/sort/batch`
    with `makes` makes the folder and files the group.
    """
    return ProposalsAnswer.model_validate(proposals(here, kept, limit))


@router.get(
    "/api/videos/{filename:rest}/why", summary="Why a video is predicted there",
    responses=faults(400, 404, 409, 422),
)
def why(model: Model, filename: Filename) -> WhyAnswer:
    """What speaks for the model's first guess: sorted videos that are like it, kinds of evidence, words."""
    return WhyAnswer.model_validate(model.why(filename))


@router.get("/api/videos/{filename:rest}/similar", summary="Find videos like one", responses=faults(400, 404, 409, 422))
def similar(model: Model, filename: Filename, limit: Limit = 50) -> LikeAnswer:
    """The videos, unsorted and sorted, that are most like one by all that the model in force goes by."""
    return LikeAnswer.model_validate({"videos": model.similar(filename, limit)})


# A bad filename with a slash is told so, and not taken for another route.
@router.get("/api/videos/{filename:rest}", summary="One video wherever it lies", responses=faults(400, 404, 422))
def video(here: Here, filename: Filename) -> VideoAnswer:
    """One video, wherever it lies, with what is said about it."""
    return VideoAnswer.model_validate(video_of(here, filename))
