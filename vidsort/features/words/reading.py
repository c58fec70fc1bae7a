"""Reading files that strangers made: never a link or a pipe, never more than a limit, and a reason for what is odd."""

import codecs
import json
import stat
from pathlib import Path
from typing import Any

from ...artifacts.files import OddFile, read_whole

MOST_SIDECAR_BYTES = 16 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unusable(ValueError):
    """A file of words that cannot be used; the text is the reason, which goes on after the file's name."""


def is_regular(path: Path) -> bool:
    """Whether a regular file is to be seen there, and no link."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def read_bytes(path: Path, most_bytes: int = MOST_SIDECAR_BYTES) -> bytes:
    """The bytes of a regular file; raises FileNotFoundError, and Unusable with the reason."""
    try:
        return read_whole(path, most_bytes, follows_links=False)
    except FileNotFoundError:
        raise
    except OddFile as error:
        if error.is_large:
            raise Unusable(f"it is larger than {most_bytes >> 20} MB: export it anew, or remove it") from error
        raise Unusable("it is no regular file: put one in its place, or remove it") from error
    except OSError as error:
        raise Unusable(f"it cannot be read ({error.strerror or error}): check its permissions and its disk") from error


def text_of(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 by its mark, else what Windows wrote in the west."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def json_of(text: str) -> dict[str, Any]:
    """The object in a JSON text; raises Unusable with the reason."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unusable(f"it is no JSON ({str(error)[:100]}): export it anew, or remove it") from error
    if not isinstance(found, dict):
        raise Unusable(f"it holds a {type(found).__name__} where an object is wanted: export it anew, or remove it")
    return found
