"""Who moves, as far as it is known: a browser by the id that it says, a person by the account that signed in."""

from contextvars import ContextVar

# Both of the request that is answered; a thread that is started for it has them, too.
AUTHOR: ContextVar[str | None] = ContextVar("author", default=None)
ACCOUNT: ContextVar[str | None] = ContextVar("account", default=None)
