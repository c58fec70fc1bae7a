"""Folders opened once, without following links, so that what was looked at is what is worked on.

Between two steps a name can be given to something else, like a link that leads out of the library in
place of a folder; a descriptor cannot. Where the system has none of folders (Windows), the same is
asked by path.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from ..errors import AwayError, NotFoundError
from .kind import inner_folder
from .listed import require_library
from .names import is_folder_name

HAS_DESCRIPTORS = (
    {os.link, os.mkdir, os.open, os.rename, os.rmdir, os.stat, os.unlink} <= os.supports_dir_fd
    and {os.chmod, os.listdir, os.utime} <= os.supports_fd
    and hasattr(os, "O_NOFOLLOW")
)
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
# A pipe in place of a video must not keep us waiting for its other end.
VIDEO = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# What systems answer to "open this folder, but follow no link" where it is a link or no folder.
IS_NO_FOLDER = frozenset({errno.ENOTDIR, errno.ELOOP, errno.EMLINK})


class OpenFolder:
    """A folder that stays the same one, whatever comes to its name; `path` is where it was opened."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self.path = path
        self.descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        return str(self.path)

    def close(self) -> None:
        """Let go of it."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def folder(self, name: str) -> "OpenFolder":
        """A folder in it; raises NotADirectoryError for a link or what is no folder, OSError."""
        path = self.path / name
        if self.descriptor is None:
            if not stat.S_ISDIR(path.lstat().st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
            return OpenFolder(path, None)
        try:
            return OpenFolder(path, _open_folder(name, NO_LINK, self.descriptor))
        except OSError as error:
            if error.errno in IS_NO_FOLDER:
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from error
            raise

    @property
    def handle(self) -> Path | int:
        """The descriptor, else the path: what functions take that work on a folder itself."""
        return self.path if self.descriptor is None else self.descriptor

    def facts(self) -> os.stat_result:
        """Of the folder itself; raises OSError."""
        return self.path.stat() if self.descriptor is None else os.fstat(self.descriptor)

    def names(self) -> list[str]:
        """All names in it, in no order; raises OSError."""
        return os.listdir(self.handle)  # noqa: PTH208  (a descriptor has no method)


@dataclass(frozen=True)
class Place:
    """A name in an open folder, to be used as in `os.unlink(place.name_there, dir_fd=place.dir_fd)`."""

    folder: OpenFolder
    name: str

    def __str__(self) -> str:
        return str(self.folder.path / self.name)

    @property
    def name_there(self) -> str:
        """The name relative to `dir_fd`."""
        return str(self) if self.folder.descriptor is None else self.name

    @property
    def dir_fd(self) -> int | None:
        """The descriptor of the folder, None where the system has none."""
        return self.folder.descriptor

    def beside(self, name: str) -> "Place":
        """Another name in the same folder."""
        return Place(self.folder, name)

    def facts(self) -> os.stat_result | None:
        """Of what has this name, a link itself; None where nothing has it. Raises OSError where it cannot be seen."""
        try:
            return os.stat(self.name_there, dir_fd=self.dir_fd, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def holds(self, facts: os.stat_result) -> bool:
        """Whether this very file has the name now."""
        there = self.facts()
        return there is not None and os.path.samestat(there, facts)

    def open(self, flags: int, mode: int = 0o600) -> int:
        """A descriptor of what has this name, never of what a link leads to; raises OSError."""
        descriptor = os.open(self.name_there, flags | NO_LINK, mode, dir_fd=self.dir_fd)
        # Where the system cannot be told so beforehand, it is looked at afterwards.
        if not NO_LINK and not self.holds(os.fstat(descriptor)):
            os.close(descriptor)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self))
        return descriptor


class Folders:
    """The root and the category folders of one library, each opened once and closed together."""

    def __init__(self, data_dir: Path, is_listed: Callable[[str], bool] = lambda _: False) -> None:
        """`is_listed`: whether a listing had a category folder of exactly this name.

        Raises NotFoundError where there is no library, AwayError where it cannot be opened.
        """
        self.root = _open_root(Path(data_dir))
        self.is_listed = is_listed
        self._categories: dict[str, OpenFolder] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for folder in (self.root, *self._categories.values()):
            folder.close()

    def category(self, name: str) -> OpenFolder:
        """An existing category folder.

        Raises FileNotFoundError where nothing has the name, NotADirectoryError where it is no folder
        that videos may be sorted into (see `is_category`), OSError where it cannot be seen.
        """
        if name not in self._categories:
            self._categories[name] = self._open(name)
        return self._categories[name]

    def place(self, place: str) -> Place:
        """A place relative to the library, in the root or in a category folder; raises as `category`."""
        folder, _, name = place.rpartition("/")
        return Place(self.category(folder) if folder else self.root, name)

    def _open(self, name: str) -> OpenFolder:
        if not is_folder_name(name):
            # One with a way in it (a/b, ..) would lead to elsewhere.
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
        try:
            return self.root.folder(name)
        except NotADirectoryError:
            inner = inner_folder(self.root.path / name)
            if inner is None:
                raise
        # Step by step, so that what is opened lies in the library, whatever the link leads to by now.
        with contextlib.ExitStack() as passed:
            folder = self.root
            for part in inner[:-1]:
                folder = passed.enter_context(folder.folder(part))
            return folder.folder(inner[-1])


@dataclass(frozen=True)
class OpenVideo:
    """A regular file of the library, open for reading; `path` is where it was found."""

    file: BinaryIO
    path: Path

    @contextlib.contextmanager
    def as_path(self) -> Iterator[Path]:
        """For programs that can only open a path: one that leads to what is open, whatever its name holds by now.

        The file is closed afterwards. Where the system has no such paths it is the file's own, and
        NotFoundError is raised if something else has the name in the end.
        """
        with self.file as file:
            own = Path("/proc", str(os.getpid()), "fd", str(file.fileno()))
            if own.exists():
                yield own
                return
            yield self.path
            with Folders(self.path.parent) as folders:
                if not Place(folders.root, self.path.name).holds(os.fstat(file.fileno())):
                    raise NotFoundError(f"The video {self.path.name} was moved just now: ask again.")


def open_video(data_dir: Path, path: Path) -> OpenVideo:
    """A video that was found at this path, opened for reading; raises FileNotFoundError where it is not there.

    What opens is a regular file in the library, whatever came to the names on the way since. Raises
    OSError where it cannot be read.
    """
    gone = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    try:
        with Folders(data_dir) as folders:
            descriptor = folders.place(path.relative_to(data_dir).as_posix()).open(VIDEO)
    except (AwayError, NotFoundError) as error:
        raise gone from error
    except OSError as error:
        # A link, in place of the video or of its folder.
        raise gone if error.errno in IS_NO_FOLDER else error from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise gone
    return OpenVideo(os.fdopen(descriptor, "rb"), path)


def _open_root(data_dir: Path) -> OpenFolder:
    try:
        if not HAS_DESCRIPTORS:
            require_library(data_dir)
            return OpenFolder(data_dir, None)
        try:
            return OpenFolder(data_dir, _open_folder(str(data_dir), 0, None))
        except OSError as error:
            if error.errno in IS_NO_FOLDER | {errno.ENOENT}:
                require_library(data_dir)
            raise
    except OSError as error:
        raise AwayError(
            f"The library {data_dir} cannot be opened ({error.strerror}): see that its disk is there and that you may "
            "read it, then try again."
        ) from error


def _open_folder(name: str, flags: int, dir_fd: int | None) -> int:
    try:
        return os.open(name, FOLDER | flags, dir_fd=dir_fd)
    except PermissionError:
        # One that may not be listed can still be worked in, where the system opens it for that alone.
        if not hasattr(os, "O_PATH"):
            raise
        return os.open(name, FOLDER | os.O_PATH | flags, dir_fd=dir_fd)
