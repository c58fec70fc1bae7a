"""A pile with predictions in force, and what is known of how often they are right."""

import json
import shutil
from pathlib import Path

from vidsort.artifacts import publish
from vidsort.artifacts.files import as_json, write_version
from vidsort.artifacts.owners import at_home
from vidsort.artifacts.publication import write_predictions
from vidsort.insight.comparison import OutOfFold, out_of_fold_json
from vidsort.settings import Settings

MODEL_ID, PREDICTIONS_ID = "20260101-000000-abcdef", "20260101-000001-abcdef"
FOLDERS = ("dance", "food", "sport")


def name_of(number: int) -> str:
    """The filename of the n-th video of the pile."""
    return f"{7200000000000000000 + number}.mp4"


def pile_up(settings: Settings, sure: int, unsure: int, *, labelled: int = 200, wrong: int = 0) -> None:
    """Put videos in the pile, the sure ones first by name, with predictions of a model that was so often right.

    Of the labelled ones, as sure as the sure, `wrong` were predicted elsewhere. A video's true folder is the predicted.
    """
    template = next(settings.data_dir.glob("*.mp4"))
    for number in range(sure + unsure):
        shutil.copy(template, settings.data_dir / name_of(number))
    home = at_home(settings).artifacts_dir
    said = OutOfFold(
        folders=FOLDERS,
        filenames=tuple(f"{number}.mp4" for number in range(labelled)),
        content=tuple(f"{number:04x}" for number in range(labelled)),
        labels=tuple(FOLDERS[number % 3] for number in range(labelled)),
        groups=tuple(range(labelled)),
        scored=(True,) * labelled,
        ranked=tuple(
            ((FOLDERS[(number + (number < wrong)) % 3], 0.999 if number % 4 else 0.6),) for number in range(labelled)
        ),
    )
    model = {"out_of_fold.json": out_of_fold_json(said), "manifest.json": as_json({"model_id": MODEL_ID})}
    write_version(home / "models" / MODEL_ID, model)
    entries = [guess(number, 0.9995 - number * 1e-6 if number < sure else 0.6) for number in range(sure + unsure)]
    write_predictions(home, PREDICTIONS_ID, json.dumps(entries).encode(), {"model_id": MODEL_ID})
    publish(home, PREDICTIONS_ID)


def guess(number: int, confidence: float) -> dict[str, object]:
    """The prediction of the n-th video."""
    folder = folder_of(number)
    best = [{"folder": folder, "confidence": confidence}]
    return {"video": name_of(number), "predicted_folder": folder, "confidence": confidence, "top_predictions": best}


def folder_of(number: int) -> str:
    """Where the n-th video belongs, and is predicted."""
    return FOLDERS[number % 3]


def true_folder(filename: str) -> str:
    """The same by its name."""
    return folder_of(int(Path(filename).stem) - 7200000000000000000)
