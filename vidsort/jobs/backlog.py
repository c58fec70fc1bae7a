"""Which videos of a library were never looked at, without opening any."""

import os
from collections.abc import Set

from ..library import videos_at
from ..library.live import LiveLibrary
from ..store.features import FeatureStore
from ..store.whole import looked_at_under


def place_of(folder: str | None, filename: str) -> str:
    """Where a video lies, relative to its library."""
    return filename if folder is None else f"{folder}/{filename}"


def never_looked_at(live: LiveLibrary, store: FeatureStore) -> list[str]:
    """The places of these, those of the pile first; what was looked at where it lay before is not among them."""
    names = live.snapshot()
    sorted_ones = (place_of(folder, name) for folder, inside in names.folders.items() for name in inside)
    beneath = os.fsencode(live.data_dir / "-")[:-1]
    seen = looked_at_under(store.database, live.data_dir)
    missing = [place for place in (*names.unsorted, *sorted_ones) if beneath + os.fsencode(place) not in seen]
    moved = _moved(missing, seen, live, store) if missing else set()
    return [place for place in missing if place not in moved]


def _moved(places: list[str], seen: Set[bytes], live: LiveLibrary, store: FeatureStore) -> set[str]:
    """Those that were looked at elsewhere; of the disk only what has the name of such a one is asked for."""
    names = {path.rpartition(b"/")[2] for path in seen}
    named = [place for place in places if os.fsencode(place.rpartition("/")[2]) in names]
    contents = store.recognised(videos_at(live.data_dir, named), live.data_dir)
    known = store.modalities_of(contents.values())
    return {place_of(video.folder, video.filename) for video, content in contents.items() if content in known}
