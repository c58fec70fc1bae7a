"""What training is told: the config of its step."""

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from ...errors import SettingsError
from ...steps import StepConfig
from .own import BUILT_IN, check_names


class TrainConfig(StepConfig):
    """What decides a model, beside the videos; every field is in the model's manifest."""

    seed: int = Field(0, ge=0, lt=2**32, description="what folds and the MLP's start are drawn from")
    folds: int | None = Field(
        None, ge=2, le=20, description="folds of the cross-validation: by default 5, of fewer than 300 videos 8"
    )
    repeats: int = Field(3, ge=1, le=20, description="how often candidates that are close are compared anew")
    heads: tuple[str, ...] = Field(
        BUILT_IN, min_length=1, description="the heads that may be chosen, those that packages bring too"
    )
    strengths: tuple[float, ...] = Field((3.0, 30.0), min_length=1, description="values of C of logistic regression")
    selection_videos: int = Field(
        4000, ge=100, description="of a larger library, so many videos decide on the head; the others give the scores"
    )
    modalities: tuple[str, ...] | None = Field(
        None, min_length=1, description="the kinds of evidence to learn from: by default all that were extracted"
    )
    trusted_types: tuple[str, ...] = Field(
        (), description="types that heads of packages may hold, as my_package.MyHead, beside those that skops trusts"
    )

    @field_validator("heads")
    @classmethod
    def _has_heads_that_there_are(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        try:
            check_names(names)
        except SettingsError as error:
            raise PydanticCustomError("head", "{why}", {"why": str(error).rstrip("?.")}) from error
        return names
