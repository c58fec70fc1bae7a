"""vidsort: sort a pile of short videos into your own folders."""

__version__ = "0.1.0"
