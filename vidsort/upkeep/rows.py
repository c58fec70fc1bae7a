"""What lies in the database: features that were made in ways that nothing needs, and those of what is gone."""

from collections.abc import Collection

from ..errors import ConflictError
from ..store import Database
from ..store.cleaning import (
    Sum,
    contents_under,
    drop_dead,
    drop_modalities,
    forget_contents,
    sum_of_dead,
    sums_by_modality,
)
from .gone import Gone
from .parts import Look, Sweep

MOVED = "videos were moved meanwhile, so that what is known of those that are gone is kept: try again."


def old_features(database: Database, needed: Collection[str]) -> Sweep:
    """Rows that were made in other ways than the needed modalities."""

    def idle() -> dict[str, Sum]:
        return {name: found for name, found in sums_by_modality(database).items() if name not in needed}

    def look() -> Look:
        sums = sums_by_modality(database)
        kept, gone = _total(sums, needed), _total(sums, sums.keys() - set(needed))
        return Look(kept.rows, kept.bytes, gone.rows, gone.bytes)

    return Sweep(
        "features", look, lambda: drop_modalities(database, idle()), "what goes was made in ways that nothing needs"
    )


def gone_videos(database: Database, gone: Gone, needed: Collection[str] | None) -> Sweep:
    """Which contents lay where no video is any more, and their features of the modalities that stay (None: of all)."""

    def look() -> Look:
        left = {*gone.contents}.intersection(contents_under(database, gone.data_dir))
        modalities = set() if needed is None else sums_by_modality(database).keys() - set(needed)
        dead = sum_of_dead(database, left, modalities)
        return Look(idle=len(left) + dead.rows, idle_bytes=dead.bytes)

    def remove() -> None:
        if gone.contents and not forget_contents(database, gone.library, gone.mark, gone.contents):
            raise ConflictError(MOVED)
        drop_dead(database)

    return Sweep("features of gone videos", look, remove)


def _total(sums: dict[str, Sum], names: Collection[str]) -> Sum:
    found = Sum()
    for name in names:
        found = found.plus(sums.get(name, Sum()))
    return found
