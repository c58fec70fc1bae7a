"""Which videos of a library were looked at and gave nothing, of all kinds or of one: from what is stored."""

from collections import Counter
from collections.abc import Callable, Set
from pathlib import Path
from typing import NamedTuple

from ..artifacts import current_feature_set
from ..errors import ArtifactError
from ..library.left_out import Tally, told
from ..records import FeatureSet, LeftOut
from ..steps import counted
from ..store import Database
from ..store.features import FeatureStore
from ..store.whole import absent_in_all, failed_in_all
from .contents import Contents
from .modalities import KINDS
from .stored import sources_of


def unreadable_of(
    database: Database, artifacts_dir: Path, data_dir: Path, is_there: Callable[[str], bool]
) -> list[LeftOut]:
    """None before the first extraction. `is_there`: whether a place, relative to the library, holds a video now."""
    try:
        feature_set = current_feature_set(artifacts_dir)
    except ArtifactError:
        return []
    store, tally = FeatureStore(database), Tally()
    essential = [
        modality for name, modality in feature_set.modalities.items() if name in KINDS and KINDS[name].essential
    ]
    failed = {source for modality in essential for source in failed_in_all(database, modality)}
    for path in sorted(store.paths_of(failed)) if failed else ():
        if path.is_relative_to(data_dir) and is_there(place := path.relative_to(data_dir).as_posix()):
            tally.add("unreadable", place)
    return told([tally])


class Tallied(NamedTuple):
    """Of how many videos a kind of evidence is known, in how many there is none, and in how many it failed.

    unknown: how many were not looked at yet. reason: why most of the failed ones did, `alike` of them.
    """

    known: int
    absent: int
    failed: int
    unknown: int
    reason: str = ""
    alike: int = 0

    @property
    def lacking(self) -> str:
        """What there is less than of all videos, in words; empty where all have it."""
        parts = []
        if self.absent:
            parts.append(f"{counted(self.absent, 'video has', 'videos have')} none")
        if self.failed:
            shown = self.reason if self.alike == self.failed else f"{self.alike} of them: {self.reason}"
            parts.append(f"{self.failed} failed ({shown})")
        if self.unknown:
            parts.append(f"{self.unknown} not looked at yet")
        return "; ".join(parts)


def tallied(
    store: FeatureStore, contents: Contents, feature_set: FeatureSet, settled: Set[bytes] = frozenset()
) -> dict[str, Tallied]:
    """Each kind of a feature set, counted over the videos whose bytes can be read.

    settled: contents of which all kinds are known that are looked for in the bytes of videos.
    """
    found, unsettled = {}, set(contents.hashes.values()) - settled
    for name, read in sources_of(contents, feature_set).items():
        modality, videos = feature_set.modalities[name], contents.hashes.keys()
        sources = read if read is contents.hashes else {
            video: source for video, source in read.items() if video in videos
        }
        if KINDS[name].is_gathered:
            # What is gathered and not encoded is there, or its files were broken, or there is none.
            broken = contents.words.errors
            errors = {video: broken[video] for video in videos if video in broken and video not in sources}
            absent, unknown = len(videos) - len(sources) - len(errors), 0
        else:
            reasons, nothing = failed_in_all(store.database, modality), absent_in_all(store.database, modality)
            unseen = set(store.missing(modality, unsettled if read is contents.hashes else set(sources.values())))
            errors = {
                video: reasons[source] for video, source in sources.items() if source in reasons
            } if reasons else {}
            absent = sum(map(nothing.__contains__, sources.values())) + len(videos) - len(sources)
            unknown = sum(
                source in unseen and source not in reasons for source in sources.values()
            ) if unseen else 0
            if KINDS[name].is_given:
                # Nobody will look: what was not handed over is not there.
                absent, unknown = absent + unknown, 0
        (reason, alike), *_ = Counter(errors.values()).most_common(1) or [("", 0)]
        known = len(videos) - absent - len(errors) - unknown
        found[name] = Tallied(known, absent, len(errors), unknown, reason, alike)
    return found


def lacking(
    store: FeatureStore, contents: Contents, feature_set: FeatureSet, settled: Set[bytes] = frozenset()
) -> dict[str, str]:
    """By kind that is looked for in videos, in how many there is none, in how many it failed and why most did.

    What all of them have is left out. `settled` as for `tallied`.
    """
    told = tallied(store, contents, feature_set, settled)
    return {name: one.lacking for name, one in told.items() if KINDS[name].load is not None and one.lacking}
