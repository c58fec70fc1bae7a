"""Copy all that cannot be made again, and what is made of it, into one folder, while servers run."""

import contextlib
import datetime
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from ... import __version__
from ...accounts import USERS_NAME
from ...artifacts import current, model_ids
from ...artifacts.files import OddFile, as_json, remove_beside, size_of, sync_folder, version_ids
from ...artifacts.owners import OWNER_NAME, homes, owner_of
from ...artifacts.publication import publishing
from ...errors import ArtifactError, ConflictError, NotFoundError, SettingsError, VidsortError
from ...records import Record
from ...settings import CONFIG_NAME, Settings, base_dir
from ...steps import size_text
from ...store import open_database
from ...store.copying import copy_database, counts
from ...store.database import DATABASE_NAME, shared_dir
from ..parts import alone
from .manifest import ARTIFACTS, MANIFEST_NAME, SETTINGS, KeptFile, KeptLibrary, Manifest, copy_file, look_at

SETTINGS_FILES = (CONFIG_NAME, USERS_NAME)
# Of each library: what it is known by, and what is in force.
IN_FORCE = ("current.json", "predictions.json")
VERSIONS = ("predictions", "models")
FEATURES = "features"


class Backup(Record):
    """A backup that was made: where, and what it says of itself."""

    folder: Path
    manifest: Manifest


def backup(settings: Settings, folder: Path) -> Backup:
    """Make a backup of the artifacts of all libraries, and of the settings, in a folder that is not there yet.

    Pictures and copies are left out: they can be made again. The folder has its name only once it is whole. Raises
    ConflictError where it exists, SettingsError where it would lie in a library or in the artifacts, NotFoundError
    without artifacts, VidsortError without room.
    """
    root, folder = shared_dir(settings.artifacts_dir), Path(os.path.abspath(folder))  # noqa: PTH100 (links stay as named)
    if not (root / DATABASE_NAME).exists():
        raise NotFoundError(f"There are no artifacts in {root} yet: there is nothing to back up.")
    _require_free(folder, root, settings.data_dir)
    with alone(root):
        beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        beside.parent.mkdir(parents=True, exist_ok=True)
        _require_room(root, beside.parent)
        # The password may be among the settings.
        beside.mkdir(mode=0o700)
        try:
            manifest = _written(root, beside)
            beside.rename(folder)
        except OSError as error:
            remove_beside(beside)
            why = error.strerror or error
            raise VidsortError(f"The backup {folder} was not made ({why}): see to its disk.") from error
        except BaseException:
            remove_beside(beside)
            raise
        sync_folder(folder.parent)
    return Backup(folder=folder, manifest=manifest)


def _require_free(folder: Path, root: Path, data_dir: Path) -> None:
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise ConflictError(f"{folder} exists already and is never overwritten: name another folder.")
    for place, what in ((root, "artifacts"), (data_dir, "library")):
        if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(place)):
            raise SettingsError(f"{folder} lies in the {what} itself: name a folder elsewhere, best on another disk.")


def _require_room(root: Path, where: Path) -> None:
    wanted = size_of(root / DATABASE_NAME) + sum(
        size_of(home / name) for home in homes(root) for name in (*VERSIONS, FEATURES)
    )
    free = shutil.disk_usage(where).free
    if free < wanted:
        raise VidsortError(
            f"The backup takes {size_text(wanted)} and there are {size_text(free)} beside {where}: free some room, or "
            "name a folder on another disk."
        )


def _written(root: Path, beside: Path) -> Manifest:
    """Write all files and then the manifest, each flushed to the disk."""
    files: dict[str, KeptFile] = {}
    libraries = []
    for home in homes(root):
        place = f"{ARTIFACTS}/{home.relative_to(root).as_posix()}".removesuffix("/.")
        files |= _of_library(home, place, beside)
        libraries += _library(home)
    for name in SETTINGS_FILES:
        path = base_dir() / name
        if path.is_file():
            files[f"{SETTINGS}/{name}"] = copy_file(path, beside / SETTINGS / name)
    # Last, so that all that models need of it is in it.
    copy = beside / ARTIFACTS / DATABASE_NAME
    with contextlib.closing(open_database(root)) as database:
        copy_database(database, copy)
    files[f"{ARTIFACTS}/{DATABASE_NAME}"] = look_at(copy)
    schema, moves, features = counts(copy)
    manifest = Manifest(
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), vidsort=__version__,
        schema_number=schema, moves=moves, features=features, libraries=tuple(libraries), files=files,
    )
    with (beside / MANIFEST_NAME).open("xb") as file:
        file.write(as_json(manifest))
        file.flush()
        os.fsync(file.fileno())
    for folder, _, _ in os.walk(beside):
        sync_folder(Path(folder))
    return manifest


def _of_library(home: Path, place: str, beside: Path) -> dict[str, KeptFile]:
    """Copy what is kept of one library; gives its files by their place in the backup."""
    files: dict[str, KeptFile] = {}

    def keep(path: Path) -> None:
        name = f"{place}/{path.relative_to(home).as_posix()}"
        # What a clean or a person takes away meanwhile was not needed.
        with contextlib.suppress(FileNotFoundError, OddFile):
            files[name] = copy_file(path, beside / name)

    if not home.is_dir():
        return files
    # What is in force is of one moment; no version goes meanwhile, as no clean can begin.
    with publishing(home):
        for name in (OWNER_NAME, *IN_FORCE):
            keep(home / name)
    versions = (home / kind / version for kind in VERSIONS for version in version_ids(home / kind))
    for folder in (*versions, home / FEATURES):
        for path in _files_in(folder):
            keep(path)
    return files


def _files_in(folder: Path) -> Iterator[Path]:
    """All files in a folder, at any depth, but those that are only being written."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _library(home: Path) -> list[KeptLibrary]:
    """What is told of the library whose artifacts these are; nothing where they are nobody's."""
    owner = owner_of(home) if home.is_dir() else None
    if owner is None:
        return []
    try:
        now = current(home)
    except ArtifactError:
        now = None
    return [KeptLibrary(
        path=owner.path, videos=owner.videos, folders=len(owner.folders), models=len(model_ids(home)),
        model_id=now.model_id if now else None,
    )]
