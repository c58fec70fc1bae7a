"""Kill a clean at each of its steps, and see that all that is in force answers as before, and that the next ends it.

A program of its own, because it forks: `python clean_killed.py <folder>`. For step 1, 2, 3… a child cleans and is
killed (SIGKILL) right before it removes or renames anything, and before and after it writes to the database. Writes the
number of kills.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from kept import answers, copied, draw, look_in_an_old_way, pictures, retrain, template
from striking import step, strike_at_changes, survives

from vidsort import artifacts
from vidsort.settings import Settings
from vidsort.store import Database
from vidsort.upkeep.cleaning import clean

KEEP = 1


@contextlib.contextmanager
def strikes() -> Iterator[None]:
    """Count a step for each change of the disk by this process."""
    write = Database.write

    @contextlib.contextmanager
    def counted(self, **given):
        with write(self, **given) as connection:
            yield connection
            step()
        step()

    strike_at_changes(opened=False)
    Database.write = counted
    yield


def crowded(made: Settings, place: Path) -> Settings:
    """A library with something of each kind to be removed."""
    settings = copied(made, place)
    for _ in range(3):
        retrain(settings)
    look_in_an_old_way(settings)
    draw(settings)
    for name in ("dance/1.mp4", "food/7.mp4"):
        (settings.data_dir / name).unlink()
    return settings


def kill_at_each_step(folder: Path) -> int:
    """The number of kills, all of which were survived."""
    made = template(folder / "made")
    whole = crowded(made, folder / "whole")
    clean(whole, KEEP)
    expected = len(artifacts.model_ids(whole.artifacts_dir)), len(pictures(whole))
    for steps in range(1, 1000):
        settings = crowded(made, folder / "killed")
        before = answers(settings)
        is_done = survives(lambda settings=settings: clean(settings, KEEP), steps)
        assert answers(settings) == before, f"in force after step {steps}"
        for version in artifacts.list_models(settings.artifacts_dir):
            artifacts.read_model(settings.artifacts_dir, version.model_id)
        assert len(artifacts.list_models(settings.artifacts_dir)) == len(artifacts.model_ids(settings.artifacts_dir))
        clean(settings, KEEP)
        assert answers(settings) == before, f"in force after step {steps} and another clean"
        assert (len(artifacts.model_ids(settings.artifacts_dir)), len(pictures(settings))) == expected
        if is_done:
            return steps - 1
    raise AssertionError("a clean has no end")


if __name__ == "__main__":
    with strikes():
        sys.stdout.write(str(kill_at_each_step(Path(sys.argv[1]))))
