"""Move one file so that nothing can ever be overwritten, on every file system and across devices.

The target name is reserved by an empty placeholder that only one process in the world can create
(O_CREAT | O_EXCL); the file is then renamed over our own placeholder. No hard links and no
Linux-only calls are needed, so FAT and exFAT sticks and network drives work alike. Where the two
places are on different devices the file is copied beside the target, flushed, compared, renamed
over the placeholder, and only then is the original deleted.
"""

import errno
import hashlib
import logging
import os
import shutil
from pathlib import Path

from ...artifacts.files import sync_folder
from ...errors import ConflictError

log = logging.getLogger(__name__)

CHUNK_BYTES = 4 << 20
def move_file(source: Path, target: Path, part: Path) -> None:
    """Move a file to a name that must be free; on any error both places are as they were.

    `part` is a name beside the target that belongs to this move alone; it is used, and gone
    afterwards, where the move leads to another device. Raises FileExistsError where the name is
    taken, FileNotFoundError where the file or the target's folder has gone, ConflictError where the
    file changed while it was copied, other OSError as the system gives them.
    """
    placeholder = _reserve(target)
    try:
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _carry_across(source, target, part)
    except BaseException:
        _release(target, placeholder)
        raise


def is_same_content(first: Path, second: Path) -> bool:
    """Whether two files have the same bytes, all of them read."""
    return first.stat().st_size == second.stat().st_size and _digest(first) == _digest(second)


def _reserve(target: Path) -> os.stat_result:
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _release(target: Path, placeholder: os.stat_result) -> None:
    """Remove our placeholder, and nothing else that may have come to its name."""
    try:
        there = target.lstat()
    except FileNotFoundError:
        return
    if os.path.samestat(there, placeholder) and there.st_size == 0:
        target.unlink()


def _carry_across(source: Path, target: Path, part: Path) -> None:
    try:
        before = _fingerprint(source)
        digest = _copy(source, part)
        if _digest(part) != digest or _fingerprint(source) != before:
            raise ConflictError(
                f"{source.name} changed while it was copied to another drive, so it was left where it is: try again "
                "when nothing writes to it any more."
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)
    try:
        source.unlink()
    except FileNotFoundError:
        log.warning("%s was taken away while it was copied; the copy in %s stays.", source, target.parent)
    except OSError:
        # The original cannot be deleted (a read-only drive, say): it must not be there twice.
        if _fingerprint(source) == before:
            target.unlink()
        raise


def _fingerprint(path: Path) -> tuple[int, int, int, int]:
    facts = path.lstat()
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def _copy(source: Path, part: Path) -> bytes:
    """Copy with times and permissions, flush, and give the digest of what was read."""
    digest = hashlib.blake2b()
    with source.open("rb") as reader, part.open("wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        shutil.copystat(source, part)
        os.fsync(writer.fileno())
        if hasattr(os, "posix_fadvise"):
            # So that the comparison reads what the drive has, not what is still in memory.
            os.posix_fadvise(writer.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digest.digest()


def _digest(path: Path) -> bytes:
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, hashlib.blake2b).digest()
