"""Videos wherever they lie: one by its name, and those that have the words of a query."""

from itertools import islice

from ..errors import NotFoundError
from ..library.names import check_filename
from ..pile.found import records
from ..store.words import WordStore
from .workspace import Workspace


def video_of(here: Workspace, filename: str) -> dict[str, object]:
    """The record of a video with its words; where several folders have one of its name, of the first.

    Raises InvalidNameError and NotFoundError.
    """
    opened = here.library
    check_filename(filename, opened.video_names)
    found = next(records([filename], opened.snapshot(), here.predicted()), None)
    if found is None:
        raise NotFoundError(f"There is no video {filename} in the library: it may have been moved out of it.")
    return found | {"words": WordStore(here.database, opened.data_dir).documents([filename]).get(filename, {})}


def search(here: Workspace, query: str, limit: int) -> list[dict[str, object]]:
    """The records of those videos that have all words of a query, or words that begin so, best first.

    Raises ArtifactError where words cannot be searched at all.
    """
    opened = here.library
    named = WordStore(here.database, opened.data_dir).search(query, limit)
    return list(islice(records(named, opened.snapshot(), here.predicted()), limit))
