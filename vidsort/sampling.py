"""Ways to see a video side by side: what each costs, and how well folders can be told apart by it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .content import features_of
from .durable import as_json, read_json, write_whole
from .evaluate import share_right
from .extraction import ExtractConfig
from .records import Progress, Record, Video
from .steps import ProgressCallback, ignore_progress
from .store import Database
from .store.features import FeatureRow, FeatureStore

SPLITS = 5
# One plain head for all of them: what is compared is what it sees.
REGULARISATION = 100.0


class Way(Record):
    """One way to see videos: its cost a video on one core, and its grouped cross-validated accuracy.

    Costs are those of the first comparison that saw new videos by it.
    """

    name: str
    config: ExtractConfig
    videos: int
    decode_s: float
    encode_s: float
    accuracy: float
    low: float
    high: float


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
    """See these sorted videos by each config and score one plain head on what comes out; 95 % intervals.

    groups: [n], near-duplicates share one and are never on both sides of a split. Features are
    stored, so a second comparison sees nothing anew. Raises VideoDecodeError for a video that cannot be read.
    """
    ways = []
    labels = np.array([str(video.folder) for video in videos])
    for number, (name, config) in enumerate(configs.items()):
        progress(Progress(step="compare", done=number, total=len(configs), message=name))
        cost = _see(database, artifacts_dir, videos, config)
        known = features_of(database, videos, config.config_id)
        right = _right(known.X, labels, np.asarray(groups), seed)
        score = share_right(right, np.asarray(groups))
        ways.append(
            Way(
                name=name, config=config, videos=len(videos), **cost,
                accuracy=score["value"], low=score["low"], high=score["high"],
            )
        )
    progress(Progress(step="compare", done=len(configs), total=len(configs)))
    return ways


def _see(database: Database, artifacts_dir: Path, videos: Sequence[Video], config: ExtractConfig) -> dict[str, float]:
    """Extract and store what is missing; the mean cost of a video, measured when the first ones were seen so."""
    from .content import contents_of
    from .encoders.image import ImageEncoder
    from .extraction import extract

    store = FeatureStore(database)
    hashes = contents_of(store, videos).hashes
    path_of = {content: video.path for video, content in hashes.items()}
    cost_path = artifacts_dir / "features" / config.config_id / "cost.json"
    missing = store.missing(config.config_id, hashes.values())
    # Features that `run` made were not timed one by one: a few are made again to know their cost.
    wanted = missing if cost_path.is_file() else missing or list(path_of)[:10]
    if not wanted:
        return read_json(cost_path)
    encoder = ImageEncoder()
    seen = []
    for content in wanted:
        one = extract(path_of[content], config, encoder)
        store.put(config.config_id, [FeatureRow(content, vector=one.vector, signatures=one.signatures)])
        seen.append(one)
    cost = {
        "decode_s": float(np.mean([one.decode_s for one in seen])),
        "encode_s": float(np.mean([one.encode_s for one in seen])),
    }
    if not cost_path.is_file():
        write_whole(cost_path, as_json(cost))
    return read_json(cost_path)


def _right(X: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int) -> np.ndarray:  # noqa: N803
    """Whether each row is predicted right by a head that has seen neither it nor its group: bool [n]."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    splits = GroupKFold(min(SPLITS, len(np.unique(groups))), shuffle=True, random_state=seed)
    head = LogisticRegression(C=REGULARISATION, max_iter=1000)
    return cross_val_predict(head, X, labels, groups=groups, cv=splits) == labels
