"""Give a file another name, on one device, so that nothing can ever be overwritten.

Three ways, and the first that the system and the drive know is taken: a rename that refuses a taken
name (Linux, Windows); a second name by a hard link, which never replaces, before the first is removed
(macOS, network drives); and an empty placeholder that only one process in the world can create
(O_CREAT | O_EXCL), over which the file is renamed (sticks with FAT elsewhere than on Linux).
"""

import errno
import functools
import logging
import os
import stat
import sys
from collections.abc import Callable

from ...opened import Place
from .faults import step

log = logging.getLogger(__name__)

# linux/fs.h and linux/fcntl.h
RENAME_NOREPLACE = 1
AT_FDCWD = -100
# The answers where a way is unknown to the system or the drive, or forbidden; the last way tells what is really wrong.
UNKNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK})


class LeftHalfDone(Exception):
    """The disk let go in the middle, so that nobody knows how far it came: recovery has to look, later."""


def rename_file(source: Place, target: Place) -> None:
    """Give a regular file a name that must be free; on any error both places are as they were.

    Raises FileExistsError where the name is taken, FileNotFoundError where no regular file is there to
    be renamed, OSError as the system gives it (EXDEV: the two are on different devices or mounts),
    LeftHalfDone.
    """
    facts = source.facts()
    if facts is None or not stat.S_ISREG(facts.st_mode):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(source))
    try:
        _rename_by_first_way(source, target, facts)
    except OSError as error:
        # A network drive may have done it and lost its answer, and a failing one tells nothing.
        try:
            has_happened = source.facts() is None and target.holds(facts)
        except OSError as unseen:
            raise LeftHalfDone(f"{source} could not be looked at ({unseen.strerror})") from error
        if not has_happened:
            raise


def _rename_by_first_way(source: Place, target: Place, facts: os.stat_result) -> None:
    for way in (_rename_to_free_name, _link_and_unlink):
        try:
            way(source, target, facts)
            return
        except OSError as error:
            if error.errno not in UNKNOWN:
                raise
    _rename_over_placeholder(source, target)


def rename_folder(source: Place, target: Place) -> None:
    """Give a folder a name that must be free; raises FileExistsError and OSError as `rename_file`."""
    try:
        _rename_to_free_name(source, target)
    except OSError as error:
        if error.errno not in UNKNOWN:
            raise
        _require(target.facts() is None, errno.EEXIST, target)
        # Should a folder of this name appear right now: a system refuses, or replaces it only if it is empty.
        respell_folder(source, target)


def respell_folder(source: Place, target: Place) -> None:
    """Give a folder another spelling of its name, where the drive takes both for one; raises OSError."""
    with step("rename", source, target):
        os.rename(source.name_there, target.name_there, src_dir_fd=source.dir_fd, dst_dir_fd=target.dir_fd)


def remove_file(place: Place, facts: os.stat_result) -> bool:
    """Remove a name where it is still this very file's; whether it was."""
    with step("remove", place):
        if not place.holds(facts):
            return False
        os.unlink(place.name_there, dir_fd=place.dir_fd)
    return True


@functools.cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """The system's own rename that can refuse a taken name; gives 0 or the number of the error."""
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
    return call and (lambda *places: ctypes.get_errno() if call(*places) else 0)


def _rename_to_free_name(source: Place, target: Place, _: os.stat_result | None = None) -> None:
    with step("rename", source, target):
        if os.name == "nt":
            os.rename(source.name_there, target.name_there)  # noqa: PTH104  (refuses a taken name by itself)
            return
        renameat2 = _renameat2()
        number = errno.ENOSYS if renameat2 is None else renameat2(*_as_c(source), *_as_c(target), RENAME_NOREPLACE)
        if number:
            raise OSError(number, os.strerror(number), str(source), None, str(target))


def _as_c(place: Place) -> tuple[int, bytes]:
    return AT_FDCWD if place.dir_fd is None else place.dir_fd, os.fsencode(place.name_there)


def _link_and_unlink(source: Place, target: Place, facts: os.stat_result) -> None:
    with step("link", source, target):
        os.link(
            source.name_there, target.name_there,
            src_dir_fd=source.dir_fd, dst_dir_fd=target.dir_fd, follow_symlinks=False,
        )
    try:
        _require(target.holds(facts), errno.ENOENT, source)
        if not remove_file(source, facts):
            log.warning("Something else came to %s while it was moved, and stays there.", source)
    except BaseException:
        there = target.facts()
        if there is not None and source.holds(there):
            remove_file(target, there)
        raise


def _rename_over_placeholder(source: Place, target: Place) -> None:
    with step("reserve", target):
        descriptor = target.open(os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    try:
        placeholder = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    try:
        with step("rename over", source, target):
            _require(_is_untouched(target, placeholder), errno.EEXIST, target)
            os.replace(source.name_there, target.name_there, src_dir_fd=source.dir_fd, dst_dir_fd=target.dir_fd)
    except BaseException:
        if _is_untouched(target, placeholder):
            remove_file(target, placeholder)
        raise


def _require(is_so: bool, number: int, place: Place) -> None:
    """Raise the error of this number, as the system would have, where it is not so."""
    if not is_so:
        raise OSError(number, os.strerror(number), str(place))


def _is_untouched(target: Place, placeholder: os.stat_result) -> bool:
    """Whether our placeholder has the name still, and nobody has written into it."""
    there = target.facts()
    return there is not None and os.path.samestat(there, placeholder) and there.st_size == 0
