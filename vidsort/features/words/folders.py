"""What category folders say of themselves: their names, and a line of `folder.txt` where there is one."""

import logging
from collections.abc import Iterable
from pathlib import Path

from .reading import Unusable, read_bytes, text_of
from .text import cleaned

NAME = "folder.txt"
MOST_BYTES = 64 << 10
LONGEST_LINE = 1000
log = logging.getLogger(__name__)


def descriptions(data_dir: Path, folders: Iterable[str]) -> dict[str, str]:
    """By folder the first line of its `folder.txt` that says anything, empty for none.

    A file that cannot be read is told in the log and counts as none: the folder's name is still known.
    """
    return {folder: _line(data_dir / folder / NAME) for folder in folders}


def _line(path: Path) -> str:
    try:
        lines = cleaned(text_of(read_bytes(path, MOST_BYTES))).splitlines()
    except FileNotFoundError:
        return ""
    except Unusable as error:
        log.warning("What %s says is left out: %s.", path, error)
        return ""
    return next((" ".join(line.split())[:LONGEST_LINE] for line in lines if line.strip()), "")
