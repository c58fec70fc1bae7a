"""Kill a step at each change that it makes on the disk, and see that what is in force is the old or the new, whole.

A program of its own, because it forks: `python steps_killed.py <step> <folder>`, of those in `STEPS`. For change 1, 2,
3… a child does the step and is killed (SIGKILL) right before it. Writes the number of kills.
"""

import contextlib
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from kept import answers, copied, retrain, template
from striking import strike_at_changes, survives

from vidsort import artifacts, predict, train
from vidsort.artifacts.publication import publish, rollback
from vidsort.learning.fitting import TrainConfig
from vidsort.settings import Settings
from vidsort.store import open_database

FIXTURES = Path(__file__).parent / "store" / "fixtures"
OLDEST = "schema_1.sql"


def promote_first(settings: Settings) -> None:
    first = artifacts.model_ids(settings.artifacts_dir)[0]
    publish(settings.artifacts_dir, artifacts.publication.predictions_of_models(settings.artifacts_dir)[first])


STEPS: dict[str, Callable[[Settings], object]] = {
    "train": lambda settings: train.run(settings, TrainConfig(seed=7)),
    "predict": predict.run,
    "promote": promote_first,
    "rollback": lambda settings: rollback(settings.artifacts_dir),
}


def in_force(settings: Settings) -> dict:
    """What answers now; how often it was asked is of no interest."""
    return {name: value for name, value in answers(settings).items() if name != "said"}


def kill_at_each_change(name: str, folder: Path) -> int:
    """The number of kills of a step; each left what is in force as it was, or as the step leaves it."""
    made = template(folder / "made")
    retrain(made)
    for changes in range(1, 1000):
        settings = copied(made, folder / "killed")
        before = in_force(settings)
        is_done = survives(lambda settings=settings: STEPS[name](settings), changes)
        left = in_force(settings)
        if left != before:
            assert name != "train", f"training put something in force at change {changes}"
            assert all(left[each] == before[each] for each in ("features", "library")), f"at change {changes}"
        for version in artifacts.list_models(settings.artifacts_dir):
            artifacts.read_model(settings.artifacts_dir, version.model_id)
        predict.run(settings)
        in_force(settings)
        if is_done:
            return changes - 1
    raise AssertionError(f"{name} has no end")


def kill_a_migration(folder: Path) -> int:
    """The number of kills while a database of the first schema is made one of today's; no row was ever lost."""
    old = folder / "old.db"
    with contextlib.closing(sqlite3.connect(old)) as connection:
        connection.executescript((FIXTURES / OLDEST).read_text())
    whole = folder / "whole"
    _put(old, whole)
    open_database(whole).close()
    wanted = _dump(whole)
    for changes in range(1, 1000):
        place = folder / f"{changes}"
        _put(old, place)
        is_done = survives(lambda place=place: open_database(place).close(), changes)
        open_database(place).close()
        assert _dump(place) == wanted, f"at change {changes}"
        shutil.rmtree(place)
        if is_done:
            return changes - 1
    raise AssertionError("a migration has no end")


def _put(old: Path, place: Path) -> None:
    place.mkdir()
    shutil.copy(old, place / "vidsort.db")


def _dump(place: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(place / "vidsort.db")) as connection:
        return list(connection.iterdump())


if __name__ == "__main__":
    wanted, where = sys.argv[1], Path(sys.argv[2])
    strike_at_changes(statements=wanted == "migration")
    kills = kill_a_migration(where) if wanted == "migration" else kill_at_each_change(wanted, where)
    sys.stdout.write(str(kills))
