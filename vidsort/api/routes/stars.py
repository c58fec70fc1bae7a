"""Stars: videos that a person wants to find again, wherever they lie."""

from ...errors import NotFoundError
from ...library.names import check_filename
from ...pile.entries import records
from ..answers import Here, faults
from ..contract import Filename, RecordsAnswer, StarAnswer
from .subject import Subject

router = Subject("Stars")


@router.get("/api/stars", summary="List the videos with a star")
def find(here: Here) -> RecordsAnswer:
    """All videos with a star, unsorted and sorted, the last that got one first.

    A video keeps its star when it is filed, moved or taken back; one that is not in the library now is left out, and
    has its star still when it is back.
    """
    opened = here.library
    found = records(opened.review.stars.filenames(), opened.snapshot(), here.predicted().by_video)
    return RecordsAnswer.model_validate({"videos": list(found)})


@router.put("/api/stars/{filename}", summary="Give a video a star", responses=faults(400, 404, 422))
def give(here: Here, filename: Filename) -> StarAnswer:
    """Give a video a star, wherever it lies; nothing is moved."""
    opened = here.library
    check_filename(filename, opened.video_names)
    if not opened.snapshot().places_of(filename):
        raise NotFoundError(f"There is no video {filename} in the library: it may have been moved out of it.")
    opened.review.stars.give(filename)
    return StarAnswer(filename=filename, starred=True)


@router.delete("/api/stars/{filename}", summary="Take the star of a video away", responses=faults(400, 422))
def take(here: Here, filename: Filename) -> StarAnswer:
    """Take the star of a video away, also of one that is not there any more."""
    opened = here.library
    opened.review.stars.take(check_filename(filename, opened.video_names))
    return StarAnswer(filename=filename, starred=False)
