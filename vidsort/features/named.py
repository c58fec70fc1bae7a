"""What videos say, beside what their folders are called: how folders can be told before any video is sorted."""

import logging
from collections.abc import Mapping, Sequence

from ..errors import SettingsError
from ..learning.rows.names import Named, Names, lettered, meant
from ..learning.rows.parts import Part
from ..records import FeatureSet, Video
from ..store import Database
from .modalities import KINDS, makeable
from .stored import features_of

BY_LETTERS, BY_MEANING = "names", "names_understood"
log = logging.getLogger(__name__)


def names_of(
    database: Database, videos: Sequence[Video], feature_set: FeatureSet, folders: Mapping[str, str]
) -> Names:
    """What is made of the names of these folders by what all these videos say, sorted or not; none without words.

    folders: by name what each says of itself beyond it.
    """
    folders = dict(sorted(folders.items()))
    kinds: dict[str, Named] = {}
    for kind, modality in feature_set.modalities.items():
        if kind not in KINDS or not (KINDS[kind].rows == "text" or KINDS[kind].understands):
            continue
        part = features_of(database, videos, _only(feature_set, kind, modality)).parts[kind]
        if KINDS[kind].understands is None:
            name, named = BY_LETTERS, lettered(kind, part.X.tolist(), folders)
        else:
            name, named = BY_MEANING, _meant(feature_set, kind, part, folders)
        if named is not None:
            kinds[name] = named
    return Names(tuple(folders) if kinds else (), kinds)


def _meant(feature_set: FeatureSet, kind: str, part: Part, folders: Mapping[str, str]) -> Named | None:
    modality = makeable(feature_set).get(feature_set.modalities[kind])
    if modality is None or not part.mask.any():
        return None
    try:
        encoder = modality.load_understanding()
    except SettingsError as error:
        log.warning("Folder names count by their letters only: %s", error)
        return None
    return meant(kind, part.X[part.mask], encoder.folders(folders))


def _only(feature_set: FeatureSet, kind: str, modality: str) -> FeatureSet:
    return feature_set.model_copy(update={"modalities": {kind: modality}})
