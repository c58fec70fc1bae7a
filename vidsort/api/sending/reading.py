"""Parts of open files, read at once where they are in memory, and by a thread where a disk has to be waited for.

A thread costs more than a part that is in memory; a disk that sleeps, or is behind a network, would stop the event loop
for all. Only Linux tells the two apart; elsewhere a thread reads everything.
"""

import os
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool

CAN_TELL = hasattr(os, "preadv") and hasattr(os, "RWF_NOWAIT")
HAS_PREAD = hasattr(os, "pread")


def read_now(file: BinaryIO, start: int, length: int) -> bytes:
    """The beginning of this part, as far as it is in memory: all of it, or nothing at worst."""
    if not CAN_TELL:
        return b""
    buffer = bytearray(length)
    try:
        count = os.preadv(file.fileno(), [buffer], start, os.RWF_NOWAIT)
    except OSError:
        # Not in memory, or of a file system that cannot tell: an error of the disk is met by the thread again.
        return b""
    return bytes(memoryview(buffer)[:count])


async def read(file: BinaryIO, start: int, length: int) -> bytes:
    """This part of a file that nobody closes or reads meanwhile; shorter where the file ends. Raises OSError."""
    piece = read_now(file, start, length)
    if len(piece) == length:
        return piece
    return piece + await run_in_threadpool(_read, file, start + len(piece), length - len(piece))


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    if HAS_PREAD:
        return os.pread(file.fileno(), length, start)
    file.seek(start)
    return file.read(length)
