"""What has to stay: what is in force, what that needs, and the newest versions beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..artifacts import current, current_feature_set, model_feature_set, model_ids
from ..artifacts.feature_sets import begun_lately
from ..artifacts.files import version_ids
from ..artifacts.owners import homes
from ..artifacts.publication import predictions_of_models
from ..features.modalities import ExtractConfig, kept_beside
from ..records import FeatureSet
from ..settings import Settings


class Versions(NamedTuple):
    """Models and predictions of one library, by their ids."""

    models: set[str]
    predictions: set[str]


def versions(home: Path) -> Versions:
    """All that there are."""
    return Versions(set(model_ids(home)), set(version_ids(home / "predictions")))


def needed_versions(home: Path, keep: int) -> Versions:
    """The newest `keep` models and predictions, those in force, those of the last `keep` publications before, and the
    newest predictions of each model that stays.

    Raises ArtifactError where what is in force cannot be told.
    """
    now, ids = current(home), model_ids(home)
    published = [] if now is None else [now, *now.history[max(0, len(now.history) - keep) :]]
    models = {*ids[-keep:], *(one.model_id for one in published if one.model_id is not None)}
    made = predictions_of_models(home)
    predictions = {
        *version_ids(home / "predictions")[-keep:], *(one.predictions_id for one in published),
        *(made[model_id] for model_id in models if model_id in made),
    }
    return Versions(models, predictions)


def needed_feature_sets(settings: Settings, home: Path, models: set[str]) -> list[FeatureSet]:
    """What is configured, what was extracted last, and what these models and all of other libraries learned from.

    Raises ArtifactError and SettingsError where one of these cannot be told: then nothing is known not to be needed.
    """
    found = [settings.config("extract_features", ExtractConfig).feature_set]
    for place in homes(settings.artifacts_dir):
        if (place / "features" / "current.json").exists():
            found.append(current_feature_set(place))
        ids = models & set(model_ids(place)) if place == home else model_ids(place)
        found += [model_feature_set(place, model_id) for model_id in ids]
    return found


def needed_modalities(settings: Settings, feature_sets: list[FeatureSet]) -> set[str]:
    """All ways of looking that these need, with what is kept beside, and those that an extraction has begun with."""

    def ids() -> Iterator[str]:
        for feature_set in feature_sets:
            yield from feature_set.modalities.values()
            beside = kept_beside(feature_set)
            if beside is not None:
                yield beside.id
        for place in homes(settings.artifacts_dir):
            for begun in begun_lately(place):
                yield from begun

    return set(ids())
