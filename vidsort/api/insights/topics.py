"""The numbers behind the Insights page, of the model in force: what metrics.json holds, as the notebooks read it."""

from collections.abc import Callable, Mapping
from typing import Any

from ...artifacts import current, model_dir
from ...artifacts.evidence import read_metrics
from ...insight.folders import folder_health, look_alikes
from ..workspace import Workspace

NO_MODEL = "There is no model to tell of yet: sort a few videos into two folders, then retrain."


def _folders(metrics: Mapping[str, Any]) -> dict[str, Any]:
    pairs = [{"first": first, "second": second, "share": share} for first, second, share in look_alikes(metrics)]
    return {"folders": [row.model_dump() for row in folder_health(metrics)], "look_alikes": pairs}


TOPICS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "folders": _folders,
    "confusion": lambda metrics: {"folders": list(metrics["folders"]), "confusion": metrics["confusion"]},
    "calibration": lambda metrics: {
        "calibration_error": metrics["calibration_error"], "reliability": metrics["reliability"],
    },
    "coverage": lambda metrics: {
        "accuracy": metrics["accuracy"], "cover_against_error": metrics["cover_against_error"],
    },
    "ablation": lambda metrics: {"accuracy": metrics["accuracy"], "kinds": metrics["modalities"]},
}


def insight(here: Workspace, topic: str) -> dict[str, Any]:
    """What is known of one of the TOPICS, and of which model; raises ArtifactError for damaged metrics."""
    artifacts_dir = here.library.artifacts_dir
    now = current(artifacts_dir)
    if now is None or now.model_id is None:
        return {"model_id": None, "reason": NO_MODEL, "numbers": {}}
    numbers = TOPICS[topic](read_metrics(model_dir(artifacts_dir, now.model_id)))
    return {"model_id": now.model_id, "reason": None, "numbers": numbers}
