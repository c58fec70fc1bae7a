"""Made-up features for tests of training: folders as clouds, near-duplicates, videos with features in the store."""

import contextlib
from pathlib import Path

import numpy as np

from vidsort import library
from vidsort.artifacts.feature_sets import record_extraction
from vidsort.features.contents import contents_of
from vidsort.features.modalities import ExtractConfig
from vidsort.features.words import gather
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore

WIDTH = 48


def clouds(counts: dict[str, int], *, spread: float = 0.6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features float32 [n, 48], rows of length 1 and not negative, and the folder of each."""
    rng = np.random.default_rng(seed)
    y = np.array([name for name, count in counts.items() for _ in range(count)])
    centres = {name: rng.exponential(size=WIDTH) for name in counts}
    rows = np.stack([np.abs(centres[name] + spread * rng.normal(size=WIDTH)) for name in y])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), y


def make_library(data_dir: Path, counts: dict[str | None, int]) -> None:
    """Files with different bytes that only look like videos; None is the pile of unsorted ones."""
    number = 0
    for folder, count in counts.items():
        place = data_dir / folder if folder else data_dir
        place.mkdir(parents=True, exist_ok=True)
        for _ in range(count):
            number += 1
            (place / f"{number}.mp4").write_bytes(number.to_bytes(8, "big"))


def learned_library(place: Path, counts: dict[str | None, int]) -> Settings:
    """A library of so many with features of all, of which a model has learned and predicted."""
    from vidsort import predict, train

    settings = Settings(data_dir=place / "library", artifacts_dir=place / "artifacts")
    make_library(settings.data_dir, counts)
    store_features(settings)
    train.run(settings)
    predict.run(settings)
    return settings


def store_features(
    settings: Settings, *, spread: float = 0.6, seed: int = 0, unreadable: frozenset[str] = frozenset()
) -> None:
    """Give each video of a library features by the name of its folder (unsorted: by turns), as extraction would."""
    videos = library.videos(settings.data_dir)
    folders = sorted({video.folder for video in videos if video.folder}) or ["no folder"]
    feature_set = ExtractConfig().feature_set
    modality = feature_set.modalities["frames"]
    rng = np.random.default_rng(seed)
    centres = {name: np.random.default_rng(sum(name.encode())).exponential(size=WIDTH) for name in folders}
    rows = []
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        hashes = contents_of(store, videos).hashes
        for number, video in enumerate(videos):
            if video.filename in unreadable:
                rows.append(FeatureRow(modality, hashes[video], error="no frame can be decoded"))
                continue
            centre = centres[video.folder or folders[number % len(folders)]]
            vector = np.abs(centre + spread * rng.normal(size=WIDTH))
            rows.append(
                FeatureRow(
                    modality, hashes[video], vector=vector / np.linalg.norm(vector),
                    signatures=rng.integers(1, 2**63, size=6, dtype=np.uint64),
                )
            )
        store.put(rows)
        gather(database, settings.data_dir, hashes)
    record_extraction(settings.artifacts_dir, feature_set)
