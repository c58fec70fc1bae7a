"""captions.csv: a filename and its text a line, beside the videos or in the root for all of the library."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from ...library.sidecars import stem_of
from .reading import Unusable, read_bytes, text_of
from .text import Words

NAME = "captions.csv"
MOST_BYTES = 64 << 20
DELIMITERS = ",;\t"
COLUMNS = ("filename", "text")


def read_captions(path: Path) -> dict[str, str]:
    """The texts by filename, as they are written; raises FileNotFoundError, and Unusable with the reason."""
    text = text_of(read_bytes(path, MOST_BYTES))
    found: dict[str, str] = {}
    try:
        delimiter, name, said = _columns(text[: text.find("\n") + 1] or text)
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > max(name, said):
                found.setdefault(row[name].strip(), row[said])
    except csv.Error as error:
        raise Unusable(f"it cannot be taken apart into lines and columns ({error}): export it anew") from error
    return found


def caption_in(captions: Mapping[str, str], filename: str) -> Words:
    """What these say of a video, which may stand there without its ending."""
    return Words.said(description=captions.get(filename) or captions.get(stem_of(filename), ""))


def _columns(heading: str) -> tuple[str, int, int]:
    """The delimiter, and where in a line the filename and the text are; raises Unusable, csv.Error."""
    for delimiter in DELIMITERS:
        columns = [column.strip().lower() for column in next(csv.reader([heading], delimiter=delimiter), [])]
        if set(COLUMNS) <= set(columns):
            return delimiter, columns.index(COLUMNS[0]), columns.index(COLUMNS[1])
    raise Unusable("its first line has no columns filename and text: name them so")
