"""What a version tells of itself, held to its form when it is read: manifests, metrics, out-of-fold answers.

Whoever reads them may then take every key of these forms for granted; keys beyond them are handed on.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import ArtifactError
from .files import first_fault, read_json

Share = Annotated[float, Field(allow_inf_nan=False)]


class Form(BaseModel):
    """Base of all forms: types are not converted, and more keys than these may be there."""

    model_config = ConfigDict(strict=True, extra="allow")


class Promotion(Form):
    """Whether a model may take over, and the sentence that says why."""

    promote: bool
    verdict: str


class Manifest(Form):
    """What a model was made from."""

    created: str
    head: str
    promotion: Promotion
    feature_set: str
    extract_config: dict[str, Any]
    train_config: dict[str, Any]
    videos: int
    folders: dict[str, int]


class PredictionsManifest(Form):
    """Which model made predictions, None for another program; digest: of bytes that were written in the known form."""

    model_id: str | None
    digest: str | None = None


class Score(Form):
    """One score with its interval; None where nothing was tested."""

    value: Share | None
    low: Share | None
    high: Share | None
    count: int


class Kind(Form):
    """What a kind of evidence weighs, alone is worth, and the others are worth without it; why it weighs nothing."""

    weight: Share
    skill: Share
    videos: int
    reason: str | None
    alone: Score
    without: Score


class Recall(Form):
    """One folder: its videos, and how many of those that were tested were recognised."""

    count: int
    thin: bool
    recall: Score


class Confidence(Form):
    """A row of the reliability: what was said, and what was right."""

    confidence: Share
    right: Share
    low: Share
    high: Share
    count: int


class Cover(Form):
    """A row of what thresholds buy."""

    threshold: Share
    cover: Share
    error: Share
    low: Share
    high: Share
    count: int


class Reached(Form):
    """A point of the learning curve."""

    videos: int
    value: Share
    low: Share
    high: Share


class Ahead(Form):
    """What some more labels should bring."""

    more: int
    gain: Share
    low: Share
    high: Share


class LearningCurve(Form):
    """Accuracy with ever more labels, and what lies ahead."""

    points: list[Reached]
    ahead: list[Ahead]


class Split(Form):
    """A folder that looks like two: the videos of the side that is much alike, and how many others it has."""

    folder: str
    videos: list[str]
    rest: int


class Metrics(Form):
    """How good a model is; a row and a column of `confusion` a folder."""

    accuracy: Score
    macro_f1: Score
    calibration_error: Score
    log_loss: Score
    note: str | None = None
    folders: dict[str, Recall]
    confusion: list[list[int]]
    reliability: list[Confidence]
    cover_against_error: list[Cover]
    modalities: dict[str, Kind] = Field(default_factory=dict)
    learning_curve: LearningCurve | None = None
    splits: list[Split] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_a_row_and_a_column_a_folder(self) -> "Metrics":
        if {len(self.confusion), *map(len, self.confusion)} != {len(self.folders)}:
            raise ValueError("confusion has not a row and a column for each folder")
        return self


class Answer(Form):
    """What was said of one video while it was left out: (number of the folder, probability), best first."""

    filename: str
    content: str
    folder: str
    group: Annotated[int, Field(ge=0, lt=2**53)]
    scored: bool
    ranked: list[Annotated[tuple[Annotated[int, Field(ge=0)], Share], Field(strict=False)]]
    lead: float | None = None


class Answers(Form):
    """The out-of-fold answers of a model."""

    folders: list[str]
    videos: list[Answer]


def read_manifest(folder: Path) -> dict[str, Any]:
    """What is in a model's manifest.json; raises ArtifactError where it is missing or damaged."""
    return _held_to(Manifest, folder / "manifest.json")


def model_of_predictions(folder: Path) -> str | None:
    """The model that made stored predictions, None for another program; raises ArtifactError."""
    model_id: str | None = origin_of_predictions(folder)["model_id"]
    return model_id


def origin_of_predictions(folder: Path) -> dict[str, Any]:
    """What stored predictions tell of themselves; `digest` only where they were written in form. ArtifactError."""
    return _held_to(PredictionsManifest, folder / "manifest.json")


def read_metrics(folder: Path) -> dict[str, Any]:
    """What is in a model's metrics.json; raises ArtifactError where it is missing or damaged.

    Earlier versions wrote 0 for what was not tested; here it is None as it is today.
    """
    found = _held_to(Metrics, folder / "metrics.json")
    scores = [found[name] for name in ("accuracy", "macro_f1", "calibration_error", "log_loss")]
    for score in (*scores, *(each["recall"] for each in found["folders"].values())):
        if not score["count"]:
            score |= {"value": None, "low": None, "high": None}
    return {"note": None, "modalities": {}, "learning_curve": None, "splits": []} | found


def read_answers(folder: Path) -> dict[str, Any]:
    """What is in a model's out_of_fold.json; raises ArtifactError where it is missing or damaged."""
    return _held_to(Answers, folder / "out_of_fold.json")


def _held_to(form: type[Form], path: Path) -> dict[str, Any]:
    found = read_json(path)
    try:
        form.model_validate(found)
    except ValidationError as error:
        raise ArtifactError(
            f"{path} is damaged ({first_fault(error)}): remove {path.parent}, or run `vidsort retrain`."
        ) from error
    return found
