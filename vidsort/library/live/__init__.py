"""The library in memory, kept in step with the disk: names held sorted, folders listed again when they may differ."""

from .apart import Apart
from .memory import LiveLibrary

__all__ = ["Apart", "LiveLibrary"]
