"""The retrain job and the models it makes."""

from typing import Literal

from pydantic import BaseModel

from ...artifacts import ModelVersion
from ...records import LeftOut


class RetrainStarted(BaseModel):
    """Whether this call started the job."""

    status: Literal["started", "already_running"]


class RetrainCancelled(BaseModel):
    """Whether there was a job to cancel."""

    status: Literal["cancelling", "not_running"]


class Live(BaseModel):
    """What was learned between two retrains; `at`: when last, in UTC, ISO 8601.

    `labels`: how many videos lie in another folder than where the model `since_model_id` learned them; all that are
    sorted, where no model predicts.
    """

    labels: int
    since_model_id: str | None
    at: str


class RetrainStatus(BaseModel):
    """The job: whether it runs, how the last one ended, and while it runs how far it is.

    `left_s` is that of the step. `verdict`: was its model promoted; accuracy: grouped, with its 95 % interval;
    `chance` is that of always naming the largest folder.
    `elsewhere`: one of another library runs on the same artifacts, so that none can be started here.
    `reason` and `exit_code`, where it failed: why, without the step's name, and what the command line exits with (130:
    cancelled).
    """

    running: bool
    last_result: str | None
    live: Live | None = None
    elsewhere: bool = False
    job: int | None = None
    started_at: float | None = None
    ended_at: float | None = None
    took_s: float | None = None
    cancelling: bool = False
    step: str | None = None
    script: str | None = None
    step_number: int | None = None
    steps: int | None = None
    done: int | None = None
    total: int | None = None
    videos_per_s: float | None = None
    left_s: float | None = None
    message: str | None = None
    notice: str | None = None
    encoder_calls: int | None = None
    failed: int | None = None
    left_out: list[LeftOut] | None = None
    model_id: str | None = None
    predictions_id: str | None = None
    promoted: bool | None = None
    verdict: str | None = None
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    accuracy_note: str | None = None
    chance: float | None = None
    reason: str | None = None
    exit_code: int | None = None


class LookStarted(BaseModel):
    """Whether this call began to look at what was not looked at yet."""

    status: Literal["started", "already_running", "nothing_to_do"]


class LookCancelled(BaseModel):
    """Whether there was such a look to cancel."""

    status: Literal["cancelling", "not_running"]


class LookStatus(BaseModel):
    """The look at new videos: whether a process is at it, at `done` of `total`, and about how long it takes yet.

    `pressed`: somebody asked for those from before as well. `not_looked_at`: how many of these wait for that, or for a
    retrain, and `about_s` how long they would take. `failed` of the last look gave nothing, for example for `reason`.
    """

    running: bool
    pressed: bool
    done: int
    total: int
    left_s: float | None
    not_looked_at: int
    about_s: float | None
    failed: int
    reason: str | None


class ModelsAnswer(BaseModel):
    """All versions, newest first, and the one that predicts."""

    models: list[ModelVersion]
    current: str | None
