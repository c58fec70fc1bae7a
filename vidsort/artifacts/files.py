"""Files and version folders that are written whole or not at all, and survive a power cut once they are there."""

import datetime
import errno
import json
import logging
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import ArtifactError

log = logging.getLogger(__name__)

# The rows that neighbours are among take 5 KB a video; JSON is written of a million videos in a quarter of the other.
MOST_BYTES, MOST_JSON_BYTES = 4 << 30, 1 << 30
VERSION_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}", re.ASCII)
# What is being written, or removed, beside its place; a kill leaves it there.
BESIDE = re.compile(r"\..+\.[0-9a-f]{8}", re.ASCII | re.DOTALL)

# What file systems answer that cannot flush a folder; there is nothing more to be done then.
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF})


def write_whole(path: Path, data: bytes, *, is_lasting: bool = True, is_private: bool = False) -> None:
    """Replace a file by these bytes: a reader, or a power cut, sees the old file or the new one, never a part.

    One that is not lasting is whole for every reader, but not flushed: what a power cut leaves of it nobody reads. A
    private one is for its owner alone (mode 600), from its first byte on.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(beside, data, is_lasting=is_lasting, is_private=is_private)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if is_lasting:
        sync_folder(path.parent)


def write_new(path: Path, data: bytes) -> None:
    """Make a file of these bytes, whole and lasting; raises FileExistsError where anything has its name, a link too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(12)}")
    try:
        _write(beside, data)
        _name(beside, path, data)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def _name(beside: Path, path: Path, data: bytes) -> None:
    """Give what is written a name that nothing has: renaming it would replace what came there meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        # FAT has no second name for a file; there it is not seen whole from its first moment on.
        try:
            _write(path, data)
        except FileExistsError:
            raise
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def write_version(folder: Path, files: Mapping[str, bytes | Iterable[bytes]]) -> None:
    """Make one version folder with all its files, whole or in pieces, or none of it; ArtifactError where it exists."""
    if folder.exists():
        raise ArtifactError(f"{folder} exists already and a version is never overwritten: run the step again.")
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    beside.mkdir(parents=True)
    try:
        for name, data in files.items():
            _write(beside / name, data)
        sync_folder(beside)
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def remove_version(folder: Path) -> None:
    """Remove one version folder: from one moment on it is not there for anybody. Raises OSError."""
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    folder.rename(beside)
    remove_beside(beside)


def remove_beside(path: Path) -> None:
    """Remove what was being written or removed beside its place; raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; what goes meanwhile counts nothing, links are not followed."""
    try:
        if not path.is_dir() or path.is_symlink():
            return path.lstat().st_size
        return sum(size_of(Path(entry.path)) for entry in os.scandir(path))
    except OSError:
        return 0


def _write(
    path: Path, data: bytes | Iterable[bytes], *, is_lasting: bool = True, is_private: bool = False
) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, 0o600 if is_private else 0o666), "wb") as file:  # noqa: PTH123
        file.writelines([data] if isinstance(data, bytes) else data)
        if is_lasting:
            file.flush()
            os.fsync(file.fileno())


def sync_folder(folder: Path | int) -> None:
    """Make renames in this folder (or its descriptor) survive a power cut, as far as the file system can."""
    try:
        flush_folder(folder)
    except FileNotFoundError:
        return  # the folder itself has been removed or renamed
    except OSError as error:
        # The rename has happened all the same, and it is no reason to call the move failed.
        log.warning("%s could not be flushed to the disk (%s).", folder, error.strerror)


def flush_folder(folder: Path | int) -> None:
    """The same where something that cannot be had again hangs on it; raises OSError where it was not flushed."""
    if os.name == "nt":
        return  # Windows cannot flush a folder; NTFS keeps renames in its own journal
    descriptor = folder if isinstance(folder, int) else os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        if descriptor is not folder:
            os.close(descriptor)


def as_json(value: object) -> bytes:
    """Indented JSON of plain values and pydantic records, in UTF-8, ending in a newline; NaN becomes null."""
    plain = TypeAdapter(Any).dump_python(value, mode="json")
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode()


class OddFile(ValueError):
    """What has a file's name cannot be read whole: it is no regular file, or one that `is_large`."""

    def __init__(self, *, is_large: bool) -> None:
        super().__init__("it is larger than it may be" if is_large else "it is no regular file")
        self.is_large = is_large


def read_whole(path: Path, most_bytes: int, *, follows_links: bool = True) -> bytes:
    """The bytes of a regular file of no more than so many; raises OSError, and OddFile for whatever else is there.

    A pipe or a device would be waited for, or read, for ever; so would a file without end.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    flags |= 0 if follows_links else getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 (a path's `open` would wait for a writer)
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OddFile(is_large=False)
        if facts.st_size > most_bytes:
            raise OddFile(is_large=True)
        # Asked for more, Python would make room for all of that before it reads.
        return file.read(facts.st_size)


def read_file(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """The bytes of a file of ours; raises FileNotFoundError, and ArtifactError for whatever cannot be one."""
    try:
        return read_whole(path, most_bytes)
    except FileNotFoundError:
        raise
    except OddFile as error:
        what = "is too large to be one of ours" if error.is_large else "is no file that can be read"
        raise ArtifactError(f"{path} {what}: remove it, then run `vidsort retrain`.") from error
    except OSError as error:
        raise ArtifactError(
            f"{path} cannot be read ({error.strerror or error}): check its permissions and its disk."
        ) from error


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of ours; raises ArtifactError where it is missing, damaged, or no object."""
    try:
        found = json.loads(read_file(path, MOST_JSON_BYTES), parse_constant=_refuse)
    except FileNotFoundError as error:
        raise _unreadable(path, "it is not there") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, str(error)[:200]) from error
    if not isinstance(found, dict):
        raise _unreadable(path, f"it holds {str(found)[:20]} where an object is wanted")
    return found


def first_fault(error: ValidationError) -> str:
    """Where what was read is first not of its form, and what is wrong there."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"at {'.'.join(str(part) for part in first['loc']) or 'the whole file'}: {first['msg']}"


def _refuse(constant: str) -> Any:
    """JSON has no NaN and no infinity, and Python reads them all the same."""
    raise ValueError(f"it holds {constant}")


def _unreadable(path: Path, reason: str) -> ArtifactError:
    return ArtifactError(f"{path} cannot be read ({reason}): run `vidsort retrain` to make it anew.")


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
