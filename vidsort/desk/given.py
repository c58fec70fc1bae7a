"""Vectors of videos that a person has made by other means, kept as a kind of evidence."""

import contextlib
from collections.abc import Mapping, Sequence

import numpy as np

from .. import artifacts, library
from ..errors import NotFoundError, SettingsError
from ..features.contents import contents_of
from ..features.modalities import ExtractConfig, modality_of
from ..records import Video
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
    config = settings.config("extract_features", ExtractConfig, {"given_vectors": name})
    kept = _as_kept(vectors)
    if kept.ndim != 2 or not kept.shape[1] or len(kept) != len(filenames) or not np.isfinite(kept).all():
        raise SettingsError(
            f"Vectors of {counted(len(filenames), 'video')} are a row of finite numbers up to 65 504 each, and these "
            f"are of the shape {kept.shape}: hand over float [{len(filenames)}, d]."
        )
    videos = library.videos(settings.data_dir, settings.video_names)
    strange = set(filenames) - {video.filename for video in videos}
    if strange:
        raise NotFoundError(f"There is no video {min(strange)!r:.80} in the library: it may have been moved out of it.")
    row_of = _row_of(filenames, kept)
    modality = modality_of(KIND, config).id
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        hashes = {
            video: content for video, content in contents_of(store, videos).hashes.items() if video.filename in row_of
        }
        _require_one_each(hashes)
        before = store.load(modality, hashes.values()).vectors
        if len(before) and before.shape[1] != kept.shape[1]:
            raise SettingsError(
                f"The vectors that are kept as {name!r} have {before.shape[1]} numbers each, these have "
                f"{kept.shape[1]}: give them another name."
            )
        store.put([
            FeatureRow(modality, content, vector=kept[row_of[video.filename]]) for video, content in hashes.items()
        ])


def _as_kept(vectors: object) -> np.ndarray:
    """As halves; without a row for what are no numbers, or rows of differing length."""
    try:
        with np.errstate(over="ignore"):
            return np.asarray(vectors, np.float32).astype(VECTOR_TYPE)
    except (TypeError, ValueError):
        return np.empty(0, VECTOR_TYPE)


def _row_of(filenames: Sequence[str], kept: np.ndarray) -> dict[str, int]:
    """The row of each filename; raises SettingsError for one that is given two vectors."""
    row_of: dict[str, int] = {}
    for row, filename in enumerate(filenames):
        if not np.array_equal(kept[row_of.setdefault(filename, row)], kept[row]):
            raise SettingsError(f"{filename!r:.80} is given two vectors that differ: hand over one for each filename.")
    return row_of


def _require_one_each(contents: Mapping[Video, bytes]) -> None:
    """Raise SettingsError where a filename is that of several videos, of which none can be told from another."""
    content_of: dict[str, bytes] = {}
    for video, content in contents.items():
        if content_of.setdefault(video.filename, content) != content:
            raise SettingsError(
                f"{video.filename!r:.80} is the name of several videos that differ, and a vector is given by the name "
                "alone: leave it out, or give one of them another name."
            )
