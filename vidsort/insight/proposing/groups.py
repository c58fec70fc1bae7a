"""The groups of a library's pile, from stored features alone: no video is opened, nothing is encoded."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from ...features.modalities import KINDS
from ...features.stored import features_of
from ...learning.rows.parts import Part
from ...records import FeatureSet, Video
from ...store import Database
from ...store.features import FeatureStore
from .belonging import MOST_KNOWN, Belonging
from .closeness import SEEN, Space, layers
from .clusters import MOST_PAIRED, groups_of
from .naming import Naming, names_for

# So many videos are read at once: 1280 numbers each take 25 MB.
AT_ONCE = 5000
# Of videos that belong to a folder a group's mean is a half; lower than this it is far from all of them.
FITS_NONE = 0.3
# More than a person looks through; and no more of one group than are looked at before they are filed.
MOST_GROUPS, MOST_MEMBERS = 100, 500
# So many members tell a group's words.
MOST_READ = 200


@dataclass(frozen=True)
class Group:
    """Videos that could be a folder.

    name: one that could be made. videos: filenames, the most typical first, at most MOST_MEMBERS. size: how many there
    are. words: what tells them from others. fits: how well they fit a folder that there is, from 0 to 1, on average
    (of videos that belong to one it is a half); None where too few are sorted to tell.
    """

    name: str
    videos: tuple[str, ...]
    size: int
    words: tuple[str, ...]
    fits: float | None

    def among(self, filenames: Set[str]) -> "Group":
        """The same of those videos that are among these."""
        videos = tuple(name for name in self.videos if name in filenames)
        return dataclasses.replace(self, videos=videos, size=self.size - len(self.videos) + len(videos))


@dataclass(frozen=True)
class Found:
    """What was found in a pile: groups, the largest first. lacking: the videos of it that have no features."""

    groups: tuple[Group, ...]
    lacking: tuple[Video, ...]
    has_seen: bool


def groups_in(
    database: Database, videos: Sequence[Video], feature_set: FeatureSet, folders: Sequence[str] = ()
) -> Found:
    """Groups of the unsorted ones of these videos that are no folder yet.

    folders: the names that are taken. Of videos without features nothing is told. The same library gives the same
    groups; raises ArtifactError for evidence that is not known here.
    """
    whole = sorted((video for video in videos if video.folder is None), key=lambda video: video.filename)
    # Only what extraction has seen: others would be opened.
    remembered = FeatureStore(database).remembered_contents(videos)
    pile = [video for video in whole if video in remembered]
    sample = features_of(database, _some(pile, MOST_PAIRED), feature_set)
    if not sample.videos:
        return Found((), tuple(whole), has_seen=False)
    known = sorted((video for video in remembered if video.folder is not None), key=_by_folder)
    belonging = _belonging(database, _some(known, MOST_KNOWN), feature_set)
    spaces = [Space.of({name: sample.parts[name] for name in layer}) for layer in layers(sample.parts)]
    read = list(_read(database, pile, feature_set, spaces, belonging))
    seen = [video for turn in read for video in turn.videos]
    fits = np.concatenate([turn.fits for turn in read])
    found = _in_layers([np.concatenate(rows) for rows in zip(*(turn.rows for turn in read), strict=True)])
    if belonging is not None:
        found = [group for group in found if fits[group].mean() < FITS_NONE]
    naming = Naming(_documents(sample.parts))
    found = sorted(found, key=lambda group: (-len(group), int(group[0])))[:MOST_GROUPS]
    asked = [[seen[row] for row in group[:MOST_READ]] for group in found]
    said = _said(database, [video for some in asked for video in some], feature_set)
    words = [naming.telling([said.get(video, "") for video in some]) for some in asked]
    groups = tuple(
        Group(name, tuple(seen[row].filename for row in group[:MOST_MEMBERS]), len(group), tuple(telling),
              None if belonging is None else float(fits[group].mean()))
        for name, group, telling in zip(names_for(words, set(folders)), found, words, strict=True)
    )
    return Found(groups, tuple(set(whole).difference(seen)), has_seen=True)


def _in_layers(layered: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Groups by the rows of the first layer, then of what is left by those of the next."""
    found: list[np.ndarray] = []
    left = np.ones(len(layered[0]) if layered else 0, bool)
    for rows in layered:
        numbers = np.flatnonzero(left)
        for group in groups_of(rows[numbers]):
            found.append(numbers[group])
            left[numbers[group]] = False
    return found


def _by_folder(video: Video) -> tuple[str, str]:
    return str(video.folder), video.filename


@dataclass(frozen=True)
class _Turn:
    """Some of the pile that has features: a row in each space, how well each fits."""

    videos: list[Video]
    rows: list[np.ndarray]
    fits: np.ndarray


def _read(
    database: Database, pile: Sequence[Video], feature_set: FeatureSet, spaces: Sequence[Space],
    belonging: "_Seen | None",
) -> Iterator[_Turn]:
    for at in range(0, len(pile), AT_ONCE):
        found = features_of(database, pile[at : at + AT_ONCE], feature_set)
        yield _Turn(
            found.videos, [space.rows(found.parts) for space in spaces],
            belonging.fits(found.parts) if belonging else np.ones(len(found.videos)),
        )


@dataclass(frozen=True)
class _Seen:
    """What tells how well videos fit, by one kind of evidence."""

    kind: str
    belonging: Belonging

    def fits(self, parts: Mapping[str, Part]) -> np.ndarray:
        """From 0 to 1; of a video that has not this kind a half, which says nothing."""
        part = parts[self.kind]
        values = np.full(len(part.X), 0.5)
        if part.mask.any():
            values[part.mask] = self.belonging.fits(part.X[part.mask])
        return values


def _belonging(database: Database, known: Sequence[Video], feature_set: FeatureSet) -> _Seen | None:
    if not known:
        return None
    found = features_of(database, known, feature_set)
    numbers = [name for name, part in found.parts.items() if part.rows != "text" and part.mask.any()]
    kind = next((name for name in numbers if name in SEEN), numbers[0] if numbers else None)
    if kind is None:
        return None
    part = found.parts[kind]
    folders = np.array([str(video.folder) for video in found.videos], object)
    belonging = Belonging.of(part.X[part.mask], folders[part.mask], part.rows == "rooted")
    return None if belonging is None else _Seen(kind, belonging)


def _said(database: Database, videos: Sequence[Video], feature_set: FeatureSet) -> dict[Video, str]:
    """What is said of those videos of which anything is, by words alone: no vectors are read."""
    texts = {name: modality for name, modality in feature_set.modalities.items() if KINDS[name].rows == "text"}
    if not (texts and videos):
        return {}
    found = features_of(database, videos, feature_set.model_copy(update={"modalities": texts}))
    return dict(zip(found.videos, _documents(found.parts), strict=True))


def _documents(parts: Mapping[str, Part]) -> list[str]:
    """What goes with each video as words, one document of each; what is read in it where there are no others."""
    texts = [part.X for part in parts.values() if part.rows == "text"]
    count = len(next(iter(parts.values())).X) if parts else 0
    return [next((text[row] for text in texts if text[row]), "") for row in range(count)]


def _some(values: Sequence, most: int) -> Sequence:
    """Every so many of them, so that no more than `most` are left."""
    return values[:: max(1, -(-len(values) // most))]
