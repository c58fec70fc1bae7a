"""What is still to be looked for in the videos of a library, and why some of them are looked at anew."""

from collections.abc import Mapping
from pathlib import Path

from ..artifacts.feature_sets import extraction_pace
from ..records import FeatureSet, Video
from ..settings import Settings
from ..steps import counted, duration
from ..store.features import FeatureStore
from .contents import Contents
from .modalities import KINDS, ExtractConfig, Modality, kind_of, modality_of
from .workers import cores

# Of kinds that take next to no time: opening and closing a file.
LEAST_USUAL_S = 0.05
# For each video what is to be found in it: the source of each modality.
Missing = dict[Video, dict[str, bytes]]


def missing_of(store: FeatureStore, contents: Contents, modalities: Mapping[str, Modality]) -> Missing:
    """What is not known yet of these contents; of videos that are the same to a modality one is looked at."""
    missing: Missing = {}
    encoded = {modality_id: one for modality_id, one in modalities.items() if one.is_encoded}
    for modality_id, modality in encoded.items():
        sources = kind_of(modality.kind).reads(contents)
        video_of = {source: video for video, source in sources.items()}
        for source in store.missing(modality_id, sources.values()):
            missing.setdefault(video_of[source], {})[modality_id] = source
    return missing


def told_anew(
    store: FeatureStore, contents: Contents, missing: Missing, before: FeatureSet | None, now: FeatureSet,
    videos_per_s: float | None, at_once: int | None = None,
) -> str:
    """A sentence for who waits: how many videos were known and are looked at anew, how long, why; empty for none.

    `before` is what the extraction before looked for, `videos_per_s` how fast the last one was, `at_once` how many
    videos are looked at at once, by default one a core.
    """
    if before is not None and before.modalities == now.modalities:
        return ""
    wanted = set(now.modalities.values())
    lacking = [video for video, sources in missing.items() if wanted & sources.keys()]
    known = store.modalities_of(contents.hashes[video] for video in lacking)
    count = sum(bool(known.get(contents.hashes[video], set()) - missing[video].keys()) for video in lacking)
    if not count:
        return ""
    asked_for = {modality for sources in missing.values() for modality in sources}
    usual_s = sum(KINDS[kind].config.usual_s for kind, modality in now.modalities.items() if modality in asked_for)
    # A kind that was not looked for yet may take longer than all that was measured.
    left_s = count * max(1 / videos_per_s if videos_per_s else 0.0, usual_s / (at_once or cores()))
    looked_at = counted(count, "video is", "videos are")
    return f"{looked_at} looked at anew, for about {duration(left_s)}: {_why(before, now)}."


def usual_pace(settings: Settings, artifacts_dir: Path) -> float:
    """About how many videos a second can be looked at here: as fast as last time, else as is usual."""
    chosen = settings.config("extract_features", ExtractConfig).chosen
    usual_s = sum(modality.config.usual_s for modality in chosen.values())
    return extraction_pace(artifacts_dir) or cores() / max(usual_s, LEAST_USUAL_S)


def _why(before: FeatureSet | None, now: FeatureSet) -> str:
    if before is None:
        return "they were looked at in another way before"
    reasons = []
    for name, modality in now.modalities.items():
        if name not in before.modalities:
            reasons.append(f"vidsort did not look for {name} before")
        elif before.modalities[name] != modality:
            reasons += _changes(name, before.config, now.config)
    return ", ".join(reasons) or "they were looked at in another way before"


def _changes(name: str, before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """What is otherwise in how a kind of evidence is looked for."""
    changed = [field for field in KINDS[name].config.model_fields if before.get(field) != now[field]]
    model_dir = modality_of(name, ExtractConfig(**now)).config.model_dir
    if not changed and model_dir is not None:
        return [f"another model for {name} lies in {model_dir}"]
    if not changed:
        return [f"this version of vidsort sees {name} in another way"]
    return [f"{field} is {_shown(now[field])} instead of {_shown(before.get(field))}" for field in changed]


def _shown(value: object) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)
