"""Labels read from a file or a folder in any of the forms that are exported, and what they mean in a library."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConflictError, NotFoundError, SettingsError
from ..library import Snapshot
from ..library.moves import Wish
from ..library.names import check_new_folder_name, folded
from .forms import LABEL, SPLIT
from .tables import read_table

# What the column of names, and of folders, may be called; the first that there is counts.
NAMES = ("filename", "file_name", "video", "name", "path")
FOLDERS = ("folder", LABEL, "category", "class")
UNLABELLED = "_unlabeled"


@dataclass(frozen=True)
class Planned:
    """What labels mean now: moves, and folders that are made for them; how many lie there already.

    absent: videos that are not in the library. unclear: of which it cannot be told which one is meant.
    """

    moves: tuple[Wish, ...]
    makes: tuple[str, ...]
    already: int
    absent: tuple[str, ...]
    unclear: tuple[str, ...]


def read_labels(path: Path) -> list[tuple[str, str]]:
    """(filename, folder) of each label in a file or folder.

    Raises NotFoundError where nothing is there, SettingsError for what no label can be read from.
    """
    if path.is_dir():
        return _of_tree(path)
    if not path.is_file():
        raise NotFoundError(f"There is no {path}: give a file or a folder of labels.")
    if path.suffix.lower() == ".json":
        return list(_of_tasks(path))
    return list(_of_rows(path, read_table(path)))


def plan_labels(snapshot: Snapshot, given: Iterable[tuple[str, str]]) -> Planned:
    """What is to be moved so that each video lies where a label says; nothing is moved.

    Raises InvalidNameError for a name that no new folder can have, ConflictError for two that are too much alike, or
    one that is too much like a folder that there is.
    """
    wanted: dict[str, set[str]] = {}
    for filename, folder in given:
        wanted.setdefault(filename, set()).add(folder)
    moves, absent, unclear, already = [], [], [], 0
    for filename in sorted(wanted):
        places: list[str | None] = snapshot.places_of(filename)
        missing = wanted[filename].difference(place for place in places if place is not None)
        already += len(wanted[filename]) - len(missing)
        free = [place for place in places if place not in wanted[filename]]
        if not missing:
            continue
        if not places:
            absent.append(filename)
        elif len(missing) > 1 or not free or (len(free) > 1 and None not in free):
            unclear.append(filename)
        else:
            moves.append(Wish(filename, None if None in free else free[0], missing.pop()))
    makes = sorted({str(move.folder) for move in moves if move.folder not in snapshot.folders})
    _check_new(makes, snapshot.folders)
    return Planned(tuple(moves), tuple(makes), already, tuple(absent), tuple(unclear))


def _check_new(names: Iterable[str], there: Iterable[str]) -> None:
    known = {folded(name): name for name in there}
    for name in names:
        twin = known.setdefault(folded(check_new_folder_name(name)), name)
        if twin != name:
            raise ConflictError(f"{twin} and {name} would be one folder on some disks: let the labels say one of them.")


def _of_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    if not rows:
        return
    name = next((one for one in NAMES if one in rows[0]), None)
    folder = next((one for one in FOLDERS if one in rows[0]), None)
    if name is None or folder is None:
        raise SettingsError(
            f"{path} has no column of {'names' if name is None else 'folders'}: call it "
            f"{' or '.join(NAMES if name is None else FOLDERS)}."
        )
    for row in rows:
        if row.get(name) and row.get(folder):
            try:
                yield _name(row[name]).rpartition("/")[2], _name(row[folder])
            except TypeError as error:
                raise SettingsError(f"{path} has a row of which {error}: give one of each a row.") from error


def _of_tree(path: Path) -> list[tuple[str, str]]:
    table = path / SPLIT / "metadata.csv"
    if table.is_file():
        return list(_of_rows(table, read_table(table)))
    if (path / "manifest.json").is_file():
        return [_of_labels(path / "labels" / name) for name in _label_files(path / "manifest.json")]
    return [
        # A link says where its video lay also when that has gone from there.
        (video.name, folder.name) for folder in sorted(path.iterdir()) if folder.is_dir() and folder.name != UNLABELLED
        for video in sorted(folder.iterdir()) if video.is_file() or video.is_symlink()
    ]


def _label_files(manifest: Path) -> list[str]:
    said = _read_json(manifest)
    try:
        return [Path(places["labels"]).name for places in said["index"]]
    except (KeyError, TypeError) as error:
        raise SettingsError(f"{manifest} does not say which labels there are: export the folder anew.") from error


def _of_labels(path: Path) -> tuple[str, str]:
    said = _read_json(path)
    try:
        (label,) = (each["value"] for each in said["attrs"]["attrs"] if each["name"] == LABEL)
        return _name(said["filename"]), _name(label)
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"{path} does not say one {LABEL} and a filename: export it anew.") from error


def _of_tasks(path: Path) -> Iterator[tuple[str, str]]:
    """Of what Label Studio has exported: the first choice of the last annotation of a task; without one, nothing."""
    tasks = _read_json(path)
    try:
        for task in tasks:
            chosen = [
                result["value"]["choices"][0] for annotation in task.get("annotations") or ()
                for result in annotation["result"] if result["type"] == "choices"
            ]
            if chosen:
                yield _name(task["data"]["filename"]), _name(chosen[-1])
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise SettingsError(
            f"{path} has no tasks of Label Studio with a filename in their data: export them there as JSON."
        ) from error


def _name(value: object) -> str:
    """What is written as a number is a name too; raises TypeError for what holds several."""
    if isinstance(value, list | dict):
        raise TypeError(f"{ascii(value)[:40]} is no name")
    return str(value)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no JSON ({error}): export it anew.") from error
