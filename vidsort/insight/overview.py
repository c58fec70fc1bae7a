"""What is in the library, video by video and by kind of evidence, as tables for notebooks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..features.contents import contents_of
from ..features.modalities import KINDS
from ..features.stored import errors_of, sources_of
from ..features.unreadable import tallied
from ..records import FeatureSet, Video
from ..store import Database
from ..store.features import FeatureStore

if TYPE_CHECKING:
    import pandas

FACTS = ("duration_s", "width", "height", "frame_rate", "video_codec", "audio_codec", "key_frames", "browser_playable")


def library_table(database: Database, videos: Sequence[Video], feature_set: FeatureSet) -> "pandas.DataFrame":
    """A row a video, in their order: filename, folder, size_bytes, what its container says, and features or reason.

    `reason` is why a video has no features, None where it has. Facts are None until the video was extracted.
    """
    import pandas

    store = FeatureStore(database)
    contents = contents_of(store, videos)
    facts = store.facts(contents.hashes.values())
    reasons: dict[Video, str] = {}
    for name, sources in sources_of(contents, feature_set).items():
        if not KINDS[name].essential:
            continue
        missing = set(store.missing(feature_set.modalities[name], sources.values()))
        reasons |= {video: "not extracted yet" for video, source in sources.items() if source in missing}
    reasons |= errors_of(store, contents, feature_set)
    unreadable = {(failure.folder, failure.filename): failure.reason for failure in contents.failed}
    rows = []
    for video in videos:
        content = contents.hashes.get(video)
        known = facts.get(content, {}) if content is not None else {}
        reason = unreadable.get((video.folder, video.filename)) or reasons.get(video)
        rows.append(
            {"filename": video.filename, "folder": video.folder, "size_bytes": video.size_bytes}
            | {name: known.get(name) for name in FACTS}
            | {"reason": reason}
        )
    return pandas.DataFrame(rows, columns=["filename", "folder", "size_bytes", *FACTS, "reason"])


def evidence_table(database: Database, videos: Sequence[Video], feature_set: FeatureSet) -> "pandas.DataFrame":
    """A row a kind of evidence: how many videos have it, in how many there is none, in how many it failed and why most.

    The same numbers as `vidsort doctor` tells; videos whose bytes cannot be read are not counted.
    """
    import pandas

    store = FeatureStore(database)
    rows = [
        {"kind": name, "videos": one.known, "none": one.absent, "failed": one.failed, "most failed because": one.reason}
        | ({"not looked at yet": one.unknown} if one.unknown else {})
        for name, one in tallied(store, contents_of(store, videos), feature_set).items()
    ]
    return pandas.DataFrame(rows)
