"""The groups of a library as they were found last, as long as they are still so."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ... import library
from ...artifacts import current_feature_set
from ...errors import ArtifactError
from ...features.stored import features_of
from ...library import Snapshot
from ...records import FeatureSet, Video, VideoNames
from ...steps import counted
from ...store import Database
from ...store.features import FeatureStore
from ...store.words import WordStore
from .clusters import LEAST
from .groups import Found, Group, groups_in

# Where more of the pile has gone the rest may fall into other groups.
MOST_GONE = 0.1

NOTHING_SEEN = "No video of the pile has been looked at yet: extract features, or retrain, and ask again."
TOO_FEW = f"Groups have at least {counted(LEAST, 'video')}, and fewer are left in the pile."
NOTHING_ALIKE = "No videos of the pile are so much alike that they could be a folder of their own."


@dataclass(frozen=True)
class _Kept:
    """What was found, and what it was found from."""

    data_dir: Path
    feature_set: FeatureSet
    words: Mapping[str, bytes]
    folders: frozenset[str]
    pile: frozenset[str]
    found: Found


class KeptGroups:
    """Answers for the libraries of one database, the last one's kept; safe to use from many threads.

    Groups that were shown stay as they are while their videos are filed: they are looked for anew when there are other
    folders, videos, words or features than before, or a tenth of the pile has gone.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: _Kept | None = None
        # What the library and the database were when what is kept was found to be so still.
        self._state: object = None
        self._lock = threading.Lock()

    def groups(
        self, data_dir: Path, artifacts_dir: Path, now: Snapshot, video_names: VideoNames = "digits",
        not_learned: Collection[str] = (),
    ) -> tuple[list[Group], str | None]:
        """The groups of those videos that are still unsorted, and where there are none the reason.

        not_learned: folders in which a video may lie and yet be of a group.
        """
        if len(now.unsorted) < LEAST:
            return [], TOO_FEW
        with self._lock:
            try:
                feature_set = current_feature_set(artifacts_dir)
            except ArtifactError:
                return [], NOTHING_SEEN
            # Before anything is read: what changes meanwhile is looked for by the next question.
            state = (data_dir, artifacts_dir, feature_set.id, now, self._database.written())
            kept = self._kept
            if kept is None or (self._state != state and not self._is_so(kept, data_dir, feature_set, now)):
                self._kept = kept = self._look(data_dir, feature_set, now, video_names, not_learned)
            self._state = state
        here = set(now.unsorted)
        left = [group.among(here) for group in kept.found.groups]
        groups = [group for group in left if len(group.videos) >= LEAST]
        return groups, None if groups else NOTHING_ALIKE if kept.found.has_seen else NOTHING_SEEN

    def _look(
        self, data_dir: Path, feature_set: FeatureSet, now: Snapshot, video_names: VideoNames,
        not_learned: Collection[str],
    ) -> _Kept:
        # Nobody needs the old ones while the new ones are made.
        self._kept = None
        words = self._words(data_dir)
        videos = library.videos(data_dir, video_names)
        known = [*(video for video in videos if video.folder is None), *library.labelled(videos, not_learned)]
        found = groups_in(self._database, known, feature_set, list(now.folders))
        return _Kept(data_dir, feature_set, words, frozenset(now.folders), frozenset(now.unsorted), found)

    def _words(self, data_dir: Path) -> Mapping[str, bytes]:
        return WordStore(self._database, data_dir).sources()

    def _is_so(self, kept: _Kept, data_dir: Path, feature_set: FeatureSet, now: Snapshot) -> bool:
        """Whether what was found would be found again, but for videos that were filed."""
        pile = frozenset(now.unsorted)
        return (
            (kept.data_dir, kept.feature_set, kept.folders) == (data_dir, feature_set, frozenset(now.folders))
            and pile <= kept.pile and len(pile) >= (1 - MOST_GONE) * len(kept.pile)
            and kept.words == self._words(data_dir)
            and not self._has_come([video for video in kept.found.lacking if video.filename in pile], feature_set)
        )

    def _has_come(self, lacking: list[Video], feature_set: FeatureSet) -> bool:
        """Whether any of these videos has features by now; none is opened for that."""
        known = FeatureStore(self._database).remembered_contents(lacking)
        return bool(known) and bool(features_of(self._database, list(known), feature_set).videos)
