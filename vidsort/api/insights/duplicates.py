"""Sets of videos that are edits or copies of one another, and those of which a person said that they are not."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ... import library
from ...artifacts import current_feature_set
from ...errors import ArtifactError, NotFoundError
from ...insight.duplicates import LinkedLibrary, links_now, set_id, sets_of, subjects, without
from ...pile.entries import entry
from ...records import Video
from ...steps import counted
from ...store.features import FeatureStore
from ...store.people.dismissed import Dismissed
from ..workspace import Workspace

# Who asks waits so long at most for what no retrain has compared, and is told how many wait still.
WITHIN_S = 5.0
NOTHING_SEEN = "No video has been looked at yet: extract features, or retrain, and ask again."


class _Set(NamedTuple):
    """The contents that are one video, where each of them lies, and what is remembered when a person dismisses it."""

    id: str
    videos: list[tuple[bytes, Video]]
    subjects: list[str]


def duplicates(here: Workspace) -> tuple[list[dict[str, Any]], str | None]:
    """All sets, the largest first, in each the best picture first; and why there may be more than are told.

    What lies in folders that are not learned from is put aside already, and does not count.

    What a retrain has compared is not compared again, so that only videos that came since take time: a millisecond or
    two a pair, and ten pairs a video.
    """
    sets, reason = _sets(here)
    sets = [one for each in sets if len((one := _learned(here, each)).videos) > 1]
    facts = FeatureStore(here.database).facts({content for one in sets for content, _ in one.videos})
    told: list[dict[str, Any]] = []
    for one in sorted(sets, key=lambda one: (-len(one.videos), one.id)):
        records: list[dict[str, Any]] = [_record(here, video, facts.get(content, {})) for content, video in one.videos]
        told.append({"id": one.id, "videos": sorted(records, key=_order)})
    return told, reason


def dismiss(here: Workspace, name: str) -> dict[str, object]:
    """Remember that the videos of a set are no duplicates of one another; with another member it is another set.

    Raises NotFoundError where there is no such set now.
    """
    found = next((one for one in _sets(here)[0] if one.id == name), None)
    if found is None:
        raise NotFoundError(f"There is no set of duplicates {name!r:.40} any more: ask for them again.")
    Dismissed(here.database, here.library.history).note("duplicates", found.subjects)
    return {"id": name, "filenames": sorted(video.filename for _, video in found.videos)}


def _sets(here: Workspace) -> tuple[list[_Set], str | None]:
    opened = here.library
    opened.keep_up()
    try:
        feature_set = current_feature_set(opened.artifacts_dir)
    except ArtifactError:
        return [], NOTHING_SEEN
    videos = library.videos(opened.data_dir, opened.video_names)
    linked = links_now(here.database, opened.artifacts_dir, videos, feature_set, WITHIN_S)
    found, links = linked.found, linked.links
    places: dict[bytes, list[Video]] = {}
    for content, video in zip(found.contents, found.videos, strict=True):
        places.setdefault(content, []).append(video)
    dismissed = Dismissed(here.database, opened.history).subjects("duplicates")
    edits = sets_of(without(links, dismissed))
    in_sets = {content for contents in edits for content in contents}
    sets = [_Set(set_id(contents), _placed(contents, places), subjects(contents)) for contents in edits]
    for content, copies in places.items():
        if content not in in_sets and len(copies) > 1:
            # With another copy it is another set, as with another edit.
            said = f"{content.hex()} x {len(copies)}"
            if said not in dismissed:
                sets.append(_Set(set_id([content] * len(copies)), _placed([content], places), [said]))
    return sets, _why_more(linked)


def _learned(here: Workspace, one: _Set) -> _Set:
    """The set without what lies in a folder that is not learned from: that is surplus which was put aside."""
    kept = [(content, video) for content, video in one.videos
            if video.folder is None or library.is_learned(video.folder, here.library.not_learned)]
    return one._replace(videos=kept)


def _why_more(linked: LinkedLibrary) -> str | None:
    """Why there may be more sets than were found."""
    if linked.lacking:
        lacking = counted(linked.lacking, "video has", "videos have")
        return f"{lacking} not been looked at for edits yet: extract features, or retrain."
    if linked.waiting:
        return f"{counted(linked.waiting, 'video has', 'videos have')} not been compared yet: ask again in a moment."
    if linked.beyond:
        return f"Of so many videos {counted(linked.beyond, 'unsorted one is', 'unsorted ones are')} not compared."
    return None


def _placed(contents: Sequence[bytes], places: dict[bytes, list[Video]]) -> list[tuple[bytes, Video]]:
    return [(content, video) for content in contents for video in places[content]]


def _record(here: Workspace, video: Video, facts: Mapping[str, Any]) -> dict[str, Any]:
    prediction = here.predicted().by_video.get(video.filename) if video.folder is None else None
    duration_s = facts.get("duration_s")
    return entry(video.filename, prediction) | {
        "folder": video.folder, "size_bytes": video.size_bytes, "duration_s": duration_s,
        "width": facts.get("width"), "height": facts.get("height"),
        "bit_rate": round(8 * video.size_bytes / duration_s) if duration_s else None,
    }


def _order(record: dict[str, Any]) -> tuple[object, ...]:
    pixels = (record["width"] or 0) * (record["height"] or 0)
    return -pixels, -(record["bit_rate"] or 0), record["filename"], record["folder"] or ""
