"""Which videos of a library were looked at and gave nothing, of all kinds or of one: from what is stored."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ..artifacts import current_feature_set
from ..errors import ArtifactError
from ..library.left_out import Tally, told
from ..records import FeatureSet, LeftOut
from ..store import Database
from ..store.features import FeatureStore
from .contents import Contents
from .modalities import KINDS


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
    failed = {source for modality in essential for source in store.failed(modality)}
    for path in sorted(store.paths_of(failed)) if failed else ():
        if path.is_relative_to(data_dir) and is_there(place := path.relative_to(data_dir).as_posix()):
            tally.add("unreadable", place)
    return told([tally])


def lacking(store: FeatureStore, contents: Contents, feature_set: FeatureSet) -> dict[str, str]:
    """By kind that is looked for in videos, in how many there is none, in how many it failed and why most did.

    What all of them have is left out.
    """
    told = {}
    hashes = list(contents.hashes.values())
    looked_for = {name: one for name, one in feature_set.modalities.items() if KINDS[name].load is not None}
    for name, modality in looked_for.items():
        absent, errors = store.absent(modality, set(hashes)), store.errors(modality, set(hashes))
        without = sum(content in absent for content in hashes)
        reasons = Counter(errors[content] for content in hashes if content in errors)
        parts = [f"{without} {'video has' if without == 1 else 'videos have'} none"] if without else []
        if reasons:
            reason, most = reasons.most_common(1)[0]
            shown = reason if most == reasons.total() else f"{most} of them: {reason}"
            parts.append(f"{reasons.total()} failed ({shown})")
        if parts:
            told[name] = "; ".join(parts)
    return told
