"""Features and folders as scikit-learn takes them, with the filename of each row."""

import contextlib
from dataclasses import dataclass

import numpy as np

from .. import artifacts, library
from ..errors import SettingsError
from ..features.stored import features_of
from ..insight.duplicates import joined, links_now, near_duplicates, sets_of
from ..settings import Settings
from ..steps import counted, unknown
from ..store import open_database

# As long as training takes for it: what is not compared by then is compared by the next one who asks.
COMPARING_S = 2.0


@dataclass(frozen=True, eq=False, repr=False)
class Labels:
    """Which folder each video lies in: y, str [n]; filenames, str [n]; folders, the sorted names of those in y."""

    y: np.ndarray
    filenames: np.ndarray

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that there are in `y`, as a classifier has them in `classes_`."""
        return tuple(np.unique(self.y).tolist())

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        return f"<Labels of {counted(len(self), 'video')} in {counted(len(self.folders), 'folder')}>"


@dataclass(frozen=True, eq=False, repr=False)
class Features:
    """What one kind of evidence says of videos, a row each.

    X: float32 [n, d]; of a kind that is text its documents, an object array [n] of str. y: str [n], the folder that
    each lies in, empty for unsorted ones. filenames: str [n]. groups: int [n], one number for copies and edits of one
    video, which must not be on both sides of a split (`GroupKFold`). kind: which evidence; feature_set: the id of the
    extraction.
    """

    X: np.ndarray
    y: np.ndarray
    filenames: np.ndarray
    groups: np.ndarray
    kind: str
    feature_set: str

    @property
    def labels(self) -> Labels:
        """The folders of the same rows."""
        return Labels(self.y, self.filenames)

    def __len__(self) -> int:
        return len(self.filenames)

    def __repr__(self) -> str:
        width = f", {self.X.shape[1]} numbers each" if self.X.ndim > 1 else ""
        return f"<Features of {counted(len(self), 'video')}: {self.kind}{width}>"


def read_features(settings: Settings, kind: str, *, unsorted: bool) -> Features:
    """The stored features of the sorted videos of folders that are learned from, or of the unsorted ones.

    Rows are sorted by folder and filename; a video that lacks this kind has none. Raises ArtifactError before any
    extraction, SettingsError for a kind that was not extracted.
    """
    settings = artifacts.at_home(settings)
    feature_set = artifacts.current_feature_set(settings.artifacts_dir)
    if kind not in feature_set.modalities:
        raise SettingsError(unknown(kind, "kind of evidence that was extracted", [*feature_set.modalities]))
    videos = library.videos(settings.data_dir, settings.video_names)
    wanted = [video for video in videos if video.folder is None] if unsorted else library.labelled(
        videos, settings.not_learned
    )
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = features_of(database, wanted, feature_set)
        linked = links_now(database, settings.artifacts_dir, videos, feature_set, COMPARING_S)
    content = [one.hex() for one in found.contents]
    groups = joined(near_duplicates(found.pictures, found.signatures, content), content, sets_of(linked.links))
    part = found.parts[kind]
    has = part.mask
    named = [(video.folder or "", video.filename) for video in found.videos]
    folders, filenames = (np.array([each[at] for each in named], dtype=str)[has] for at in (0, 1))
    return Features(part.X[has], folders, filenames, np.asarray(groups)[has], kind, feature_set.id)
