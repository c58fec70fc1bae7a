"""What a backup says of itself: what is in it, and by which checksums that is known to be whole.

    DIR/manifest.json   this, written last
    DIR/artifacts/      vidsort.db, and of each library what it is known by, models, predictions, what is in force
    DIR/settings/       vidsort.toml, users.toml, where there are such
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import Field, ValidationError

from ...artifacts.files import MOST_JSON_BYTES, OddFile, first_fault, read_whole
from ...errors import ArtifactError, NotFoundError
from ...records import Record

MANIFEST_NAME = "manifest.json"
ARTIFACTS, SETTINGS = "artifacts", "settings"
PIECE_BYTES = 1 << 20


class KeptFile(Record):
    """A file of a backup as it was written."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class KeptLibrary(Record):
    """A library whose artifacts are in a backup: where it lay, how much was in it, which model was in force."""

    path: str
    videos: int
    folders: int
    models: int
    model_id: str | None


class Manifest(Record):
    """All that a backup says of itself; `files` by place in it, `schema_number` that of the database."""

    format: Literal[1] = 1
    created: str
    vidsort: str
    schema_number: int
    moves: int
    features: int
    libraries: tuple[KeptLibrary, ...]
    files: Mapping[str, KeptFile]

    @property
    def size_bytes(self) -> int:
        """What all files take."""
        return sum(file.bytes for file in self.files.values())

    def under(self, folder: str) -> dict[str, KeptFile]:
        """The files in one of its folders, by place in that."""
        return {
            place.removeprefix(f"{folder}/"): file for place, file in self.files.items()
            if place.startswith(f"{folder}/")
        }


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself.

    Raises NotFoundError where there is no whole backup, ArtifactError where what it says is damaged or names files
    outside of it.
    """
    path = folder / MANIFEST_NAME
    try:
        found = Manifest.model_validate_json(read_whole(path, MOST_JSON_BYTES, follows_links=False))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            f"There is no whole backup at {folder}: name the folder that `vidsort backup` has made."
        ) from error
    except ValidationError as error:
        raise ArtifactError(
            f"{path} is damaged or of a newer vidsort ({first_fault(error)}): update vidsort, or take another backup."
        ) from error
    except (OSError, OddFile) as error:
        raise ArtifactError(f"{path} cannot be read ({error}): check its permissions and its disk.") from error
    odd = [place for place in found.files if not _is_inside(place)]
    if odd:
        raise ArtifactError(f"{path} names a file {odd[0][:80]!r}, which is not in the backup: take another backup.")
    return found


def _is_inside(place: str) -> bool:
    parts = PurePosixPath(place).parts
    is_plain = "\\" not in place and "\0" not in place and str(PurePosixPath(place)) == place
    return is_plain and len(parts) > 1 and parts[0] in (ARTIFACTS, SETTINGS) and ".." not in parts


def copy_file(source: Path, target: Path) -> KeptFile:
    """Copy a regular file to a new one, flushed to the disk; raises OSError, and OddFile for what is no such file."""
    digest, size = hashlib.sha256(), 0
    if source.is_symlink() or not source.is_file():
        raise OddFile(is_large=False)
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        while piece := read.read(PIECE_BYTES):
            digest.update(piece)
            written.write(piece)
            size += len(piece)
        written.flush()
        os.fsync(written.fileno())
    return KeptFile(bytes=size, sha256=digest.hexdigest())


def look_at(path: Path) -> KeptFile:
    """A file as it is now; raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return KeptFile(bytes=file.tell(), sha256=digest.hexdigest())
