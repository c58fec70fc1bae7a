"""The features that are stored for videos, by kind of evidence, and why others have none."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import ArtifactError
from ..learning.rows.parts import Part
from ..records import Failure, FeatureSet, Video
from ..store import Database
from ..store.features import FeatureStore
from ..store.words import documents_of, everywhere_in, keep_everywhere, lines_everywhere, without
from .contents import Contents, contents_of, failure_of, library_of
from .encoders.signature import SIGNATURES
from .modalities import KINDS, Kind, makeable

__all__ = ["LibraryFeatures", "Part", "errors_of", "features_of", "read_in", "sources_of"]

NOT_YET = "its features are not extracted yet: run vidsort extract-features"
NO_MORE = "the model learned from features that vidsort now makes in another way: run vidsort retrain"
NOTHING = "there is nothing in it that features could be made of"


@dataclass(frozen=True)
class LibraryFeatures:
    """Features of videos in row order, and the videos that have none, with their reasons.

    parts: by kind of evidence. signatures: uint64 [n, 6], one of each sampled frame; 0 stands for no
    frame or one of a single colour. contents: the content hash of each. Each video that has any of
    the evidence has its row, also where others are of the same bytes; but none whose essential evidence
    could not be had, or was not looked for yet.
    """

    parts: Mapping[str, Part]
    signatures: np.ndarray
    videos: list[Video]
    contents: list[bytes]
    failed: list[Failure]

    @property
    def pictures(self) -> np.ndarray:
        """What near-duplicates are told by, float32 [n, d]; without pictures only the same bytes are alike."""
        # Not of another package's kind, of which nobody knows how alike two that show the same are.
        seen = (part.X for name, part in self.parts.items() if part.rows == "rooted" and not KINDS[name].origin)
        return next(seen, np.zeros((len(self.videos), 1), np.float32))


def features_of(database: Database, videos: Sequence[Video], feature_set: FeatureSet) -> LibraryFeatures:
    """The stored features of videos; encodes nothing. Raises ArtifactError for evidence that is not known here."""
    store = FeatureStore(database)
    contents = contents_of(store, videos)
    kinds = {
        name: _found(store, contents, KINDS[name], modality, sources)
        for (name, modality), sources in zip(
            feature_set.modalities.items(), sources_of(contents, feature_set).values(), strict=True
        )
    }
    essential = [kind for name, kind in kinds.items() if KINDS[name].essential]
    there = set().union(*(kind.row_of for kind in kinds.values()))
    for kind in essential:
        there &= kind.row_of.keys() | kind.absent
    found = [video for video in videos if video in there]
    lacking = contents.hashes.keys() - there
    never = NOT_YET if len(makeable(feature_set)) == len(feature_set.modalities) else NO_MORE
    failed = contents.failed + [
        failure_of(video, _reason(video, essential or list(kinds.values()), never))
        for video in (videos if lacking else ()) if video in lacking
    ]
    parts, signatures = {}, np.zeros((len(found), SIGNATURES), np.uint64)
    for name, kind in kinds.items():
        rows = np.array([kind.row_of.get(video, -1) for video in found], np.int64)
        reasons = {row: kind.errors[video] for row, video in enumerate(found) if video in kind.errors}
        parts[name] = Part(
            _taken(kind.values, rows), rows >= 0, feature_set.modalities[name], KINDS[name].rows, reasons
        )
        if kind.signatures.shape[1] and not signatures.any():
            signatures = _taken(kind.signatures, rows)
    return LibraryFeatures(parts, signatures, found, [contents.hashes[video] for video in found], failed)


@dataclass(frozen=True)
class _Found:
    """What one kind gave of videos: `row_of` the rows of values that are theirs; why it failed; which have none."""

    values: np.ndarray
    signatures: np.ndarray
    row_of: Mapping[Video, int]
    errors: Mapping[Video, str]
    absent: Set[Video]


def _found(
    store: FeatureStore, contents: Contents, kind: Kind, modality: str, sources: Mapping[Video, bytes]
) -> _Found:
    if kind.is_read:
        return _read(store, modality, sources)
    if kind.rows == "text":
        return _documents(store.database, contents, sources)
    features = store.load(modality, sources.values())
    return _Found(
        features.vectors, features.signatures,
        {video: features.index[source] for video, source in sources.items() if source in features.index},
        {video: features.errors[source] for video, source in sources.items() if source in features.errors},
        {video for video, source in sources.items() if source in features.absent},
    )


def _documents(database: Database, contents: Contents, sources: Mapping[Video, bytes]) -> _Found:
    """The documents of videos, each once; a video whose words were found in no form has none."""
    documents = documents_of(database, sources.values())
    rows = {source: row for row, source in enumerate(documents)}
    row_of = {video: rows[source] for video, source in sources.items() if source in rows}
    values = np.array(list(documents.values()), object)
    absent = contents.hashes.keys() - row_of.keys() - contents.words.errors.keys()
    return _Found(values, np.empty((len(rows), 0), np.uint64), row_of, contents.words.errors, absent)


def _read(store: FeatureStore, modality: str, sources: Mapping[Video, bytes]) -> _Found:
    """What was read in videos, without what is everywhere in their library."""
    features = store.load(modality, sources.values())
    data_dirs = {library_of(video) for video in sources}
    everywhere = {data_dir: everywhere_in(store.database, data_dir, modality) for data_dir in data_dirs}
    documents = {
        video: document for video, source in sources.items()
        if (document := without(features.documents.get(source, ""), everywhere[library_of(video)]))
    }
    errors = {video: features.errors[source] for video, source in sources.items() if source in features.errors}
    known = features.documents.keys() | features.absent
    looked_at = {video for video, source in sources.items() if source in known}
    return _Found(
        np.array(list(documents.values()), object), np.empty((len(documents), 0), np.uint64),
        {video: row for row, video in enumerate(documents)}, errors, looked_at - documents.keys(),
    )


def read_in(store: FeatureStore, contents: Contents, feature_set: FeatureSet, data_dir: Path) -> dict[Video, list[str]]:
    """The documents of all that was read in the videos of a library; what is everywhere in it is found anew."""
    found: dict[Video, list[str]] = {}
    for name, sources in sources_of(contents, feature_set).items():
        if not KINDS[name].is_read:
            continue
        modality = feature_set.modalities[name]
        documents = store.load(modality, sources.values()).documents
        everywhere = lines_everywhere((documents[one] for one in sources.values() if one in documents), len(sources))
        keep_everywhere(store.database, data_dir, modality, everywhere)
        for video, source in sources.items():
            if document := without(documents.get(source, ""), everywhere):
                found.setdefault(video, []).append(document)
    return found


def sources_of(contents: Contents, feature_set: FeatureSet) -> dict[str, Mapping[Video, bytes]]:
    """The hash of what each kind of a feature set reads of each video; raises ArtifactError for an unknown kind."""
    unknown = feature_set.modalities.keys() - KINDS.keys()
    if unknown:
        raise ArtifactError(
            f"These features are of kinds that this vidsort does not know ({', '.join(sorted(unknown))}): update "
            "vidsort, install the package that brings them, or run `vidsort retrain`."
        )
    return {name: KINDS[name].reads(contents) for name in feature_set.modalities}


def errors_of(store: FeatureStore, contents: Contents, feature_set: FeatureSet) -> dict[Video, str]:
    """The videos that have no features because essential evidence could not be had, and why."""
    reasons: dict[Video, list[str]] = {}
    for name, sources in sources_of(contents, feature_set).items():
        if KINDS[name].essential:
            errors = store.errors(feature_set.modalities[name], set(sources.values()))
            for video, source in sources.items():
                if source in errors:
                    reasons.setdefault(video, []).append(errors[source])
    return {video: "; ".join(dict.fromkeys(found)) for video, found in reasons.items()}


def _taken(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """These rows of an array, where a row is -1 zeros or empty texts; the array itself where that is all of it."""
    if len(rows) == len(values) and np.array_equal(rows, np.arange(len(values))):
        return values
    has = rows >= 0
    if has.all():
        return values[rows]
    nothing = "" if values.dtype == object else 0
    taken: np.ndarray = np.full((len(rows), *values.shape[1:]), nothing, values.dtype)
    taken[has] = values[rows[has]]
    return taken


def _reason(video: Video, kinds: Sequence[_Found], never: str) -> str:
    """Why a video has no features, by the kinds that decide it."""
    reasons = [kind.errors[video] for kind in kinds if video in kind.errors]
    if reasons:
        return "; ".join(dict.fromkeys(reasons))
    return NOTHING if all(video in kind.absent for kind in kinds) else never
