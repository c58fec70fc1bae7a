"""A file that is open, with what it was when it was opened."""

import os
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from .version import Version


@dataclass(eq=False)
class Opened:
    """A file to be sent; whoever has it closes it, unless it is kept for others."""

    file: BinaryIO
    media_type: str
    is_kept: bool = False

    def __post_init__(self) -> None:
        self.facts = os.fstat(self.file.fileno())

    @cached_property
    def version(self) -> Version:
        """The version that it was when it was opened."""
        return Version.of(self.facts)

    def is_as_it_was(self) -> bool:
        """Whether it was neither written, moved nor deleted since; a look at what is open waits for no local disk."""
        now, before = os.fstat(self.file.fileno()), self.facts
        return (
            now.st_ctime_ns == before.st_ctime_ns and now.st_nlink == before.st_nlink
            and now.st_mtime_ns == before.st_mtime_ns and now.st_size == before.st_size
        )

    def again(self) -> BinaryIO:
        """The same open file, to be closed by somebody else."""
        return os.fdopen(os.dup(self.file.fileno()), "rb", buffering=0)

    def done(self) -> None:
        """Close it, unless it is kept."""
        if not self.is_kept:
            self.file.close()
