"""Which bytes a file holds, as a key for caches."""

import hashlib
import os
from pathlib import Path

PIECE_BYTES = 1024 * 1024


def content_hash(path: Path) -> bytes:
    """BLAKE2b (16 bytes) of the size and up to 1 MiB each from head, middle and tail; raises OSError.

    A key for caches, not the identity of a video: two files may have the same bytes.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.blake2b(size.to_bytes(8, "little"), digest_size=16)
        whole = size <= 3 * PIECE_BYTES
        for start in range(0, size, PIECE_BYTES) if whole else (0, (size - PIECE_BYTES) // 2, size - PIECE_BYTES):
            file.seek(start)
            digest.update(file.read(PIECE_BYTES))
    return digest.digest()
