"""Step 3: a model and features to predictions.json."""

import contextlib
import itertools
import json
import logging
import sys
import time
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from pydantic import Field

from . import artifacts, library
from .artifacts.files import created_now, new_version_id
from .artifacts.publication import predictions_of_models, write_predictions
from .errors import ArtifactError
from .features.stored import Part, features_of
from .jobs.program import step_main
from .learning.classifier import Classifier, is_guess
from .learning.scores import threshold_for
from .library import is_learned
from .pile.columns import Columns, Pack
from .pile.predictions import MANY
from .records import Failure, FolderScore, Prediction, Progress, Report, Video
from .settings import Settings
from .steps import PROMISED_ERROR, ProgressCallback, StepConfig, ignore_progress
from .store import open_database

__all__ = ["PredictConfig", "least_confidence", "plan_moves", "predictions_of", "run"]

STEP = "predict"
AT_ONCE = 10_000
log = logging.getLogger(__name__)


class PredictConfig(StepConfig):
    """What decides predictions, beside the videos; the threshold changes what would be moved, not the predictions."""

    top_k: int = Field(3, ge=1, le=100, description="folders to name for each video, best first")
    threshold: float | None = Field(
        None, ge=0, le=1, description="the least confidence with which a video would be moved: by default the one that "
        f"promises at most {PROMISED_ERROR:.0%} wrong moves"
    )
    model_id: str | None = Field(
        None, examples=["20261125-030507-1e6fcc"],
        description="the model to use: by default the one in force, or a newer one that may take over",
    )


def predictions_of(
    classifier: Classifier, filenames: Sequence[str], parts: Mapping[str, Part], top_k: int = 3,
    not_learned: Collection[str] = (),
) -> list[Prediction]:
    """The `top_k` most probable folders of each video, best first; pure. parts: by kind of evidence.

    not_learned: folders that the model may have learned earlier and that are not suggested; the others keep their
    shares. A video of which the model knows nothing, so that every folder is as likely, has no entry.
    """
    names, ranked = _ranked(classifier, filenames, parts, top_k, not_learned)
    entries = []
    for filename, row in zip(names, ranked, strict=True):
        top = tuple(FolderScore(folder=classifier.folders[column], confidence=share) for column, share in row)
        entries.append(Prediction(
            video=filename, predicted_folder=top[0].folder, confidence=top[0].confidence, top_predictions=top,
        ))
    return entries


def _ranked(
    classifier: Classifier, filenames: Sequence[str], parts: Mapping[str, Part], top_k: int,
    not_learned: Collection[str],
) -> tuple[list[str], list[list[tuple[int, float]]]]:
    """The videos of which anything is known, and of each its best folders by number, with their shares."""
    shares = classifier.predict_proba(parts)
    known = is_guess(shares)
    left = np.array([at for at, name in enumerate(classifier.folders) if is_learned(name, not_learned)], int)
    if not len(left):
        return [], []
    names, shares = [name for name, is_known in zip(filenames, known, strict=True) if is_known], shares[known]
    best = left[np.argsort(-shares[:, left], axis=1, kind="stable")[:, :top_k]]
    told = [[min(1.0, round(share, 6)) for share in row] for row in np.take_along_axis(shares, best, axis=1).tolist()]
    return names, [list(zip(*row, strict=True)) for row in zip(best.tolist(), told, strict=True)]


def plan_moves(predictions: Sequence[Prediction], threshold: float) -> list[tuple[str, str]]:
    """(filename, folder) of what is confident enough to be moved, the most confident first."""
    sure = [entry for entry in predictions if entry.confidence >= threshold]
    return [(entry.video, entry.predicted_folder) for entry in sorted(sure, key=lambda entry: -entry.confidence)]


def least_confidence(settings: Settings, config: PredictConfig, model_id: str) -> float | None:
    """The threshold that is set, else the lowest at which this model promises few wrong moves; None where none does.

    Raises NotFoundError or ArtifactError where the model cannot be read.
    """
    if config.threshold is not None:
        return config.threshold
    home = artifacts.at_home(settings).artifacts_dir
    return threshold_for(artifacts.show_model(home, model_id)["metrics"], PROMISED_ERROR)


def run(
    settings: Settings, config: PredictConfig | None = None, *, progress: ProgressCallback = ignore_progress
) -> Report:
    """Predict the folders of all unsorted videos; store the predictions as a version and put them in force.

    Without `model_id` the model is the newest one if it has not predicted yet and its verdict is to
    promote it, else the one in force. A newest model that is held back predicts too, and these
    predictions wait for `promote`. A video without features has no entry and is in the report with
    its reason; `nothing_known` counts those of which the model knows nothing at all. Raises ArtifactError
    without a model, NotFoundError for an unknown one.
    """
    config = config or settings.config(STEP, PredictConfig)
    settings = artifacts.at_home(settings)
    started = time.monotonic()
    model_id, waiting = _models_to_use(settings, config)
    survey = library.survey(settings.data_dir, settings.video_names)
    videos = [video for video in survey.videos if video.folder is None]
    progress(Progress(step=STEP, done=0, total=len(videos), message="reading features"))
    if waiting is not None:
        _predict(settings, config, waiting, videos, progress)
    predictions_id, count, failed = _predict(settings, config, model_id, videos, progress)
    artifacts.publish(settings.artifacts_dir, predictions_id)
    progress(Progress(step=STEP, done=len(videos), total=len(videos), message="done"))
    return Report(
        step=STEP,
        done=count,
        failed=tuple(failed),
        left_out=tuple(survey.left_out),
        took_s=time.monotonic() - started,
        outputs={
            "predictions_id": predictions_id, "model_id": model_id, "held_back_model_id": waiting,
            "nothing_known": len(videos) - count - len(failed) or None,
        },
    )


def _models_to_use(settings: Settings, config: PredictConfig) -> tuple[str, str | None]:
    """The model whose predictions are put in force, and one whose predictions only wait."""
    artifacts_dir = settings.artifacts_dir
    if config.model_id is not None:
        artifacts.model_dir(artifacts_dir, config.model_id)
        return config.model_id, None
    ids = artifacts.model_ids(artifacts_dir)
    if not ids:
        raise ArtifactError("There is no model yet: run `vidsort train` first.")
    newest = ids[-1]
    now = artifacts.current(artifacts_dir)
    if now is None or now.model_id not in ids:
        return newest, None
    if newest == now.model_id or newest in predictions_of_models(artifacts_dir):
        # It has had its turn; if another is in force, that was somebody's choice.
        return now.model_id, None
    return (newest, None) if artifacts.may_take_over(artifacts_dir, newest) else (now.model_id, newest)


def _predict(
    settings: Settings, config: PredictConfig, model_id: str, videos: Sequence[Video], progress: ProgressCallback
) -> tuple[str, int, list[Failure]]:
    """Store what a model says of these videos; returns the predictions' id, their number, and who has none."""
    feature_set = artifacts.model_feature_set(settings.artifacts_dir, model_id)
    classifier = artifacts.read_model(settings.artifacts_dir, model_id, settings.trusted_types)
    failed: list[Failure] = []
    blocks: list[bytes] = []
    packs: list[Pack] = []
    count = 0
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        # As many at once as fit into little memory: of a million videos the features alone are five gigabytes.
        for start in range(0, len(videos), AT_ONCE):
            found = features_of(database, videos[start : start + AT_ONCE], feature_set)
            failed += found.failed
            names, ranked = _ranked(
                classifier, [video.filename for video in found.videos], found.parts, config.top_k,
                settings.not_learned,
            ) if found.videos else ([], [])
            count += len(names)
            if names:
                blocks.append(_lines(classifier.folders, names, ranked))
                packs.append(Pack.of(names, ranked))
            done = min(start + AT_ONCE, len(videos))
            progress(Progress(step=STEP, done=done, total=len(videos), message="predicting"))
    predictions_id = new_version_id()
    manifest = {
        "model_id": model_id, "created": created_now(), "feature_set": feature_set.id, "predict_config": config,
        "data_dir": str(settings.data_dir), "videos": count, "left_out": failed,
    }
    between = (b",\n" if number else b"[\n" for number in range(len(blocks)))
    pieces = itertools.chain.from_iterable(zip(between, blocks, strict=True))
    write_predictions(
        settings.artifacts_dir, predictions_id, itertools.chain(pieces if blocks else [b"[\n"], [b"\n]\n"]), manifest,
        is_in_form=True, columns=Columns.of_packs(classifier.folders, packs).as_bytes() if count > MANY else None,
    )
    return predictions_id, count, failed


def _lines(folders: Sequence[str], names: Sequence[str], ranked: Sequence[Sequence[tuple[int, float]]]) -> bytes:
    """The documented form, one entry a line, so that two versions can be compared line by line.

    Written as `Prediction` has it and not by way of one, which of a million would take half of the time.
    """
    written = [json.dumps(folder, ensure_ascii=False) for folder in folders]
    lines = []
    for name, row in zip(names, ranked, strict=True):
        (first, share), top = row[0], ", ".join(
            f'{{"folder": {written[column]}, "confidence": {share!r}}}' for column, share in row
        )
        lines.append(
            f'{{"video": {json.dumps(name, ensure_ascii=False)}, "predicted_folder": {written[first]}, '
            f'"confidence": {share!r}, "top_predictions": [{top}]}}'
        )
    return ",\n".join(lines).encode()


if __name__ == "__main__":
    sys.exit(step_main(STEP, run, PredictConfig, __doc__))
