"""What works on a library without a server, and safely beside one: what the routes ask, and the mover."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import ConflictError, NotFoundError
from ..library import Snapshot, scan
from ..library.names import check_filename
from ..settings import Settings

if TYPE_CHECKING:
    from ..api.workspace import Workspace
    from ..library.moves import Outcome
    from ..library.moves.mover import Mover

PILE = "the unsorted videos"


@contextlib.contextmanager
def opened(settings: Settings) -> "Iterator[Workspace]":
    """What the routes ask, without a server."""
    from ..api.workspace import Workspace

    here = Workspace(settings)
    try:
        yield here
    finally:
        here.stop()


def sort(settings: Settings, wanted: Sequence[tuple[str, str]]) -> "list[Outcome]":
    """File (filename, folder), each with its outcome; beside each is remembered what was guessed, as the page does."""
    from ..api.routes.moves import guesses_of
    from ..autofile.deciding import remember

    with opened(settings) as here:
        guesses = guesses_of(here, [filename for filename, _ in wanted])
        done = here.library.mover.sort_batch(wanted)
        remember(here.library.decisions, guesses, [outcome.move for outcome in done if outcome.move])
    return done


@contextlib.contextmanager
def mover_of(settings: Settings) -> "Iterator[Mover]":
    """What moves videos of this library and journals it, which a server follows; what a kill left is settled first.

    Raises NotFoundError without a library, AwayError where it cannot be seen.
    """
    from ..library.moves.mover import Mover
    from ..store import open_database

    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        mover = Mover(settings.data_dir, database, video_names=settings.video_names)
        mover.recover()
        yield mover


def found_place(settings: Settings, filename: str, how: str) -> str | None:
    """The same as `place_of` of what is on disk now; raises InvalidNameError, too."""
    check_filename(filename, settings.video_names)
    return place_of(scan(settings.data_dir, settings.video_names), filename, how)


def place_of(now: Snapshot, filename: str, how: str) -> str | None:
    """The one folder that a video is in, None for the unsorted ones.

    `how` is what tells which one is meant where several have one of its name. Raises NotFoundError, and ConflictError
    for several.
    """
    places = now.places_of(filename)
    if not places:
        raise NotFoundError(f"There is no video {filename} in the library: it may have been moved out of it.")
    if len(places) > 1:
        lying = ", ".join(place or PILE for place in places)
        raise ConflictError(f"{filename} is in several places ({lying}): say which one by {how}.")
    return places[0]
