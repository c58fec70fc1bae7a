"""The numbers behind the Insights page, of the model in force: what metrics.json holds, as the notebooks read it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ...artifacts import current, model_dir
from ...artifacts.evidence import read_metrics
from ...insight.curve import curve_of, forecast, written
from ...insight.folders import advice, expected_misses, folder_health, look_alikes
from ..workspace import Workspace

NO_MODEL = "There is no model to tell of yet: sort a few videos into two folders, then retrain."


def _folders(metrics: Mapping[str, Any]) -> dict[str, Any]:
    pairs = [{"first": first, "second": second, "share": share} for first, second, share in look_alikes(metrics)]
    health = folder_health(metrics)
    return {
        "folders": [row.model_dump() for row in health], "look_alikes": pairs, "splits": metrics["splits"],
        "enough": advice(curve_of(metrics), expected_misses(health)), "misses": expected_misses(health),
    }


def _learning_curve(metrics: Mapping[str, Any]) -> dict[str, Any]:
    curve = curve_of(metrics)
    told = {"advice": advice(curve, expected_misses(folder_health(metrics)))}
    if curve is None:
        return told | {"points": [], "ahead": [], "forecast": []}
    ahead = forecast(curve.points)
    return written(curve) | {"forecast": [asdict(point) for point in ahead.points] if ahead else []} | told


TOPICS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "folders": _folders,
    "confusion": lambda metrics: {"folders": list(metrics["folders"]), "confusion": metrics["confusion"]},
    "calibration": lambda metrics: {
        "calibration_error": metrics["calibration_error"], "reliability": metrics["reliability"],
    },
    "coverage": lambda metrics: {
        "accuracy": metrics["accuracy"], "cover_against_error": metrics["cover_against_error"],
    },
    "learning_curve": _learning_curve,
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
