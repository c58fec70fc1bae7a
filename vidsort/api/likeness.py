"""Why a video is predicted where it is, and which are most like it, by the model in force and stored features."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, library
from ..errors import ConflictError
from ..features.stored import LibraryFeatures, features_of
from ..pile.entries import records
from ..records import FeatureSet
from .compared import Compared, video_of
from .workspace import OpenLibrary, Workspace

if TYPE_CHECKING:
    from ..insight.why import Likeness
    from ..learning.classifier import Classifier

NEAREST = 3


def load_explaining() -> None:
    """Import what explains, before there are threads: those that import it at once lock each other out for good."""
    import scipy.cluster.hierarchy
    import scipy.sparse
    import scipy.stats  # noqa: F401  (what words and promises are made of, and all that takes long to import)

    from ..features.encoders.semantic import import_model
    from ..insight import sketch, why  # noqa: F401
    from ..learning import files  # noqa: F401

    import_model()


@dataclass(frozen=True)
class _Model:
    """A model in memory."""

    model_id: str
    artifacts_dir: Path
    classifier: "Classifier"
    feature_set: FeatureSet


@dataclass(frozen=True)
class _Sorted:
    """The sorted videos as they were when it was first asked why: their names, and how alike; for which model."""

    model: _Model
    names: list[str]
    likeness: "Likeness"


class Explanations:
    """Answers for one workspace; keeps the model that was asked last. Safe to use from many threads."""

    def __init__(self, here: Workspace) -> None:
        self._here = here
        self._model: _Model | None = None
        self._sorted: _Sorted | None = None
        self._compared = Compared(here)
        self._lock = threading.Lock()

    def why(self, filename: str) -> dict[str, object]:
        """What speaks for the model's first guess of a video.

        Raises InvalidNameError, NotFoundError without such a video or any model, ConflictError where it
        has no features, and ArtifactError for a model that cannot be read.
        """
        from ..insight.why import explanations
        from ..learning.classifier import is_guess

        opened, model, asked = self._asked(filename)
        labelled = self._labelled(opened, model)
        confidence = model.classifier.predict_proba(asked.parts)
        is_known = bool(is_guess(confidence)[0])
        why = explanations(model.classifier, labelled.likeness, asked.parts, neighbours=NEAREST + 1)[0]
        listed = self._here.predicted().by_video.get(filename) if asked.videos[0].folder is None else None
        names = [(labelled.names[one.row], one.similarity) for one in why.nearest]
        return {
            "filename": filename,
            "predicted_folder": opened.heirs().get(why.folder, why.folder) if is_known else None,
            "confidence": float(confidence.max()) if is_known else 0.0,
            "listed_folder": listed.predicted_folder if listed else None,
            "listed_confidence": listed.confidence if listed else 0.0,
            "shares": [
                {"kind": kind, "share": share} for kind, share in sorted(why.shares.items(), key=lambda one: -one[1])
            ],
            "words": why.words,
            "nearest": self._told(opened, [one for one in names if one[0] != filename])[:NEAREST],
        }

    def similar(self, filename: str, limit: int) -> list[dict[str, object]]:
        """The records of the videos that are most like one, unsorted or sorted; raises as `why` does."""
        opened, model, asked = self._asked(filename)
        found = self._compared.nearest(
            opened, model.model_id, model.classifier, model.feature_set, asked.parts, limit + 1
        )
        best = sorted((one for one in found.items() if one[0] != filename), key=lambda one: -one[1])
        return self._told(opened, best[:limit])[:limit]

    def _in_force(self, opened: OpenLibrary) -> _Model:
        model_id = artifacts.model_in_force(opened.artifacts_dir)
        with self._lock:
            known = self._model
            if known is None or (known.model_id, known.artifacts_dir) != (model_id, opened.artifacts_dir):
                classifier = artifacts.read_model(opened.artifacts_dir, model_id, self._here.settings.trusted_types)
                feature_set = artifacts.model_feature_set(opened.artifacts_dir, model_id)
                self._model = known = _Model(model_id, opened.artifacts_dir, classifier, feature_set)
            return known

    def _labelled(self, opened: OpenLibrary, model: _Model) -> _Sorted:
        from ..insight.why import Likeness

        with self._lock:
            known = self._sorted
            if known is None or known.model is not model:
                videos = library.labelled(library.videos(opened.data_dir, opened.video_names), opened.not_learned)
                found = features_of(self._here.database, videos, model.feature_set)
                likeness = Likeness(model.classifier, found.parts)
                self._sorted = known = _Sorted(model, [one.filename for one in found.videos], likeness)
            return known

    def _asked(self, filename: str) -> tuple[OpenLibrary, _Model, LibraryFeatures]:
        """The library, the model in force, and the features of this one video."""
        opened = self._here.library
        video = video_of(opened, filename)
        model = self._in_force(opened)
        found = features_of(self._here.database, [video], model.feature_set)
        if not found.videos:
            raise ConflictError(f"Nothing can be said of {video.filename} yet: {found.failed[0].reason}.")
        return opened, model, found

    def _told(self, opened: OpenLibrary, named: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
        likeness = dict(named)
        found = records(likeness, opened.snapshot(), self._here.predicted().by_video)
        return [record | {"likeness": max(0.0, likeness[str(record["filename"])])} for record in found]
