"""The mark `programs`: a test that starts programs of its own carries it, and one that does not is kept from it.

A Python or a browser takes longer to begin than most tests take, so `make test` first runs those that start none.
"""

import contextlib
import multiprocessing.util
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Whoever asks for one of these starts a browser, or another program.
FIXTURES = {"chromium_path", "machines", "running", "site"}
# These are done before anybody has waited for them.
QUICK = {"cp", "ffmpeg", "ffplay", "git", "lscpu", "mount", "umount"}
# What learns and looks by itself in an application of the test's process begins a program when it comes to it, and so
# in some runs only: whoever waits for what comes of it carries the mark.
BY_THEMSELVES = {"live-learning", "looking"}
# Which argument of each audit event names what is started.
NAMED = {"subprocess.Popen": 0, "os.exec": 0, "os.posix_spawn": 0, "os.spawn": 1, "os.system": 0}

_is_guarded = False
refused: list[str] = []


def _look(event: str, arguments: tuple) -> None:
    """Refuse what a test without the mark may not start; asked in what it forks, too."""
    if not _is_guarded or event not in NAMED or threading.current_thread().name in BY_THEMSELVES:
        return
    program = Path(os.fsdecode(arguments[NAMED[event]])).name
    # A program that a package brings has platform and version behind its name.
    if program.partition("-")[0].removesuffix(".exe") not in QUICK:
        refused.append(
            f"This test starts {program}, which takes longer than most tests: mark it by @pytest.mark.programs."
        )
        raise RuntimeError(refused[-1])


@pytest.fixture(scope="session")
def any_program() -> Callable[[], contextlib.AbstractContextManager[None]]:
    """`with any_program():` make what is made once a run, by whoever comes first, marked or not."""

    @contextlib.contextmanager
    def allowed() -> Iterator[None]:
        global _is_guarded
        before, _is_guarded = _is_guarded, False
        try:
            yield
        finally:
            _is_guarded = before

    return allowed


def pytest_configure():
    sys.addaudithook(_look)
    start = multiprocessing.util.spawnv_passfds

    # The one way to start a program that is no audit event.
    def started(path, *others):
        sys.audit("os.posix_spawn", path)
        return start(path, *others)

    multiprocessing.util.spawnv_passfds = started


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what asks for such a fixture, before tests are chosen by their marks."""
    for item in items:
        if not FIXTURES.isdisjoint(item.fixturenames):
            item.add_marker("programs")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """From the first fixture on: who may, and who may not."""
    global _is_guarded
    refused.clear()
    _is_guarded = not any(item.get_closest_marker(mark) for mark in ("programs", "storm"))
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """Fail also where the error was caught, or came up in a thread that nobody asked."""
    global _is_guarded
    try:
        result = yield
    finally:
        _is_guarded = False
    if refused:
        pytest.fail(refused[0], pytrace=False)
    return result
