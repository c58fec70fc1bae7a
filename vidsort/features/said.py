"""What videos say and show: understood, and beside what folders are called, by which these are told before a label."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from ..errors import SettingsError
from ..learning.rows.names import Named, Names, lettered, meant
from ..learning.rows.parts import Part
from ..records import FeatureSet, Video
from ..store import Database
from ..store.features import FeatureRow, FeatureStore
from ..store.words import captions_of, documents_of
from .encoders.semantic import SemanticEncoder
from .modalities import KINDS, Modality, kind_of, makeable
from .stored import features_of

AT_ONCE = 64
BY_LETTERS, BY_MEANING, BY_SIGHT = "names", "names_understood", "names_seen"
WORDS = "words"
OTHER_MODEL = "another model lies where that of the videos lay, or this vidsort makes it in another way."
log = logging.getLogger(__name__)


def understand(
    store: FeatureStore, modality: str, sources: Iterable[bytes], encoder: SemanticEncoder,
    tell: Callable[[int, int], None],
) -> int:
    """Encode the documents of these sources that are not known in a modality yet; returns how many that were.

    They are kept as they come, each by the hash of its text. `tell` is called with how many are done, and how many
    there are.
    """
    missing = store.missing(modality, sources)
    for start in range(0, len(missing), AT_ONCE):
        tell(start, len(missing))
        documents = documents_of(store.database, missing[start : start + AT_ONCE])
        vectors = encoder.documents(list(documents.values()))
        store.put([FeatureRow(modality, source, vector) for source, vector in zip(documents, vectors, strict=True)])
    if missing:
        tell(len(missing), len(missing))
    return len(missing)


def understanding_of(modalities: Mapping[str, Modality], chosen: Collection[str]) -> dict[str, SemanticEncoder]:
    """What encodes words, by modality; of those that are not chosen some are left out where their extra is missing.

    Raises SettingsError where that of a chosen one is.
    """
    loaded = {}
    for modality_id, modality in modalities.items():
        if kind_of(modality.kind).understands is None:
            continue
        try:
            loaded[modality_id] = modality.load_understanding()
        except SettingsError as error:
            if modality_id in chosen:
                raise
            log.warning("%s", error)
    return loaded


def names_of(
    database: Database, videos: Sequence[Video], feature_set: FeatureSet, folders: Mapping[str, str]
) -> Names:
    """What is made of the names of these folders by what all these videos say and show, sorted or not.

    None where there is nothing that names can be compared with. folders: by name what each says of itself beyond it.
    """
    folders = dict(sorted(folders.items()))
    kinds: dict[str, Named] = {}
    for kind, modality in feature_set.modalities.items():
        if kind not in KINDS or not (KINDS[kind].rows == "text" or KINDS[kind].takes_names):
            continue
        saying = _saying(database, videos) if KINDS[kind].is_gathered else videos
        part = features_of(database, saying, _only(feature_set, kind, modality)).parts[kind]
        if KINDS[kind].takes_names:
            name, named = BY_MEANING if KINDS[kind].understands else BY_SIGHT, _meant(feature_set, kind, part, folders)
        else:
            name = BY_LETTERS if kind == WORDS else f"{BY_LETTERS}_{kind}"
            named = lettered(kind, part.X.tolist(), folders)
        if named is not None:
            kinds[name] = named
    compared = ["captions"] * bool(kinds.keys() - {BY_SIGHT}) + ["pictures"] * (BY_SIGHT in kinds)
    return Names(tuple(folders) if kinds else (), kinds, tuple(compared))


def _saying(database: Database, videos: Sequence[Video]) -> list[Video]:
    """Those that have words: of a million that have none nobody is told why."""
    sources = captions_of(database, videos).sources
    return [video for video in videos if video in sources] if sources else []


def _meant(feature_set: FeatureSet, kind: str, part: Part, folders: Mapping[str, str]) -> Named | None:
    modality = makeable(feature_set).get(feature_set.modalities[kind])
    if not part.mask.any():
        return None
    if modality is None:
        log.warning("Folder names are not compared with %s: %s", kind, OTHER_MODEL)
        return None
    try:
        named = modality.load_names().folders(folders)
    except SettingsError as error:
        log.warning("Folder names are not compared with %s: %s", kind, error)
        return None
    if named.shape[1] != part.X.shape[1]:
        log.warning("Folder names are not compared with %s: %s", kind, OTHER_MODEL)
        return None
    return meant(kind, part.X[part.mask], named)


def _only(feature_set: FeatureSet, kind: str, modality: str) -> FeatureSet:
    return feature_set.model_copy(update={"modalities": {kind: modality}})
