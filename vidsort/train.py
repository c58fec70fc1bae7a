"""Step 2: features and folders to a calibrated classifier, kept as a version with its evidence."""

import contextlib
import dataclasses
import importlib.metadata
import logging
import math
import platform
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from . import artifacts, library
from .artifacts.files import as_json, created_now, new_version_id, write_version
from .errors import ArtifactError, NotEnoughLabelsError, NotFoundError, SettingsError
from .features.modalities import KINDS
from .features.said import names_of
from .features.stored import LibraryFeatures, Part, features_of
from .features.words.folders import descriptions
from .insight.comparison import (
    OutOfFold,
    leads,
    out_of_fold_json,
    paired_difference,
    read_out_of_fold,
    verdict,
)
from .insight.curve import NO_CURVE, learning_curve, written
from .insight.duplicates import joined, links_now, near_duplicates, sets_of
from .insight.proposing.halves import halves
from .jobs.program import step_main
from .learning.classifier import Prepared
from .learning.files import model_files
from .learning.fitting import Trained, fit_classifier, fit_names, heads_of
from .learning.offered import TrainConfig, named_heads, own_heads, type_name
from .library.left_out import sentence
from .records import Failure, LeftOut, Progress, Report, Video
from .settings import Settings
from .steps import ProgressCallback, counted, ignore_progress
from .store import open_database

__all__ = ["TrainConfig", "Trained", "fit_classifier", "run"]

STEP = "train"
# Of each labelled video so many folders are kept with their out-of-fold probabilities.
RANKED = 10
# Comparing videos takes about so long at most; in a large library the next trainings, and who asks, go on with it.
COMPARING_S = 2.0
NO_WORDS = ", and the names of folders have nothing in common with the words of any video"
PACKAGES = ("vidsort", "numpy", "scipy", "scikit-learn", "skops")
log = logging.getLogger(__name__)


def run(
    settings: Settings, config: TrainConfig | None = None, *, progress: ProgressCallback = ignore_progress,
    heads: Iterable[Any] | None = None,
) -> Report:
    """Train on every video that lies in a folder and has features; write `models/<model_id>/`.

    heads: names and classifiers with `predict_proba` (or classes of such) that race in place of `config.heads`.

    Where videos of fewer than two folders can be learned from, the names of folders are what the model goes by.
    Nothing is put in force here: the verdict in the manifest says whether the next predictions will
    be. Videos without features are in the report with their reasons. Raises NotEnoughLabelsError,
    NotFoundError without a library, ArtifactError before any features were extracted, SettingsError for a head that is
    none, cannot be kept or holds types that are not trusted, VidsortError for one that cannot learn.
    """
    config = config or settings.config(STEP, TrainConfig)
    if heads is not None:
        raced, own = named_heads(heads)
        config = config.model_copy(update={"heads": raced})
    else:
        own = own_heads(config.heads)
    settings = artifacts.at_home(settings)
    started = time.monotonic()
    progress(Progress(step=STEP, done=0, total=1, message="reading features"))
    survey = library.survey(settings.data_dir, settings.video_names)
    videos, left_out = survey.videos, survey.left_out
    labelled = library.labelled(videos, settings.not_learned)
    folders = {name for name in survey.folders if library.is_learned(name, settings.not_learned)}
    if len(folders) < 2:
        raise _too_few(labelled, settings, left_out)
    feature_set = artifacts.current_feature_set(settings.artifacts_dir)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        found = features_of(database, labelled, feature_set)
        progress(Progress(step=STEP, done=0, total=1, message="comparing videos"))
        # Of all videos, so that the duplicates of most libraries are known when this has ended.
        sets = sets_of(links_now(database, settings.artifacts_dir, videos, feature_set, COMPARING_S).links)
        parts = _chosen(found.parts, config)
        chosen = feature_set.model_copy(update={"modalities": {name: feature_set.modalities[name] for name in parts}})
        # Where the pile and what is learned from stand to the names; what else is there says nothing of either.
        kept = [video for video in videos if video.folder is None or video.folder in folders]
        names = names_of(database, kept, chosen, descriptions(settings.data_dir, folders))
        # Those of a million take a quarter of a gigabyte, which what is learned from can use.
        del survey, videos, kept
    is_by_name = len({video.folder for video in found.videos}) < 2
    if is_by_name and not names.kinds:
        raise _unreadable(found) if len({video.folder for video in labelled}) > 1 else _too_few(
            labelled, settings, left_out, NO_WORDS
        )
    content = [content.hex() for content in found.contents]
    groups = joined(near_duplicates(found.pictures, found.signatures, content), content, sets)

    def tell(done: int, total: int, message: str) -> None:
        spent_s = time.monotonic() - started
        left_s = spent_s / done * (total - done) if done else None
        progress(Progress(step=STEP, done=done, total=total, left_s=left_s, message=message))

    if is_by_name:
        # What lies in one folder alone tells nothing of others, so that nothing is learned of it.
        found = dataclasses.replace(found, parts={}, videos=[], contents=[])
        content, groups, trained, curve, splits = [], np.zeros(0, int), fit_names(names, config), NO_CURVE, []
    else:
        labels = [str(video.folder) for video in found.videos]
        ready: dict[str, Prepared] = {}
        trained = fit_classifier(parts, labels, groups, config, tell, names, own, ready)
        progress(Progress(step=STEP, done=1, total=1, message="how it learns"))
        of_kinds = heads_of(parts, trained.choice.winner.name, config, own)
        curve = learning_curve(parts, labels, groups, trained, of_kinds, seed=config.seed, ready=ready)
        ready.clear()
        splits = _splits(parts, found.videos)
    evidence = out_of_fold(trained, found.videos, content, groups)
    promotion = _judge(settings, evidence)
    model_id = new_version_id()
    manifest = {
        "model_id": model_id, "created": created_now(), "head": trained.choice.winner.name,
        "weights": trained.fusion.weights, "promotion": promotion, "feature_set": feature_set.id,
        "modalities": feature_set.modalities,
        "extract_config": feature_set.config, "train_config": config, "seed": config.seed, "videos": len(found.videos),
        "groups": int(groups.max(initial=-1)) + 1, "folders": dict.fromkeys(trained.folders, 0) | _counts(found.videos),
        "rests_on": names.rests_on if is_by_name else None, "left_out": found.failed,
        "versions": _versions(), "selection": trained.choice.table,
        "own_heads": {name: type_name(head) for name, head in own.items()},
        "own_evidence": {name: KINDS[name].origin for name in chosen.modalities if KINDS[name].origin},
        "dataset": [
            [video.filename, video.folder, digest] for video, digest in zip(found.videos, content, strict=True)
        ],
    }
    write_version(
        settings.artifacts_dir / "models" / model_id,
        model_files(trained) | {
            "metrics.json": as_json(trained.metrics | {"learning_curve": written(curve), "splits": splits}),
            "manifest.json": as_json(manifest),
            "out_of_fold.json": out_of_fold_json(evidence),
        },
    )
    return _report(trained, found.failed, left_out, manifest, time.monotonic() - started)


def _too_few(
    labelled: Sequence[Video], settings: Settings, left_out: Sequence[LeftOut], why: str = ""
) -> NotEnoughLabelsError:
    folders = {video.folder for video in labelled}
    lie = "the one sorted video lies" if len(labelled) == 1 else f"all {len(labelled)} sorted videos lie"
    there = f"{lie} in {next(iter(folders))!r}" if folders else "no video is sorted yet"
    there += f" (what lies in {', '.join(settings.not_learned)} is not learned from)" if settings.not_learned else ""
    return NotEnoughLabelsError(
        f"Training needs videos in at least two folders, and {there}{why}: make folders in {settings.data_dir} and put "
        + " ".join(["one or more videos into each (ten or more make it useful).", *map(sentence, left_out)])
    )


def _unreadable(found: LibraryFeatures) -> NotEnoughLabelsError:
    reason = f" (the first: {found.failed[0].filename}, {found.failed[0].reason})" if found.failed else ""
    without = counted(len(found.failed), "sorted video has", "sorted videos have")
    return NotEnoughLabelsError(
        f"Training needs features of videos in at least two folders, and {without} "
        f"none{reason}: run `vidsort extract-features`, or `vidsort doctor` to see what cannot be read."
    )


def _chosen(parts: Mapping[str, Part], config: TrainConfig) -> Mapping[str, Part]:
    """The kinds of evidence to learn from; raises SettingsError for one that was not extracted."""
    if config.modalities is None:
        return parts
    unknown = [name for name in config.modalities if name not in parts]
    if unknown:
        raise SettingsError(
            f"[train] modalities names {unknown[0]!r:.60}, and the features on record are of {', '.join(parts)}: take "
            "it out, or name it in [extract_features] too and run `vidsort extract-features`."
        )
    return {name: part for name, part in parts.items() if name in config.modalities}


def out_of_fold(
    trained: Trained, videos: Sequence[Video], content: Sequence[str], groups: np.ndarray
) -> OutOfFold:
    """What the trained one said of each video when it was left out, the RANKED most probable folders of each."""
    number_of = {name: number for number, name in enumerate(trained.folders)}
    own = np.array([number_of[str(video.folder)] for video in videos], int)
    best = np.argsort(-trained.probabilities, axis=1, kind="stable")[:, :RANKED]
    shares = np.take_along_axis(trained.probabilities, best, axis=1)
    return OutOfFold(
        folders=trained.folders,
        filenames=tuple(video.filename for video in videos),
        content=tuple(content),
        labels=tuple(str(video.folder) for video in videos),
        groups=tuple(groups.tolist()),
        scored=tuple(trained.scored.tolist()),
        ranked=tuple(
            tuple((trained.folders[column], share) for column, share in zip(*row, strict=True))
            for row in zip(best.tolist(), shares.tolist(), strict=True)
        ),
        leads=tuple(float(lead) if math.isfinite(lead) else None for lead in leads(trained.undoubted, own)),
    )


def _splits(parts: Mapping[str, Part], videos: Sequence[Video]) -> list[dict[str, Any]]:
    """The folders that look like two, with the filenames of the side that is much alike."""
    return [
        {"folder": one.folder, "videos": [videos[row].filename for row in one.rows], "rest": one.rest}
        for one in halves(parts, [str(video.folder) for video in videos])
    ]


def _judge(settings: Settings, evidence: OutOfFold) -> dict[str, Any]:
    """Whether this model may take over from the one in force, and why, on the videos both can be scored on."""
    now = artifacts.current(settings.artifacts_dir)
    if now is None or now.model_id is None:
        promote, text = verdict(paired_difference(evidence, evidence), None)
        return {"promote": promote, "verdict": text, "against": None}
    try:
        before = read_out_of_fold(artifacts.model_dir(settings.artifacts_dir, now.model_id))
    except (ArtifactError, NotFoundError) as error:
        log.warning("The model in force cannot be compared with: %s", error)
        return {"promote": True, "verdict": f"Promoted: {now.model_id} cannot be read any more.", "against": None}
    pair = paired_difference(before, evidence)
    promote, text = verdict(pair, now.model_id, len(evidence.filenames) - len(before.filenames))
    return {"promote": promote, "verdict": text, "against": now.model_id, "pair": vars(pair)}


def _counts(videos: Sequence[Video]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for video in videos:
        counts[str(video.folder)] = counts.get(str(video.folder), 0) + 1
    return dict(sorted(counts.items()))


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}


def _weights(kinds: Mapping[str, Mapping[str, Any]]) -> str | None:
    """What each kind of evidence weighs, in a line; of a single one there is nothing to tell."""
    told = [f"{name} {kind['weight']:.2f}" if kind["weight"] else f"{name} 0" for name, kind in kinds.items()]
    return ", ".join(told) if len(told) > 1 else None


def _report(
    trained: Trained, failed: Sequence[Failure], left_out: Sequence[LeftOut], manifest: dict[str, Any], took_s: float
) -> Report:
    metrics = trained.metrics
    # Before any video is sorted every folder is thin, which says nothing.
    thin = [name for name, score in metrics["folders"].items() if score["thin"] and manifest["videos"]]
    return Report(
        step=STEP,
        done=manifest["videos"],
        skipped=0,
        failed=tuple(failed),
        left_out=tuple(left_out),
        took_s=took_s,
        outputs={
            "model_id": manifest["model_id"],
            "promoted": manifest["promotion"]["promote"],
            "verdict": manifest["promotion"]["verdict"],
            "head": manifest["head"],
            "modalities": _weights(metrics["modalities"]),
            "folders": len(manifest["folders"]),
            "accuracy": metrics["accuracy"]["value"],
            "accuracy_low": metrics["accuracy"]["low"],
            "accuracy_high": metrics["accuracy"]["high"],
            "accuracy_note": metrics["note"],
            "chance": metrics["chance"],
            "macro_f1": metrics["macro_f1"]["value"],
            "calibration_error": metrics["calibration_error"]["value"],
            "thin_folders": ", ".join(thin) or None,
        },
    )


if __name__ == "__main__":
    sys.exit(step_main(STEP, run, TrainConfig, __doc__))
