"""Search by meaning: what a person looks for, beside what is said of videos, by the vectors that extraction kept."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .. import artifacts
from ..errors import ArtifactError, SettingsError
from ..features.encoders.semantic import SemanticEncoder
from ..features.modalities import KINDS
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
        self._encoder: SemanticEncoder | None = None
        self._has_failed = False
        self._known = _Known()
        self._lock = threading.Lock()

    def near(self, opened: OpenLibrary, query: str, limit: int) -> list[str]:
        """The filenames of videos whose words mean the like, best first; none where words are not understood."""
        modality = self._modality(opened)
        if modality is None or not query.strip():
            return []
        with self._lock:
            encoder = self._loaded()
            known = self._vectors(opened, modality[1])
            if encoder is None or not len(known.vectors):
                return []
            closeness = known.vectors @ encoder.question(query)
        closeness -= closeness.mean()
        best = np.argsort(-closeness, kind="stable")[:limit]
        return [name for row in best.tolist() if closeness[row] >= CLEARLY for name in known.names[row]][:limit]

    def _modality(self, opened: OpenLibrary) -> tuple[str, str] | None:
        """The kind that understands words, of those that were extracted last, and the id of its modality."""
        try:
            modalities = artifacts.current_feature_set(opened.artifacts_dir).modalities
        except ArtifactError:
            return None
        return next((one for one in modalities.items() if one[0] in KINDS and KINDS[one[0]].understands), None)

    def _loaded(self) -> SemanticEncoder | None:
        """The model; None, told once, where its extra is missing: words are searched by their letters then."""
        if self._encoder is None and not self._has_failed:
            kind = next(kind for kind in KINDS.values() if kind.understands)
            try:
                self._encoder = kind.understands(kind.config()) if kind.understands else None
            except SettingsError as error:
                self._has_failed = True
                log.warning("Search finds words only by their letters: %s", error)
        return self._encoder

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
