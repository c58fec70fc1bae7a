"""Which features there are on record: those of the newest extraction, and those that each model learned from."""

import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import ArtifactError, VidsortError
from ..records import FeatureSet
from .files import as_json, read_json, write_whole
from .models import model_dir, model_ids
from .publication import current

log = logging.getLogger(__name__)

BEGUN_NAME = "begun.json"
# A server and the command line may look for different things by turns.
REMEMBERED = 3

# Before there were modalities a feature set was one vector a video, that of its frames. The database has given the
# default one the name that the same config gives now, and left the others theirs.
RENAMED = {"55767116c102": "3b97b5b13871"}


def current_feature_set(artifacts_dir: Path) -> FeatureSet:
    """What the newest extraction looked for; raises ArtifactError where there is none, or its record is damaged."""
    return _feature_set(_newest(artifacts_dir), "config", _path(artifacts_dir))


def extraction_pace(artifacts_dir: Path) -> float | None:
    """Videos a second of the last extraction that had some to look at; None where none is on record."""
    try:
        return float(_newest(artifacts_dir)["videos_per_s"])
    except (ArtifactError, KeyError, TypeError, ValueError, OverflowError):
        return None


def record_extraction(artifacts_dir: Path, feature_set: FeatureSet, videos_per_s: float | None = None) -> None:
    """Write down what was looked for in all videos, and how fast."""
    record = {"feature_set": feature_set.id, "modalities": feature_set.modalities, "config": feature_set.config}
    write_whole(_path(artifacts_dir), as_json(record | {"videos_per_s": videos_per_s}))


def extraction_stamp(artifacts_dir: Path) -> tuple[int, int] | None:
    """Another value after each extraction of a whole library; None before the first."""
    try:
        facts = _path(artifacts_dir).stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns


def record_begun(artifacts_dir: Path, modalities: Collection[str]) -> None:
    """Write down what an extraction has set out to look for, as what it finds is needed before it has ended."""
    now = sorted(modalities)
    try:
        before = begun_lately(artifacts_dir)
    except ArtifactError as error:
        log.warning("%s", error)
        before = []
    if now not in before[-1:]:
        last = [*(one for one in before if one != now), now][-REMEMBERED:]
        write_whole(artifacts_dir / "features" / BEGUN_NAME, as_json({"begun": last}))


def begun_lately(artifacts_dir: Path) -> list[list[str]]:
    """The modalities that the last extractions have set out to look for, the newest last; raises ArtifactError."""
    path = artifacts_dir / "features" / BEGUN_NAME
    if not os.path.lexists(path):
        return []
    found = read_json(path).get("begun")
    if not isinstance(found, list) or not all(isinstance(one, list) for one in found):
        raise ArtifactError(f"{path} is damaged: remove it, then run `vidsort extract-features`.")
    return found


def model_feature_set(artifacts_dir: Path, model_id: str) -> FeatureSet:
    """What a model learned from, and so needs; raises NotFoundError, or ArtifactError where its manifest is damaged."""
    path = model_dir(artifacts_dir, model_id) / "manifest.json"
    return _feature_set(read_json(path), "extract_config", path)


def feature_set_in_force(artifacts_dir: Path) -> FeatureSet | None:
    """What the model in force needs, else the newest one; None where there is none, or it cannot be told."""
    try:
        now = current(artifacts_dir)
        ids = model_ids(artifacts_dir)
        if now is not None and now.model_id is not None:
            return model_feature_set(artifacts_dir, now.model_id)
        return model_feature_set(artifacts_dir, ids[-1]) if ids else None
    except VidsortError as error:
        log.warning("What the model in force needs cannot be told: %s", error)
        return None


def _path(artifacts_dir: Path) -> Path:
    return artifacts_dir / "features" / "current.json"


def _newest(artifacts_dir: Path) -> dict[str, Any]:
    path = _path(artifacts_dir)
    if not os.path.lexists(path):
        raise ArtifactError("No features have been made yet: run `vidsort extract-features` first.")
    return read_json(path)


def _feature_set(record: Any, config: str, path: Path) -> FeatureSet:
    """The feature set in a record of ours, also of one from before there were modalities."""
    try:
        name = RENAMED.get(record["feature_set"], record["feature_set"])
        return FeatureSet(id=name, modalities=record.get("modalities") or {"frames": name}, config=record[config])
    except (AttributeError, KeyError, TypeError, ValidationError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else repr(error)
        raise ArtifactError(f"{path} is damaged ({why}): run `vidsort retrain` to make it anew.") from error
