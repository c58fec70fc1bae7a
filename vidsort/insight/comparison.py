"""Two models on the videos that both can be scored on, and whether the newer may take over."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..artifacts import ModelVersion, list_models, model_dir, read_predictions, show_model
from ..artifacts.evidence import read_answers, read_manifest
from ..artifacts.publication import current
from ..errors import ArtifactError
from ..records import Prediction, Record
from ..steps import counted, percent

if TYPE_CHECKING:
    import pandas as pd

RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class OutOfFold:
    """What a model said of each labelled video while that video was left out of its training.

    `ranked` has, a video, the most probable folders with their probabilities, best first. `content`
    is the content hash in hex, which names the same video in two models whatever has been moved
    since; `group` numbers near-duplicates. `scored` is False where the video's folder could not be
    known, for no other video was in it. `leads` are the logs of how many times more probable the best other folder is
    than a video's own, without the share of doubt; None where one is not known, and all of them in older models.
    """

    folders: tuple[str, ...]
    filenames: tuple[str, ...]
    content: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[int, ...]
    scored: tuple[bool, ...]
    ranked: tuple[tuple[tuple[str, float], ...], ...]
    leads: tuple[float | None, ...] = ()

    def best_among(self, row: int, folders: set[str]) -> str | None:
        """The most probable of these folders for one video; None where none of them is ranked."""
        return next((name for name, _ in self.ranked[row] if name in folders), None)


def leads(scores: np.ndarray, own: np.ndarray) -> np.ndarray:
    """By how much the best other folder is ahead of a video's own, float [n]; not finite where one is not known.

    scores: float [n, folders], unnormalised logs, -inf for what is not known; own: int [n].
    """
    rows = np.arange(len(own))
    others = np.array(scores, float)
    others[rows, own] = -np.inf
    with np.errstate(invalid="ignore"):
        return np.asarray(others.max(axis=1, initial=-np.inf) - scores[rows, own])


@dataclass(frozen=True)
class Difference:
    """Accuracies of two models on `count` shared videos, and after - before with its 95 % interval; NaN for none."""

    count: int
    before: float = math.nan
    after: float = math.nan
    difference: float = math.nan
    low: float = math.nan
    high: float = math.nan


def paired_difference(before: OutOfFold, after: OutOfFold) -> Difference:
    """Both models judged by the folders in which the videos were when `after` was trained.

    Only videos that both have scored, and whose folder both know, count; and of each model's
    answer only the folders that both know, so that a new folder, to which some of a known one's
    videos may well lean, is no reason to hold a model back. Nothing is compared on one folder alone:
    to put everything there is no merit. The interval is that of a bootstrap over groups.
    """
    shared = set(before.folders) & set(after.folders)
    row_of = {content: row for row, content in enumerate(before.content) if before.scored[row]}
    rows = [
        (row_of[content], row)
        for row, content in enumerate(after.content)
        if after.scored[row] and content in row_of and after.labels[row] in shared
    ]
    truth = [after.labels[row] for _, row in rows]
    if len(set(truth)) < 2:
        return Difference(count=0)
    was = np.array([before.best_among(row, shared) == label for (row, _), label in zip(rows, truth, strict=True)])
    now = np.array([after.best_among(row, shared) == label for (_, row), label in zip(rows, truth, strict=True)])
    low, high = mean_interval(now.astype(float) - was, np.array([after.groups[row] for _, row in rows]))
    return Difference(len(rows), float(was.mean()), float(now.mean()), float(now.mean() - was.mean()), low, high)


def mean_interval(differences: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of the mean of these differences, one a video, by resampling whole groups."""
    _, member = np.unique(groups, return_inverse=True)
    sums, sizes = np.bincount(member, differences), np.bincount(member)
    # Groups that are alike are drawn together, so that the cost does not grow with the library.
    kinds, counts = np.unique(np.column_stack([sums, sizes]), axis=0, return_counts=True)
    drawn = np.random.default_rng(0).multinomial(counts.sum(), counts / counts.sum(), size=RESAMPLES)
    means = (drawn @ kinds[:, 0]) / (drawn @ kinds[:, 1])
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def verdict(pair: Difference, current_id: str | None, more: int = 0) -> tuple[bool, str]:
    """Whether a new model may take over from the current one, and the sentence that says why.

    `more` is how many more videos it has learned from.
    """
    if current_id is None:
        return True, "Promoted: it is the first model."
    if pair.count == 0:
        return True, f"Promoted: there are no videos of two folders that both it and {current_id} can be scored on."
    learned = f", learnt from {abs(more)} {'more' if more > 0 else 'fewer'}" if more else ""
    numbers = (
        f"{percent(pair.after, 1)} right against {percent(pair.before, 1)} on the "
        f"{counted(pair.count, 'video')} that both can be scored on"
    )
    low, high = (round(100 * end, 1) for end in (pair.low, pair.high))
    # Where both said the same of every video there is no interval to speak of; and there is no -0.0.
    interval = f", 95 % interval of the difference {low + 0.0:+.1f} to {high + 0.0:+.1f} points" if low or high else ""
    if pair.high < 0:
        return False, (
            f"Held back: clearly worse than {current_id}{learned}: {numbers}{interval}. "
            "`vidsort models promote` puts it in force all the same."
        )
    if pair.low > 0:
        return True, f"Promoted: clearly better than {current_id}{learned}: {numbers}{interval}."
    return True, f"Promoted: not clearly worse than {current_id}{learned}: {numbers}{interval}."


def out_of_fold_json(found: OutOfFold) -> bytes:
    """One line a video: small enough for 100 000 of them, and still readable."""
    number = {name: index for index, name in enumerate(found.folders)}
    lines = [
        json.dumps(
            {
                "filename": found.filenames[row], "content": found.content[row], "folder": found.labels[row],
                "group": found.groups[row], "scored": found.scored[row],
                "ranked": [[number[name], round(share, 5)] for name, share in found.ranked[row]],
            } | ({"lead": _rounded(found.leads[row])} if found.leads else {}),
            ensure_ascii=False,
        )
        for row in range(len(found.filenames))
    ]
    names = json.dumps(list(found.folders), ensure_ascii=False)
    return ('{"folders": ' + names + ',\n"videos": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def _rounded(lead: float | None) -> float | None:
    return None if lead is None else round(lead, 3)


def read_out_of_fold(folder: Path) -> OutOfFold:
    """The out-of-fold answers in a model's folder; raises ArtifactError where they are missing or damaged."""
    found = read_answers(folder)
    names: Sequence[str] = found["folders"]
    videos: Sequence[Mapping[str, Any]] = found["videos"]
    known = tuple(video.get("lead") for video in videos)
    try:
        return OutOfFold(
            folders=tuple(names),
            filenames=tuple(video["filename"] for video in videos),
            content=tuple(video["content"] for video in videos),
            labels=tuple(video["folder"] for video in videos),
            groups=tuple(video["group"] for video in videos),
            scored=tuple(video["scored"] for video in videos),
            ranked=tuple(tuple((names[index], share) for index, share in video["ranked"]) for video in videos),
            leads=known if any(lead is not None for lead in known) else (),
        )
    except IndexError as error:
        raise ArtifactError(
            f"The answers in {folder} name folders that it does not know: remove it, or run `vidsort retrain`."
        ) from error


class Change(Record):
    """One video's prediction before and now."""

    video: str
    folder_before: str
    folder: str
    confidence_before: float
    confidence: float


def stored(artifacts_dir: Path, predictions_id: str) -> list[Prediction]:
    """The entries of one version of predictions; raises ArtifactError."""
    return read_predictions(artifacts_dir / "predictions" / predictions_id / "predictions.json")


def previous_predictions(artifacts_dir: Path, predictions_id: str) -> str | None:
    """The id of what was in force before these predictions, None where they were the first."""
    now = current(artifacts_dir)
    ids = [one.predictions_id for one in (*now.history, now)] if now else []
    place = ids.index(predictions_id) if predictions_id in ids else 0
    return ids[place - 1] if place else None


def changes(before: Sequence[Prediction], after: Sequence[Prediction]) -> list[Change]:
    """Every video in both, those that would go elsewhere first, then by how much their confidence shifted."""
    was = {entry.video: entry for entry in before}
    found = [
        Change(
            video=entry.video,
            folder_before=was[entry.video].predicted_folder,
            folder=entry.predicted_folder,
            confidence_before=was[entry.video].confidence,
            confidence=entry.confidence,
        )
        for entry in after
        if entry.video in was
    ]
    return sorted(
        found,
        key=lambda one: (one.folder_before == one.folder, -abs(one.confidence - one.confidence_before), one.video),
    )


def versions_frame(artifacts_dir: Path) -> "pd.DataFrame":
    """A row for each model, newest first: its id, scores with intervals, and every field of its configs.

    Columns of configs are named `train.<field>` and `extract.<field>`.
    """
    import pandas as pd

    rows = []
    for version in list_models(artifacts_dir):
        manifest = read_manifest(model_dir(artifacts_dir, version.model_id))
        configs = {
            f"{step}.{name}": value
            for step in ("train", "extract")
            for name, value in manifest[f"{step}_config"].items()
        }
        rows.append(version.model_dump(mode="json") | configs)
    return pd.DataFrame(rows, columns=None if rows else list(ModelVersion.model_fields))


def compare(artifacts_dir: Path, first: str, second: str) -> "pd.DataFrame":
    """Two models side by side, a row for each thing: scores, configs, folders, and how they differ.

    The row "accuracy on shared videos" judges both by today's record in the second model on the
    videos that both were scored on. Raises NotFoundError.
    """
    import pandas as pd

    shown = [show_model(artifacts_dir, model_id) for model_id in (first, second)]
    before, after = (read_out_of_fold(model_dir(artifacts_dir, model_id)) for model_id in (first, second))
    pair = paired_difference(before, after)
    columns = []
    for each, shared in zip(shown, (pair.before, pair.after), strict=True):
        manifest = each["manifest"]
        columns.append(
            {name: each["version"][name] for name in ("created", "head", "videos", "accuracy", "macro_f1")}
            | {"calibration error": each["version"]["calibration_error"], "accuracy on shared videos": shared}
            | {f"{step}.{name}": value for step in ("train", "extract") for name, value in
               manifest[f"{step}_config"].items()}
            | {f"videos in {name}": count for name, count in manifest["folders"].items()}
        )
    frame = pd.DataFrame(columns, index=[first, second]).T
    frame["differs"] = [str(row[first]) != str(row[second]) for _, row in frame.iterrows()]
    return frame
