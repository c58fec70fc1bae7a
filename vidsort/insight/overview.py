"""What is in the library, video by video, as a table for notebooks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..features.stored import contents_of
from ..records import Video
from ..store import Database
from ..store.features import FeatureStore

if TYPE_CHECKING:
    import pandas

FACTS = ("duration_s", "width", "height", "frame_rate", "video_codec", "audio_codec", "key_frames", "browser_playable")


def library_table(database: Database, videos: Sequence[Video], feature_set: str) -> "pandas.DataFrame":
    """A row a video, in their order: filename, folder, size_bytes, what its container says, and features or reason.

    `reason` is why a video has no features, None where it has. Facts are None until the video was extracted.
    """
    import pandas

    store = FeatureStore(database)
    contents = contents_of(store, videos)
    facts = store.facts(contents.hashes.values())
    errors = store.errors(feature_set, contents.hashes.values())
    missing = dict.fromkeys(store.missing(feature_set, contents.hashes.values()), "not extracted yet")
    unreadable = {(failure.folder, failure.filename): failure.reason for failure in contents.failed}
    rows = []
    for video in videos:
        content = contents.hashes.get(video)
        known = facts.get(content, {})
        reason = unreadable.get((video.folder, video.filename)) or errors.get(content) or missing.get(content)
        rows.append(
            {"filename": video.filename, "folder": video.folder, "size_bytes": video.size_bytes}
            | {name: known.get(name) for name in FACTS}
            | {"reason": reason}
        )
    return pandas.DataFrame(rows, columns=["filename", "folder", "size_bytes", *FACTS, "reason"])
