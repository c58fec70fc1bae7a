"""Cursors: a place in the order of a list, as text that can stand in an address."""

import re
from urllib.parse import quote, unquote_to_bytes

from ..errors import ConflictError, InvalidNameError
from .order import Key

_NUMBER = r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?"
_TEXT = r"=([A-Za-z0-9_.~-]|%[0-9A-F]{2})*"
# As the schema has it.
CURSOR_PATTERN = rf"^(({_NUMBER}|{_TEXT}),){{0,7}}{_TEXT}$"
_CURSOR = re.compile(CURSOR_PATTERN.strip("^$"))


def cursor_of(key: Key) -> str:
    """The cursor of the place behind this key: `-0.91,=7234567890.mp4`."""
    return ",".join(
        f"={quote(part, '', errors='surrogatepass')}" if isinstance(part, str) else repr(float(part)) for part in key
    )


def key_of(cursor: str, like: Key | None) -> Key:
    """The key that a cursor names; raises InvalidNameError for what is none.

    `like` is a key of the order it is used in, where there is one: raises ConflictError for that of another.
    """
    if _CURSOR.fullmatch(cursor) is None:
        raise InvalidNameError("This is no cursor: take the next_cursor of an answer, or begin without one.")
    key = tuple(_text(part[1:]) if part.startswith("=") else float(part) for part in cursor.split(","))
    if like is not None and _kinds(key) != _kinds(like):
        raise ConflictError("This cursor is of another order: begin again without one.")
    return key


def _text(quoted: str) -> str:
    data = unquote_to_bytes(quoted)
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # of no name that there is, but a place like any


def _kinds(key: Key) -> list[bool]:
    return [isinstance(part, str) for part in key]
