"""Who moves, as far as the one who asks for it says so: a browser by its id."""

from contextvars import ContextVar

# Of the request that is answered; a thread that is started for it has it, too.
AUTHOR: ContextVar[str | None] = ContextVar("author", default=None)
