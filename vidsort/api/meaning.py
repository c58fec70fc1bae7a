"""Search by meaning: what a person looks for, beside what is said of videos, by the vectors that extraction kept."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .. import artifacts
from ..errors import ArtifactError, SettingsError
from ..features.encoders.semantic import SemanticEncoder
from ..features.modalities import KINDS, Modality, makeable
from ..store.features import FeatureStore
from ..store.words import WordStore
from .workspace import OpenLibrary, Workspace

# How much closer than videos on the whole a video is at least that means the like: of what is found so in the made
# captions 96 % are right, and 60 % of what could be is found (`python -m benchmarks zero`).
CLEARLY = 0.03
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    """Vectors of the documents of one library in one modality: float32 [n, d], `names` the videos of each row."""

    modality: str = ""
    sources: Mapping[str, bytes] = field(default_factory=dict)
    names: tuple[tuple[str, ...], ...] = ()
    vectors: np.ndarray = field(default_factory=lambda: np.empty((0, 0), np.float32))


class Meaning:
    """Answers for one workspace; keeps the sentence model and the vectors. Safe to use from many threads."""

    def __init__(self, here: Workspace) -> None:
        self._here = here
        # The one that was asked for last, None where it cannot be loaded.
        self._encoders: dict[str, SemanticEncoder | None] = {}
        self._known = _Known()
        self._lock = threading.Lock()

    def near(self, opened: OpenLibrary, query: str, limit: int) -> list[str]:
        """The filenames of videos whose words mean the like, best first; none where words are not understood."""
        modality = self._modality(opened)
        if modality is None or not query.strip():
            return []
        with self._lock:
            encoder = self._loaded(modality)
            known = self._vectors(opened, modality.id)
            if encoder is None or not len(known.vectors):
                return []
            closeness = known.vectors @ encoder.question(query)
        closeness -= closeness.mean()
        best = np.argsort(-closeness, kind="stable")[:limit]
        return [name for row in best.tolist() if closeness[row] >= CLEARLY for name in known.names[row]][:limit]

    def _modality(self, opened: OpenLibrary) -> Modality | None:
        """The one that understands words, of those that were extracted last."""
        try:
            found = makeable(artifacts.current_feature_set(opened.artifacts_dir))
        except ArtifactError:
            return None
        return next((modality for modality in found.values() if KINDS[modality.kind].understands), None)

    def _loaded(self, modality: Modality) -> SemanticEncoder | None:
        """The model; None, told once, where its extra is missing: words are searched by their letters then."""
        if modality.id not in self._encoders:
            self._encoders.clear()
            try:
                self._encoders[modality.id] = modality.load_understanding()
            except SettingsError as error:
                self._encoders[modality.id] = None
                log.warning("Search finds words only by their letters: %s", error)
        return self._encoders[modality.id]

    def _vectors(self, opened: OpenLibrary, modality: str) -> _Known:
        sources = WordStore(self._here.database, opened.data_dir).sources()
        if (self._known.modality, self._known.sources) != (modality, sources):
            names: dict[bytes, list[str]] = {}
            for name, source in sorted(sources.items()):
                names.setdefault(source, []).append(name)
            found = FeatureStore(self._here.database).load(modality, names)
            self._known = _Known(
                modality, sources, tuple(tuple(names[source]) for source in found.index), found.vectors
            )
        return self._known
