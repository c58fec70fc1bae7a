"""Models and predictions on disk: written whole or not at all, never overwritten, one small file names the current.

    artifacts/models/<model_id>/            model.npz, manifest.json, metrics.json, out_of_fold.json
    artifacts/predictions/<predictions_id>/ predictions.json, manifest.json, of many columns.npz: the same, read quickly
    artifacts/predictions.json              the bytes of the predictions in force: what servers read
    artifacts/current.json                  which model and predictions these are, and which came before
    artifacts/features/current.json         which features the newest extraction made

Every id begins with its time, so that ids sort by age.
"""

from .feature_sets import current_feature_set, feature_set_in_force, model_feature_set
from .files import new_version_id, write_new, write_whole
from .models import (
    ModelVersion,
    list_models,
    may_take_over,
    model_dir,
    model_ids,
    model_in_force,
    promote,
    read_model,
    show_model,
)
from .owners import at_home, home_of
from .publication import Current, current, predictions_path, publish, read_predictions, rollback

__all__ = [
    "Current",
    "ModelVersion",
    "at_home",
    "current",
    "current_feature_set",
    "feature_set_in_force",
    "home_of",
    "list_models",
    "may_take_over",
    "model_dir",
    "model_feature_set",
    "model_ids",
    "model_in_force",
    "new_version_id",
    "predictions_path",
    "promote",
    "publish",
    "read_model",
    "read_predictions",
    "rollback",
    "show_model",
    "write_new",
    "write_whole",
]
