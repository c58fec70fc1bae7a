"""Move one file, also to another device or mount, whole or not at all.

Where a rename cannot lead there the file is copied beside the target, flushed and compared; then the
original is set aside under a name that only recovery knows, looked at once more, the copy is given its
name, and only then is the original removed. So the names that are there tell how far it came
(`recovery`), and what another program does to the original, or to the name, is kept.
"""

import contextlib
import errno
import hashlib
import logging
import os
import shutil
import signal
import stat
import sys
from collections.abc import Callable, Iterator

from ....artifacts.files import flush_folder
from ....errors import ConflictError
from ...opened import VIDEO, OpenFolder, Place
from .faults import step
from .rename import LeftHalfDone, remove_file, rename_file

log = logging.getLogger(__name__)

CHUNK_BYTES = 4 << 20
NEW = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)


def part_of(target: Place, tag: str) -> Place:
    """Where the copy grows, beside the target; `tag` belongs to one move alone."""
    return target.beside(f".vidsort-{tag}.part")


def aside_of(source: Place, tag: str) -> Place:
    """Where the original is set aside, beside itself."""
    return source.beside(f".vidsort-{tag}.original")


def move_file(source: Place, target: Place, tag: str) -> None:
    """Move a file to a name that must be free; on any error both places are as they were.

    `tag` belongs to this move alone. Raises FileExistsError where the name is taken,
    FileNotFoundError where the file or the target's folder has gone, ConflictError where the file is
    written to or was changed while it was copied, other OSError as the system gives them, LeftHalfDone.
    """
    try:
        rename_file(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        if target.facts() is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        _Crossing(source, target, tag).carry()


def is_same_content(first: Place, second: Place) -> bool:
    """Whether two files have the same bytes, all of them read; raises OSError."""
    with _opened(first) as one, _opened(second) as other:
        return os.fstat(one).st_size == os.fstat(other).st_size and _digest(one) == _digest(other)


def discard(place: Place) -> None:
    """Remove what has one of the names that are ours alone; raises OSError."""
    facts = place.facts()
    if facts is not None:
        remove_file(place, facts)


class _Crossing:
    """One move to another device; after each step the names that are there tell recovery how far it came."""

    def __init__(self, source: Place, target: Place, tag: str) -> None:
        """Raises FileNotFoundError where there is no regular file, ConflictError where it is being written."""
        self._source, self._target = source, target
        self._part, self._aside = part_of(target, tag), aside_of(source, tag)
        with _opened(source) as original:
            self._before = os.fstat(original)
        self._require_unchanged(source)

    def carry(self) -> None:
        """Copy, set the original aside, give the copy its name, remove the original; or take all of it back."""
        with _taken_back(lambda: discard(self._part)):
            copy = self._copy()
            rename_file(self._source, self._aside)
            with _taken_back(lambda: rename_file(self._aside, self._source)):
                flush(self._source.folder)
                self._require_unchanged(self._aside)
                rename_file(self._part, self._target)
                with _taken_back(lambda: self._remove_copy(copy)):
                    flush(self._target.folder)
                    self._require_unchanged(self._aside)
                    remove_file(self._aside, self._before)

    def _copy(self) -> os.stat_result:
        """Copy with times and permissions, flush and compare; what the copy is. Raises ConflictError and OSError."""
        discard(self._part)  # what an earlier try of this move could not remove
        with step("create", self._part):
            descriptor = self._part.open(NEW)
        with (
            os.fdopen(descriptor, "w+b") as writer,
            _opened(self._source) as original,
            os.fdopen(original, "rb", closefd=False) as reader,
        ):
            digest = hashlib.blake2b()
            while chunk := reader.read(CHUNK_BYTES):
                digest.update(chunk)
                with step("write", self._part):
                    writer.write(chunk)
                    writer.flush()
            self._keep_facts(original, descriptor)
            with step("flush", self._part):
                os.fsync(descriptor)
            if hasattr(os, "posix_fadvise"):
                # So that the comparison reads what the drive has, not what is still in memory.
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            if _digest(descriptor) != digest.digest():
                raise ConflictError(
                    f"The copy of {self._source.name} on the other drive came out otherwise, so it was left where it "
                    "is: check that drive."
                )
            return os.fstat(descriptor)

    def _keep_facts(self, original: int, copy: int) -> None:
        """Give the copy owner, times, permissions and attributes of the original, as far as the drive and we may."""
        with contextlib.suppress(AttributeError, OSError):
            os.fchown(copy, self._before.st_uid, self._before.st_gid)
        by_descriptor = {os.chmod, os.utime} <= os.supports_fd and not hasattr(os, "chflags")
        shutil.copystat(*((original, copy) if by_descriptor else (str(self._source), str(self._part))))

    def _require_unchanged(self, place: Place) -> None:
        # It is not kept open: Windows renames and removes nothing that is.
        with _opened(place) as original:
            is_unchanged = _version(os.fstat(original)) == _version(self._before) and not _is_being_written(original)
        if not is_unchanged:
            raise ConflictError(
                f"{self._source.name} is being written to, or was changed while it was copied to another drive, so it "
                "was left where it is: try again when no other program works on it."
            )

    def _remove_copy(self, copy: os.stat_result) -> None:
        """Where the original is there, and nobody has changed the copy."""
        if not self._aside.holds(self._before):
            # A drive may have removed the original and have said that it did not.
            raise LeftHalfDone(f"the original of {self._target} was not found again")
        there = self._target.facts()
        if there is not None and _version(there) == _version(copy):
            remove_file(self._target, copy)


@contextlib.contextmanager
def _taken_back(take_back: Callable[[], object]) -> Iterator[None]:
    """Where the block fails, take back what was done before it; raises LeftHalfDone where that cannot be."""
    try:
        yield
    except LeftHalfDone:
        raise
    except BaseException:
        try:
            take_back()
        except OSError as error:
            raise LeftHalfDone(f"a move could not be taken back ({error})") from error
        raise


def flush(folder: OpenFolder) -> None:
    """Make renames in it survive a power cut; raises OSError, since an original is removed next."""
    with step("flush folder", folder):
        flush_folder(folder.handle)


def _version(facts: os.stat_result) -> tuple[int, ...]:
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def _is_being_written(descriptor: int) -> bool:
    """Whether some program has the file open for writing, as far as the system tells: it refuses a lease then."""
    # Network drives, which are on no block device, refuse any.
    if sys.platform != "linux" or os.major(os.fstat(descriptor).st_dev) == 0:
        return False
    import fcntl

    try:
        # Of a program that opens it while we have the lease we are told by a signal, and SIGIO would end us.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


def _digest(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as reader:
        reader.seek(0)
        return hashlib.file_digest(reader, hashlib.blake2b).digest()


@contextlib.contextmanager
def _opened(place: Place) -> Iterator[int]:
    """A descriptor of a regular file; raises FileNotFoundError where it is none, OSError."""
    descriptor = place.open(VIDEO)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
        yield descriptor
    finally:
        os.close(descriptor)
