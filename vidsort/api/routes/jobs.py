"""The retrain job and the models it makes, and the look at new videos."""

from ... import artifacts
from ..answers import Here, faults
from ..contract import (
    LookCancelled,
    LookStarted,
    LookStatus,
    ModelsAnswer,
    RetrainCancelled,
    RetrainStarted,
    RetrainStatus,
)
from ..workspace import Workspace
from .subject import Subject

router = Subject("Retrain and models")


@router.post("/api/retrain", summary="Start a retrain")
def retrain(here: Here) -> RetrainStarted:
    """Start extract_features, train and predict in the background; returns at once."""
    return RetrainStarted(status=here.retrain.start(here.settings))


@router.get("/api/retrain/status", summary="How the retrain stands")
def retrain_status(here: Here) -> RetrainStatus:
    """Whether a job runs and how the last one ended; while it runs: its step, how far it is, the time left.

    `live`: what was learned from decisions since the last model; null while predictions.json is served as it is.
    """
    return RetrainStatus.model_validate(here.retrain_status())


@router.post("/api/retrain/cancel", summary="Cancel the retrain")
def cancel_retrain(here: Here) -> RetrainCancelled:
    """Stop the job within two seconds; finished work is kept."""
    return RetrainCancelled(status=here.retrain.cancel(here.library.history))


@router.post("/api/look", summary="Look at videos not looked at yet")
def look(here: Here) -> LookStarted:
    """Look at all videos that were not looked at yet, in the background; returns at once.

    What comes while the server runs is looked at by itself.
    """
    return LookStarted(status=here.library.looking.look())


@router.get("/api/look", summary="How the look at new videos stands")
def look_status(here: Here) -> LookStatus:
    """How far the look at new videos is, and how many wait for it."""
    return LookStatus.model_validate(here.library.looking.status())


@router.post("/api/look/cancel", summary="Stop looking at older videos")
def cancel_look(here: Here) -> LookCancelled:
    """Look no further at what was there before; finished work is kept."""
    return LookCancelled(status=here.library.looking.cancel())


@router.get("/api/models", summary="List the trained models", responses=faults(500))
def models(here: Here) -> ModelsAnswer:
    """The trained versions with their scores, newest first, and which one predicts."""
    return _models(here)


@router.post("/api/models/{model_id}/promote", summary="Let a model predict", responses=faults(404, 422, 500))
def promote(here: Here, model_id: str) -> ModelsAnswer:
    """Let this version predict from now on; its predictions are served at once."""
    artifacts.promote(here.library.artifacts_dir, model_id, here.settings.trusted_types)
    return _models(here)


@router.post("/api/models/rollback", summary="Go back to the predictions before", responses=faults(404, 500))
def rollback(here: Here) -> ModelsAnswer:
    """Put the predictions that were in force before back in force."""
    artifacts.rollback(here.library.artifacts_dir)
    return _models(here)


def _models(here: Workspace) -> ModelsAnswer:
    found = artifacts.list_models(here.library.artifacts_dir)
    now = artifacts.current(here.library.artifacts_dir)
    return ModelsAnswer(models=found, current=now.model_id if now else None)
