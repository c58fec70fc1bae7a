"""The unsorted videos."""

from starlette.responses import Response, StreamingResponse

from ..answers import Here, faults
from ..contract import PAGE_LIMIT, Cursor, FolderName, Limit, Order, VideosAnswer
from .subject import Subject

router = Subject("Videos")


@router.get(
    "/api/videos", summary="List the unsorted videos",
    response_model=VideosAnswer, responses=faults(400, 409, 422),
)
def videos(
    here: Here,
    limit: Limit | None = None,
    cursor: Cursor | None = None,
    order: Order | None = None,
    folder: FolderName | None = None,
) -> Response | VideosAnswer:
    """All unsorted videos with their predictions, sorted by filename; with any parameter, a page of them."""
    if limit is cursor is order is folder is None:
        listing = here.listing()
        if isinstance(listing, bytes):
            return Response(listing, media_type="application/json")
        return StreamingResponse(listing, media_type="application/json")
    return VideosAnswer.model_validate(here.videos(limit or PAGE_LIMIT, cursor, order or "filename", folder))
