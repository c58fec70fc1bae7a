"""Take out of the artifacts of a library what nothing needs any more.

Each part by itself is whole at every moment, and the parts go in an order in which a kill leaves only what the next
clean finds: pictures before what is known of their videos, predictions before models.
"""

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ..artifacts.owners import homes, known_home, owner_of
from ..errors import NotFoundError, SettingsError, VidsortError
from ..settings import Settings
from ..steps import size_text
from ..store import Database, open_database
from ..store.cleaning import contents_but, free_bytes, shrink, size_on_disk, write_anew
from ..store.database import DATABASE_NAME, shared_dir
from .files import Pictures, leftovers, old_reports, old_versions, reported
from .gone import Gone, gone_from
from .needed import needed_feature_sets, needed_modalities, needed_versions
from .parts import Cleaned, Look, Part, Sweep, alone
from .rows import gone_videos, old_features

log = logging.getLogger(__name__)

KEEP = 10
# Writing the database anew takes a second for some hundred megabytes, in which whoever sorts waits: from then on it is
# worth it.
WORTH_BYTES, WORTH_SHARE = 16_000_000, 0.2
OF_ANOTHER = "another library's: clean it by its own --data-dir"


def clean(settings: Settings, keep: int = KEEP, *, is_dry_run: bool = False) -> Cleaned:
    """Remove versions beyond the newest `keep`, features and pictures that nothing needs, and what kills have left.

    Never the journal, what people said, what is in force with all that it needs, or anything in a library; of other
    libraries it is only told. Works beside servers and retrains. Raises SettingsError for a `keep` below 1,
    NotFoundError where these artifacts are of no library of these settings, ConflictError beside another clean.
    """
    if keep < 1:
        raise SettingsError(f"keep={keep} does not fit: give a whole number from 1 on.")
    root = shared_dir(settings.artifacts_dir)
    if not (root / DATABASE_NAME).exists():
        raise NotFoundError(f"There are no artifacts in {root} yet: there is nothing to clean.")
    with alone(root), contextlib.closing(open_database(root)) as database:
        home = _home(settings, root)
        notices: list[str] = []
        sweeps = _sweeps(settings, root, home, database, keep, notices)
        parts = [_swept(sweep, notices, is_dry_run=is_dry_run) for sweep in sweeps]
        before = size_on_disk(database.path)
        if not is_dry_run:
            _give_back(database, notices)
        after = size_on_disk(database.path)
        parts.append(Part(what="database", kept=1, kept_bytes=after, removed=0, removed_bytes=0,
                          note="with the features above, history, and what people said"))
    return Cleaned(
        is_dry_run=is_dry_run, keep=keep, parts=tuple(parts), given_back_bytes=max(0, before - after),
        notices=tuple(notices),
    )


def _home(settings: Settings, root: Path) -> Path:
    home = known_home(root, settings.data_dir)
    if home is None:
        raise NotFoundError(
            f"The artifacts in {root} are of no library at {settings.data_dir}: say by --data-dir whose are to be "
            "cleaned."
        )
    return home


def _sweeps(
    settings: Settings, root: Path, home: Path, database: Database, keep: int, notices: list[str]
) -> Iterator[Sweep]:
    """The parts, in the order in which they go."""
    others = [place for place in homes(root) if place != home]
    is_alone = not any(_is_somebodys(place) for place in others)
    gone = gone_from(settings, home, database, knows_pictures=is_alone)
    notices += [*gone.notices, *filter(None, [gone.away])]
    needed = _needed(settings, home, keep, notices)
    yield from _of_pictures(root, database, gone, is_alone=is_alone)
    yield from old_versions(home, keep)
    if needed is not None:
        feature_sets, modalities = needed
        yield old_reports(home, feature_sets)
        yield old_features(database, modalities)
    if not gone.away:
        yield gone_videos(database, gone, None if needed is None else needed[1])
    yield leftovers(root, home)
    rescued = sorted(root.glob(f"{DATABASE_NAME}.damaged-*"))
    if rescued:
        yield reported("databases kept by a rescue", rescued, "remove them by hand once nothing is missing")
    for place in filter(_is_somebodys, others):
        owner = owner_of(place)
        folders = [place] if place != root else [root / "models", root / "predictions"]
        yield reported(f"library {owner.path if owner else place.name}", folders, OF_ANOTHER)


def _is_somebodys(place: Path) -> bool:
    return place.is_dir() and owner_of(place) is not None


def _needed(
    settings: Settings, home: Path, keep: int, notices: list[str]
) -> tuple[set[str], set[str]] | None:
    """The ids of the feature sets and of the modalities that are needed; None where that cannot be told."""
    try:
        models = needed_versions(home, keep).models
        feature_sets = needed_feature_sets(settings, home, models)
        return {one.id for one in feature_sets}, needed_modalities(settings, feature_sets)
    except VidsortError as error:
        notices.append(f"All features are kept, as it cannot be told which are needed: {error}")
        return None


def _of_pictures(root: Path, database: Database, gone: Gone, *, is_alone: bool) -> list[Sweep]:
    # Where the library is away nothing of it was read now, so that an unknown picture may well be one of its videos'.
    is_sure = is_alone and not gone.away and not gone.notices
    return Pictures(root, set(gone.dead), contents_but(database, ()), is_sure).sweeps()


def _swept(sweep: Sweep, notices: list[str], *, is_dry_run: bool) -> Part:
    """What a part was, and is after what can go has gone; what could not be removed stays, and is told."""
    before = after = Look()
    try:
        before = after = sweep.look()
        if before.idle and sweep.take_out is not None and not is_dry_run:
            try:
                sweep.take_out()
            finally:
                after = sweep.look()
    except (VidsortError, OSError) as error:
        notices.append(f"Not all of the {sweep.what} could be looked at or removed: {error}")
    removed, removed_bytes = before.idle - after.idle, before.idle_bytes - after.idle_bytes
    if is_dry_run:
        removed, removed_bytes = before.idle, before.idle_bytes
    return Part(
        what=sweep.what, kept=after.kept + (0 if is_dry_run else after.idle),
        kept_bytes=after.kept_bytes + (0 if is_dry_run else after.idle_bytes),
        removed=max(0, removed), removed_bytes=max(0, removed_bytes), note=sweep.note,
    )


def _give_back(database: Database, notices: list[str]) -> None:
    """Write the database anew where enough of it is free, and let what is written beside it end in it."""
    free, size = free_bytes(database), database.path.stat().st_size
    if free >= min(WORTH_BYTES, WORTH_SHARE * size):
        room = shutil.disk_usage(database.path.parent).free
        if room < 2 * size:
            notices.append(
                f"{size_text(free)} of the database are free and stay in its file: writing it anew takes "
                f"{size_text(2 * size)} on its disk, and there are {size_text(room)}."
            )
            return
        try:
            write_anew(database)
        except sqlite3.Error as error:
            notices.append(f"{size_text(free)} of the database stay free in its file ({error}): try again later.")
            return
    beside = size_on_disk(database.path) - database.path.stat().st_size
    if (beside >= WORTH_BYTES or free >= WORTH_SHARE * size) and not shrink(database):
        notices.append(f"{size_text(beside)} beside the database are given back once less is written to it.")
