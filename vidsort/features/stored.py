"""The features that are stored for videos, by kind of evidence, and why others have none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ArtifactError
from ..records import Failure, FeatureSet, Video
from ..store import Database
from ..store.features import Features, FeatureStore
from .contents import Contents, contents_of, failure_of
from .encoders.signature import SIGNATURES
from .modalities import KINDS, makeable

NOT_YET = "its features are not extracted yet: run vidsort extract-features"
NO_MORE = "the model learned from features that vidsort now makes in another way: run vidsort retrain"
NOTHING = "there is nothing in it that features could be made of"


@dataclass(frozen=True)
class Part:
    """What one kind of evidence says of videos, a row each.

    X: float32 [n, d], C-contiguous, zeros where there is nothing. mask: bool [n], which rows have it.
    modality: the id that it is kept by.
    """

    X: np.ndarray
    mask: np.ndarray
    modality: str


@dataclass(frozen=True)
class LibraryFeatures:
    """Features of videos in row order, and the videos that have none, with their reasons.

    parts: by kind of evidence. signatures: uint64 [n, 6], one of each sampled frame; 0 stands for no
    frame or one of a single colour. contents: the content hash of each. Each video that has any of
    the evidence has its row, also where others are of the same bytes.
    """

    parts: Mapping[str, Part]
    signatures: np.ndarray
    videos: list[Video]
    contents: list[bytes]
    failed: list[Failure]


def features_of(database: Database, videos: Sequence[Video], feature_set: FeatureSet) -> LibraryFeatures:
    """The stored features of videos; encodes nothing. Raises ArtifactError for evidence that is not known here."""
    store = FeatureStore(database)
    contents = contents_of(store, videos)
    sources = sources_of(contents, feature_set)
    loaded = {
        name: store.load(modality, sources[name].values()) for name, modality in feature_set.modalities.items()
    }
    found = [
        video for video in videos
        if any(sources[name].get(video) in features.index for name, features in loaded.items())
    ]
    lacking = set(contents.hashes).difference(found)
    never = NOT_YET if len(makeable(feature_set)) == len(feature_set.modalities) else NO_MORE
    failed = contents.failed + [
        failure_of(video, _reason(video, sources, loaded, never)) for video in videos if video in lacking
    ]
    parts, signatures = {}, np.zeros((len(found), SIGNATURES), np.uint64)
    for name, features in loaded.items():
        row_of = {video: features.index[source] for video, source in sources[name].items() if source in features.index}
        rows = np.array([row_of.get(video, -1) for video in found], np.int64)
        parts[name] = Part(_taken(features.vectors, rows), rows >= 0, feature_set.modalities[name])
        if features.signatures.shape[1] and not signatures.any():
            signatures = _taken(features.signatures, rows)
    return LibraryFeatures(parts, signatures, found, [contents.hashes[video] for video in found], failed)


def sources_of(contents: Contents, feature_set: FeatureSet) -> dict[str, Mapping[Video, bytes]]:
    """The hash of what each kind of a feature set reads of each video; raises ArtifactError for an unknown kind."""
    unknown = feature_set.modalities.keys() - KINDS.keys()
    if unknown:
        raise ArtifactError(
            f"These features are of kinds that this vidsort does not know ({', '.join(sorted(unknown))}): update "
            "vidsort, or run `vidsort retrain`."
        )
    return {name: KINDS[name].reads(contents) for name in feature_set.modalities}


def errors_of(store: FeatureStore, contents: Contents, feature_set: FeatureSet) -> dict[Video, str]:
    """The videos of which some of the evidence could not be had, and why."""
    reasons: dict[Video, list[str]] = {}
    for name, sources in sources_of(contents, feature_set).items():
        errors = store.errors(feature_set.modalities[name], set(sources.values()))
        for video, source in sources.items():
            if source in errors:
                reasons.setdefault(video, []).append(errors[source])
    return {video: "; ".join(dict.fromkeys(found)) for video, found in reasons.items()}


def _taken(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """These rows of an array, zeros where a row is -1; the array itself where that is all of it."""
    if len(rows) == len(values) and np.array_equal(rows, np.arange(len(values))):
        return values
    has = rows >= 0
    taken: np.ndarray = values[rows] if has.all() else np.zeros((len(rows), values.shape[1]), values.dtype)
    if not has.all():
        taken[has] = values[rows[has]]
    return taken


def _reason(
    video: Video, sources: Mapping[str, Mapping[Video, bytes]], loaded: Mapping[str, Features], never: str
) -> str:
    """Why a video has no evidence of any kind."""
    read = [(features, sources[name][video]) for name, features in loaded.items() if video in sources[name]]
    reasons = [features.errors[source] for features, source in read if source in features.errors]
    if reasons:
        return "; ".join(dict.fromkeys(reasons))
    return NOTHING if all(source in features.absent for features, source in read) else never
