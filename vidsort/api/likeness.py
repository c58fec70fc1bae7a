"""Why a video is predicted where it is, and which are most like it, by the model in force and stored features."""

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import artifacts, library
from ..errors import ConflictError, NotFoundError
from ..features.stored import LibraryFeatures, features_of
from ..library.names import check_filename
from ..pile.entries import records
from ..records import FeatureSet, Video
from .compared import Compared
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
    from ..insight import why  # noqa: F401
    from ..learning import files  # noqa: F401

    import_model()


@dataclass(frozen=True)
class _Model:
    """A model in memory, with the sorted videos as they were when it was first asked: their names, and how alike."""

    model_id: str
    artifacts_dir: Path
    classifier: "Classifier"
    feature_set: FeatureSet
    labelled: list[str]
    likeness: "Likeness"


class Explanations:
    """Answers for one workspace; keeps the model that was asked last. Safe to use from many threads."""

    def __init__(self, here: Workspace) -> None:
        self._here = here
        self._model: _Model | None = None
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
        confidence = model.classifier.predict_proba(asked.parts)
        is_known = bool(is_guess(confidence)[0])
        why = explanations(model.classifier, model.likeness, asked.parts, neighbours=NEAREST + 1)[0]
        listed = self._here.predicted().by_video.get(filename) if asked.videos[0].folder is None else None
        names = [(model.labelled[one.row], one.similarity) for one in why.nearest]
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
        from ..insight.why import Likeness

        model_id = artifacts.model_in_force(opened.artifacts_dir)
        with self._lock:
            known = self._model
            if known is None or (known.model_id, known.artifacts_dir) != (model_id, opened.artifacts_dir):
                classifier = artifacts.read_model(opened.artifacts_dir, model_id, self._here.settings.trusted_types)
                feature_set = artifacts.model_feature_set(opened.artifacts_dir, model_id)
                videos = library.labelled(library.videos(opened.data_dir, opened.video_names), opened.not_learned)
                labelled = features_of(self._here.database, videos, feature_set)
                self._model = known = _Model(
                    model_id, opened.artifacts_dir, classifier, feature_set,
                    [one.filename for one in labelled.videos], Likeness(classifier, labelled.parts),
                )
            return known

    def _asked(self, filename: str) -> tuple[OpenLibrary, _Model, LibraryFeatures]:
        """The library, the model in force, and the features of this one video."""
        opened = self._here.library
        video = _video(opened, filename)
        model = self._in_force(opened)
        found = features_of(self._here.database, [video], model.feature_set)
        if not found.videos:
            raise ConflictError(f"Nothing can be said of {video.filename} yet: {found.failed[0].reason}.")
        return opened, model, found

    def _told(self, opened: OpenLibrary, named: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
        likeness = dict(named)
        found = records(likeness, opened.snapshot(), self._here.predicted().by_video)
        return [record | {"likeness": max(0.0, likeness[str(record["filename"])])} for record in found]


def _video(opened: OpenLibrary, filename: str) -> Video:
    """The video of this name, where it lies first; raises InvalidNameError and NotFoundError."""
    check_filename(filename, opened.video_names)
    path = opened.live.find(filename)
    with contextlib.suppress(OSError):
        facts = path.stat()
        folder = None if path.parent == opened.data_dir else path.parent.name
        return Video(
            filename=filename, folder=folder, directory=path.parent, size_bytes=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
        )
    raise NotFoundError(f"The video {filename} was moved just now: ask again.")
