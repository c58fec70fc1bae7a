"""What videos say, beside what their folders are called: how folders can be told before any video is sorted."""

from collections.abc import Mapping, Sequence

from ..learning.rows.names import Named, Names, lettered
from ..records import FeatureSet, Video
from ..store import Database
from .modalities import KINDS
from .stored import features_of

BY_LETTERS = "names"


def names_of(
    database: Database, videos: Sequence[Video], feature_set: FeatureSet, folders: Mapping[str, str]
) -> Names:
    """What is made of the names of these folders by what all these videos say, sorted or not; none without words.

    folders: by name what each says of itself beyond it.
    """
    folders = dict(sorted(folders.items()))
    kinds: dict[str, Named] = {}
    for kind, modality in feature_set.modalities.items():
        if kind in KINDS and KINDS[kind].rows == "text":
            part = features_of(database, videos, _only(feature_set, kind, modality)).parts[kind]
            named = lettered(kind, part.X.tolist(), folders)
            if named is not None:
                kinds[BY_LETTERS] = named
    return Names(tuple(folders) if kinds else (), kinds)


def _only(feature_set: FeatureSet, kind: str, modality: str) -> FeatureSet:
    return feature_set.model_copy(update={"modalities": {kind: modality}})
