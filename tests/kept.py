"""A library with more artifacts than it needs, and all that it answers, for tests of what keeps artifacts small."""

import contextlib
import json
import os
import shutil
import sqlite3
import time
from pathlib import Path

import numpy as np
from labelled import learned_library

from vidsort import artifacts, library
from vidsort.artifacts.files import new_version_id
from vidsort.artifacts.publication import predictions_path, publish, write_predictions
from vidsort.features.contents import contents_of
from vidsort.features.modalities import ExtractConfig
from vidsort.features.stored import features_of
from vidsort.library.moves.mover import Mover
from vidsort.media.pictures import picture_path
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.features import FeatureRow, FeatureStore
from vidsort.store.people.dismissed import Dismissed
from vidsort.store.people.review import Review
from vidsort.store.rescue import TABLES

COUNTS = {"dance": 6, "food": 6, None: 6}
OLD_WAY = "0123456789ab"
AN_AGE_S = 7200


def template(place: Path) -> Settings:
    """A small library with a model that has predicted; copy it by `copied`."""
    settings = learned_library(place, COUNTS)
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        mover = Mover(settings.data_dir, database)
        mover.sort("13.mp4", "food")
        mover.sort("14.mp4", "dance")
        mover.undo()
        history = artifacts.owners.history_of(settings.artifacts_dir, settings.data_dir)
        Review(database, history).skip("15.mp4")
        Dismissed(database, history).note("misfiled", ["1.mp4 dance"])
    return settings


def copied(settings: Settings, place: Path) -> Settings:
    """The same elsewhere, known again there."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(settings.data_dir.parent, place)
    made = Settings(data_dir=place / "library", artifacts_dir=place / "artifacts")
    artifacts.home_of(made.artifacts_dir, made.data_dir)
    with contextlib.closing(open_database(made.artifacts_dir)) as database:
        contents_of(FeatureStore(database), library.videos(made.data_dir))
        # What lay at the other place is no library's any more.
        database.connection().execute("DELETE FROM contents WHERE path < ? OR path > ?", (
            os.fsencode(made.data_dir) + b"/", os.fsencode(made.data_dir) + b"0"
        ))
    return made


def retrain(settings: Settings, *, is_published: bool = True) -> str:
    """One more version of the model in force, with predictions of its own; its id."""
    home = settings.artifacts_dir
    model_id, predictions_id = new_version_id(), new_version_id()
    shutil.copytree(home / "models" / artifacts.model_ids(home)[-1], home / "models" / model_id)
    data = predictions_path(home).read_bytes() + b"\n" * (1 + len(artifacts.model_ids(home)))
    write_predictions(home, predictions_id, data, {"model_id": model_id})
    if is_published:
        publish(home, predictions_id)
    return model_id


def look_in_an_old_way(settings: Settings, modality: str = OLD_WAY) -> None:
    """Rows of features that nothing needs."""
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        store = FeatureStore(database)
        contents = contents_of(store, library.videos(settings.data_dir)).hashes
        store.put([FeatureRow(modality, content, np.ones(64)) for content in contents.values()])


def draw(settings: Settings, *, is_old: bool = True) -> None:
    """A poster and a copy of each video."""
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        contents = contents_of(FeatureStore(database), library.videos(settings.data_dir, "any")).hashes
    for content in contents.values():
        for path in (
            picture_path(settings.artifacts_dir, content, "poster"),
            settings.artifacts_dir / "playable" / f"{content.hex()}.mp4",
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if is_old:
                age(path)


def age(path: Path) -> None:
    """Make it older than what may be somebody's who is at it."""
    at = time.time() - AN_AGE_S
    os.utime(path, (at, at))


def pictures(settings: Settings) -> set[bytes]:
    """The contents that there are pictures or copies of."""
    root = settings.artifacts_dir
    return {
        *(bytes.fromhex(path.parent.name + path.name.partition(".")[0]) for path in root.glob("pictures/??/*.webp")),
        *(bytes.fromhex(path.stem) for path in root.glob("playable/*.mp4")),
    }


def said(settings: Settings) -> dict[str, list[tuple]]:
    """The journal, and all that people said."""
    with contextlib.closing(sqlite3.connect(settings.artifacts_dir / "vidsort.db")) as connection:
        tables = (*TABLES, "jobs")
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables}


def answers(settings: Settings) -> dict[str, object]:
    """All that is in force, and what it says of each video that is there."""
    home = settings.artifacts_dir
    now = artifacts.current(home)
    model_id = artifacts.model_in_force(home)
    model = artifacts.read_model(home, model_id)
    with contextlib.closing(open_database(home)) as database:
        videos = library.videos(settings.data_dir)
        found = {
            "in force": features_of(database, videos, artifacts.model_feature_set(home, model_id)),
            "configured": features_of(database, videos, settings.config("extract_features", ExtractConfig).feature_set),
        }
    return {
        "predictions": predictions_path(home).read_bytes(),
        "current": (now.model_id, now.predictions_id),
        "model": model_id,
        "metrics": artifacts.show_model(home, model_id)["metrics"],
        "shares": model.predict_proba(found["in force"].parts).tobytes(),
        "features": {
            name: [(video.filename, video.folder) for video in one.videos] + [
                (kind, part.X.tobytes() if part.X.dtype != object else part.X.tolist(), part.mask.tolist())
                for kind, part in one.parts.items()
            ]
            for name, one in found.items()
        },
        "failed": json.dumps([one.model_dump() for one in found["in force"].failed]),
        "said": said(settings),
        "library": sorted(
            (str(path.relative_to(settings.data_dir)), path.read_bytes() if path.is_file() else None)
            for path in settings.data_dir.rglob("*")
        ),
    }
