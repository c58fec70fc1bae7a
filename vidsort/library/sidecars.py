"""Which files beside a video belong to it, known by their names alone; the disk is not asked."""

import re
from collections.abc import Iterable, Iterator, Mapping

from ..records import VideoNames
from .names import is_filename

# What exporters write beside `<stem>.<ending>`: words that are read …
WORDS = (".info.json", ".description", ".json")
# … and what only belongs to the video: subtitles and thumbnails.
UNREAD = (".srt", ".vtt", ".jpg", ".webp")
# Words beside the whole name, `<stem>.mp4.json`.
OF_WHOLE_NAME = ".json"
# A subtitle's language as yt-dlp writes it between stem and ending: `en`, `eng-US`, `zh-Hans`, `en-nP7-2PuUl7o`.
_SUBTITLE = re.compile(r"(\.[a-z]{2,3}(?:[-_][a-z0-9_]{1,16})*)?\.(?:srt|vtt)\Z", re.ASCII | re.IGNORECASE)


def sidecars_of(names: Iterable[str], video_names: VideoNames = "digits") -> dict[str, tuple[str, ...]]:
    """The sidecars of each video that has some, sorted, of the names of the regular files in one folder.

    Videos of one stem share those of the stem. What fits a longer stem too belongs to that alone:
    beside `a.en.mp4`, `a.en.vtt` is no subtitle of `a.mp4`. Endings count in any case, stems as they are.
    """
    names = list(names)
    videos = {name for name in names if is_filename(name, video_names)}
    of_stem: dict[str, list[str]] = {}
    for video in videos:
        of_stem.setdefault(stem_of(video), []).append(video)
    found: dict[str, list[str]] = {}
    for name in names:
        for video in () if name in videos else _owners(name, videos, of_stem):
            found.setdefault(video, []).append(name)
    return {video: tuple(sorted(sidecars)) for video, sidecars in found.items()}


def is_like_a_sidecar(name: str) -> bool:
    """Whether a file of this name may belong to a video, by its ending alone."""
    return name.lower().endswith((*WORDS, *UNREAD))


def stem_of(video: str) -> str:
    """A video's name without its ending."""
    return video.rpartition(".")[0]


def form_of(sidecar: str, video: str) -> str:
    """In which form a sidecar of this video is: an ending of `WORDS` or `UNREAD`, or `.*.json` of the whole name."""
    if sidecar.startswith(f"{video}."):
        return ".*.json"
    ending = sidecar[len(stem_of(video)) :].lower()
    return ending if ending in WORDS else f".{ending.rpartition('.')[2]}"


def _owners(name: str, videos: set[str], of_stem: Mapping[str, list[str]]) -> list[str]:
    """The videos of the longest stem, or whole name, that this is a sidecar of."""
    for stem, ending in _divisions(name):
        owners = list(of_stem.get(stem, ()))
        if ending == OF_WHOLE_NAME and stem in videos:
            owners.append(stem)
        if owners:
            return owners
    return []


def _divisions(name: str) -> Iterator[tuple[str, str]]:
    """A name as stem and ending of a sidecar, the longest stem first."""
    lower = name.lower()
    for ending in (".json", ".info.json", ".description", *UNREAD):
        if lower.endswith(ending):
            yield name[: -len(ending)], ending
    subtitle = _SUBTITLE.search(name)
    if subtitle and subtitle[1]:
        yield name[: subtitle.start()], subtitle[0].lower()
