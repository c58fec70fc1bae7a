"""What a model tells of itself and of the folders."""

from typing import Any, Literal

from pydantic import BaseModel

Topic = Literal["folders", "confusion", "calibration", "coverage", "learning_curve", "ablation"]


class InsightAnswer(BaseModel):
    """The numbers of one topic, of the model in force; without one `reason` says what to do, and they are empty."""

    model_id: str | None
    reason: str | None = None
    numbers: dict[str, Any]
