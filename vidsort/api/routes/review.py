"""What the review page needs beside the documented routes."""

import logging

from ...accounts import PERSON
from ...errors import ArtifactError
from ...library.names import check_filename
from ...pile.order import FIRST_ORDER
from ...pile.pace import Pace
from ...store.people.leases import LEASE_S, Leases
from ..answers import Browser, Here, KnownBrowser, faults
from ..contract import (
    BlindAnswer,
    Cursor,
    EntriesBody,
    Filename,
    LeasesAnswer,
    LeasesBody,
    Limit,
    Order,
    Preferences,
    QueueAnswer,
    SkipBody,
)
from .subject import Subject

log = logging.getLogger(__name__)

# The card on show and the next one.
FIRST_SHOWN = 2
NOWHERE: frozenset[str] = frozenset()

router = Subject("Review page")


@router.get("/api/queue", summary="The pile in the order of review", responses=faults(400, 409, 422))
def queue(
    here: Here, browser: Browser, order: Order = FIRST_ORDER, limit: Limit = 50, cursor: Cursor | None = None
) -> QueueAnswer:
    """The pile in the order of review, with what the page shows of each video; those put off come last.

    A browser that says which one it is gets no card that another one shows, and one that shows none yet has the first
    two as its own for a minute.
    """
    leases = here.library.review.leases
    others = leases.elsewhere(browser) if browser else NOWHERE
    answer = QueueAnswer.model_validate(here.queue(limit, cursor, order, others))
    if browser is None:
        return answer
    if cursor is None and not leases.holds_any(browser):
        # Of two that ask at the same time both have read what is elsewhere before either had anything.
        lost = _taken_by_others(leases, browser, [video.filename for video in answer.videos])
        answer.videos = [video for video in answer.videos if video.filename not in lost]
        others |= lost
    answer.elsewhere = len(here.library.live.unsorted_among(others))
    return answer


def _taken_by_others(leases: Leases, browser: str, filenames: list[str]) -> frozenset[str]:
    """Make the first cards this browser's own, and tell which are not to be had; a full disk keeps no card back."""
    try:
        return frozenset(leases.take(browser, filenames, FIRST_SHOWN).elsewhere)
    except ArtifactError as error:
        log.warning("Which cards are on show could not be written down: %s", error)
        return NOWHERE


@router.post("/api/leases", summary="Keep cards for one browser", responses=faults(400, 422))
def leases(here: Here, browser: KnownBrowser, body: LeasesBody) -> LeasesAnswer:
    """Show these cards in this browser, so that they are offered to no other for a minute; to be said again."""
    names = [check_filename(filename, here.library.video_names) for filename in body.filenames]
    taken = here.library.review.leases.take(browser, names)
    return LeasesAnswer(here=taken.here, elsewhere=taken.elsewhere, lease_s=LEASE_S)


@router.post("/api/queue/entries", summary="What the page shows of some videos", responses=faults(422))
def entries(here: Here, body: EntriesBody) -> QueueAnswer:
    """What the queue says of these videos, as far as they are unsorted; nothing is changed."""
    return QueueAnswer.model_validate(here.entries(body.filenames))


@router.get("/api/queue/blind", summary="Which cards show no guess")
def blind(here: Here) -> BlindAnswer:
    """Which videos of the pile the page shows without their guess, wherever it shows them."""
    return BlindAnswer(filenames=sorted(here.library.pile.blind(here.predicted(), here.settings.blind_share).names))


@router.post("/api/skip", summary="Put a video off", responses=faults(400, 422))
def skip(here: Here, body: SkipBody) -> SkipBody:
    """Put a video off: it comes last in the queue."""
    here.library.review.skip(check_filename(body.filename, here.library.video_names))
    return body


@router.delete("/api/skip/{filename}", summary="Put a video back into the queue", responses=faults(400, 422))
def unskip(here: Here, filename: Filename) -> SkipBody:
    """Put a video back in its place in the queue."""
    here.library.review.unskip(check_filename(filename, here.library.video_names))
    return SkipBody(filename=filename)


@router.get("/api/preferences", summary="What the page remembers")
def preferences(here: Here) -> Preferences:
    """The page's preferences, the same for every browser of an account, and of all who have none."""
    return Preferences.model_validate(here.library.review.preferences(PERSON.get().name))


@router.put("/api/preferences", summary="Set what the page remembers", responses=faults(422))
def set_preferences(here: Here, body: Preferences) -> Preferences:
    """Replace the page's preferences; what the body leaves out is as if it had never been set."""
    here.library.review.set_preferences(body.model_dump(exclude_none=True), PERSON.get().name)
    return body


@router.get("/api/pace", summary="How fast the pile is sorted")
def pace(here: Here) -> Pace:
    """How fast the person sorts, and when the pile will be empty."""
    return here.pace()
