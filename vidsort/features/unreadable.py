"""Which videos of a library were looked at and cannot be read, from what is stored: no folder is listed for it."""

from collections.abc import Callable
from pathlib import Path

from ..artifacts import current_feature_set
from ..errors import ArtifactError
from ..library.left_out import Tally, told
from ..records import LeftOut
from ..store import Database
from ..store.features import FeatureStore
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
