"""What is said of videos, understood: the documents of words that are new, encoded once each."""

from collections.abc import Callable, Iterable

from ...store.features import FeatureRow, FeatureStore
from ...store.words import documents_of
from ..encoders.semantic import SemanticEncoder

AT_ONCE = 64


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
