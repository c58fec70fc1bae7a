"""Files and version folders that are written whole or not at all, and survive a power cut once they are there."""

import contextlib
import datetime
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..errors import ArtifactError

VERSION_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}", re.ASCII)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file by these bytes: a reader, or a power cut, sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write_durably(beside, data)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def write_version(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make one version folder with all its files, or none of it; raises ArtifactError where it exists."""
    if folder.exists():
        raise ArtifactError(f"{folder} exists already and a version is never overwritten: run the step again.")
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    beside.mkdir(parents=True)
    try:
        for name, data in files.items():
            _write_durably(beside / name, data)
        _sync_folder(beside)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _sync_folder(folder.parent)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where the system can; Windows and some network shares cannot open a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def as_json(value: object) -> bytes:
    """Indented JSON of plain values and pydantic records, in UTF-8, ending in a newline; NaN becomes null."""
    plain = TypeAdapter(Any).dump_python(value, mode="json")
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


def read_json(path: Path) -> Any:
    """The value in a JSON file of ours; raises ArtifactError where it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{path} cannot be read ({error}): run `vidsort retrain` to make it anew.") from error


def new_version_id() -> str:
    """A fresh id for a model or for predictions that sorts by age: UTC time to the second, then six hex digits.

    The digits are the microsecond and four random bits: two versions of one second sort too.
    """
    now = datetime.datetime.now(datetime.UTC)
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond << 4 | secrets.randbits(4):06x}"


def created_now() -> str:
    """The time in UTC, ISO 8601 with seconds, as manifests carry it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def version_ids(folder: Path) -> list[str]:
    """The ids of the complete versions in a folder, oldest first; empty where it does not exist."""
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if VERSION_ID.fullmatch(entry.name) and entry.is_dir())
