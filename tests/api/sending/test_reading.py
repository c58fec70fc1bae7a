"""Parts are read at once where they are in memory, and by a thread where a disk would have to be waited for."""

import asyncio
import errno
import os
import threading

import pytest

from vidsort.api.sending import reading

DATA = os.urandom(10_000)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "7.mp4").write_bytes(DATA)
    with (tmp_path / "7.mp4").open("rb") as opened:
        yield opened


@pytest.fixture
def threads(monkeypatch) -> list[int]:
    """The threads that have waited for the disk."""
    used, real = [], reading._read
    monkeypatch.setattr(reading, "_read", lambda *given: (used.append(threading.get_ident()), real(*given))[1])
    return used


def test_what_would_block_is_read_by_a_thread(file, threads, monkeypatch):
    def would_block(*_):
        raise BlockingIOError(errno.EAGAIN, "would block")

    monkeypatch.setattr(os, "preadv", would_block, raising=False)
    assert reading.read_now(file, 100, 500) == b""
    assert asyncio.run(reading.read(file, 100, 500)) == DATA[100:600]
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()


@pytest.mark.skipif(not reading.CAN_TELL, reason="this system cannot tell what is in memory")
def test_of_what_is_in_memory_in_part_only_the_rest_is_waited_for(file, threads, monkeypatch):
    real = os.preadv
    monkeypatch.setattr(os, "preadv", lambda fd, buffers, at, flags: real(fd, [memoryview(buffers[0])[:200]], at))
    assert asyncio.run(reading.read(file, 100, 500)) == DATA[100:600]
    assert len(threads) == 1


def test_a_file_that_ends_early_gives_what_there_is(file):
    assert asyncio.run(reading.read(file, 9_990, 500)) == DATA[9_990:]


def test_where_the_system_cannot_tell_a_thread_reads_all(file, threads, monkeypatch):
    monkeypatch.setattr(reading, "CAN_TELL", False)
    monkeypatch.setattr(reading, "HAS_PREAD", False)
    assert asyncio.run(reading.read(file, 0, 10_000)) == DATA
    assert len(threads) == 1
