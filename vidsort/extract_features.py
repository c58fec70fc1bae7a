"""Step 1: videos to features, only what is new."""

import contextlib
import dataclasses
import logging
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping

from . import artifacts, library
from .artifacts.feature_sets import extraction_pace, record_begun, record_extraction
from .artifacts.owners import remember
from .artifacts.recognition import seen
from .errors import ArtifactError, SettingsError
from .features.cluster import Cluster, require_dask
from .features.contents import (
    GONE,
    MOST_LOOKS,
    Contents,
    contents_at,
    failure_of,
    found_anew,
    library_contents,
)
from .features.encoders.semantic import SemanticEncoder
from .features.extraction import Devices
from .features.missing import Missing, missing_of, settled_of, told_anew
from .features.modalities import BESIDE, KINDS, ExtractConfig, Modality, makeable
from .features.said import understand, understanding_of
from .features.stored import errors_of, read_in
from .features.unreadable import lacking
from .features.words import gather
from .features.workers import Answer, Request, answers, cores, request_of, rows_of
from .insight.duplicates import links_now
from .jobs.program import step_main
from .records import FeatureSet, Progress, Report, Video
from .settings import Settings
from .steps import ProgressCallback, ignore_progress
from .store import open_database
from .store.database import shared_dir
from .store.features import FeatureStore
from .store.whole import contents_of_all
from .store.words import captions_of

__all__ = ["ExtractConfig", "run"]

STEP = "extract_features"
# New videos are compared with the others for so much of the time that it took to look at them: enough for all, for that
# is a tenth to a fifth of it.
COMPARED_SHARE = 0.3
log = logging.getLogger(__name__)


def run(
    settings: Settings, config: ExtractConfig | None = None, *, progress: ProgressCallback = ignore_progress,
    only: Collection[str] | None = None, turn: Callable[[], object] = lambda: None, most_children: int | None = None,
) -> Report:
    """Extract and store the features of every video in the library whose content has none yet.

    Of the videos at the places `only`, relative to the library, where these are given; then what is on record of the
    last extraction stays. `turn` is called before each video and may wait; `most_children` work at once, by default
    one a core.

    Where a cluster is set, its workers look at them, but for those of `only`, of which there are few.

    Beside those of this config also those that the model in force needs, so that it goes on
    predicting until another one takes over. A video that cannot be read or decoded is in the report
    with its reason and stops nothing; one that is moved meanwhile is found anew by its content. What
    was extracted before an interruption is kept. In the report each video counts once: as left out, as
    done, or as known already, which copies of those done are. Raises NotFoundError without a library,
    SettingsError where a kind needs what is not installed, VidsortError where the cluster cannot do it.
    """
    config = config or settings.config(STEP, ExtractConfig)
    settings, started = artifacts.at_home(settings), time.monotonic()
    in_force = artifacts.feature_set_in_force(settings.artifacts_dir)
    for modality in config.chosen.values():
        modality.config.require()
    is_shared = settings.cluster is not None and only is None
    if is_shared:
        require_dask()
    modalities = config.chosen | config.beside | (_had_here(makeable(in_force)) if in_force else {})
    record_begun(settings.artifacts_dir, modalities)
    understanding = understanding_of(modalities, config.chosen)
    pace = extraction_pace(settings.artifacts_dir)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        if only is None:
            survey, contents = library_contents(
                store, settings.data_dir, settings.video_names,
                tell=lambda total, done: progress(_looking(done, total)),
            )
        else:
            contents = contents_at(store, settings.data_dir, only)
        settled = settled_of(store, modalities) if only is None else frozenset()
        missing = missing_of(store, contents, modalities, settled)
        with _asked(settings, progress, missing) if is_shared and missing else contextlib.nullcontext() as cluster:
            notice = told_anew(
                store, contents, missing, _looked_for_before(settings), config.feature_set,
                pace if cluster is None else None, None if cluster is None else cluster.threads,
            )
            work = _Work(
                settings, store, modalities, contents, progress, notice, turn, most_children or cores(), cluster
            )
            work.extract(missing)
        if only is not None or missing:
            survey = library.survey(settings.data_dir, settings.video_names)  # hours may have gone by
        # What words there are, and what is said everywhere, is a matter of all videos that were ever looked at.
        known = contents if only is None else dataclasses.replace(
            contents, hashes=contents_of_all(database, settings.data_dir, survey.videos)
        )
        read = read_in(store, known, config.feature_set, settings.data_dir)
        words = gather(database, settings.data_dir, known.hashes, settings.video_names, read, survey.beside)
        contents = dataclasses.replace(contents, words=captions_of(database, contents.hashes))
        work.understand(contents, understanding)
        errors = errors_of(store, contents, config.feature_set)
        lacks = lacking(store, contents, config.feature_set, settled)
        if work.seen and only is None:
            progress(_looking(len(work.seen), len(work.seen), "comparing videos"))
            within_s = COMPARED_SHARE * (time.monotonic() - started)
            links_now(database, settings.artifacts_dir, survey.videos, config.feature_set, within_s)
    if only is None:
        remember(settings.artifacts_dir, seen(settings.data_dir, survey.of_any_name))
        # How fast a cluster was tells nothing of this machine, which looks at new videos.
        record_extraction(settings.artifacts_dir, config.feature_set, (not is_shared and work.videos_per_s) or pace)
    failed = (
        *contents.failed,
        *(failure_of(video, reason) for video, reason in errors.items()),
        *(failure_of(video, GONE) for video in work.lost),
    )
    done = len(work.seen - {contents.hashes[video] for video in errors})
    return Report(
        step=STEP,
        done=done,
        skipped=len(contents.hashes) + len(contents.failed) - len(failed) - done,
        failed=failed,
        left_out=(*survey.left_out, *words.left_out(settings.data_dir)),
        took_s=time.monotonic() - started,
        outputs={"feature_set": config.feature_set.id, **work.outputs(), **lacks, "with_words": words.with_words},
    )


def _had_here(modalities: Mapping[str, Modality]) -> dict[str, Modality]:
    """Those for which all is there that they need: what is stored of the others still counts."""
    found = {}
    for modality_id, modality in modalities.items():
        try:
            modality.config.require()
        except SettingsError as error:
            log.warning("No new %s is looked for, though the model in force goes by it: %s", modality.kind, error)
            continue
        found[modality_id] = modality
    return found


def _asked(settings: Settings, progress: ProgressCallback, missing: Missing) -> contextlib.closing[Cluster]:
    """The cluster that is set, once it has a worker."""
    progress(_looking(0, len(missing), "reaching the cluster"))
    return contextlib.closing(Cluster(str(settings.cluster), settings.data_dir, settings.cluster_library))


def _looked_for_before(settings: Settings) -> FeatureSet | None:
    try:
        return artifacts.current_feature_set(settings.artifacts_dir)
    except ArtifactError:
        return None


def _looking(done: int, total: int, message: str = "looking for new videos") -> Progress:
    return Progress(step=STEP, done=done, total=total, message=message)


class _Work:
    """Extracts what is missing, stores it as it comes, and knows what was done.

    seen: contents that could be looked at; lost: videos that were nowhere any more.
    """

    def __init__(
        self, settings: Settings, store: FeatureStore, modalities: Mapping[str, Modality], contents: Contents,
        progress: ProgressCallback, notice: str, turn: Callable[[], object], most_children: int,
        cluster: Cluster | None,
    ) -> None:
        self._pictures_dir = shared_dir(settings.artifacts_dir)
        self._store = store
        self._modalities = modalities
        self._contents = contents
        self._progress = progress
        self._notice = notice
        self._turn, self._most_children, self._cluster = turn, most_children, cluster
        self._devices = Devices(settings.hardware_decoding, settings.encoder_device)
        self._answered = self._calls = self._total = 0
        self._started = time.monotonic()
        self._spent = dict.fromkeys(("decode_s", "encode_s", "poster_s", "frames", "by_hardware"), 0.0)
        self.seen: set[bytes] = set()
        self.lost: list[Video] = []
        self.videos_per_s: float | None = None

    def extract(self, missing: Missing) -> None:
        """Extract all of this; what is moved meanwhile is looked for in the whole library."""
        if not missing:
            self._tell(message="nothing new")
        content_of = dict(self._contents.hashes)
        for _ in range(MOST_LOOKS):
            gone = self._extract(missing, content_of) if missing else {}
            there = found_anew(self._store, list(gone)) if gone else {}
            self.lost += [video for video in gone if video not in there]
            missing = {there[video]: sources for video, sources in gone.items() if video in there}
            content_of |= {there[video]: content_of[video] for video in there}
        self.lost += missing

    def understand(self, contents: Contents, encoders: Mapping[str, SemanticEncoder]) -> None:
        """Encode the words that are new."""
        def tell(done: int, total: int) -> None:
            self._progress(Progress(step=STEP, done=done, total=total, message="understanding words"))

        for modality_id, encoder in encoders.items():
            sources = KINDS[self._modalities[modality_id].kind].reads(contents)
            self._calls += understand(self._store, modality_id, sources.values(), encoder, tell)

    def _extract(self, missing: Missing, content_of: Mapping[Video, bytes]) -> Missing:
        """Extract and store these; returns those that were not at their path any more."""
        video_of = {str(video.path): video for video in missing}
        self._total += len(missing)
        self._tell(message="starting the encoder")
        gone: Missing = {}
        wanted = {modality: self._modalities[modality] for sources in missing.values() for modality in sources}
        requests = self._requests(missing, content_of)
        if self._cluster is None:
            count = min(self._most_children, len(missing))
            answering = answers(requests, self._pictures_dir, wanted, count, self._devices)
        else:
            answering = self._cluster.answers(requests, self._pictures_dir, wanted, len(missing))
        with contextlib.closing(answering) as batches:
            for batch in batches:
                self._store.put(
                    [row for request, answer in batch for row in rows_of(request, answer)],
                    {bytes.fromhex(request["content"]): answer["facts"]
                     for request, answer in batch if answer.get("facts")},
                )
                for request, answer in batch:
                    if "gone" in answer:
                        video = video_of[request["path"]]
                        gone[video] = missing[video]
                    self._count(request, answer)
                self._tell(message="encoding known videos anew" if self._notice else "encoding new videos")
        return gone

    def _requests(self, missing: Missing, content_of: Mapping[Video, bytes]) -> Iterator[Request]:
        for video, sources in missing.items():
            self._turn()
            yield request_of(video, content_of[video], sources)

    def _count(self, request: Request, answer: Answer) -> None:
        self._answered += 1
        found = answer.get("found", {})
        self._calls += sum(
            any(part.get(name) is not None for name in ("vector", "document"))
            for modality, part in found.items() if self._modalities[modality].kind not in BESIDE
        )
        if any("error" not in part for part in found.values()):
            self.seen.add(bytes.fromhex(request["content"]))
        for name in self._spent:
            self._spent[name] += answer.get(name, 0)

    def _tell(self, message: str) -> None:
        rate = left_s = None
        if self._answered:
            rate = self.videos_per_s = self._answered / (time.monotonic() - self._started)
            left_s = (self._total - self._answered) / rate
        self._progress(Progress(
            step=STEP, done=self._answered, total=self._total, rate_per_s=rate, left_s=left_s, message=message,
            notice=self._notice,
        ))

    def outputs(self) -> dict[str, float | str | None]:
        """Encoder calls, rate, shares of time, and what was told beforehand."""
        if not self._answered:
            return {"encoder_calls": self._calls}
        busy_s = self._spent["decode_s"] + self._spent["encode_s"] + self._spent["poster_s"] or 1.0
        return {
            "encoder_calls": self._calls,
            "videos_per_s": self.videos_per_s,
            "frames_per_video": self._spent["frames"] / max(1, len(self.seen)),
            "decode_share": self._spent["decode_s"] / busy_s,
            "encode_share": self._spent["encode_s"] / busy_s,
            "poster_share": self._spent["poster_s"] / busy_s,
            "hardware_share": None if self._devices.decoding == "off" else self._spent["by_hardware"] / self._answered,
            "notice": self._notice or None,
        }


if __name__ == "__main__":
    sys.exit(step_main(STEP, run, ExtractConfig, __doc__))
