"""Videos wherever they lie: search, one by its name."""

from ..answers import Here, faults
from ..contract import Filename, Limit, RecordsAnswer, SearchQuery, VideoAnswer
from ..finding import search, video_of
from .subject import Subject

router = Subject("Search")


@router.get("/api/search", responses=faults(422))
def find(here: Here, q: SearchQuery, limit: Limit = 50) -> RecordsAnswer:
    """Videos, unsorted and sorted, whose words have all words of `q` or words that begin so, best first."""
    return RecordsAnswer.model_validate({"videos": search(here, q, limit)})


# A bad filename with a slash is told so, and not taken for another route.
@router.get("/api/videos/{filename:rest}", responses=faults(400, 404, 422))
def video(here: Here, filename: Filename) -> VideoAnswer:
    """One video, wherever it lies, with what is said about it."""
    return VideoAnswer.model_validate(video_of(here, filename))
