"""Vectors of videos that a person has made by other means, kept as a kind of evidence."""

import contextlib
from collections.abc import Sequence

import numpy as np

from .. import artifacts, library
from ..errors import NotFoundError, SettingsError
from ..features.contents import contents_of
from ..features.encoders.given import GivenConfig
from ..features.modalities import Modality
from ..settings import Settings
from ..steps import counted
from ..store import open_database
from ..store.features import VECTOR_TYPE, FeatureRow, FeatureStore

KIND = "given"


def keep_vectors(settings: Settings, name: str, vectors: np.ndarray, filenames: Sequence[str]) -> None:
    """Keep a vector for each of these videos, by its content, wherever it lies; in place of what it had of this name.

    vectors: float [n, d], as long as those of this name that are kept. Raises SettingsError for what is none or does
    not fit, NotFoundError for a video that is not in the library.
    """
    settings = artifacts.at_home(settings)
    with np.errstate(over="ignore"):
        kept = np.asarray(vectors, np.float32).astype(VECTOR_TYPE)
    if kept.ndim != 2 or not kept.shape[1] or len(kept) != len(filenames) or not np.isfinite(kept).all():
        raise SettingsError(
            f"Vectors of {counted(len(filenames), 'video')} are a row of finite numbers up to 65 504 each, and these "
            f"are of the shape {kept.shape}: hand over float [{len(filenames)}, d]."
        )
    videos = library.videos(settings.data_dir, settings.video_names)
    strange = set(filenames) - {video.filename for video in videos}
    if strange:
        raise NotFoundError(f"There is no video {min(strange)!r:.80} in the library: it may have been moved out of it.")
    row_of = {filename: row for row, filename in enumerate(filenames)}
    modality = Modality(KIND, GivenConfig(given_vectors=name)).id
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        hashes = contents_of(store, videos).hashes
        before = store.load(modality, hashes.values()).vectors
        if len(before) and before.shape[1] != kept.shape[1]:
            raise SettingsError(
                f"The vectors that are kept as {name!r} have {before.shape[1]} numbers each, these have "
                f"{kept.shape[1]}: give them another name."
            )
        store.put([
            FeatureRow(modality, content, vector=kept[row_of[video.filename]])
            for video, content in hashes.items() if video.filename in row_of
        ])
