"""Kill a backup, or a restore, at each of its steps, and see that what it leaves is whole or not taken for a backup.

A program of its own, because it forks: `python backup_killed.py backup|restore <folder>`. For step 1, 2, 3… a child
does it and is killed (SIGKILL) right before it opens a file to write, makes or renames anything. Writes the number of
kills.
"""

import contextlib
import os
import shutil
import sys
from pathlib import Path

from kept import answers, copied, retrain, template
from striking import strike_at_changes, survives

from vidsort.errors import NotFoundError
from vidsort.settings import Settings
from vidsort.upkeep.backups.backup import backup
from vidsort.upkeep.backups.restore import check, restore


def kill_backups(folder: Path) -> int:
    """The number of kills of a backup; whatever was there then was whole, and the next one was made."""
    settings = copied(template(folder / "made"), folder / "kept")
    before = answers(settings)
    for steps in range(1, 1000):
        place = folder / "backups" / str(steps)
        is_done = survives(lambda place=place: backup(settings, place), steps)
        if place.exists():
            check(place)
        else:
            with contextlib.suppress(NotFoundError):
                check(place)
                raise AssertionError(f"no backup is there at step {steps}")
            backup(settings, place)
        assert answers(settings) == before
        if is_done:
            return steps - 1
    raise AssertionError("a backup has no end")


def kill_restores(folder: Path) -> int:
    """The number of kills of a restore over artifacts that are set aside; these, or the new ones, were always whole."""
    settings = copied(template(folder / "made"), folder / "kept")
    kept, root = answers(settings), settings.artifacts_dir
    backup(settings, folder / "backup")
    retrain(settings)
    later = answers(settings)
    assert later["model"] != kept["model"]
    shutil.copytree(root, folder / "later", symlinks=True)
    for steps in range(1, 1000):
        is_done = survives(lambda: restore(settings, folder / "backup", sets_aside=True), steps)
        set_aside = [path for path in root.parent.iterdir() if path.name.startswith(f"{root.name}.aside-")]
        if root.exists():
            assert answers(settings) == (kept if set_aside else later), f"at step {steps}"
        assert root.exists() or set_aside, f"lost at step {steps}"
        for path in set_aside:
            aside = Settings(data_dir=settings.data_dir, artifacts_dir=path)
            assert answers(aside)["predictions"] == later["predictions"], f"aside at step {steps}"
        restore(settings, folder / "backup", sets_aside=True)
        assert answers(settings) == kept
        for path in root.parent.glob(f"*{root.name}*"):
            shutil.rmtree(path)
        shutil.copytree(folder / "later", root)
        if is_done:
            return steps - 1
    raise AssertionError("a restore has no end")


if __name__ == "__main__":
    strike_at_changes()
    os.chdir(sys.argv[2])
    kills = {"backup": kill_backups, "restore": kill_restores}[sys.argv[1]]
    sys.stdout.write(str(kills(Path(sys.argv[2]))))
