"""The links of a library on disk: a retrain brings them up to date, and so does who asks for them."""

import logging
import math
import os
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...artifacts.files import as_json, read_json, write_whole
from ...errors import VidsortError
from ...features.encoders.prints import unpacked
from ...features.modalities import kept_beside
from ...features.stored import LibraryFeatures, features_of
from ...records import FeatureSet, Video
from ...store import Database
from ...store.features import FeatureStore
from .candidates import evened
from .links import REVISION, Links, Prints, linked

log = logging.getLogger(__name__)
FRAMES, SOUND = "frames", "sound"
# More videos than these are not compared: their features would take more than a tenth of a gigabyte.
MOST = 20_000


class LinkedLibrary(NamedTuple):
    """The videos of a library that have features, and the links among their contents.

    lacking: how many contents have no prints yet, so that nothing but equal bytes can be told of them. waiting: how
    many have some and were not compared yet, for want of time. beyond: how many videos are never compared.
    """

    found: LibraryFeatures
    links: Links
    lacking: int
    waiting: int
    beyond: int


def path_of(artifacts_dir: Path) -> Path:
    """Where the links of a library lie."""
    return artifacts_dir / "features" / "duplicates.json"


def links_now(
    database: Database, artifacts_dir: Path, videos: Sequence[Video], feature_set: FeatureSet,
    within_s: float = math.inf,
) -> LinkedLibrary:
    """The links among these videos, which are a whole library; only what is new is compared, and then kept.

    Comparing takes about `within_s` at most: where that is too short the next call goes on. Of a very large library
    those that lie in folders come first, and the rest is left out.
    """
    some = sorted(videos, key=lambda video: video.folder is None)[:MOST] if len(videos) > MOST else videos
    beyond, modality = len(videos) - len(some), kept_beside(feature_set)
    # Of all that is stored only what is seen is compared, and by what is heard it is looked for.
    seen = feature_set if modality is None else feature_set.model_copy(update={"modalities": {
        kind: modality_id for kind, modality_id in feature_set.modalities.items() if kind in (FRAMES, SOUND)
    }})
    found = features_of(database, some, seen)
    first = {content: row for row, content in reversed(list(enumerate(found.contents)))}
    if modality is None:
        return LinkedLibrary(found, {}, len(first), 0, beyond)
    stored = FeatureStore(database).load(modality.id, first)
    prints = _prints(stored.vectors, stored.signatures, stored.index)
    basis = f"{REVISION} {modality.id} {' '.join(feature_set.modalities.values())}"
    before, known = _read(path_of(artifacts_dir), basis)
    comparable = [content for content in first if content in prints]
    rows = [first[content] for content in comparable]
    sound = found.parts.get(SOUND)
    heard = None if sound is None else evened(sound.X[rows], sound.mask[rows])
    links, compared = linked(
        comparable, found.pictures[rows], prints, links=before, known=known, heard=heard, within_s=within_s
    )
    if known != compared:
        # Those that wait are linked by others already, perhaps.
        _write(path_of(artifacts_dir), basis, comparable, links, compared)
    return LinkedLibrary(found, links, len(first) - len(comparable), len(comparable) - len(compared), beyond)


def _prints(times_s: np.ndarray, stored: np.ndarray, index: Any) -> dict[bytes, Prints]:
    """The prints of each content, without the places of those that there are fewer of."""
    if not len(index):
        return {}
    counts = (times_s >= 0).sum(axis=1)
    whole = unpacked(stored)
    return {
        content: Prints(whole[row, : counts[row]], times_s[row, : counts[row]]) for content, row in index.items()
    }


def _read(path: Path, basis: str) -> tuple[dict[tuple[bytes, bytes], float], set[bytes]]:
    """The links that were found before in the same way, and the contents among which; none where there are none."""
    if not os.path.lexists(path):
        return {}, set()
    try:
        kept = read_json(path)
        if kept["basis"] != basis:
            return {}, set()
        contents = [bytes.fromhex(content) for content in kept["contents"]]
        compared = {contents[row] for row in kept["compared"]}
        links = {(contents[one], contents[other]): float(likely) for one, other, likely in kept["links"]}
    except (VidsortError, KeyError, IndexError, TypeError, ValueError) as error:
        log.warning("What was known of duplicates is found anew, as %s cannot be read: %s", path, error)
        return {}, set()
    return links, compared


def _write(path: Path, basis: str, contents: Sequence[bytes], links: Links, compared: Set[bytes]) -> None:
    """Keep the links; where they cannot be kept they are found again."""
    row_of = {content: row for row, content in enumerate(contents)}
    rows = [[row_of[one], row_of[other], round(likely, 4)] for (one, other), likely in links.items()]
    try:
        write_whole(path, as_json({
            "basis": basis, "contents": [one.hex() for one in contents], "links": rows,
            "compared": sorted(row_of[one] for one in compared),
        }))
    except OSError as error:
        log.warning("The duplicates that were found could not be kept: %s", error)
