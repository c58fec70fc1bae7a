"""Sorted videos that are likely in the wrong folder."""

from ..answers import Here, faults
from ..contract import DismissedAnswer, Filename, Limit, MisfiledAnswer
from ..insights.misfiled import dismiss, misfiled
from .subject import Subject

router = Subject("Likely misfiled")


@router.get("/api/misfiled", summary="List what is likely misfiled", responses=faults(422))
def find(here: Here, limit: Limit = 50) -> MisfiledAnswer:
    """Sorted videos that a model which has not seen them would rather put elsewhere, the worst first.

    They were scored when the model in force was trained; what was moved or found right since is left out.
    """
    videos, reason = misfiled(here, limit)
    return MisfiledAnswer.model_validate({"videos": videos, "reason": reason})


@router.post("/api/misfiled/{filename}/dismiss", summary="Say that a video lies right", responses=faults(400, 404, 422))
def found_right(here: Here, filename: Filename) -> DismissedAnswer:
    """Say that a video lies where it belongs: it is not asked about again while it lies there."""
    return DismissedAnswer.model_validate(dismiss(here, filename))
