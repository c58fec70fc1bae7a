"""Ways to see a video side by side: what each costs, and how well folders can be told apart by it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.files import as_json, read_json, write_whole
from ..features.extraction import ENCODERS, ExtractConfig, extract, load_encoder
from ..features.stored import contents_of, features_of
from ..features.workers import cores
from ..learning.scores import share_right
from ..records import Progress, Record, Video
from ..steps import ProgressCallback, ignore_progress
from ..store import Database
from ..store.features import FeatureRow, FeatureStore
from .comparison import mean_interval

if TYPE_CHECKING:
    from ..features.encoders.image import ImageEncoder

SPLITS = 5
# One plain head for all of them: what is compared is what it sees.
REGULARISATION = 100.0
# With fewer a folder, no way of seeing could show what it is worth.
LEAST_A_FOLDER = 12
# So many of the videos are seen once more by every way, to know what each costs.
TIMED = 10


class Way(Record):
    """One way to see videos: its cost a video on one core, and its grouped cross-validated accuracy.

    `gain` is its accuracy less that of the first way, on the same videos; all intervals are 95 %.
    Costs are the median of a few videos, and those of the first comparison with this first way.
    """

    name: str
    config: ExtractConfig
    videos: int
    decode_s: float
    encode_s: float
    accuracy: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float


def usual_ways(config: ExtractConfig) -> dict[str, ExtractConfig]:
    """This config first, then what could be otherwise: every other encoder, fewer and more frames and parts of them."""
    others = {
        f"encoder {name}": config.model_copy(update={"encoder": name}) for name in ENCODERS if name != config.encoder
    }
    return {"as in this run": config} | others | {
        "1 frame": config.model_copy(update={"frames": 1}),
        "2 frames": config.model_copy(update={"frames": 2}),
        "8 frames": config.model_copy(update={"frames": 8}),
        "only the middle of each frame": config.model_copy(update={"crops": ("center",), "crops_per_frame": 1}),
        "four parts of each frame": config.model_copy(update={"crops_per_frame": 4}),
    }


def comparable(videos: Sequence[Video], count: int) -> list[int]:
    """About `count` sorted videos to compare ways on, as rows: of the largest folders, equally many of each.

    Of so few folders that each shows `LEAST_A_FOLDER` videos, but of two at least; empty where there
    are not two. Which ones does not change much when videos come and go, so that what was seen
    stays of use.
    """
    rows: dict[str, list[int]] = {}
    for row, video in enumerate(videos):
        if video.folder is not None:
            rows.setdefault(video.folder, []).append(row)
    if len(rows) < 2 or count < 2:
        return []
    largest = sorted(rows, key=lambda folder: (-min(len(rows[folder]), LEAST_A_FOLDER), _drawn(folder)))
    chosen = largest[: max(2, count // LEAST_A_FOLDER)]
    each = count // len(chosen)
    return sorted(
        row for folder in chosen for row in sorted(rows[folder], key=lambda row: _drawn(videos[row].filename))[:each]
    )


def _drawn(name: str) -> bytes:
    """An order that looks like chance and is the same each time."""
    return hashlib.blake2b(name.encode("utf-8", "surrogateescape")).digest()


def compare_ways(
    database: Database,
    artifacts_dir: Path,
    videos: Sequence[Video],
    groups: Sequence[int],
    configs: Mapping[str, ExtractConfig],
    *,
    seed: int = 0,
    progress: ProgressCallback = ignore_progress,
) -> list[Way]:
    """See these sorted videos by each config and score one plain head on what comes out.

    groups: [n], near-duplicates share one and are never on both sides of a split. Features are
    stored, so a second comparison sees nothing anew. Raises VideoDecodeError for a video that cannot be read.
    """
    ways: list[Way] = []
    labels, members = np.array([str(video.folder) for video in videos]), np.asarray(groups)
    total = len(configs) * len(videos)
    first = np.zeros(len(videos))
    encoders = {name: load_encoder(name) for name in {config.encoder for config in configs.values()}}
    progress(Progress(step="compare", done=0, total=total, message="timing"))
    costs = _costs(artifacts_dir, [video.path for video in videos[:TIMED]], list(configs.values()), encoders)
    for number, (name, config) in enumerate(configs.items()):
        before = number * len(videos)

        def tell(seen: int, name: str = name, before: int = before) -> None:
            progress(Progress(step="compare", done=before + seen, total=total, message=f"seeing videos: {name}"))

        tell(0)
        _see(database, videos, config, encoders[config.encoder], tell)
        right = _right(features_of(database, videos, config.config_id).X, labels, members, seed).astype(float)
        first = first if ways else right
        score = share_right(right, members)
        gain_low, gain_high = mean_interval(right - first, members)
        ways.append(
            Way(
                name=name, config=config, videos=len(videos), **costs[config.config_id],
                accuracy=score["value"], low=score["low"], high=score["high"],
                gain=float((right - first).mean()), gain_low=gain_low, gain_high=gain_high,
            )
        )
    progress(Progress(step="compare", done=total, total=total))
    return ways


def _see(
    database: Database, videos: Sequence[Video], config: ExtractConfig, encoder: "ImageEncoder",
    tell: Callable[[int], None],
) -> None:
    """Extract and store what is missing."""
    store = FeatureStore(database)
    path_of = {content: video.path for video, content in contents_of(store, videos).hashes.items()}
    missing = store.missing(config.config_id, path_of)
    # Decoder and network let go of the interpreter's lock, so that a thread a core keeps all of them busy.
    with ThreadPoolExecutor(cores()) as threads:
        seen = threads.map(lambda content: extract(path_of[content], config, encoder), missing)
        for number, (content, one) in enumerate(zip(missing, seen, strict=True), start=1):
            store.put(config.config_id, [FeatureRow(content, vector=one.vector, signatures=one.signatures)])
            tell(number)


def _costs(
    artifacts_dir: Path, paths: Sequence[Path], configs: Sequence[ExtractConfig], encoders: Mapping[str, "ImageEncoder"]
) -> dict[str, dict[str, float]]:
    """What a video costs by each config, as its id to seconds; measured once and kept.

    All are timed on the same videos in turn, so that whatever else the machine does slows all of
    them alike.
    """
    path = artifacts_dir / "features" / configs[0].config_id / "costs.json"
    ids = [config.config_id for config in configs]
    kept = read_json(path) if path.is_file() else {}
    if not set(ids) <= set(kept):
        timed = [[extract(path, config, encoders[config.encoder]) for config in configs] for path in paths]
        kept = {
            config_id: {
                "decode_s": float(np.median([row[place].decode_s for row in timed])),
                "encode_s": float(np.median([row[place].encode_s for row in timed])),
            }
            for place, config_id in enumerate(ids)
        }
        write_whole(path, as_json(kept))
    return {config_id: kept[config_id] for config_id in ids}


def _right(X: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int) -> np.ndarray:  # noqa: N803
    """Whether each row is predicted right by a head that has seen neither it nor its group: bool [n]."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    splits = GroupKFold(min(SPLITS, len(np.unique(groups))), shuffle=True, random_state=seed)
    head = LogisticRegression(C=REGULARISATION, max_iter=1000)
    # So few rows are learned thirty times as fast by one thread as by two that wait for one another.
    with threadpool_limits(1):
        return cross_val_predict(head, X, labels, groups=groups, cv=splits) == labels
