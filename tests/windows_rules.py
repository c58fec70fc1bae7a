"""The rules of Windows, switched on where they can be: reserved names, open files, no folders by descriptor.

`-p windows_rules` runs any tests by them.
"""

import builtins
import errno
import functools
import io
import os
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from vidsort.library import opened
from vidsort.library.moves.files import rename
from vidsort.library.names import allowed

FORBIDDEN = frozenset('<>:"|?*\\')


class SharingViolation(PermissionError):
    """What Windows says of a file that some program has open: it is neither renamed nor removed."""


def is_open(path: object) -> bool:
    """Whether this process has what lies at a path open."""
    try:
        there = os.lstat(path)
    except OSError:
        return False
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            facts = os.fstat(int(descriptor.name))
        except OSError:
            continue
        if os.path.samestat(facts, there):
            return True
    return False


def is_impossible(path: object) -> bool:
    """Whether no file on Windows is called so."""
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    name = os.fsdecode(path).rpartition("/")[2]
    is_odd = not FORBIDDEN.isdisjoint(name) or (name not in (".", "..") and name != name.rstrip(" ."))
    return is_odd or any(character < " " for character in name) or PureWindowsPath(name).is_reserved()


def switch_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process obey them."""
    monkeypatch.setattr(opened, "HAS_DESCRIPTORS", False)
    monkeypatch.setattr(allowed, "ON_WINDOWS", True)

    def refusing(call: Callable[..., Any], *, moves: int, makes: int | None) -> Callable[..., Any]:
        @functools.wraps(call)
        def refusing(*places: Any, **options: Any) -> Any:
            for place in places[:moves]:
                if is_open(place):
                    raise SharingViolation(errno.EACCES, "it is used by another process", str(place))
            if makes is not None and is_impossible(places[makes]):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(places[makes]))
            return call(*places, **options)

        return refusing

    system = rename._renameat2()

    def rename_by_system(*places: Any) -> int:
        return errno.EACCES if is_open(places[1]) else system(*places)

    monkeypatch.setattr(rename, "_renameat2", lambda: rename_by_system)
    for name, moves, makes in (
        ("rename", 2, 1), ("replace", 2, 1), ("unlink", 1, None), ("remove", 1, None), ("rmdir", 1, None),
        ("mkdir", 0, 0), ("open", 0, 0), ("link", 0, 1),
    ):
        monkeypatch.setattr(os, name, refusing(getattr(os, name), moves=moves, makes=makes))
    opening = refusing(builtins.open, moves=0, makes=0)
    monkeypatch.setattr(builtins, "open", opening)
    monkeypatch.setattr(io, "open", opening)


@pytest.fixture
def on_windows(monkeypatch) -> None:
    """A test by the rules of Windows."""
    switch_on(monkeypatch)


def pytest_configure() -> None:
    """As a plugin: for all tests of the run."""
    switch_on(pytest.MonkeyPatch())
