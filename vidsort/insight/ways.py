"""Ways to see a video side by side: what each costs, and how well folders can be told apart by it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..artifacts.files import as_json, read_json, write_whole
from ..errors import ArtifactError, VideoDecodeError
from ..features.contents import contents_of, failure_of, found_anew, is_gone, unreadable_reason
from ..features.encoders.evidence import Encoder, Evidence
from ..features.encoders.frames import NETWORKS
from ..features.extraction import Looked, look
from ..features.modalities import ExtractConfig
from ..features.stored import features_of
from ..features.workers import cores
from ..learning.scores import share_right
from ..records import Failure, Progress, Record, Video
from ..steps import ProgressCallback, ignore_progress
from ..store import Database
from ..store.features import FeatureRow, FeatureStore
from .comparison import mean_interval

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
    """This config first, then what could be otherwise: every other encoder, fewer and more frames and parts of them.

    None where this config does not look at frames.
    """
    if "frames" not in config.modalities:
        return {}
    others = {
        f"encoder {name}": config.model_copy(update={"encoder": name}) for name in NETWORKS if name != config.encoder
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


class Comparison(NamedTuple):
    """Ways to see the same videos, the first one first, and the videos that were left out of it."""

    ways: list[Way]
    failed: list[Failure]


def compare_ways(
    database: Database,
    artifacts_dir: Path,
    videos: Sequence[Video],
    groups: Sequence[int],
    configs: Mapping[str, ExtractConfig],
    *,
    seed: int = 0,
    progress: ProgressCallback = ignore_progress,
) -> Comparison:
    """See these sorted videos by each config and score one plain head on what comes out.

    groups: [n], near-duplicates share one and are never on both sides of a split. Features are
    stored, so a second comparison sees nothing anew. A video that is moved meanwhile is found by its
    content; one that cannot be read is left out of all ways. There are no ways where fewer than two
    folders can be compared, or without configs.
    """
    if not configs:
        return Comparison([], [])
    # Timing comes after all of them.
    total = len(configs) * len(videos) + 1

    def tell(done: int, message: str) -> None:
        progress(Progress(step="compare", done=done, total=total, message=message))

    seeing = _Seeing(database, videos)
    for number, (name, config) in enumerate(configs.items()):

        def seen(count: int, name: str = name, before: int = number * len(videos)) -> None:
            tell(before + count, f"seeing videos: {name}")

        seen(0)
        seeing.see(config, seen)
    tell(total - 1, "timing")
    costs = seeing.costs(artifacts_dir, list(configs.values()))
    rows = [row for row, video in enumerate(videos) if video not in seeing.failed]
    kept, members = [videos[row] for row in rows], np.asarray(groups)[rows]
    failed = [failure_of(video, reason) for video, reason in seeing.failed.items()]
    labels = np.array([str(video.folder) for video in kept])
    if len(set(labels)) < 2 or len(set(members)) < 2:
        tell(total, "")
        return Comparison([], failed)
    ways: list[Way] = []
    first = np.zeros(len(kept))
    for name, config in configs.items():
        X = features_of(database, kept, config.feature_set).parts["frames"].X  # noqa: N806  (the customary name)
        right = _right(X, labels, members, seed).astype(float)
        first = first if ways else right
        score = share_right(right, members)
        gain_low, gain_high = mean_interval(right - first, members)
        ways.append(
            Way(
                name=name, config=config, videos=len(kept), **costs[config.feature_set.id],
                accuracy=score["value"], low=score["low"], high=score["high"],
                gain=float((right - first).mean()), gain_low=gain_low, gain_high=gain_high,
            )
        )
    tell(total, "")
    return Comparison(ways, failed)


class _Seeing:
    """Videos as one config after the other sees them; `failed` has those that could not be seen, and why."""

    def __init__(self, database: Database, videos: Sequence[Video]) -> None:
        self._store = FeatureStore(database)
        contents = contents_of(self._store, videos)
        reasons = {(failure.folder, failure.filename): failure.reason for failure in contents.failed}
        self.failed = {
            video: reasons[video.folder, video.filename] for video in videos if video not in contents.hashes
        }
        self._contents = contents.hashes
        self._paths = {video: video.path for video in videos}

    def see(self, config: ExtractConfig, tell: Callable[[int], None]) -> None:
        """Extract and store what is missing."""
        video_of = {content: video for video, content in self._contents.items() if video not in self.failed}
        for modality_id, encoder in _frames_by(config).items():
            missing = self._store.missing(modality_id, video_of)
            # Decoder and network let go of the interpreter's lock, so that a thread a core keeps all of them busy.
            with ThreadPoolExecutor(cores()) as threads:
                seen = threads.map(
                    lambda content, one={modality_id: encoder}: self._look(video_of[content], one), missing
                )
                for number, (content, looked) in enumerate(zip(missing, seen, strict=True), start=1):
                    one = None if looked is None else looked.found[modality_id]
                    if isinstance(one, Evidence):
                        row = FeatureRow(modality_id, content, vector=one.vector, signatures=one.signatures)
                        self._store.put([row])
                    tell(number)
        # Copies of what could not be seen cannot be seen either.
        lost = {self._contents[video]: reason for video, reason in self.failed.items() if video in self._contents}
        self.failed |= {video: lost[content] for video, content in self._contents.items() if content in lost}

    def _look(self, video: Video, encoders: Mapping[str, Encoder]) -> Looked | None:
        """What encoders find in a video, wherever it was moved; None where it cannot be seen, which is noted."""
        try:
            looked = look(self._paths[video], encoders)
        except OSError as error:
            there = found_anew(self._store, [video]).get(video) if is_gone(error) else None
            if there is not None and there.path != self._paths[video]:
                self._paths[video] = there.path
                return self._look(video, encoders)
            self.failed[video] = unreadable_reason(error)
            return None
        errors = [str(found) for found in looked.found.values() if isinstance(found, VideoDecodeError)]
        if errors:
            self.failed[video] = errors[0]
        return None if errors else looked

    def costs(self, artifacts_dir: Path, configs: Sequence[ExtractConfig]) -> dict[str, dict[str, float]]:
        """What a video costs by each config, as its feature set to seconds; measured once and kept.

        All are timed on the same videos in turn, so that whatever else the machine does slows all of
        them alike.
        """
        path = artifacts_dir / "features" / configs[0].feature_set.id / "costs.json"
        ids = [config.feature_set.id for config in configs]
        kept = _kept(path)
        if not set(ids) <= set(kept):
            ways = [_frames_by(config) for config in configs]
            timed: list[list[tuple[float, float]]] = []
            for video in self._paths:
                row = [self._timed(video, encoders) for encoders in ways] if video not in self.failed else []
                if row and video not in self.failed:
                    timed.append(row)
                if len(timed) == TIMED:
                    break
            if not timed:
                return {}
            medians = np.median(np.array(timed), axis=0).tolist()
            kept = {name: {"decode_s": decode_s, "encode_s": encode_s}
                    for name, (decode_s, encode_s) in zip(ids, medians, strict=True)}
            write_whole(path, as_json(kept))
        return {name: kept[name] for name in ids}

    def _timed(self, video: Video, encoders: Mapping[str, Encoder]) -> tuple[float, float]:
        looked = self._look(video, encoders)
        return (looked.decode_s, looked.encode_s) if looked is not None else (0.0, 0.0)


def _frames_by(config: ExtractConfig) -> dict[str, Encoder]:
    """What sees frames by this config, by the id of its modality: other kinds are no way to see."""
    return {name: modality.load() for name, modality in config.chosen.items() if modality.kind == "frames"}


def _kept(path: Path) -> dict[str, dict[str, float]]:
    """What was measured before; a record that is damaged is measured anew."""
    try:
        kept = read_json(path)
        return {name: {part: float(cost[part]) for part in ("decode_s", "encode_s")} for name, cost in kept.items()}
    except (ArtifactError, KeyError, TypeError, ValueError, OverflowError):
        return {}


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
