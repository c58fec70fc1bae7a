"""Put a backup back in the place of artifacts: checked first, made beside, and over nothing that is there."""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import filelock

from ...accounts import USERS_NAME
from ...artifacts.files import OddFile, remove_beside, sync_folder, write_whole
from ...artifacts.owners import homes
from ...errors import ArtifactError, ConflictError, VidsortError
from ...records import Record
from ...settings import CONFIG_NAME, Settings, base_dir
from ...steps import counted
from ...store import open_database
from ...store.copying import newest_schema
from ...store.database import DATABASE_NAME, shared_dir
from .backup import SETTINGS_FILES
from .manifest import ARTIFACTS, SETTINGS, KeptFile, Manifest, copy_file, look_at, read_manifest

# Comes with a checkout, and is nobody's artifact.
README_NAME = "README.md"
# What may be there beside it: locks that the look itself has made.
LOCKS = "*.lock"


class Restored(Record):
    """What came of a restore; `artifacts_dir` is None where it was only looked at, `aside` where nothing was there."""

    folder: Path
    manifest: Manifest
    artifacts_dir: Path | None = None
    aside: Path | None = None
    # What was put back of the settings, and what was left as it is, and why; a sentence each.
    notices: tuple[str, ...] = ()


def check(folder: Path) -> Manifest:
    """What is in a backup, of which every file was read and is as it was written.

    Raises NotFoundError for no backup, ArtifactError for one that is damaged, incomplete or of a newer vidsort.
    """
    manifest = read_manifest(folder)
    if manifest.schema_number > newest_schema():
        raise ArtifactError(
            f"The backup {folder} was made by a newer vidsort ({manifest.vidsort}): update vidsort, then try again."
        )
    bad = [place for place, file in manifest.files.items() if not _is_as_written(folder / place, file)]
    if f"{ARTIFACTS}/{DATABASE_NAME}" not in manifest.files:
        bad.append(f"{ARTIFACTS}/{DATABASE_NAME}")
    if bad:
        raise ArtifactError(
            f"The backup {folder} is damaged, of {counted(len(manifest.files), 'file')} {len(bad)} not as written or "
            f"not there (the first: {bad[0]}): take another backup."
        )
    return manifest


def _is_as_written(path: Path, file: KeptFile) -> bool:
    try:
        return not path.is_symlink() and path.is_file() and look_at(path) == file
    except OSError:
        return False


def restore(settings: Settings, folder: Path, *, sets_aside: bool = False) -> Restored:
    """Put the artifacts of a backup where these settings have them, and its settings where there are none.

    sets_aside: artifacts that are there are renamed, and stay. Nothing is written before all checksums are right; then
    the artifacts are there whole or not at all. Raises as `check` does; ConflictError where artifacts are there or
    somebody works with them, VidsortError where the disk refuses.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 (links stay as they are named)
    manifest = check(folder)
    with _settings_of(folder, manifest, settings) as (settings, notices):
        # Where a link leads to a larger disk it stays one.
        root = Path(os.path.realpath(shared_dir(settings.artifacts_dir)))
        is_free = _is_free(root)
        if not is_free:
            _require_idle(root)
            if not sets_aside:
                raise ConflictError(
                    f"There are artifacts in {root} already, and they are never written over: --aside renames them, or "
                    "name another place by --artifacts-dir."
                )
        try:
            aside = _put(folder, manifest, root, is_free=is_free)
        except OSError as error:
            raise VidsortError(
                f"{root} could not be written ({error.strerror or error}), and all is as it was: see to its disk; "
                "where one is mounted there, which cannot be renamed, name a folder in it by --artifacts-dir."
            ) from error
        except OddFile as error:
            raise ArtifactError(f"The backup {folder} was changed meanwhile ({error}): try again.") from error
    return Restored(
        folder=folder, manifest=manifest, artifacts_dir=root, aside=aside, notices=tuple(notices)
    )


@contextlib.contextmanager
def _settings_of(folder: Path, manifest: Manifest, settings: Settings) -> Iterator[tuple[Settings, list[str]]]:
    """Put its settings where there are none, and give those that are in force then; taken back where the rest fails."""
    base, notices, written = base_dir(), [], []
    try:
        for name in SETTINGS_FILES:
            if name not in manifest.under(SETTINGS):
                continue
            kept, here = (folder / SETTINGS / name).read_bytes(), base / name
            if not os.path.lexists(here):
                write_whole(here, kept, is_private=name == USERS_NAME)
                written.append(here)
                notices.append(f"{here} is put back.")
            elif here.read_bytes() != kept:
                notices.append(f"{here} is there already and stays; that of the backup is {folder / SETTINGS / name}.")
        yield (settings.loaded_anew() if base / CONFIG_NAME in written else settings), notices
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _is_free(root: Path) -> bool:
    """Whether nothing is there but what comes with a checkout."""
    return not root.exists() or all(path.name == README_NAME or path.match(LOCKS) for path in root.iterdir())


def _require_idle(root: Path) -> None:
    """Raise ConflictError where a server, a retrain or anybody else holds one of the locks of these artifacts."""
    for home in homes(root):
        for path in (*home.glob(LOCKS), *home.glob(f"live/{LOCKS}")):
            try:
                with filelock.FileLock(path).acquire(blocking=False):
                    continue
            except filelock.Timeout as error:
                raise ConflictError(
                    f"Somebody works with the artifacts in {root} ({path.name} is held): stop the server, or wait for "
                    "the end of what runs, then try again."
                ) from error


def _put(folder: Path, manifest: Manifest, root: Path, *, is_free: bool) -> Path | None:
    """Make the artifacts beside their place, and then exchange; gives where those are that were there."""
    beside = root.with_name(f".{root.name}.{secrets.token_hex(4)}")
    old = root.with_name(f".{root.name}.{secrets.token_hex(4)}") if is_free else _aside(root)
    has_old = root.exists()
    try:
        _copy(folder, manifest, beside)
        if (root / README_NAME).is_file():
            copy_file(root / README_NAME, beside / README_NAME)
        # Brought up to date, and seen that it opens, before anything is in its place.
        open_database(beside).close()
        for inner, _, _ in os.walk(beside):
            sync_folder(Path(inner))
        if has_old:
            root.rename(old)
        try:
            beside.rename(root)
        except OSError:
            if has_old:
                old.rename(root)
            raise
    except BaseException:
        if beside.exists():
            remove_beside(beside)
        raise
    sync_folder(root.parent)
    if is_free and has_old:
        remove_beside(old)
    return old if has_old and not is_free else None


def _aside(root: Path) -> Path:
    """A name beside the artifacts that nothing has yet."""
    name = f"{root.name}.aside-{time.strftime('%Y%m%d-%H%M%S')}"
    while os.path.lexists(root.with_name(name)):
        name += f"-{secrets.token_hex(2)}"
    return root.with_name(name)


def _copy(folder: Path, manifest: Manifest, beside: Path) -> None:
    """Copy the artifacts of a backup, looking at each byte once more; raises OSError and OddFile."""
    for place, file in manifest.under(ARTIFACTS).items():
        if copy_file(folder / ARTIFACTS / place, beside / place) != file:
            raise OddFile(is_large=False)
