"""The model in force: that it can be read, has the features that it goes by, and that what it predicts is in force."""

import contextlib
import os

from ... import library
from ...artifacts import (
    Current,
    current,
    current_feature_set,
    model_feature_set,
    predictions_path,
    read_model,
    read_predictions,
)
from ...artifacts.files import MOST_JSON_BYTES, read_file
from ...artifacts.looked_at import read_looked_at
from ...errors import NotFoundError
from ...features.contents import contents_of
from ...features.modalities import KINDS, makeable
from ...features.unreadable import tallied
from ...features.words.gathering import told_forms
from ...library.names import shown
from ...steps import counted, percent
from ...store import open_database
from ...store.features import FeatureStore
from ...store.words import WordStore
from .check import Check, Patient
from .videos import NOT_YET

# So large a share of the pile may have come, or of the folders gone, since the last predictions.
STALE_SHARE = 0.5
ANEW = "Run `vidsort retrain`."


def model(patient: Patient) -> Check:
    """There is one, and it can be read."""
    now = current(patient.home)
    if now is None and not predictions_path(patient.home).exists():
        return Check("model", "warning", "there is none yet: sort a few videos, then run `vidsort retrain`")
    if now is None or now.model_id is None:
        return Check("model", "ok", "none of ours: predictions.json is of another program")
    try:
        found = read_model(patient.home, now.model_id, patient.settings.trusted_types)
    except NotFoundError as error:
        mend = "Run `vidsort retrain`, which makes another, or put its folder back from a backup."
        return Check("model", "failed", str(error).partition(":")[0], mend)
    return Check("model", "ok", f"{now.model_id}, {counted(len(found.folders), 'folder')}")


def features(patient: Patient) -> Check:
    """The database has what the model in force goes by."""
    now = current(patient.home)
    if now is None or now.model_id is None:
        return Check("features", "ok", "no model is in force that goes by any")
    try:
        feature_set = model_feature_set(patient.home, now.model_id)
    except NotFoundError:
        return Check("features", "ok", "not known, as the model in force is not there")
    with contextlib.closing(open_database(patient.settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        videos = library.videos(patient.settings.data_dir, patient.settings.video_names)
        contents = set(store.remembered_contents(videos).values())
        lacking = [
            name for name, modality in feature_set.modalities.items()
            if name in KINDS and KINDS[name].essential and contents
            and len(store.missing(modality, contents)) == len(contents)
        ]
    if not lacking:
        return Check("features", "ok", f"there are those that {now.model_id} goes by")
    found = f"the model in force goes by {', '.join(lacking)}, of which nothing is in the database"
    is_makeable = len(makeable(feature_set)) == len(feature_set.modalities)
    mend = "Run `vidsort extract-features`, which looks at the videos anew." if is_makeable else ANEW
    return Check("features", "failed", found, mend)


def predictions(patient: Patient) -> Check:
    """Those in force are the model's, and of the videos that are in the pile now."""
    home, path = patient.home, predictions_path(patient.home)
    now = current(home)
    if now is None and not path.exists():
        return Check("predictions", "ok", "there are none yet")
    found = read_predictions(path)
    if now is not None and _is_foreign(patient, now):
        mend = "Run `vidsort predict` to put the model's own in force; `vidsort models rollback` brings these back."
        return Check("predictions", "warning", f"another program has written {path} since {now.at}", mend)
    looked_at = read_looked_at(home)
    known = {entry.video for entry in (*found, *(looked_at.predictions if looked_at else ()))}
    pile = patient.names.unsorted
    without = [name for name in pile if name not in known]
    strange = sorted({entry.predicted_folder for entry in found} - patient.names.folders.keys())
    if found and not {entry.video for entry in found}.intersection(_every_name(patient)):
        return Check("predictions", "warning", f"{path} names no video of this library", ANEW)
    if len(without) > STALE_SHARE * len(pile):
        told = f"{counted(len(without), 'unsorted video has', 'unsorted videos have')} no guess, of {len(pile)}"
        return Check("predictions", "warning", told, ANEW)
    if len(strange) > STALE_SHARE * max(1, len(patient.names.folders)):
        told = f"{counted(len(strange), 'folder')} that they name {'is' if len(strange) == 1 else 'are'} not there"
        return Check("predictions", "warning", f"{told}: {', '.join(map(shown, strange[:3]))}", ANEW)
    return Check("predictions", "ok", f"{len(found)}, for {percent(1 - len(without) / max(1, len(pile)))} of the pile")


def _every_name(patient: Patient) -> set[str]:
    names = patient.names
    return {*names.unsorted, *(name for inside in names.folders.values() for name in inside)}


def _is_foreign(patient: Patient, now: Current) -> bool:
    """Whether predictions.json is not the file that was put in force last."""
    stored = patient.home / "predictions" / now.predictions_id / "predictions.json"
    return read_file(stored, MOST_JSON_BYTES) != read_file(predictions_path(patient.home), MOST_JSON_BYTES)


def evidence(patient: Patient) -> Check:
    """A line a kind of evidence: how many videos have it, in how many there is none, in how many it failed."""
    if not (patient.home / "features" / "current.json").is_file():
        return Check("evidence", "ok", NOT_YET)
    with contextlib.closing(open_database(patient.settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        contents = contents_of(store, library.videos(patient.settings.data_dir, patient.settings.video_names))
        found = tallied(store, contents, current_feature_set(patient.home))
    lines = [
        f"{name}: {one.known} of {counted(len(contents.hashes), 'video')}" + (f"; {one.lacking}" if one.lacking else "")
        for name, one in found.items()
    ]
    return Check("evidence", "warning" if any(one.failed for one in found.values()) else "ok", "\n".join(lines))


def words(patient: Patient) -> Check:
    """From what the newest extraction gathered: how many videos have words, in which forms, and what is broken."""
    with contextlib.closing(open_database(patient.settings.artifacts_dir)) as database:
        store = WordStore(database, patient.settings.data_dir)
        counts, broken = store.counts(), store.broken()
    forms = ", ".join(f"{count} by {form}" for form, count in told_forms(counts).items())
    having = counted(sum(counts.values()), "video has", "videos have")
    found = f"{having} words: {forms}" if counts else "none were found by an extraction yet"
    if not broken:
        return Check("words", "ok", found)
    told = [f"{os.path.relpath(path, patient.settings.data_dir)}: {reason}" for path, reason in broken.items()]
    mend = "Export each file of words that is named here anew, or remove it."
    return Check("words", "warning", f"{found}\n{patient.in_lines(told)}", mend)

