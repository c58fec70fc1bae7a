"""What the page tells of the model in force: the functions that the notebooks call, put into Gradio's components."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...api.insights.duplicates import duplicates
from ...api.insights.misfiled import misfiled
from ...api.insights.topics import NO_MODEL
from ...api.workspace import Workspace
from ...artifacts import current, list_models, model_dir
from ...artifacts.evidence import read_metrics
from ...insight.comparison import OutOfFold, read_out_of_fold
from ...insight.curve import curve_of, forecast
from ...insight.folders import (
    Mistake,
    advice,
    answers,
    expected_misses,
    folder_health,
    look_alikes,
    worst_errors,
)
from ...learning.scores import threshold_for
from ...library.names import with_codes
from ...steps import accuracy_text, counted, percent
from . import charts

PROMISED = 0.05
NO_COPIES = "No two videos are copies or edits of one another."
SHOWN = 48
VERSIONS = ("in force", "model", "head", "videos", "folders", "accuracy", "calibration error", "verdict")
HEALTH = ("folder", "videos", "recognised", "mostly mistaken for", "what to do")
KINDS = ("kind", "weight", "alone", "all without it", "videos", "why it weighs nothing")
AHEAD = ("more labels", "points", "95 % interval")
Table = dict[str, Any]
Pictures = list[tuple[str, str]]


@dataclass(frozen=True)
class Model:
    """The model in force, as its version keeps it."""

    model_id: str
    metrics: Mapping[str, Any]
    evidence: OutOfFold

    @property
    def folders(self) -> list[str]:
        """The folders in the order of the confusion matrix."""
        return list(self.metrics["folders"])


def model_of(here: Workspace) -> Model | None:
    """The model in force; None where there is none. Raises ArtifactError where it is damaged."""
    artifacts_dir = here.library.artifacts_dir
    now = current(artifacts_dir)
    return None if now is None or now.model_id is None else _model(model_dir(artifacts_dir, now.model_id))


@functools.lru_cache(maxsize=2)
def _model(folder: Path) -> Model:
    """Kept, for a version never changes."""
    return Model(folder.name, read_metrics(folder), read_out_of_fold(folder))


def overview(here: Workspace) -> str:
    """How good the model in force is, in a sentence."""
    model = model_of(here)
    if model is None:
        return NO_MODEL
    score = model.metrics["accuracy"]
    told = accuracy_text(score["value"], score["low"], score["high"], model.metrics["note"])
    of = counted(len(model.evidence.filenames), "sorted video is", "sorted videos are")
    return f"{told} of {of} predicted right, each while it was left out."


def versions(here: Workspace) -> tuple[Table, list[str]]:
    """A row a version, newest first, and the ids of those that could be put in force instead."""
    found = list_models(here.library.artifacts_dir)
    rows = [
        [
            "yes" if one.is_current else "", one.model_id, one.head, one.videos, one.folders,
            accuracy_text(one.accuracy, one.accuracy_low, one.accuracy_high, one.note),
            _number(one.calibration_error), one.verdict,
        ]
        for one in found
    ]
    others = [one.model_id for one in found if not one.is_current and one.predictions_id is not None]
    return _table(VERSIONS, rows), others


def confusion(model: Model | None) -> Table:
    """A row a folder, a column a prediction, numbers of videos; what is right lies on the diagonal."""
    if model is None:
        return _table(("folder",), [])
    names = [with_codes(name) for name in model.folders]
    counts = model.metrics["confusion"]
    shades = [
        ["", *(_shade(count / max(1, sum(row)), is_right=at == number) for at, count in enumerate(row))]
        for number, row in enumerate(counts)
    ]
    rows = [[name, *row] for name, row in zip(names, counts, strict=True)]
    return _table(("lies in ↓  predicted →", *names), rows) | {"metadata": {"styling": shades, "display_value": [
        [name, *(str(count) if count else "·" for count in row)] for name, row in zip(names, counts, strict=True)
    ]}}


def cell(here: Workspace, model: Model | None, row: int, column: int) -> tuple[str, Pictures]:
    """The videos of one cell of the matrix, and a line above them; the first column is that of the names."""
    folders = model.folders if model else []
    if model is None or not (0 <= row < len(folders) and 1 <= column <= len(folders)):
        return "Choose a number to see its videos.", []
    folder, predicted = folders[row], folders[column - 1]
    found = answers(model.evidence, folder, predicted)
    line = f"{len(found)} of {folder} predicted into {predicted}"
    return with_codes(line), pictures(here, found, lambda one: percent(one.confidence))


def worst(here: Workspace, model: Model | None) -> Pictures:
    """The mistakes of which the model was surest."""
    found = worst_errors(model.evidence) if model else []
    return pictures(here, found, lambda one: f"{one.folder} → {one.predicted} {percent(one.confidence)}")


def suspects(here: Workspace) -> Pictures:
    """What likely lies in the wrong folder, worst first, but for what was found right."""
    found, _ = misfiled(here, SHOWN)
    return [(_poster(one["filename"]), with_codes(f"{one['folder']} → {one['suggested']} · {one['filename']}"))
            for one in found]


def reliability(model: Model | None) -> charts.Figure:
    """Whether confidence can be believed."""
    return charts.reliability(model.metrics["reliability"] if model else [])


def copies(here: Workspace) -> tuple[str, Pictures]:
    """How many sets of copies and edits there are, and the videos of the first of them, set by set."""
    found, reason = duplicates(here)
    surplus = sum(len(one["videos"]) - 1 for one in found)
    text = f"{counted(len(found), 'set')} with {counted(surplus, 'surplus video')}." if found else NO_COPIES
    there = [(number, video) for number, one in enumerate(found, 1) for video in one["videos"]]
    shown = [
        (_poster(video["filename"]), with_codes(f"{number}: {video['folder'] or 'unsorted'} · {video['filename']}"))
        for number, video in there
    ]
    return f"{text} {reason or ''}".strip(), shown[:SHOWN]


def promise(model: Model | None, promised: float) -> tuple[charts.Figure, str]:
    """What a promise buys: the curve, and in a sentence the threshold that keeps it."""
    rows = model.metrics["cover_against_error"] if model else []
    threshold = threshold_for(model.metrics, promised) if model else None
    chosen = next((row for row in rows if row["threshold"] == threshold), None)
    line = (
        f"No threshold can promise at most {percent(promised, 1)} wrong yet: that takes more labelled videos."
        if chosen is None else
        f"Moving every video with a confidence of {percent(chosen['threshold'], 1)} or more would move "
        f"{percent(chosen['cover'])} of them, of which {percent(chosen['error'], 1)} went wrong here; with 95 % "
        f"certainty it is no more than {percent(chosen['high'], 1)}."
    )
    return charts.cover_against_error(rows, threshold, promised), line


def learning(model: Model | None) -> tuple[charts.Figure, Table, str]:
    """The curve by which it learns, what more labels should bring, and whether it is enough."""
    curve = curve_of(model.metrics) if model else None
    ahead = forecast(curve.points) if curve else None
    figure = charts.learning_curve(
        [asdict(point) for point in curve.points] if curve else [],
        [asdict(point) for point in ahead.points] if ahead else [],
    )
    rows = [
        [gain.more, _points(gain.gain), f"{_points(gain.low)} to {_points(gain.high)}"]
        for gain in (curve.ahead if curve else ())
    ]
    told = advice(curve, expected_misses(folder_health(model.metrics))) if model else NO_MODEL
    return figure, _table(AHEAD, rows), with_codes(told)


def health(model: Model | None) -> tuple[charts.Figure, Table, list[str]]:
    """How each folder does, and sentences on those that look alike or like two."""
    rows = folder_health(model.metrics) if model else []
    figure = charts.intervals([(f"{row.folder} ({row.videos})", row.recall, row.low, row.high) for row in rows])
    table = _table(HEALTH, [
        [row.folder, row.videos, "-" if row.recall is None else percent(row.recall), row.mistaken_for or "", row.advice]
        for row in rows
    ])
    told = [
        f"{one} and {other} look like one folder: {percent(share)} of their videos are taken for the other's."
        for one, other, share in (look_alikes(model.metrics) if model else [])
    ] + [
        f"{split['folder']} looks like two: {len(split['videos'])} of its videos are much alike and have little in "
        f"common with the other {split['rest']}."
        for split in (model.metrics["splits"] if model else [])
    ]
    return figure, table, [with_codes(line) for line in told] or ["No two folders look like one, and none like two."]


def split(here: Workspace, model: Model | None, folder: str) -> Pictures:
    """The videos that a split would take out of a folder, as far as they still lie in it, the most typical first."""
    splits = model.metrics["splits"] if model else []
    named = [name for one in splits if one["folder"] == folder for name in one["videos"]]
    snapshot = here.library.snapshot()
    there = [name for name in named if folder in snapshot.places_of(name)][:SHOWN]
    return [(_poster(name), with_codes(name)) for name in there]


def kinds(model: Model | None) -> tuple[charts.Figure, Table]:
    """What each kind of evidence brings: each alone, all but each, and all."""
    told = model.metrics["modalities"] if model else {}
    scores = {"all": model.metrics["accuracy"]} if model else {}
    scores |= {f"{name} alone": kind["alone"] for name, kind in told.items()}
    scores |= {f"all but {name}": kind["without"] for name, kind in told.items()} if len(told) > 1 else {}
    figure = charts.intervals(
        [(name, score["value"], score["low"], score["high"]) for name, score in scores.items()], chosen="all"
    )
    return figure, _table(KINDS, [
        [name, round(kind["weight"], 2), _share(kind["alone"]["value"]), _share(kind["without"]["value"]),
         kind["videos"], kind["reason"] or ""]
        for name, kind in told.items()
    ])


def pictures(here: Workspace, found: Iterable[Mistake], caption: Callable[[Mistake], str]) -> Pictures:
    """Posters of those that still lie where they were, with a line below each; no more than SHOWN."""
    snapshot = here.library.snapshot()
    there = [one for one in found if one.folder in snapshot.places_of(one.filename)][:SHOWN]
    return [(_poster(one.filename), with_codes(f"{caption(one)} · {one.filename}")) for one in there]


def _poster(filename: str) -> str:
    """Where our own route has it, relative to the page."""
    return f"posters/{quote(filename, safe='', errors='surrogateescape')}.webp"


def _table(headers: Iterable[str], rows: list[list[Any]]) -> Table:
    return {"headers": list(headers), "data": [[_cell(value) for value in row] for row in rows]}


def _cell(value: Any) -> Any:
    return with_codes(value) if isinstance(value, str) else value


def _shade(share: float, *, is_right: bool) -> str:
    colour = "37, 99, 235" if is_right else "217, 119, 6"
    return f"background: rgba({colour}, {0.45 * share:.2f})" if share else ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "-" if value is None else percent(value, 1)


def _points(difference: float) -> str:
    return f"{round(100 * difference, 1) + 0.0:+.1f}"
