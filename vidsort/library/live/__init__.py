"""The library in memory, kept in step with the disk: names held sorted, folders listed again when they may differ."""

from .memory import LiveLibrary

__all__ = ["LiveLibrary"]
