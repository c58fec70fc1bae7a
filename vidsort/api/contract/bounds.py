"""What every request is held to: the rules of names and cursors as the schema has them, and how much may be asked for.

A name against the rules is 400, told by what would use it; only the schema is made here.
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from ...library.names import FILENAME_PATTERNS, FOLDER_PATTERN, NAME_LIMIT_BYTES, NEW_FOLDER_PATTERN
from ...pile.cursors import CURSOR_PATTERN

# By what a browser says which one it is.
BROWSER_HEADER, BROWSER_PATTERN = "X-Vidsort-Browser", r"^[A-Za-z0-9._-]{1,64}$"
BATCH_LIMIT = 10_000
PAGE_LIMIT = 1000
# Cards that one browser may hold with one request: a few screens of them.
LEASE_LIMIT = 50
# Enough to look for all of the biggest batch among the last moves.
HISTORY_LIMIT = 2 * BATCH_LIMIT
# What JSON can carry to every reader without loss (RFC 8259); SQLite has more, and no journal so many.
ID_LIMIT = 2**53 - 1


def _text(pattern: str, example: str, longest: int = NAME_LIMIT_BYTES) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "maxLength": longest, "examples": [example]})


def _whole(number: object) -> object:
    """To JSON 14.0 is an integer, too."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Filename = Annotated[str, _text(FILENAME_PATTERNS["digits"], "7234567890123456.mp4")]
FolderName = Annotated[str, _text(FOLDER_PATTERN, "soccer")]
NewFolderName = Annotated[str, _text(NEW_FOLDER_PATTERN, "cooking")]
Cursor = Annotated[str, _text(CURSOR_PATTERN, "-0.91,=7234567890123456.mp4", 2000), Field(max_length=2000)]
MoveId = Annotated[int, Field(ge=1, le=ID_LIMIT), BeforeValidator(_whole)]
Limit = Annotated[int, Field(ge=1, le=PAGE_LIMIT)]


class Body(BaseModel):
    """Base of all request bodies: a key that is not known is a mistake of the caller."""

    model_config = ConfigDict(extra="forbid", strict=True)
