"""What is still to be looked for in the videos of a library, and why some of them are looked at anew."""

from collections.abc import Mapping, Set
from pathlib import Path

from ..artifacts.feature_sets import extraction_pace
from ..records import FeatureSet, Video
from ..settings import Settings
from ..steps import counted, duration
from ..store.features import FeatureStore
from ..store.whole import settled_in_all
from .contents import Contents
from .modalities import KINDS, ExtractConfig, Modality, kind_of, modality_of, video_bytes
from .workers import cores

# Of kinds that take next to no time: opening and closing a file.
LEAST_USUAL_S = 0.05
# For each video what is to be found in it: the source of each modality.
Missing = dict[Video, dict[str, bytes]]


def missing_of(
    store: FeatureStore, contents: Contents, modalities: Mapping[str, Modality], settled: Set[bytes] = frozenset()
) -> Missing:
    """What is not known yet of these contents; of videos that are the same to a modality one is looked at.

    settled: contents that need not be asked about, as `settled_of` gives them.
    """
    missing: Missing = {}
    unsettled = {content: video for video, content in contents.hashes.items() if content not in settled}
    for modality_id, modality in _encoded(modalities).items():
        reads = kind_of(modality.kind).reads
        wanted = unsettled if reads is video_bytes else {source: video for video, source in reads(contents).items()}
        for source in store.missing(modality_id, wanted):
            missing.setdefault(wanted[source], {})[modality_id] = source
    return missing


def settled_of(store: FeatureStore, modalities: Mapping[str, Modality]) -> Set[bytes]:
    """All contents of which each of these modalities is known that reads the bytes of a video."""
    read = [one for one, modality in _encoded(modalities).items() if kind_of(modality.kind).reads is video_bytes]
    return settled_in_all(store.database, read) if read else frozenset()


def _encoded(modalities: Mapping[str, Modality]) -> Mapping[str, Modality]:
    return {modality_id: modality for modality_id, modality in modalities.items() if modality.is_encoded}


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
