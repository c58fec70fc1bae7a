"""All videos of a library in memory, ready to be compared with one of them; never older than what is stored."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import library
from ..artifacts.feature_sets import extraction_stamp
from ..errors import NotFoundError
from ..features.contents import Contents, contents_of
from ..features.modalities import KINDS
from ..features.stored import features_of, sources_of
from ..learning.rows.parts import Part
from ..library.live.places import Places
from ..library.names import check_filename
from ..records import FeatureSet, Video
from ..store.features import FeatureStore
from .workspace import OpenLibrary, Workspace

if TYPE_CHECKING:
    from ..insight.sketch import Sketch
    from ..insight.why import Likeness
    from ..learning.classifier import Classifier

# So many videos are made ready at once: 1280 numbers each take 25 MB, a few times over.
AT_ONCE = 5000
# So many are kept: 170 MB. A larger library is kept as a sketch, 0.2 kB a video, and so many of it are compared whole.
MOST_KEPT, COMPARED_WHOLE = 100_000, 400
# So long is taken for granted that nobody has overwritten a video where it lies, or until a look at all of them has
# taken no more than this share of the time.
LOOK_EVERY_S, LOOKING_SHARE = 30.0, 0.02

# What is compared in one go: the filenames of videos, and how like they are to others.
Turns = Sequence[tuple[list[str], "Likeness"]]


@dataclass(frozen=True)
class _Kept:
    """The videos of a library as they were read for a model.

    keys: of each video its name and what each kind of evidence reads of it. lacking: by modality what gave
    nothing, and may have been looked at since.
    """

    model_id: str
    keys: frozenset[tuple[object, ...]]
    lacking: Mapping[str, frozenset[bytes]]
    turns: Turns


@dataclass(frozen=True)
class _Sketched:
    """A large library as it was for a model; place and written as of `_Looked`, which is when it is made anew."""

    place: object
    written: object
    sketch: "Sketch"
    due_s: float


@dataclass(frozen=True)
class _Looked:
    """What the library and the database were when all of it was looked at last.

    place: whose library, and of which model. written: what has been extracted by then. due_s: by the clock, when it
    is time to look again.
    """

    place: object
    written: object
    places: Places
    due_s: float


class Compared:
    """The videos of one workspace, kept between questions; safe to use from many threads.

    A video takes 1.7 kB for what is seen, moves and is heard (1482 numbers by default, those of frames a byte), and
    8 bytes for each token of its words: of 5000 videos 8 to 30 MB. What was seen in a content never
    changes, so what is kept is old only where there are other videos, words or extracted features than
    before. That is looked for when the live library or the database has changed, and else not asked: where nothing
    was extracted since, a look at the videos that were moved is enough.
    """

    def __init__(self, here: Workspace) -> None:
        self._here = here
        self._kept: _Kept | None = None
        self._lock = threading.Lock()
        # What the model, the library and the database were when what is kept was found to be up to date.
        self._state: object = None
        self._looked: _Looked | None = None
        self._sketched: _Sketched | None = None

    def nearest(
        self, opened: OpenLibrary, model_id: str, classifier: "Classifier", feature_set: FeatureSet,
        asked: Mapping[str, Part], count: int,
    ) -> dict[str, float]:
        """The filenames that are most like the one video of `asked`, with how like they are; at most `count` a turn.

        Of a very large library they are looked for among those that a sketch of all tells to be like it.
        """
        opened.keep_up()
        if _count(opened) > MOST_KEPT:
            return self._nearest_of_many(opened, (model_id, classifier, feature_set), asked, count)
        self._sketched = None
        found: dict[str, float] = {}
        for names, likeness in self._turns(opened, model_id, classifier, feature_set):
            found |= {names[one.row]: one.similarity for one in likeness.nearest(asked, count)[0]}
        return found

    def _nearest_of_many(
        self, opened: OpenLibrary, model: tuple[str, "Classifier", FeatureSet], asked: Mapping[str, Part], count: int
    ) -> dict[str, float]:
        from ..insight.why import Likeness

        _, classifier, feature_set = model
        with self._lock:
            sketch = self._sketch(opened, model)
        videos = []
        for name in sketch.candidates(asked, COMPARED_WHOLE) if sketch is not None else ():
            with contextlib.suppress(NotFoundError, OSError):  # it has gone since
                videos.append(video_of(opened, name))
        if sketch is None or not videos:
            return {}
        found = features_of(self._here.database, videos, feature_set)
        likeness = Likeness(classifier, found.parts, sketch.sample)
        return {found.videos[one.row].filename: one.similarity for one in likeness.nearest(asked, count)[0]}

    def _sketch(
        self, opened: OpenLibrary, model: tuple[str, "Classifier", FeatureSet]
    ) -> "Sketch | None":
        """All videos in few numbers; what was extracted since is taken in when that takes a small share of the time."""
        from ..insight.sketch import Sketch
        from ..insight.why import Likeness

        model_id, classifier, feature_set = model
        store, known = FeatureStore(self._here.database), self._sketched
        place = (model_id, opened.artifacts_dir, opened.data_dir, opened.video_names)
        written, began_s = (store.newest(), extraction_stamp(opened.artifacts_dir)), time.monotonic()
        if known is not None and known.place == place and (known.written == written or began_s < known.due_s):
            return known.sketch
        self._kept = self._looked = self._sketched = known = None
        videos = library.videos(opened.data_dir, opened.video_names)
        sketch, turns = None, -(-len(videos) // AT_ONCE)
        for turn in range(turns):
            found = features_of(self._here.database, videos[turn::turns], feature_set)
            if not found.videos:
                continue
            if sketch is None:
                sketch = Sketch(Likeness(classifier, found.parts), found.parts)
            sketch.add([video.filename for video in found.videos], found.parts)
        now_s = time.monotonic()
        if sketch is not None:
            due_s = now_s + max(LOOK_EVERY_S, (now_s - began_s) / LOOKING_SHARE)
            self._sketched = _Sketched(place, written, sketch, due_s)
        return sketch

    def _turns(
        self, opened: OpenLibrary, model_id: str, classifier: "Classifier", feature_set: FeatureSet
    ) -> Turns:
        with self._lock:
            # Before anything is read: what changes meanwhile is looked for by the next question.
            state = (model_id, opened.artifacts_dir, opened.live.version, self._here.database.written())
            kept = self._kept
            if kept is not None and self._state == state:
                return kept.turns
            store = FeatureStore(self._here.database)
            place = (model_id, opened.artifacts_dir, opened.data_dir, opened.video_names)
            written = (store.newest(), extraction_stamp(opened.artifacts_dir))
            if kept is not None and self._is_only_moved(opened, place, written):
                self._state = state
                return kept.turns
            began_s = time.monotonic()
            videos = library.videos(opened.data_dir, opened.video_names)
            contents = contents_of(store, videos)
            keys = _keys(contents, feature_set)
            if kept is None or kept.model_id != model_id or kept.keys != keys or _has_come(store, kept.lacking):
                lacking: dict[str, frozenset[bytes]] = {}
                # Nobody needs the old ones while the new ones are made.
                self._kept = None
                turns = list(self._read(videos, classifier, feature_set, contents, lacking))
                self._kept = kept = _Kept(model_id, keys, lacking, turns)
            self._state, now_s = state, time.monotonic()
            due_s = now_s + max(LOOK_EVERY_S, (now_s - began_s) / LOOKING_SHARE)
            self._looked = _Looked(place, written, Places(videos), due_s)
            return kept.turns

    def _is_only_moved(self, opened: OpenLibrary, place: object, written: object) -> bool:
        """Whether all that has changed since the last look at all videos is where some of them lie."""
        looked = self._looked
        return (
            looked is not None and (looked.place, looked.written) == (place, written)
            and time.monotonic() < looked.due_s and looked.places.follow(opened.data_dir, opened.live.snapshot())
        )

    def _read(
        self, videos: Sequence[Video], classifier: "Classifier", feature_set: FeatureSet, contents: Contents,
        lacking: dict[str, frozenset[bytes]],
    ) -> "Iterator[tuple[list[str], Likeness]]":
        """The videos in turns; fills `lacking`."""
        from ..insight.why import Likeness

        sources = sources_of(contents, feature_set)
        turns = -(-len(videos) // AT_ONCE)
        for turn in range(turns):
            # Every so many of all, so that each turn is of the whole library and what it is centred on is the same.
            found = features_of(self._here.database, videos[turn::turns], feature_set)
            for name, part in found.parts.items():
                without = {video for video, is_there in zip(found.videos, part.mask, strict=True) if not is_there}
                if KINDS[name].essential or not any(KINDS[kind].essential for kind in found.parts):
                    without |= set(videos[turn::turns]).difference(found.videos)
                modality = feature_set.modalities[name]
                gave_nothing = {sources[name][video] for video in without if video in sources[name]}
                lacking[modality] = lacking.get(modality, frozenset()) | gave_nothing
            yield [video.filename for video in found.videos], Likeness(classifier, found.parts)


def video_of(opened: OpenLibrary, filename: str) -> Video:
    """The video of this name, where it lies first; raises InvalidNameError and NotFoundError."""
    check_filename(filename, opened.video_names)
    path = opened.live.find(filename)
    with contextlib.suppress(OSError):
        facts = path.stat()
        folder = None if path.parent == opened.data_dir else path.parent.name
        return Video(
            filename=filename, folder=folder, directory=path.parent, size_bytes=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
        )
    raise NotFoundError(f"The video {filename} was moved just now: ask again.")


def _count(opened: OpenLibrary) -> int:
    return opened.live.count_unsorted() + sum(folder.count for folder in opened.live.folders())


def _keys(contents: Contents, feature_set: FeatureSet) -> frozenset[tuple[object, ...]]:
    """What decides what is kept of each video: wherever it lies, its name and what is read of it."""
    read = {id(sources): sources for sources in sources_of(contents, feature_set).values()}
    return frozenset(
        (video.filename, *(sources.get(video) for sources in read.values())) for video in contents.hashes
    )


def _has_come(store: FeatureStore, lacking: Mapping[str, frozenset[bytes]]) -> bool:
    """Whether there is something by now of what gave nothing; of texts there is, else they would have no source."""
    return any(store.load(modality, sources).index for modality, sources in lacking.items() if sources)
