"""What every request is held to."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

BATCH_LIMIT = 10_000
PAGE_LIMIT = 1000
# Enough to look for all of the biggest batch among the last moves.
HISTORY_LIMIT = 2 * BATCH_LIMIT

Limit = Annotated[int, Field(ge=1, le=PAGE_LIMIT)]
Cursor = Annotated[str, Field(max_length=2000)]


class Body(BaseModel):
    """Base of all request bodies: a key that is not known is a mistake of the caller."""

    model_config = ConfigDict(extra="forbid", strict=True)
